"""The published data set ``edge``: ten people, 160 images, sixteen categories (CC-BY-4.0)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.measures.accuracy import accuracy
from analysis.measures.choice_times import choice_times
from analysis.measures.time_differences import time_differences


@pytest.fixture(scope="module")
def edge(real_data: Path) -> pd.DataFrame:
    """The people's trials as a trial table, read here without the project's own reader."""
    files = sorted((real_data / "model-vs-human" / "edge").glob("edge_subject-*.csv"))
    assert len(files) == 10
    raw = pd.concat([pd.read_csv(file, keep_default_na=False) for file in files], ignore_index=True)
    answered = raw["object_response"] != "na"
    return pd.DataFrame(
        {
            "observer": raw["subj"],
            "condition": "edge",
            "phase": "test",
            "clip_id": raw["imagename"].str.rsplit("_", n=1).str[-1],
            "group": pd.array([pd.NA] * len(raw), dtype="Int64"),
            "action": raw["category"],
            "response": raw["object_response"].where(answered),
            "correct": (raw["object_response"] == raw["category"]).astype(int),
            "time_to_choose": pd.to_numeric(raw["rt"], errors="coerce").where(answered),
        }
    )


def test_accuracies_of_the_people(edge: pd.DataFrame) -> None:
    table = accuracy(edge, ["condition", "observer"], np.random.default_rng(1))
    table = table.set_index("observer")["accuracy"]
    expected = {"subject-01": 0.89375, "subject-02": 0.9375, "subject-09": 0.6125}
    assert table[list(expected)].to_dict() == expected


def test_median_times_of_right_and_wrong_answers(edge: pd.DataFrame) -> None:
    actions = sorted(edge["action"].unique())
    table = choice_times(edge, actions).set_index(["action", "outcome"])
    assert table.loc[("all", "correct"), "median"] == pytest.approx(0.771008, abs=1e-6)
    assert table.loc[("all", "wrong"), "median"] == pytest.approx(0.985763, abs=1e-6)
    for outcome in ("correct", "wrong"):
        row = table.loc[("all", outcome)]
        assert row["low"] < row["median"] < row["high"]


def test_wrong_answers_take_longer_for_the_people_of_this_set(edge: pd.DataFrame) -> None:
    row = time_differences(edge, sorted(edge["action"].unique()), np.random.default_rng(1)).iloc[0]
    assert (row["action"], row["observers"]) == ("all", 10)
    assert row["high"] < 0


def test_the_group_is_measured_over_people_and_images(edge: pd.DataFrame) -> None:
    row = accuracy(edge, ["condition"], np.random.default_rng(1)).iloc[0]
    assert (row["observers"], row["trials"]) == (10, 1600)
    assert row["method"] == "crossed bootstrap over participants and clips"
    assert row["low"] < row["accuracy"] < row["high"]
