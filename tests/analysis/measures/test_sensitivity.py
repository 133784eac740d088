from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.measures.sensitivity import (
    ALWAYS_SHOWN,
    NEVER_SHOWN,
    d_prime,
    d_prime_of_rates,
    sensitivity,
    sensitivity_by_observer,
)
from tests.analysis.measures.simulated import ACTIONS, study


@pytest.mark.parametrize(
    ("hit", "false_alarm", "expected"),
    [(0.69, 0.31, 0.992), (0.7, 0.1, 1.806), (0.5, 0.4, 0.253), (0.85, 0.05, 2.681)],
)
def test_worked_examples_of_d_prime(hit: float, false_alarm: float, expected: float) -> None:
    """Macmillan & Creelman (2005), chapter 1 (first), and Schneider's notes on signal detection (others)."""
    d, _ = d_prime_of_rates(np.array(hit), np.array(false_alarm))
    assert float(d) == pytest.approx(expected, abs=0.001)


def test_criterion_is_above_nothing_for_those_who_hold_back() -> None:
    """z(.7) = .524 and z(.1) = -1.282: c = .379."""
    _, criterion = d_prime_of_rates(np.array(0.7), np.array(0.1))
    assert float(criterion) == pytest.approx(0.379, abs=0.001)


def test_perfect_answers_have_a_finite_d_prime() -> None:
    d, criterion = d_prime(np.array(10.0), np.array(10.0), np.array(0.0), np.array(10.0))
    assert (float(d), float(criterion)) == pytest.approx((3.381, 0.0), abs=0.001)


def test_counts_are_those_of_one_against_the_rest() -> None:
    trials = pd.DataFrame(
        {
            "observer": ["P1"] * 4 + ["P2"] * 4,
            "condition": "AFD5",
            "clip_id": [f"c{n}" for n in range(4)] * 2,
            "group": [1, 2, 1, 2] * 2,
            "action": ["A", "A", "B", "B"] * 2,
            "response": ["A", "B", "A", "B", "A", "A", "B", None],
        }
    )
    trials["correct"] = (trials["action"] == trials["response"]).astype(int)
    table = sensitivity(trials, ("A", "B"), np.random.default_rng(1), draws=200).set_index(
        ["action", "measure"]
    )
    assert table.loc[("A", "d_prime"), ["hits", "signals", "false_alarms", "noises"]].tolist() == [3, 4, 1, 4]
    assert table.loc[("B", "d_prime"), ["hits", "signals", "false_alarms", "noises"]].tolist() == [2, 4, 1, 4]
    assert table.loc[("A", "bias"), "value"] == pytest.approx(4 / 4)
    by_hand = d_prime_of_rates(np.array(3.5 / 5), np.array(1.5 / 5))[0]
    assert table.loc[("A", "d_prime"), "value"] == pytest.approx(float(by_hand))


def test_the_d_prime_of_simulated_observers_is_held() -> None:
    """Accuracy .9 and errors spread evenly: hits .9, false alarms .025, d' = 1.2816 + 1.96 = 3.24."""
    table = sensitivity(study(20, np.random.default_rng(3)), ACTIONS, np.random.default_rng(1), draws=1_000)
    rows = table[table["measure"] == "d_prime"]
    assert ((rows["low"] < 3.24) & (rows["high"] > 3.24)).sum() >= 4
    assert (rows["low"] < rows["value"]).all()


def test_each_participant_has_a_d_prime_with_an_interval() -> None:
    trials = study(3, np.random.default_rng(4))
    table = sensitivity_by_observer(trials, ACTIONS)
    assert len(table) == 15
    assert (table["signals"] == 18).all()
    assert (table["noises"] == 72).all()
    assert table["hits"].sum() == trials["correct"].sum()
    assert table["false_alarms"].sum() == (1 - trials["correct"]).sum()
    assert ((table["low"] < table["d_prime"]) & (table["d_prime"] < table["high"])).all()


def test_where_there_is_no_contrast_there_is_no_d_prime() -> None:
    trials = study(3, np.random.default_rng(5)).query("action == 'Swing'")
    for table in (
        sensitivity(trials, ACTIONS, np.random.default_rng(1)),
        sensitivity_by_observer(trials, ACTIONS),
    ):
        methods = table.groupby("action")["method"].unique().map(list).to_dict()
        assert methods["Swing"] == [ALWAYS_SHOWN]
        assert methods["Lunges"] == [NEVER_SHOWN]
        assert table[["low", "high"]].isna().all(axis=None)
