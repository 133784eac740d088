"""Simulated people beside real networks; docs/comparison.md shows what this prints.

To see it: ``python -m pytest -m campaign tests/analysis/decisions/test_reference_predictions.py -s``.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.decisions.network_times import network_times
from analysis.tables import read_table
from tests.analysis.decisions.people_and_network import people_like
from tests.analysis.measures.simulated import ACTIONS

NETWORKS = ("e2s-x3d-small-afd5", "x3d-xs-small-afd5", "e2s-x3d-small-ucf5", "x3d-xs-small-ucf5")
ADVANTAGES = (2.0, 1.1, 1.3, 1.5, 1.4)
"""What simulated people know of each action where they know nothing of the clip."""
ROWS = [
    ("gain", "evidence", "none"),
    ("gain", "both", "shown"),
    ("time", "evidence", "none"),
    ("time_within_actions", "evidence", "none"),
    ("time_within_actions", "both", "shown"),
]


def measured(name: str, slope: float, advantage: object, seed: int) -> pd.DataFrame:
    """Ten people at every other clip of the network ``name``."""
    rng = np.random.default_rng(seed)
    answers = read_table(Path(str(files("analysis.reference") / "predictions" / f"{name}.tsv")))
    people = people_like(answers.iloc[::2].reset_index(drop=True), 10, slope, advantage, rng)
    table = network_times(people, answers, ACTIONS, rng).measures
    return table.set_index(["quantity", "race", "over"]).loc[ROWS, ["value", "low", "high"]]


@pytest.mark.campaign
@pytest.mark.parametrize("name", NETWORKS)
def test_what_real_networks_tell_of_simulated_people(name) -> None:
    alone, driven = measured(name, 0.0, ADVANTAGES, 1), measured(name, 0.25, 0.5, 1)
    print(f"\n{name}\npeople who know the action alone\n{alone.round(2).to_string()}")
    print(f"people whom the network drives\n{driven.round(2).to_string()}")
    # Slow actions are slow for both: that alone makes a correlation, and says nothing of clips.
    assert alone.loc[("time", "evidence", "none"), "low"] > 0
    assert abs(alone.loc[("gain", "both", "shown"), "value"]) < 0.02
    assert driven.loc[("gain", "both", "shown"), "value"] > alone.loc[("gain", "both", "shown"), "value"]


@pytest.mark.campaign
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_that_tells_nothing_of_clips_seldom_seems_to(name) -> None:
    """40 studies of people who know the action alone."""
    low = [measured(name, 0.0, ADVANTAGES, seed)["low"] for seed in range(40)]
    above = (pd.concat(low, axis=1) > 0).mean(axis=1)
    print(f"\n{name}: share of studies whose interval lies above 0\n{above.to_string()}")
    for row in (("gain", "both", "shown"), *ROWS[3:]):
        assert above[row] <= 0.10
