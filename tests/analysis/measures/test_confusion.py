from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.measures.accuracy import accuracy
from analysis.measures.confusion import NEVER_SHOWN, confusion, confusion_by_observer, with_accuracies
from analysis.measures.intervals import WILSON
from tests.analysis.measures.simulated import ACTIONS, study


def test_the_diagonal_is_the_accuracy_with_its_interval() -> None:
    trials = study(8, np.random.default_rng(1))
    matrix = confusion(trials, ACTIONS, np.random.default_rng(2))
    diagonal = matrix[matrix["action"] == matrix["response"]].set_index("action")
    by_action = accuracy(trials, ["condition", "action"], np.random.default_rng(2)).set_index("action")
    for column in ("low", "high"):
        assert diagonal[column].to_dict() == pytest.approx(by_action[column].to_dict(), abs=0.005)
    assert diagonal["share"].to_dict() == pytest.approx(by_action["accuracy"].to_dict())


def test_a_share_of_nothing_or_all_names_wilsons_interval_as_accuracy_does() -> None:
    # Given five people who are always right about one action, and four trials in five about the others
    trials = study(5, np.random.default_rng(8))
    always = trials["action"] == "JumpingJack"
    trials.loc[always, ["response", "correct"]] = ["JumpingJack", 1]
    # When the shares get their intervals
    matrix = confusion(trials, ACTIONS, np.random.default_rng(2)).set_index(["action", "response"])
    by_action = accuracy(trials, ["condition", "action"], np.random.default_rng(2)).set_index("action")
    # Then those without any spread say what they are, and the others that they were drawn
    assert by_action.loc["JumpingJack", "method"] == WILSON
    assert set(matrix.loc["JumpingJack", "method"]) == {WILSON}
    drawn = matrix[(matrix["share"] > 0) & (matrix["share"] < 1)]
    assert set(drawn["method"]) == {"crossed bootstrap over participants and clip groups"}


def test_the_diagonal_can_take_over_the_very_intervals_of_the_accuracies() -> None:
    trials = study(6, np.random.default_rng(9), (("UCF5", 0.97), ("AFD5", 0.8)))
    by_action = accuracy(trials, ["condition", "action"], np.random.default_rng(3))
    drawn = confusion(trials, ACTIONS, np.random.default_rng(2))
    matrix = with_accuracies(drawn, by_action)
    on = matrix["action"] == matrix["response"]
    bounds = ["low", "high", "method"]
    keys = ["condition", "action"]
    taken, given = (table.sort_values(keys)[bounds].to_numpy().tolist() for table in (matrix[on], by_action))
    assert taken == given
    pd.testing.assert_frame_equal(matrix[~on], drawn[~on])


def test_every_share_lies_in_its_interval_and_rows_add_up() -> None:
    matrix = confusion(study(5, np.random.default_rng(3)), ACTIONS, np.random.default_rng(2))
    assert (matrix["low"] <= matrix["share"]).all()
    assert (matrix["share"] <= matrix["high"]).all()
    assert matrix.groupby("action")["share"].sum().to_numpy() == pytest.approx(1)
    assert matrix.groupby("action")["count"].sum().tolist() == [90] * 5


def test_known_confusions_are_recovered() -> None:
    """Errors spread evenly over four other actions, at an accuracy of .9: .025 each."""
    matrix = confusion(study(30, np.random.default_rng(4)), ACTIONS, np.random.default_rng(2))
    truth = np.where(matrix["action"] == matrix["response"], 0.9, 0.025)
    held = (matrix["low"] <= truth) & (truth <= matrix["high"])
    assert held.sum() >= 21, "25 intervals of 95 %"


def test_an_action_never_shown_has_no_interval_and_says_so() -> None:
    trials = study(3, np.random.default_rng(5))
    trials = trials[trials["action"] != "Swing"]
    for matrix in (
        confusion(trials, ACTIONS, np.random.default_rng(1)),
        confusion_by_observer(trials, ACTIONS),
    ):
        never = matrix[matrix["action"] == "Swing"]
        assert set(never["method"]) == {NEVER_SHOWN}
        assert never[["share", "low", "high"]].isna().all(axis=None)


def test_the_tables_of_participants_add_up_to_that_of_all() -> None:
    trials = study(4, np.random.default_rng(6), (("UCF5", 0.97), ("AFD5", 0.8)))
    pooled = confusion(trials, ACTIONS).set_index(["condition", "action", "response"])["count"]
    single = confusion_by_observer(trials, ACTIONS)
    assert len(single) == 4 * 2 * 25
    sums = single.groupby(["condition", "action", "response"])["count"].sum()
    assert sums.to_dict() == pooled.to_dict()
    row = single.iloc[0]
    assert (row["observer"], row["method"]) == ("P0000", "wilson")


def test_a_missing_answer_stays_among_the_trials_that_showed_its_action() -> None:
    """Of 18 trials of an action 6 have no answer: the shares of its row add up to two thirds."""
    trials = study(2, np.random.default_rng(7))
    of_action = trials[(trials["observer"] == "P0000") & (trials["action"] == "Swing")]
    trials.loc[of_action.index[:6], ["response", "correct"]] = [None, 0]
    single = confusion_by_observer(trials, ACTIONS)
    rows = single[single["action"] == "Swing"].groupby("observer")
    assert rows["share"].sum().to_dict() == pytest.approx({"P0000": 2 / 3, "P0001": 1})
    assert rows["count"].sum().to_dict() == {"P0000": 12, "P0001": 18}
