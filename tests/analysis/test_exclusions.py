from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, binomtest, poisson_binom

from analysis.errors import AnalysisError
from analysis.exclusions import BUILT_IN, RuleSet, apply_exclusions, built_in_rules, read_rules
from analysis.exclusions.people import guessed_at_most
from analysis.tables import TrialRow, table_of

ACTIONS = ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")
Change = Callable[[TrialRow], TrialRow]


def trials_of(
    observer: str, change: Change = lambda row: row, tests: int = 20, training: int = 5
) -> list[TrialRow]:
    """Somebody who answers everything right after 2 s, half a clip; ``change`` alters single trials."""
    rows = []
    for condition in ("UCF5", "AFD5"):
        for phase, number in (("training", training), ("test", tests)):
            for trial in range(1, number + 1):
                action = ACTIONS[trial % 5]
                rows.append(
                    TrialRow(
                        observer=observer,
                        observer_kind="human",
                        session=1,
                        condition=condition,
                        phase=phase,
                        trial=trial,
                        clip_id=f"{condition}/v_{action}_g01_c{trial:02d}",
                        group=1,
                        action=action,
                        response=action,
                        correct=1,
                        time_to_choose=2.0,
                        loops=0.5,
                        onset=float(trial),
                        dropped_frames=0,
                        menu_order="|".join(ACTIONS),
                        input="key",
                        source_clip_id=None,
                        split=None,
                        attempt=1,
                        confirmed_at=None,
                        pilot=0,
                        finished=1,
                        flips=120,
                        early_presses=0,
                    )
                )
    return [change(row) for row in rows]


def answering(row: TrialRow, response: str | None) -> TrialRow:
    return replace(
        row,
        response=response,
        correct=int(response == row.action),
        time_to_choose=None if response is None else row.time_to_choose,
        input=None if response is None else "key",
    )


def table(*people: Sequence[TrialRow]) -> pd.DataFrame:
    rows = [row for person in people for row in person]
    return table_of(rows, [f"row {number}" for number in range(len(rows))])


@pytest.fixture
def rules(tmp_path: Path) -> Callable[[str], RuleSet]:
    """Rules from the lines below ``rules:``."""

    def read(lines: str) -> RuleSet:
        path = tmp_path / "rules.yaml"
        path.write_text(f"format: 1\nrules:\n{lines}", encoding="utf-8")
        return read_rules(path)

    return read


def in_test(row: TrialRow, condition: str, *numbers: int) -> bool:
    return row.phase == "test" and row.condition == condition and row.trial in numbers


TRIAL_RULES = {
    "too fast in seconds": ("{rule: too-fast, below_s: 0.2}", {"time_to_choose": 0.199}),
    "too fast in loops": ("{rule: too-fast, below_loops: 0.1}", {"loops": 0.09}),
    "too fast in one of two": ("{rule: too-fast, below_s: 0.2, below_loops: 0.1}", {"loops": 0.09}),
    "too slow in seconds": ("{rule: too-slow, above_s: 30}", {"time_to_choose": 30.1}),
    "too slow in loops": ("{rule: too-slow, above_loops: 10}", {"loops": 10.1}),
    "too slow in one of two": (
        "{rule: too-slow, above_s: 30, above_loops: 10}",
        {"time_to_choose": 30.1},
    ),
    "too many drops": ("{rule: dropped-frames, more_than: 3}", {"dropped_frames": 4}),
    "pressed before onset": ("{rule: early-presses}", {"early_presses": 1}),
}


@pytest.mark.parametrize(("rule", "change"), TRIAL_RULES.values(), ids=TRIAL_RULES.keys())
def test_a_rule_on_trials_removes_those_that_break_it(rules, rule, change) -> None:
    # given one person with two such test trials, and one such trial in training, which tests do not see
    def spoil(row: TrialRow) -> TrialRow:
        spoilt = in_test(row, "AFD5", 3, 7) or (row.phase == "training" and row.trial == 1)
        return replace(row, **change) if spoilt else row

    trials = table(trials_of("P001", spoil), trials_of("P002"))
    excluded = apply_exclusions(trials, rules(f"- {rule}"))
    gone = trials.loc[trials.index.difference(excluded.trials.index)]
    assert gone[["observer", "condition", "phase", "trial"]].to_numpy().tolist() == [
        ["P001", "AFD5", "test", 3],
        ["P001", "AFD5", "test", 7],
    ]
    assert excluded.flow["removed_trials"].tolist() == [0, 2]
    assert excluded.flow["trials"].tolist() == [80, 78]
    assert excluded.flow["participants"].tolist() == [2, 2]
    assert excluded.people.empty


def test_what_stands_exactly_at_a_limit_stays(rules) -> None:
    trials = table(
        trials_of("P001", lambda row: replace(row, time_to_choose=0.2, loops=0.1, dropped_frames=3))
    )
    excluded = apply_exclusions(
        trials,
        rules(
            "- {rule: too-fast, below_s: 0.2, below_loops: 0.1}\n- {rule: too-slow, above_s: 0.2}\n"
            "- {rule: dropped-frames, more_than: 3}"
        ),
    )
    assert len(excluded.trials) == len(trials)


def test_a_rule_on_trials_may_judge_participants_by_their_share(rules) -> None:
    def slow(share: int) -> Change:
        return lambda row: (
            replace(row, time_to_choose=40.0) if row.phase == "test" and row.trial <= share else row
        )

    trials = table(trials_of("P001", slow(5)), trials_of("P002", slow(6)))
    excluded = apply_exclusions(
        trials, rules("- {rule: too-slow, above_s: 30, level: participant, more_than_share: 0.25}")
    )
    assert set(excluded.trials["observer"]) == {"P001"}, "5 of 20 is a quarter, and not more than that"
    assert excluded.people.to_numpy().tolist() == [
        ["P002", 1, "too-slow", "an answer after 30 s in 0.300 of the trials"]
    ]
    assert excluded.flow.iloc[1][["removed_trials", "removed_others"]].tolist() == [40, 10]


def test_the_share_of_a_participant_is_one_of_the_trials_that_are_left(rules) -> None:
    """Five slow ones of 20 in a condition are a quarter; of the 10 that are left of it, half."""

    def person(row: TrialRow) -> TrialRow:
        if row.phase != "test" or row.trial > 15:
            return row
        return replace(row, time_to_choose=40.0 if row.trial <= 5 else 0.1)

    trials = table(trials_of("P001", person))
    slow = "- {rule: too-slow, above_s: 30, level: participant, more_than_share: 0.4}\n"
    assert apply_exclusions(trials, rules(slow)).people.empty
    excluded = apply_exclusions(trials, rules(f"- {{rule: too-fast, below_s: 0.2}}\n{slow}"))
    assert excluded.people["found"].tolist() == ["an answer after 30 s in 0.500 of the trials"]


def test_attention_checks_are_no_trials_of_the_other_rules(rules) -> None:
    """Five checks of each test, slow and failed, among 15 answers that are right and quick."""

    def checked(row: TrialRow) -> TrialRow:
        if row.phase != "test" or row.trial > 5:
            return row
        return answering(replace(row, attention_check=1, time_to_choose=40.0), ACTIONS[(row.trial + 1) % 5])

    trials = table(trials_of("P001", checked))
    every = (
        "- {rule: too-slow, above_s: 30}\n- {rule: accuracy-at-chance, chance: 0.6}\n"
        "- {rule: minimum-trials, at_least: 15}"
    )
    excluded = apply_exclusions(trials, rules(every))
    assert len(excluded.trials) == len(trials), "30 of 30 are right, where guessers have 22"
    assert excluded.flow["trials"].tolist() == [30] * 4
    assert excluded.flow["others"].tolist() == [20] * 4


def test_a_trial_without_an_answer_is_neither_fast_nor_slow(rules) -> None:
    trials = table(trials_of("P001", lambda row: answering(row, None)))
    excluded = apply_exclusions(
        trials, rules("- {rule: too-fast, below_s: 9}\n- {rule: too-slow, above_loops: 0.1}")
    )
    assert len(excluded.trials) == len(trials)
    assert excluded.remarks == ()


def test_what_the_data_do_not_say_is_not_judged_and_told(rules) -> None:
    trials = table(
        trials_of("P001", lambda row: replace(row, loops=None, menu_order=None, early_presses=None))
    )
    excluded = apply_exclusions(
        trials,
        rules("- {rule: too-fast, below_loops: 0.2}\n- {rule: early-presses}\n- {rule: accuracy-at-chance}"),
    )
    assert excluded.flow["not_judged"].tolist() == [0, 40, 40, 1]
    assert len(excluded.trials) == len(trials)
    assert "rule 3 (accuracy-at-chance) could not judge 1 participants" in excluded.remarks[2]


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


def test_rules_are_applied_in_their_order_to_what_is_left(rules) -> None:
    """Fifteen fast answers leave too few trials, if they are removed before trials are counted."""

    def hasty(row: TrialRow) -> TrialRow:
        return replace(row, time_to_choose=0.1) if in_test(row, "AFD5", *range(1, 16)) else row

    trials = table(trials_of("P001", hasty), trials_of("P002"))
    fast, few = "- {rule: too-fast, below_s: 0.2}\n", "- {rule: minimum-trials, at_least: 10}\n"
    first = apply_exclusions(trials, rules(fast + few))
    assert first.flow["removed_trials"].tolist() == [0, 15, 25]
    assert first.flow["participants"].tolist() == [2, 2, 1]
    second = apply_exclusions(trials, rules(few + fast))
    assert second.flow["removed_trials"].tolist() == [0, 0, 15]
    assert second.flow["participants"].tolist() == [2, 2, 2]


def test_a_condition_of_which_nothing_is_left_has_too_few_trials(rules) -> None:
    def hasty(row: TrialRow) -> TrialRow:
        return replace(row, time_to_choose=0.1) if row.condition == "AFD5" else row

    trials = table(trials_of("P001", hasty), trials_of("P002"))
    both = "- {rule: too-fast, below_s: 0.2}\n- {rule: minimum-trials, at_least: 1}"
    assert set(apply_exclusions(trials, rules(both)).trials["observer"]) == {"P002"}


def test_the_flow_adds_up_and_nothing_is_changed_in_what_is_left() -> None:
    rng = np.random.default_rng(5)

    def careless(row: TrialRow) -> TrialRow:
        row = replace(row, time_to_choose=float(rng.exponential(1)), dropped_frames=int(rng.poisson(2)))
        return answering(row, ACTIONS[rng.integers(5)]) if rng.random() < 0.7 else row

    trials = table(*(trials_of(f"P{number:03d}", careless) for number in range(1, 9)))
    before = trials.copy()
    excluded = apply_exclusions(trials, built_in_rules("recommended"))
    pd.testing.assert_frame_equal(trials, before)
    pd.testing.assert_frame_equal(excluded.trials, trials.loc[excluded.trials.index])
    flow = excluded.flow
    for left, removed in (("participants", "removed_participants"), ("trials", "removed_trials")):
        assert (flow[left].shift().fillna(flow[left]) - flow[removed] == flow[left]).all()
    assert flow["trials"].iloc[-1] == (excluded.trials["phase"] == "test").sum()
    assert flow["removed_trials"].iloc[1] > 0


def test_nobody_is_left_without_a_fault(rules) -> None:
    trials = table(trials_of("P001"))
    excluded = apply_exclusions(
        trials,
        rules(
            "- {rule: minimum-trials, at_least: 99}\n- {rule: accuracy-at-chance}\n- {rule: early-presses}"
        ),
    )
    assert excluded.trials.empty
    assert excluded.flow["participants"].tolist() == [1, 0, 0, 0]


def test_the_rules_that_come_along_remove_nobody_who_does_the_task() -> None:
    trials = table(trials_of("P001"), trials_of("P002"))
    for name in BUILT_IN:
        excluded = apply_exclusions(trials, read_rules(Path(name)))
        assert len(excluded.trials) == len(trials)
        assert excluded.rules.name == name
    assert built_in_rules("none").rules == ()


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
        row = replace(row, action="Lunges" if row.trial % 2 else "Swing", menu_order="Lunges|Swing")
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
        return replace(row, action=action, response=action)

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
            row = replace(row, action="Lunges" if row.trial % 2 else "Swing", menu_order=menu)
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


def test_a_field_that_stands_there_twice_is_refused(rules) -> None:
    with pytest.raises(AnalysisError, match=r"rules\.yaml, line 3: .*'below_s' stands there twice"):
        rules("- {rule: too-fast, below_s: 0.1, below_s: 0.2}")
    with pytest.raises(AnalysisError, match=r"aliases .* are not allowed|anchors .* are not allowed"):
        rules("- &fast {rule: too-fast, below_s: 0.1}\n- *fast")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("- {rule: too-fast}", "rule 1 (too-fast): needs below_s (seconds) or below_loops"),
        ("- {rule: too-fast, below_s: -1}", "rule 1 (too-fast) field below_s: found -1; input should be"),
        ("- {rule: too-fast, below_s: .nan}", "rule 1 (too-fast) field below_s: found nan"),
        ("- {rule: too-fast, below_s: 1, seconds: 2}", "rule 1 (too-fast) field seconds: unknown field"),
        ("- {rule: too-slow, above_s: 9, level: participant}", "more_than_share goes with level participant"),
        (
            "- {rule: too-slow, above_s: 9, more_than_share: .1}",
            "more_than_share goes with level participant",
        ),
        ("- {rule: dropped-frames}", "rule 1 (dropped-frames) field more_than: the field is missing"),
        ("- {rule: mood}", "rule 1: found rule 'mood'; allowed: 'too-fast', 'too-slow'"),
        ("- {below_s: 1}", "rule 1: the field rule is missing"),
        ("- {rule: training-criterion, correct: 6, of: 5}", "correct is 6 of the last 5 answers"),
        ("- {rule: monotone-responding}", "needs one of run_of, same_action_share and same_place_share"),
        (
            "- {rule: early-presses}\n- {rule: accuracy-at-chance, confidence: 1}",
            "rule 2 (accuracy-at-chance)",
        ),
        ("- [", "line 3: not valid YAML"),
    ],
)
def test_a_wrong_rule_is_named(rules, lines, said) -> None:
    with pytest.raises(AnalysisError) as error:
        rules(lines)
    assert said in str(error.value)
    assert "rules.yaml" in str(error.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"format: 2\nrules: []\n", "field format: found 2; input should be 1"),
        (b"rules: []\n", "field format: the field is missing"),
        (b"- too-fast\n", "has the fields format and rules; found ['too-fast']"),
        (b"format: 1 # \xe4\n", "not UTF-8"),
        (b"format: 1 # \x00\n", "line 1: not valid YAML (found the character U+0000)"),
    ],
)
def test_a_wrong_file_is_named(tmp_path, content, said) -> None:
    path = tmp_path / "rules.yaml"
    path.write_bytes(content)
    with pytest.raises(AnalysisError, match=r"rules\.yaml") as error:
        read_rules(path)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    with pytest.raises(AnalysisError, match=r"cannot be read .* or one of recommended, none"):
        read_rules(tmp_path / "nowhere.yaml")
