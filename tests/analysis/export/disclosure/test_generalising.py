"""Answers are made coarser until enough people share every combination, and no coarser than that needs."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given, settings

from analysis.export.disclosure.answer_coding import Coding, finest, merged_label
from analysis.export.disclosure.diversity import measure_diversity
from analysis.export.disclosure.generalising import generalise
from analysis.export.disclosure.risk import group_sizes, measure_risk

YES_NO = ("yes", "no")
KNOWLEDGE = ("1", "2", "3", "4", "5")
AGES = ("18-24", "25-34", "35-44", "65+", "not_said")
OPTIONS = {"glasses": YES_NO, "knowledge": KNOWLEDGE, "age": AGES}


def people(**columns: list[str | None]) -> pd.DataFrame:
    table = pd.DataFrame(columns, dtype=object)
    table.index = [f"P{number:03d}" for number in range(len(table))]
    return table


@st.composite
def answer_tables(draw) -> pd.DataFrame:
    rows = draw(
        st.lists(
            st.tuples(*(st.sampled_from([*options, None]) for options in OPTIONS.values())),
            min_size=2,
            max_size=14,
        )
    )
    table = pd.DataFrame(rows, columns=list(OPTIONS), dtype=object)
    table.index = [f"P{number:03d}" for number in range(len(table))]
    return table


@given(answers=answer_tables(), min_group=st.integers(2, 5))
@settings(max_examples=15)
def test_every_combination_is_shared_by_enough_people_or_nothing_is_released(answers, min_group) -> None:
    result = generalise(answers, {}, min_group, options=OPTIONS)
    assert result.releasable == (len(answers) >= min_group)
    if result.releasable:
        assert group_sizes(result.table, list(OPTIONS)).min() >= min_group
        assert result.after.acceptable
        assert list(result.table.index) == list(answers.index)


@given(answers=answer_tables())
@settings(max_examples=20)
def test_a_published_answer_stands_for_the_one_that_was_given(answers) -> None:
    result = generalise(answers, {}, 2, options=OPTIONS)
    for change in result.changes:
        published = result.table[change.item]
        for given_answer, level in zip(answers[change.item], published, strict=True):
            assert level is None or given_answer in change.levels[level]


@given(answers=answer_tables())
@settings(max_examples=8)
def test_the_same_answers_give_the_same_result_and_answers_are_not_touched(answers) -> None:
    before = answers.copy()
    first, second = (generalise(answers, {}, 3, options=OPTIONS) for _ in range(2))
    pd.testing.assert_frame_equal(first.table, second.table)
    pd.testing.assert_frame_equal(answers, before)


@given(answers=answer_tables(), min_group=st.integers(2, 4))
@settings(max_examples=15)
def test_no_more_is_lost_than_there_was(answers, min_group) -> None:
    result = generalise(answers, {}, min_group, options=OPTIONS)
    assert -1e-9 <= result.bits_lost <= result.bits + 1e-9
    assert result.releasable or not result.changes


def test_what_everybody_shares_stays_as_it_is() -> None:
    answers = people(glasses=["yes"] * 3 + ["no"] * 3, knowledge=["1"] * 3 + ["5"] * 3)
    result = generalise(answers, {}, 3, options=OPTIONS)
    pd.testing.assert_frame_equal(result.table, answers)
    assert [change.sentence for change in result.changes] == [
        "glasses: kept as it was.",
        "knowledge: kept as it was.",
    ]
    assert result.bits_lost == 0


def test_neighbours_are_merged_before_answers_are_withheld() -> None:
    # Given six people who differ by one step on a scale
    answers = people(knowledge=["1", "1", "2", "4", "5", "5"])
    # When three must share every answer
    result = generalise(answers, {}, 3, options=OPTIONS)
    # Then the neighbours are one level, and nobody's answer is withheld
    (change,) = result.changes
    assert list(result.table["knowledge"]) == ["1-2"] * 3 + ["4-5"] * 3 or set(result.table["knowledge"]) == {
        "1-3",
        "4-5",
    }
    assert change.withheld == 0
    # 4 of the 6 had a chance of 2 in 3, 2 of 1 in 3: 4 log2(3/2) + 2 log2(3)
    assert math.isclose(result.bits_lost, 4 * math.log2(1.5) + 2 * math.log2(3))


def test_a_rare_yes_is_hidden_among_others_that_are_withheld_too() -> None:
    answers = people(glasses=["yes"] + ["no"] * 9)
    result = generalise(answers, {}, 3, options=OPTIONS)
    assert list(result.table["glasses"].dropna()) == ["no"] * 7
    assert result.changes[0].sentence == "glasses: levels kept; 3 of 10 answers withheld."


def test_a_question_that_everybody_answered_differently_is_left_out() -> None:
    answers = people(code=["a", "b", "c"])
    result = generalise(answers, {}, 3)
    assert result.changes[0].sentence == "code: left out, all 3 answers."


def test_one_odd_person_among_many_costs_the_cells_of_a_few() -> None:
    # Given two large groups and one person who differs in one answer
    answers = people(glasses=["yes"] * 20 + ["no"] * 20 + ["no"], knowledge=["1"] * 20 + ["5"] * 20 + ["4"])
    result = generalise(answers, {}, 3, options={"glasses": YES_NO, "knowledge": KNOWLEDGE})
    # Then at most the group's minimum loses anything
    assert sum(change.withheld for change in result.changes) <= 3
    assert result.after.smallest_group >= 3


def test_rare_options_without_an_order_become_other() -> None:
    hands = ["left", "both", "both", *["right"] * 5, "left", "right"]
    answers = people(hand=hands)
    result = generalise(answers, {}, 3, options={"hand": ("left", "right", "both", "not_said")})
    assert set(result.table["hand"]) == {"right", "other"}
    assert result.changes[0].levels["other"] == ("not_said", "left", "both")


def test_ratings_stay_and_do_not_count_as_known() -> None:
    answers = people(glasses=["yes"] * 3, difficulty=["1", "2", "3"])
    result = generalise(answers, {"difficulty": "rating"}, 3, options=OPTIONS)
    assert list(result.table["difficulty"]) == ["1", "2", "3"]
    assert result.before.unique == 0


def test_a_question_without_a_role_counts_as_known() -> None:
    result = generalise(people(difficulty=["1", "2", "3"]), {}, 3)
    assert result.before.unique == 3
    assert result.changes[0].is_removed


def test_a_rare_sensitive_answer_is_merged_and_a_shared_one_is_withheld() -> None:
    # Given a group that all have an illness, and one person with a rare one
    answers = people(
        glasses=["yes"] * 3 + ["no"] * 7,
        illness=["a", "a", "a", "b", "b", "a", "c", "none", "none", "none"],
    )
    result = generalise(answers, {"illness": "sensitive"}, 3)
    # Then nobody can be known to have it by being in the group, and no level is of fewer than three
    assert result.table["illness"].iloc[:3].isna().all()
    assert set(result.table["illness"].dropna()) == {"a", "none", "other"}


def test_too_few_people_release_nothing_and_say_why() -> None:
    result = generalise(people(glasses=["yes", "yes"]), {}, 3)
    assert not result.releasable
    assert result.table.empty
    assert result.why_not == "there are 2 participants, and every combination must be shared by 3"


def test_what_cannot_be_changed_stays_and_still_counts() -> None:
    answers = people(glasses=["yes", "no"] * 4, sessions=["1"] * 4 + ["2"] * 4)
    result = generalise(answers, {}, 3, fixed=("sessions",))
    assert list(result.table["sessions"]) == ["1"] * 4 + ["2"] * 4
    assert result.after.acceptable
    odd = people(glasses=["yes"] * 4, sessions=["1", "1", "1", "2"])
    assert "sessions, which cannot be changed" in generalise(odd, {}, 3, fixed=("sessions",)).why_not


def test_a_withheld_answer_is_equal_to_withheld_ones_alone() -> None:
    assert measure_risk(people(glasses=["yes", "yes", None]), ["glasses"], 2).unique == 1


def test_risk_of_a_worked_example() -> None:
    # Of a, a, b: 2 combinations, one person alone, mean prosecutor's risk 2/3 = (1/2 + 1/2 + 1) / 3
    risk = measure_risk(people(answer=["a", "a", "b"]), ["answer"], 2)
    assert (risk.combinations, risk.unique, risk.smallest_group, risk.below_min_group) == (2, 1, 1, 1)
    assert math.isclose(risk.mean, 2 / 3)
    assert risk.highest == 1


def test_diversity_of_the_example_of_the_literature() -> None:
    # Machanavajjhala et al. 2007, figure 3: a 3-diverse inpatient table, four people a block
    blocks = ["<=40 1305*"] * 4 + [">40 1485*"] * 4 + ["<=40 1306*"] * 4
    disease = ["heart", "viral", "cancer", "cancer"]
    disease += ["cancer", "heart", "viral", "viral", "heart", "viral", "cancer", "cancer"]
    answers = people(block=blocks, disease=disease)
    found = measure_diversity(answers, "disease", "sensitive", ["block"])
    assert (found.distinct, found.inferable) == (3, 0)
    assert math.isclose(found.entropy, 2**1.5)


def test_a_group_that_agrees_in_everything_gives_the_answer_away() -> None:
    answers = people(glasses=["yes"] * 3 + ["no"] * 3, knowledge=["1"] * 3 + ["5"] * 3)
    glasses, _ = generalise(answers, {}, 3, options=OPTIONS).diversity
    assert (glasses.distinct, glasses.inferable, glasses.participants) == (1, 6, 6)


def test_an_answer_is_not_known_to_whoever_asks_for_it() -> None:
    # Given a group that agrees in all but its glasses
    answers = people(glasses=["yes"] * 3 + ["no"] * 3, knowledge=["1"] * 6)
    # Then nobody's are given away by the other answers
    glasses, knowledge = generalise(answers, {}, 3, options=OPTIONS).diversity
    assert (glasses.distinct, glasses.inferable) == (2, 0)
    assert (knowledge.distinct, knowledge.inferable) == (1, 6)


@pytest.mark.parametrize(
    ("run", "label"),
    [(("2",), "2"), (("2", "3"), "2-3"), (("18-24", "25-34"), "18-34"), (("55-64", "65+"), "55+")],
)
def test_merged_levels_have_names_that_say_what_they_hold(run, label) -> None:
    assert merged_label(run) == label


def test_options_that_begin_with_numbers_are_an_order_and_others_stand_beside() -> None:
    assert finest(AGES) == Coding(
        ordered=(("18-24",), ("25-34",), ("35-44",), ("65+",)), single=("not_said",)
    )
    assert finest(YES_NO) == Coding(single=YES_NO)
    assert finest(("3", "1", "2")).ordered == ()
