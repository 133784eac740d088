"""Rules one after another, and the account of what they removed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.exclusions import BUILT_IN, apply_exclusions, built_in_rules, read_rules
from analysis.tables import TrialRow
from tests.analysis.exclusions.participants import ACTIONS, answering, in_test, table, trials_of


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


def test_a_condition_that_is_not_in_the_data_is_refused(rules) -> None:
    """A slip in the name would cancel an exclusion that was written down before the study."""
    with pytest.raises(AnalysisError) as error:
        apply_exclusions(
            table(trials_of("P001")), rules("- {rule: too-fast, below_s: 0.2, conditions: [AFD5, AFD6]}")
        )
    assert str(error.value) == (
        "rules.yaml: rule 1 (too-fast) field conditions: found AFD6, which is not in the data; their "
        "conditions are UCF5, AFD5"
    )
