"""The trials that results are computed from."""

from __future__ import annotations

import pandas as pd

from analysis.counted_trials import counted_trials, counts

TRIALS = pd.DataFrame(
    {
        "phase": pd.array(["training", "test", "test"], dtype="string"),
        "attention_check": pd.array([0, 1, 0], dtype="Int64"),
    },
    index=[7, 8, 9],
)


def test_trials_of_a_test_count_and_attention_checks_do_not() -> None:
    assert counts(TRIALS).tolist() == [False, False, True]
    assert counted_trials(TRIALS).index.tolist() == [9]


def test_a_table_without_the_column_has_no_attention_checks() -> None:
    assert counted_trials(TRIALS.drop(columns="attention_check")).index.tolist() == [8, 9]
    assert counted_trials(TRIALS.iloc[:0]).empty
