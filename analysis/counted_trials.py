"""Which trials results are computed from."""

from __future__ import annotations

from typing import Any

import pandas as pd


def counts(trials: pd.DataFrame) -> pd.Series[Any]:
    """Whether each trial is one of a test, without the label beside its clip, of type ``bool``.

    A table without the column ``attention_check`` has no such labels.
    """
    counted: pd.Series[Any] = trials["phase"] == "test"
    if "attention_check" in trials:
        counted &= trials["attention_check"] == 0
    return counted.fillna(False).astype(bool)


def counted_trials(trials: pd.DataFrame) -> pd.DataFrame:
    """The trials of tests, without attention checks, in their order and with their index."""
    rows: pd.DataFrame = trials[counts(trials)]
    return rows
