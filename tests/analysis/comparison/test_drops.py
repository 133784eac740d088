"""The drop from one condition to another, of people and of models, and the difference of the two."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.drops import PUBLISHED, drops, published_drops
from analysis.comparison.model_accuracy import METHOD, model_drop
from analysis.measures.accuracy import accuracy_drop
from tests.analysis.comparison.predicted import model, people


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_both_drops_are_those_of_the_other_tables() -> None:
    ours, theirs = people(6), model("M", {"UCF5": 0.95, "AFD5": 0.6})
    row = drops(ours, theirs, "UCF5", "AFD5", rng()).iloc[0]
    of_people = accuracy_drop(ours, "UCF5", "AFD5", rng()).iloc[0]
    of_model = model_drop(theirs).iloc[0]
    assert row["drop_people"] == pytest.approx(of_people["drop"])
    assert row["drop"] == pytest.approx(of_model["drop"])
    assert (row["drop_people_low"], row["drop_people_high"]) == pytest.approx(
        (of_people["low"], of_people["high"]), abs=0.003
    )
    assert (row["low"], row["high"]) == pytest.approx((of_model["low"], of_model["high"]), abs=1e-9)
    assert row["drop_method"] == of_model["method"] == METHOD


def test_a_drop_that_is_known_already_is_taken_over_unless_clips_are_left_out() -> None:
    # Given the drop of all people, and a model that lacks a clip beside one that has them all
    ours, whole = people(4), model("whole", {"UCF5": 0.95, "AFD5": 0.6})
    models = pd.concat([whole, whole.iloc[1:].assign(observer="lacking")])
    known = accuracy_drop(ours, "UCF5", "AFD5", np.random.default_rng(5))
    # When the drops are set beside each other
    table = drops(ours, models, "UCF5", "AFD5", rng(), of_people=known).set_index("observer")
    # Then the number that is the same has the same interval
    bounds = ["drop_people_low", "drop_people_high", "drop_people_method"]
    assert table.loc["whole", bounds].tolist() == known.iloc[0][["low", "high", "method"]].tolist()
    assert table.loc["lacking", "left_out"] == 4
    assert table.loc["lacking", "drop_people_low"] != known.iloc[0]["low"]


@pytest.mark.parametrize("runs", [1, 2])
def test_a_model_that_loses_nothing_in_any_clip_group_has_one_interval(
    runs: int,
) -> None:
    # Given a model with the same answers to a clip and to the one made from it, in one run or in two
    of_one = model("M", {"AFD5": 0.6})
    once = pd.concat(
        [of_one.assign(condition="UCF5", clip_id=of_one["source_clip_id"], source_clip_id=pd.NA), of_one]
    )
    theirs = pd.concat([once.assign(session=run) for run in range(1, runs + 1)], ignore_index=True)
    # When its drop is told by itself and beside that of people
    of_model = model_drop(theirs).iloc[0]
    row = drops(people(4), theirs, "UCF5", "AFD5", rng()).iloc[0]
    # Then it is the same
    assert row["drop"] == of_model["drop"] == 0
    assert row["drop_method"] == of_model["method"] == "newcombe"
    assert (row["low"], row["high"]) == pytest.approx((of_model["low"], of_model["high"]), abs=1e-9)


def test_people_and_model_who_lose_nothing_still_have_intervals() -> None:
    """With one participant and with several, as in the tables of people alone."""
    theirs = model("M", {"UCF5": 1.0, "AFD5": 1.0})
    right = people(2).assign(correct=1)
    right["response"] = right["action"]
    for ours in (right, right[right["observer"] == right["observer"].iloc[0]]):
        row = drops(ours, theirs, "UCF5", "AFD5", rng()).iloc[0]
        known = accuracy_drop(ours, "UCF5", "AFD5", rng()).iloc[0]
        assert row["drop_people_method"] == known["method"] == "newcombe"
        assert (row["drop_people_low"], row["drop_people_high"]) == pytest.approx(
            (known["low"], known["high"])
        )
        assert row["difference_low"] < 0 < row["difference_high"]


def test_a_model_that_loses_far_more_is_told_from_people() -> None:
    models = pd.concat(
        [model("loses", {"UCF5": 0.95, "AFD5": 0.3}), model("keeps", {"UCF5": 0.97, "AFD5": 0.9}, seed=7)]
    )
    table = drops(people(10), models, "UCF5", "AFD5", rng()).set_index("observer")
    assert table["difference"].to_numpy() == pytest.approx((table["drop_people"] - table["drop"]).to_numpy())
    assert table.loc["loses", "difference_high"] < 0
    assert table.loc["keeps", "difference_low"] < 0 < table.loc["keeps", "difference_high"]


def test_a_model_that_answers_as_everybody_does_loses_as_much() -> None:
    one = people(1)
    crowd = pd.concat([one.assign(observer=f"P{place}") for place in range(4)], ignore_index=True)
    row = drops(crowd, one.assign(observer="M"), "UCF5", "AFD5", rng()).iloc[0]
    assert row["difference"] == pytest.approx(0)
    assert row["difference_high"] - row["difference_low"] < 0.2 * (row["high"] - row["low"])


def test_only_those_who_answered_in_both_conditions_count() -> None:
    ours = people(3)
    ours = ours[(ours["condition"] == "UCF5") | (ours["observer"] != ours["observer"].iloc[0])]
    models = pd.concat([model("M", {"UCF5": 0.9, "AFD5": 0.8}), model("one-sided", {"AFD5": 0.8})])
    table = drops(ours, models, "UCF5", "AFD5", rng())
    assert table["observer"].tolist() == ["M"]
    assert table["observers"].tolist() == [2]
    assert drops(ours.query("condition == 'AFD5'"), models, "UCF5", "AFD5", rng()).empty


def test_a_model_that_lacks_every_clip_of_those_who_answered_in_both_is_passed_over() -> None:
    ours = people(3)
    once = ours["observer"] == ours["observer"].iloc[0]
    alone = ours["clip_id"].iloc[0]
    ours = ours[(once & (ours["condition"] == "UCF5")) | (~once & (ours["clip_id"] != alone))]
    whole = model("M", {"UCF5": 0.9, "AFD5": 0.8})
    few = whole[(whole["condition"] == "AFD5") | (whole["clip_id"] == alone)].assign(observer="few")
    table = drops(ours, pd.concat([few, whole]), "UCF5", "AFD5", rng())
    assert table["observer"].tolist() == ["M"]


def test_the_published_rows_say_that_they_are_no_measurement() -> None:
    table = published_drops().set_index("observer")
    assert len(table) == 15
    assert (table["source"] == PUBLISHED).all()
    assert "not measured here" in PUBLISHED
    assert table.loc["People", "drop"] == pytest.approx(0.091)
    assert table.loc["MViT", ["accuracy_first", "accuracy_second", "drop"]].tolist() == pytest.approx(
        [0.951, 0.222, 0.729]
    )
    assert table.loc["E2S-X3D", "drop"] == pytest.approx(0.086)
    assert "low" not in table.columns
