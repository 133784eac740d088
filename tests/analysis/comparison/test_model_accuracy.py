from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.comparison.model_accuracy import METHOD, model_accuracy, model_drop
from analysis.measures.accuracy import accuracy_drop
from tests.analysis.comparison.predicted import model, people


def test_the_interval_of_a_model_is_that_of_its_clip_groups() -> None:
    """By hand: one action, four groups of ten clips with 10, 8, 6 and 4 right answers."""
    right = np.concatenate([np.repeat([1, 0], [number, 10 - number]) for number in (10, 8, 6, 4)])
    answers = pd.DataFrame(
        {
            "observer": "M",
            "condition": "AFD5",
            "action": "Swing",
            "group": np.repeat([1, 2, 3, 4], 10),
            "clip_id": [f"AFD5/{place}" for place in range(40)],
            "correct": right,
        }
    )
    row = model_accuracy(answers).iloc[0]
    # Clusters of one size (Cochran 1977, 9A): 4/3 times the sum of (right - 7)^2, over 40^2.
    variance = 4 / 3 * (3**2 + 1 + 1 + 3**2) / 40**2
    trials, t = 0.7 * 0.3 / variance, stats.t.ppf(0.975, 3)
    centre = (0.7 + t**2 / (2 * trials)) / (1 + t**2 / trials)
    half = np.sqrt(0.21 * t**2 / trials + (t**2 / trials) ** 2 / 4) / (1 + t**2 / trials)
    assert row["accuracy"] == pytest.approx(0.7)
    assert (row["low"], row["high"]) == pytest.approx((centre - half, centre + half))
    assert row["method"] == METHOD


def test_each_model_and_condition_has_a_row_in_order_of_appearance() -> None:
    table = model_accuracy(
        pd.concat([model("E2S-X3D", {"UCF5": 0.9, "AFD5": 0.8}), model("ResNet50", {"AFD5": 0.2})])
    )
    assert table[["observer", "condition"]].to_numpy().tolist() == [
        ["E2S-X3D", "UCF5"],
        ["E2S-X3D", "AFD5"],
        ["ResNet50", "AFD5"],
    ]
    assert ((table["low"] < table["accuracy"]) & (table["accuracy"] < table["high"])).all()
    assert (table["trials"] == 90).all()


def test_a_model_that_is_always_right_has_wilsons_interval() -> None:
    row = model_accuracy(model("M", {"UCF5": 1.0})).iloc[0]
    assert (row["accuracy"], row["high"], row["method"]) == (1.0, 1.0, "wilson")
    # Of a share of 1: n / (n + z^2).
    assert row["low"] == pytest.approx(90 / (90 + stats.norm.ppf(0.975) ** 2))


def test_the_drop_is_the_difference_and_pairs_the_clips_of_both_conditions() -> None:
    answers = model("M", {"UCF5": 0.95, "AFD5": 0.6})
    first, second = model_accuracy(answers)["accuracy"]
    row = model_drop(answers).iloc[0]
    assert row["drop"] == pytest.approx(first - second)
    assert row["low"] < first - second < row["high"]
    # The same clips wrong in both: the difference is far better known than if they had nothing in common.
    same = model("N", {"AFD5": 0.6})
    pair = pd.concat(
        [same.assign(condition="UCF5", clip_id=same["source_clip_id"], source_clip_id=pd.NA), same],
        ignore_index=True,
    )
    pair.loc[0, ["correct", "response"]] = [1 - pair.loc[0, "correct"], pair.loc[0, "action"]]
    drop = model_drop(pair).iloc[0]
    assert drop["high"] - drop["low"] < 0.3 * (row["high"] - row["low"])


def test_without_a_second_condition_there_is_no_drop() -> None:
    assert model_drop(model("M", {"AFD5": 0.6})).empty


def test_a_model_that_is_right_everywhere_still_has_an_interval_of_its_drop() -> None:
    row = model_drop(model("M", {"UCF5": 1.0, "AFD5": 1.0})).iloc[0]
    assert (row["drop"], row["method"]) == (0.0, "newcombe")
    assert row["low"] < 0 < row["high"]


def test_people_and_models_are_measured_by_one_formula() -> None:
    """A model asked as often as there are people, each time with the same answers, is no better known."""
    answers = model("M", {"UCF5": 0.9, "AFD5": 0.7})
    several = pd.concat([answers.assign(observer=f"P{place}") for place in range(3)])
    ours = model_drop(answers).iloc[0]
    theirs = accuracy_drop(several, "UCF5", "AFD5", np.random.default_rng(1)).iloc[0]
    assert ours["drop"] == pytest.approx(theirs["drop"])
    assert ours["high"] - ours["low"] == pytest.approx(theirs["high"] - theirs["low"], rel=0.1)
    assert people(3)["observer"].nunique() == 3
