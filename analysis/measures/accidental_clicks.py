"""Answers that look like a slip of the finger."""

from __future__ import annotations

from typing import Any

import pandas as pd

FASTEST = 0.01
LOOPS = 0.5


def accidental_clicks(trials: pd.DataFrame) -> pd.Series[Any]:
    """Which of ``trials`` look like accidental clicks: wrong, in the fastest percent, before half a loop.

    The fastest percent is that of the trials of the same condition and phase, all participants together:
    ``time_to_choose`` is at most its first percentile (Hyndman & Fan 1996, type 7: the fastest trial alone
    where there are up to 100). A trial without a response is none.

    Returns
    -------
    Series
        Of type ``boolean``, with the index of ``trials``; missing where the answer is wrong and its time, or
        the time in loops of the clip, is not known.
    """
    bounds = trials.groupby(["condition", "phase"], sort=False)["time_to_choose"].transform(
        "quantile", FASTEST
    )
    wrong = (trials["correct"] == 0) & trials["response"].notna()
    early = trials["loops"].astype("Float64") < LOOPS
    fast = trials["time_to_choose"].astype("Float64") <= bounds.astype("Float64")
    flagged: pd.Series[Any] = wrong.astype("boolean") & fast & early
    return flagged


def accidental_click_table(trials: pd.DataFrame) -> pd.DataFrame:
    """The trials that ``accidental_clicks`` flags: the columns that say which, and what was chosen when."""
    columns = ["observer", "session", "condition", "phase", "trial", "clip_id", "action", "response"]
    flagged = accidental_clicks(trials).fillna(False).astype(bool)
    table: pd.DataFrame = trials.loc[flagged, [*columns, "time_to_choose", "loops"]].reset_index(drop=True)
    return table
