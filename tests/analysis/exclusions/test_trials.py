"""Rules that remove single trials."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.exclusions import apply_exclusions
from analysis.tables import TrialRow
from tests.analysis.exclusions.participants import Change, answering, in_test, table, trials_of

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


def test_a_trial_without_an_answer_is_neither_fast_nor_slow(rules) -> None:
    trials = table(trials_of("P001", lambda row: answering(row, None)))
    excluded = apply_exclusions(
        trials, rules("- {rule: too-fast, below_s: 9}\n- {rule: too-slow, above_loops: 0.1}")
    )
    assert len(excluded.trials) == len(trials)
    assert excluded.remarks == ()
