"""Whether participants who take their time are more often right."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from analysis.measures.choice_times import quantile_intervals
from analysis.measures.intervals import NORMAL, WILSON, wilson

_FEWEST = 5


def speed_and_accuracy(trials: pd.DataFrame) -> pd.DataFrame:
    """Accuracy and median time-to-choose of every participant in every condition.

    Returns
    -------
    DataFrame
        ``observer``, ``condition``, ``trials``, ``accuracy``, ``low``, ``high`` (0 to 1), ``method``,
        ``median_time``, ``time_low``, ``time_high`` (s; NaN where there are too few times), ``time_method``.
    """
    rows = []
    for (observer, condition), group in trials.groupby(["observer", "condition"], sort=False):
        number = len(group)
        right = group["correct"].to_numpy(dtype=np.float64).mean()
        low, high = wilson(np.array([right]), np.array([float(number)]), NORMAL)
        timed = group.dropna(subset=["time_to_choose"])
        times = quantile_intervals(timed, "time_to_choose", (0.5,))
        of_accuracy = (float(right), float(low[0]), float(high[0]), WILSON)
        of_time = (float(times.value[0]), float(times.low[0]), float(times.high[0]), times.method)
        rows.append((observer, condition, number, *of_accuracy, *of_time))
    columns = ["observer", "condition", "trials", "accuracy", "low", "high", "method"]
    columns += ["median_time", "time_low", "time_high", "time_method"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    return table


def speed_accuracy_correlation(table: pd.DataFrame) -> pd.DataFrame:
    """Spearman's rank correlation of median time and accuracy over participants, per condition.

    ``table`` is that of ``speed_and_accuracy``. Above 0, the slower ones are more often right. The interval
    is on Fisher's scale with the standard error of Bonett & Wright (2000, Psychometrika 65, 23),
    ``sqrt((1 + r^2 / 2) / (n - 3))``: r = .5 of 23 participants gives .084 to .767. At the study's size it is
    wide.

    Returns
    -------
    DataFrame
        ``condition``, ``observers``, ``correlation``, ``low``, ``high`` (-1 to 1), ``method``; NaN below 5
        participants, and where all have the same accuracy or the same time.
    """
    rows = []
    for condition, group in table.dropna(subset=["median_time"]).groupby("condition", sort=False):
        time, right = (group[name].to_numpy(dtype=np.float64) for name in ("median_time", "accuracy"))
        number = len(group)
        if number < _FEWEST:
            reason = f"not computed: fewer than {_FEWEST} participants"
            rows.append((condition, number, np.nan, np.nan, np.nan, reason))
        elif np.ptp(time) == 0 or np.ptp(right) == 0:
            same = "time" if np.ptp(time) == 0 else "accuracy"
            reason = f"not computed: all participants have the same {same}"
            rows.append((condition, number, np.nan, np.nan, np.nan, reason))
        else:
            correlation = float(spearmanr(time, right).statistic)
            rows.append(
                (
                    condition,
                    number,
                    correlation,
                    *correlation_interval(correlation, number),
                    "Spearman, Bonett and Wright",
                )
            )
    columns = ["condition", "observers", "correlation", "low", "high", "method"]
    result: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    return result


def correlation_interval(correlation: float, number: int) -> tuple[float, float]:
    """Bounds of Spearman's correlation of ``number`` pairs, more than 3."""
    # At +-1 Fisher's scale has no end. The correlation next to it, where two neighbouring ranks change places
    # (1 - 6 sum d^2 / (n^3 - n) with d = 1 twice), stands in: five people in order tell little.
    furthest = 1 - 12 / (number**3 - number)
    inside = float(np.clip(correlation, -furthest, furthest))
    half = NORMAL * np.sqrt((1 + inside**2 / 2) / (number - 3))
    low, high = np.tanh(np.arctanh(inside) - half), np.tanh(np.arctanh(inside) + half)
    return min(float(low), correlation), max(float(high), correlation)
