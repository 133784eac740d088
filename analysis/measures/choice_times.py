"""How long a choice took: median and quartiles of time-to-choose."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

ALL = "all"
OUTCOMES = (ALL, "correct", "wrong")


def choice_times(trials: pd.DataFrame, actions: Sequence[str]) -> pd.DataFrame:
    """Median and quartiles (seconds) per condition, action and outcome.

    Quartiles interpolate linearly between order statistics (Hyndman & Fan 1996, type 7): of 1, 2, 3, 4 s they
    are 1.75 s and 3.25 s. Every trial with a time counts; no time is cut off. A trial without a response has
    no time and is left out, also of ``trials``.

    Returns
    -------
    DataFrame
        ``condition``, ``action`` (``all`` or one of ``actions``), ``outcome`` (``all``, ``correct``,
        ``wrong``), ``trials``, ``median``, ``q1``, ``q3`` (NaN where there is no trial).
    """
    rows = []
    timed = trials.dropna(subset=["time_to_choose"])
    for condition in trials["condition"].unique():
        of_condition = timed[timed["condition"] == condition]
        for action in (ALL, *actions):
            of_action = of_condition if action == ALL else of_condition[of_condition["action"] == action]
            for outcome in OUTCOMES:
                chosen = (
                    of_action
                    if outcome == ALL
                    else of_action[of_action["correct"] == int(outcome == "correct")]
                )
                q1, median, q3 = chosen["time_to_choose"].quantile([0.25, 0.5, 0.75])
                rows.append((condition, action, outcome, len(chosen), median, q1, q3))
    table: pd.DataFrame = pd.DataFrame(
        rows, columns=["condition", "action", "outcome", "trials", "median", "q1", "q3"]
    )
    return table
