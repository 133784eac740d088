"""Distance of confusions and same wrong answers: of hand-made answers, and against chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.answers import Answers
from analysis.comparison.confusion_agreement import COLUMNS, confusion_agreement
from analysis.comparison.item_draws import draw
from tests.analysis.comparison.answering import answers_from

NAN = float("nan")


def table_of_confusions(answers: Answers) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return confusion_agreement(answers, "AFD5", draw(answers, rng, 200), rng)


def chosen_as(chosen: list[list[int]], actions: list[int], models: int = 0) -> Answers:
    named = np.array(chosen)
    return answers_from(named == np.array(actions), actions=actions, chosen=named, models=models)


def test_sides_are_people_with_models_models_and_each_person_with_the_others() -> None:
    right = (np.random.default_rng(1).random((5, 40)) < 0.8).astype(float)
    table = table_of_confusions(answers_from(right, models=2))
    assert list(table.columns) == list(COLUMNS)
    assert table["a"].str.cat(table["b"], "-").tolist() == [
        "people-m0",
        "people-m1",
        "p0-other people",
        "p1-other people",
        "p2-other people",
        "m0-m1",
    ]
    assert table["kind"].unique().tolist() == ["human-model", "human-human", "model-model"]


def test_the_distance_of_hand_made_confusions() -> None:
    # Action 0: 2 of 4 right against 4 of 4. Action 1: alike.
    row = table_of_confusions(
        chosen_as([[0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1]], [0, 0, 0, 0, 1, 1], 2)
    ).iloc[0]
    # (1/2, 1/2) and (1, 0): divergence .311278 bits, textbook value; the distance is its root.
    assert row["distance"] == pytest.approx(np.sqrt(0.311278) / 2, abs=1e-6)
    assert row["items"] == 6
    assert np.isnan(row["same_answer"]), "they never err together"
    assert row["shared_errors"] == 0


def test_equal_answers_lie_no_distance_apart_and_opposite_ones_one() -> None:
    actions = [0, 1, 2, 3, 4] * 4
    same = [[0, 1, 2, 4, 4] * 4] * 2
    assert table_of_confusions(chosen_as(same, actions, 2))["distance"].iloc[0] == 0
    opposite = [[1, 2, 3, 4, 0] * 4, [2, 3, 4, 0, 1] * 4]
    row = table_of_confusions(chosen_as(opposite, actions, 2)).iloc[0]
    assert row["distance"] == pytest.approx(1)
    assert row["distance_p"] < 0.01
    assert row["same_answer"] == 0


def test_two_samples_of_one_confusion_are_as_far_apart_as_chance_says() -> None:
    rng = np.random.default_rng(4)
    right = (rng.random((2, 300)) < 0.75).astype(float)
    row = table_of_confusions(answers_from(right, models=2)).iloc[0]
    assert row["distance"] == pytest.approx(row["distance_chance"], rel=0.6)
    assert row["distance_p"] > 0.05
    assert row["distance_low"] <= row["distance"] <= row["distance_high"]


def test_same_wrong_answers_are_counted_against_what_each_side_errs_to() -> None:
    # Six shared errors to action 0; a names 1, 2 in halves, b too: chance is a half. They agree in four.
    actions = [0] * 6
    row = table_of_confusions(chosen_as([[1, 1, 1, 2, 2, 2], [1, 1, 2, 2, 2, 1]], actions, 2)).iloc[0]
    assert row["shared_errors"] == 6
    assert row["same_answer"] == pytest.approx(4 / 6)
    assert row["same_answer_chance"] == pytest.approx(0.5)
    assert row["same_answer_kappa"] == pytest.approx((4 / 6 - 0.5) / 0.5)


def test_where_only_one_error_is_possible_chance_explains_all() -> None:
    row = table_of_confusions(chosen_as([[1, 1, 0, 0], [1, 1, 0, 1]], [0, 0, 1, 1], 2)).iloc[0]
    assert (row["same_answer"], row["same_answer_chance"]) == (1, 1)
    assert np.isnan(row["same_answer_kappa"])


def test_a_missing_response_is_an_answer_but_no_shared_one() -> None:
    row = table_of_confusions(chosen_as([[0, -1, -1, 1], [0, -1, 1, 1]], [0, 0, 0, 1], 2)).iloc[0]
    assert row["shared_errors"] == 0
    assert row["distance"] > 0


def test_people_are_pooled_and_count_pairs_of_errors() -> None:
    # Both people err at the first two items as the model does, one of them by the same answer.
    row = table_of_confusions(chosen_as([[1, 1, 0, 1], [2, 2, 0, 1], [1, 1, 0, 1]], [0, 0, 0, 1], 1)).iloc[0]
    assert row["a"] == "people"
    assert row["shared_errors"] == 4
    assert row["same_answer"] == 0.5


def test_without_a_shared_item_nothing_is_told() -> None:
    row = table_of_confusions(answers_from([[1, 0, NAN], [NAN, NAN, 1]], models=1)).iloc[0]
    assert row["items"] == 0
    assert row.iloc[5:].isna().all()
