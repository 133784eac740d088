"""Rules that remove participants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, binomtest, poisson_binom

from analysis.exclusions import apply_exclusions, built_in_rules
from analysis.exclusions.people import guessed_at_most
from analysis.tables import TrialRow
from tests.analysis.exclusions.participants import ACTIONS, Change, answering, in_test, seen, table, trials_of


@pytest.mark.parametrize("right", range(4, 16))
def test_chance_is_what_a_one_sided_binomial_test_does_not_reject(rules, right) -> None:
    """Of 40 answers among five actions 12 are the most that guessers reach in 95 of 100 cases."""

    def guess(row: TrialRow) -> TrialRow:
        number = row.trial + (20 if row.condition == "AFD5" else 0)
        wrong = row.phase == "test" and number > right
        return answering(row, ACTIONS[(row.trial + 1) % 5]) if wrong else row

    excluded = apply_exclusions(table(trials_of("P001", guess)), rules("- {rule: accuracy-at-chance}"))
    assert (len(excluded.trials) == 0) == (right <= 12)
    assert (right <= 12) == (binomtest(right, 40, 0.2, alternative="greater").pvalue > 0.05)


def test_chance_may_be_given_and_looked_at_in_some_conditions_only(rules) -> None:
    """Somebody who knows everything in ordinary video, and nothing in the other."""

    def lost(row: TrialRow) -> TrialRow:
        test = row.phase == "test" and row.condition == "AFD5"
        return replace(answering(row, ACTIONS[(row.trial + 1) % 5]), menu_order=None) if test else row

    trials = table(trials_of("P001", lost))
    for rule, left in (
        ("{rule: accuracy-at-chance}", 50),
        ("{rule: accuracy-at-chance, chance: 0.2, conditions: [AFD5]}", 0),
        ("{rule: accuracy-at-chance, chance: 0.2, conditions: [UCF5]}", 50),
    ):
        assert len(apply_exclusions(trials, rules(f"- {rule}")).trials) == left


def test_the_end_of_the_last_round_of_training_counts(rules) -> None:
    # given people who are wrong in the first round (P001), in the last (P002), and early in the last (P003)
    def person(code: str, wrong: set[tuple[int, int]]) -> list[TrialRow]:
        def train(row: TrialRow) -> TrialRow:
            if row.phase != "training":
                return row
            number, place = (1, row.trial) if row.trial <= 10 else (2, row.trial - 10)
            row = replace(row, round=number)
            return answering(row, ACTIONS[(row.trial + 1) % 5]) if (number, place) in wrong else row

        return trials_of(code, train, training=20)

    trials = table(
        person("P001", {(1, place) for place in range(1, 11)}),
        person("P002", {(2, 9), (2, 10)}),
        person("P003", {(2, 1), (2, 2), (2, 3)}),
        trials_of("P004", training=0),
    )
    excluded = apply_exclusions(trials, rules("- {rule: training-criterion, correct: 4, of: 5}"))
    assert excluded.people["observer"].tolist() == ["P002"]
    assert excluded.people["found"].tolist() == ["3 right at the end of the training"]
    assert excluded.flow["not_judged"].tolist() == [0, 1]


def test_a_criterion_is_met_in_every_condition_and_in_a_whole_round(rules) -> None:
    """P001 misses it in one of two conditions; the second round of P002 was left after three answers."""

    def one_condition(row: TrialRow) -> TrialRow:
        missed = row.phase == "training" and row.condition == "AFD5" and row.trial > 3
        return answering(row, ACTIONS[(row.trial + 1) % 5]) if missed else row

    def left(row: TrialRow) -> TrialRow:
        return replace(row, round=2) if row.phase == "training" and row.trial > 5 else row

    trials = table(trials_of("P001", one_condition), trials_of("P002", left, training=8), trials_of("P003"))
    excluded = apply_exclusions(trials, rules("- {rule: training-criterion, correct: 4, of: 5}"))
    assert excluded.people["observer"].tolist() == ["P001", "P002"]
    assert excluded.people["found"].tolist() == ["3 right at the end of the training"] * 2


def test_failed_attention_checks_remove_participants(rules) -> None:
    def person(code: str, failed: int) -> list[TrialRow]:
        def check(row: TrialRow) -> TrialRow:
            if row.phase != "test" or row.trial > 3:
                return row
            row = replace(row, attention_check=1)
            fails = row.condition == "AFD5" and row.trial <= failed
            return answering(row, None if row.trial == 1 else "Swing") if fails else row

        return trials_of(code, check)

    trials = table(person("P001", 0), person("P002", 1), person("P003", 2), trials_of("P004"))
    excluded = apply_exclusions(trials, rules("- {rule: attention-checks, failed_more_than: 1}"))
    assert excluded.people["observer"].tolist() == ["P003"]
    assert excluded.people["found"].tolist() == ["2 attention checks failed"]
    assert excluded.remarks == (), "P004 was shown none, and so failed none"


MONOTONE = {
    "a run": ("run_of: 8", lambda row: answering(row, "Swing") if row.trial <= 8 else row),
    "an action": (
        "same_action_share: 0.5",
        lambda row: answering(row, "Swing") if row.trial % 5 < 3 else row,
    ),
    "a place in menus that change": (
        "same_place_share: 0.5",
        lambda row: replace(
            row, menu_order="|".join([row.action, *(name for name in ACTIONS if name != row.action)])
        ),
    ),
}


@pytest.mark.parametrize(("limit", "change"), MONOTONE.values(), ids=MONOTONE.keys())
def test_answering_always_the_same_is_seen(rules, limit, change) -> None:
    def monotone(row: TrialRow) -> TrialRow:
        return change(row) if row.phase == "test" and row.condition == "AFD5" else row

    trials = table(trials_of("P001", monotone), trials_of("P002"))
    excluded = apply_exclusions(trials, rules(f"- {{rule: monotone-responding, {limit}}}"))
    assert excluded.people["observer"].tolist() == ["P001"]


def test_a_run_ends_with_a_missing_answer_another_condition_and_its_limit(rules) -> None:
    def nearly(row: TrialRow) -> TrialRow:
        """Seven of one at the end of the first condition, and at the start of the second, and after a gap."""
        if row.phase != "test":
            return row
        if in_test(row, "AFD5", 8):
            return answering(row, None)
        same = row.trial > 13 if row.condition == "UCF5" else row.trial < 16
        return answering(row, "Swing" if same else ACTIONS[row.trial % 5])

    trials = table(trials_of("P001", nearly))
    assert len(apply_exclusions(trials, rules("- {rule: monotone-responding, run_of: 8}")).trials) == 50
    assert len(apply_exclusions(trials, rules("- {rule: monotone-responding, run_of: 7}")).trials) == 0


def test_menus_of_several_lengths_make_guesses_of_several_chances() -> None:
    """Against scipy's own distributions: of one chance, and of a sum of different ones."""
    for number, chance in ((40, 0.2), (90, 1 / 16), (7, 0.5)):
        found = guessed_at_most(np.array([number]), np.array([chance]), 0.95)
        assert found == binom.ppf(0.95, number, chance)
    found = guessed_at_most(np.array([40, 20]), np.array([0.2, 0.5]), 0.95)
    assert found == poisson_binom.ppf(0.95, [0.2] * 40 + [0.5] * 20) == 24


@pytest.mark.parametrize(("right", "left"), [(6, 0), (7, 30)])
def test_each_condition_has_the_chance_of_its_own_menu(rules, right, left) -> None:
    """Ten answers among five and ten among two actions: guessers have up to 10 right.

    One binomial distribution at the mean of the chances, .35, would say 11.
    """

    def two_forms(row: TrialRow) -> TrialRow:
        if row.phase != "test":
            return row
        if row.condition == "UCF5":
            return row if row.trial <= right else answering(row, ACTIONS[(row.trial + 1) % 5])
        row = seen(row, "Lunges" if row.trial % 2 else "Swing", "Lunges|Swing")
        return answering(row, row.action if row.trial <= 4 else {"Lunges": "Swing"}.get(row.action, "Lunges"))

    trials = table(trials_of("P001", two_forms, tests=10))
    assert len(apply_exclusions(trials, rules("- {rule: accuracy-at-chance}")).trials) == left


def test_trials_without_a_menu_do_not_count_where_chance_comes_from_menus(rules) -> None:
    """All right where chance is known is far from guessing, all wrong where it is not says nothing."""

    def half_known(row: TrialRow) -> TrialRow:
        if row.phase == "test" and row.condition == "AFD5":
            return replace(answering(row, ACTIONS[(row.trial + 1) % 5]), menu_order=None)
        return row if row.phase != "test" or row.trial <= 9 else answering(row, None)

    excluded = apply_exclusions(table(trials_of("P001", half_known)), rules("- {rule: accuracy-at-chance}"))
    assert excluded.people.empty, "9 of 20 are more than the 7 of guessers; of 40 they would be fewer"


def test_a_run_ends_with_its_session(rules) -> None:
    """Five of one at the end of the first session and at the start of the second are no ten in a row."""

    def at_both_ends(row: TrialRow) -> TrialRow:
        same = row.phase == "test" and (row.trial > 15 if row.session == 1 else row.trial <= 5)
        return answering(row, "Swing" if same else row.action)

    def session(number: int) -> list[TrialRow]:
        rows = trials_of("P001", lambda row: at_both_ends(replace(row, session=number)))
        return [row for row in rows if row.condition == "AFD5"]

    trials = table(session(1), session(2))
    assert apply_exclusions(trials, rules("- {rule: monotone-responding, run_of: 7}")).people.empty
    assert not apply_exclusions(trials, rules("- {rule: monotone-responding, run_of: 5}")).people.empty


def test_a_run_of_right_answers_is_none(rules) -> None:
    """Ten clips of one action after another: who answers that is right; who says something else is not."""

    def in_blocks(answer: Callable[[str], str]) -> Change:
        def change(row: TrialRow) -> TrialRow:
            row = replace(row, action="Swing" if row.trial <= 10 else "Lunges")
            return answering(row, answer(row.action)) if row.phase == "test" else answering(row, row.action)

        return change

    trials = table(trials_of("P001", in_blocks(str)), trials_of("P002", in_blocks(lambda _: "PullUps")))
    excluded = apply_exclusions(trials, rules("- {rule: monotone-responding, run_of: 8}"))
    assert excluded.people["observer"].tolist() == ["P002"]


def test_answers_on_both_sides_of_a_removed_one_are_not_in_a_row(rules) -> None:
    """Five of one, a fast other one, five of one: no ten in a row once the fast one is gone."""

    def person(row: TrialRow) -> TrialRow:
        if row.phase != "test" or row.condition == "UCF5" or row.trial > 11:
            return row
        row = answering(row, "Lunges" if row.trial == 6 else "Swing")
        return replace(row, time_to_choose=0.1) if row.trial == 6 else row

    fast = "- {rule: too-fast, below_s: 0.2}\n"
    trials = table(trials_of("P001", person))
    assert apply_exclusions(trials, rules(f"{fast}- {{rule: monotone-responding, run_of: 6}}")).people.empty
    assert not apply_exclusions(
        trials, rules(f"{fast}- {{rule: monotone-responding, run_of: 5}}")
    ).people.empty


def test_removed_answers_are_no_part_of_a_run_or_a_share(rules) -> None:
    def person(row: TrialRow) -> TrialRow:
        if row.phase != "test" or row.condition == "UCF5" or row.trial > 12:
            return row
        row = answering(row, "Swing")
        return replace(row, time_to_choose=0.1) if row.trial > 6 else row

    trials = table(trials_of("P001", person))
    limits = "- {rule: monotone-responding, run_of: 7, same_action_share: 0.6}"
    assert not apply_exclusions(trials, rules(limits)).people.empty
    assert apply_exclusions(trials, rules(f"- {{rule: too-fast, below_s: 0.2}}\n{limits}")).people.empty


def test_who_is_shown_mostly_one_action_may_mostly_answer_it(rules) -> None:
    def unbalanced(row: TrialRow) -> TrialRow:
        action = "Lunges" if row.trial % 5 == 0 else "Swing"
        return answering(seen(row, action, row.menu_order), action)

    def only_swing(row: TrialRow) -> TrialRow:
        return answering(row, "Swing") if row.phase == "test" else row

    trials = table(trials_of("P001", unbalanced), trials_of("P002", only_swing))
    shares = "- {rule: monotone-responding, same_action_share: 0.6, same_place_share: 0.6}"
    excluded = apply_exclusions(trials, rules(shares))
    assert excluded.people["observer"].tolist() == ["P002"]
    assert excluded.flow["not_judged"].tolist() == [0, 1]


def test_among_two_actions_the_same_again_and_again_is_chance() -> None:
    """Ten in a row come in one of twelve tests of 90 coin flips, so the recommended rules do not look."""

    def coin(menu: str | None) -> Change:
        def change(row: TrialRow) -> TrialRow:
            row = seen(row, "Lunges" if row.trial % 2 else "Swing", menu)
            return answering(row, "Swing" if row.trial < 13 else row.action)

        return change

    for menu in ("Lunges|Swing", None):
        trials = table(trials_of("P001", coin(menu), tests=40))
        excluded = apply_exclusions(trials, built_in_rules("recommended"))
        assert excluded.people.empty
        assert excluded.flow.set_index("rule").loc["monotone-responding", "not_judged"] == 1
    among_five = table(trials_of("P001", coin("|".join(ACTIONS)), tests=40))
    assert apply_exclusions(among_five, built_in_rules("recommended")).people["rule"].tolist() == [
        "monotone-responding"
    ]


def test_a_second_phase_of_a_kind_comes_after_the_first(rules) -> None:
    """Its trials count from 1 again; the end of the training is that of the later one."""

    def person(code: str, wrong_phase: int) -> list[TrialRow]:
        def train(row: TrialRow) -> TrialRow:
            if row.phase != "training":
                return row
            phase, trial = divmod(row.trial - 1, 5)
            wrong = phase == wrong_phase
            row = replace(row, trial=trial + 1, onset=float(row.trial))
            return answering(row, ACTIONS[(row.trial + 2) % 5] if wrong else row.action)

        rows = trials_of(code, train, training=10)
        return [
            answering(row, "PullUps") if row.response == row.action and row.correct == 0 else row
            for row in rows
        ]

    trials = table(person("P001", 0), person("P002", 1))
    excluded = apply_exclusions(trials, rules("- {rule: training-criterion, correct: 4, of: 5}"))
    assert excluded.people["observer"].tolist() == ["P002"]
