"""Accuracy (share of right answers) with 95 % intervals, and the drop from one condition to another.

An accuracy is right answers over trials, all participants together, so that it equals the diagonal of the
confusion matrix.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import confint_proportions_2indep

from analysis.measures.intervals import LEVEL, NORMAL, WILSON, Floats, Spread, ratio, share_interval, wilson
from analysis.measures.resampling import DRAWS, Items, resample

NEWCOMBE = "newcombe"
"""The method of Newcombe's hybrid score interval of a difference of two shares, wherever it stands."""
_ROUNDING = 1e-12
"""A variance up to this is rounding."""


def accuracy(
    trials: pd.DataFrame,
    by: Sequence[str],
    rng: np.random.Generator,
    draws: int = DRAWS,
    items: Items = "group",
) -> pd.DataFrame:
    """Accuracy of every group of ``trials`` that agrees in the columns ``by``.

    A trial without a response (a time limit ended it) counts as wrong.

    With two or more participants in a group the interval comes from the crossed bootstrap of ``resampling``
    (``share_interval``) and speaks of new participants and new clip groups; with ``items="fixed"`` of new
    participants and these very clips. With one participant, or where no draw differs (all right), it is
    Wilson's score interval (Wilson 1927) over trials: 81 of 263 gives 0.2553 to 0.3662.

    Returns
    -------
    DataFrame
        ``by``, then ``observers``, ``trials``, ``correct``, ``accuracy``, ``low``, ``high`` (0 to 1) and
        ``method`` in words; one row per group in order of first appearance.
    """
    keys = list(by)
    grouped = trials.groupby(keys, sort=False)
    table = pd.DataFrame(
        {
            "observers": grouped["observer"].nunique(),
            "trials": grouped.size(),
            "correct": grouped["correct"].sum(),
        }
    ).reset_index()
    number = table["trials"].to_numpy(dtype=np.float64)
    right = table["correct"].to_numpy(dtype=np.float64)
    low, high = wilson(right / number, number, NORMAL)
    method = [WILSON] * len(table)
    several = table[table["observers"] > 1]
    groups = [group for _, group in trials.groupby(keys, sort=False)] if len(several) else []
    # In the order of names: the draws do not depend on what comes first in the table.
    for place in several.sort_values(keys, kind="stable").index:
        of_group = resample(groups[place], rng, items, draws)
        spread = of_group.shares(_right_of(groups[place]))
        bounds = share_interval(spread, len(groups[place]))
        low[place], high[place] = bounds[0][0], bounds[1][0]
        if spread.variance[0] > 0:
            method[place] = of_group.method
    result: pd.DataFrame = table.assign(accuracy=right / number, low=low, high=high, method=method)
    return result


def accuracy_drop(
    trials: pd.DataFrame,
    first: str,
    second: str,
    rng: np.random.Generator,
    draws: int = DRAWS,
    items: Items = "group",
) -> pd.DataFrame:
    """Accuracy in condition ``first`` minus that in ``second``, over participants who answered in both.

    With two or more of them the interval is put together from those of the two accuracies, and from how they
    go together (Newcombe 1998, Statistics in Medicine 17, 2635; Zou 2007, Psychological Methods 12, 399):
    the crossed bootstrap draws a participant with both conditions, and a clip group with its clips of both.
    With one, or where the draws do not differ, it is Newcombe's hybrid score interval (Newcombe 1998,
    Statistics in Medicine 17, 873, method 10), which takes the trials of the two conditions as independent:
    56 of 70 against 48 of 80 gives 0.0524 to 0.3339.

    Returns
    -------
    DataFrame
        One row ``first, second, observers, drop, low, high`` (-1 to 1), ``method``; no row where nobody
        answered in both.
    """
    columns = ["first", "second", "observers", "drop", "low", "high", "method"]
    both = _of_both(trials, first, second)
    if both.empty:
        nobody: pd.DataFrame = pd.DataFrame(columns=columns)
        return nobody
    is_first = (both["condition"] == first).to_numpy(dtype=np.float64)
    right = _right_of(both)
    counts = np.hstack([right * is_first[:, None], right * (1 - is_first[:, None])])
    observers = int(both["observer"].nunique())
    drawn = resample(both, rng, items, draws)
    spread = drawn.spread(counts, shares_and_difference)
    total = counts.sum(axis=0)
    interval = drop_interval(spread, total[[1, 3]], drawn.method, told=observers > 1)
    row = (first, second, observers, float(spread.estimate[2]), *interval)
    table: pd.DataFrame = pd.DataFrame([row], columns=columns)
    return table


def accuracy_drop_by_observer(trials: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """The drop of every participant who answered in both conditions, with Newcombe's interval (method 10).

    Returns
    -------
    DataFrame
        ``observer, accuracy_first, accuracy_second, drop, low, high`` (-1 to 1), ``method``.
    """
    both = _of_both(trials, first, second)
    rows = []
    for observer, of_observer in both.groupby("observer", sort=False):
        counts: list[int] = []
        for name in (first, second):
            right = of_observer.loc[of_observer["condition"] == name, "correct"]
            counts += [int(right.sum()), len(right)]
        low, high = confint_proportions_2indep(*counts, method="newcomb")
        shares = (counts[0] / counts[1], counts[2] / counts[3])
        rows.append((observer, *shares, shares[0] - shares[1], float(low), float(high), NEWCOMBE))
    columns = ["observer", "accuracy_first", "accuracy_second", "drop", "low", "high", "method"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    return table


def _right_of(trials: pd.DataFrame) -> Floats:
    """Right answers and answers, (trials, 2)."""
    right = trials["correct"].to_numpy(dtype=np.float64)
    return np.column_stack([right, np.ones_like(right)])


def shares_and_difference(sums: Floats) -> Floats:
    """From right and all answers of two conditions, (draws, 4), to two shares and their difference."""
    first, second = ratio(sums[..., 0], sums[..., 1]), ratio(sums[..., 2], sums[..., 3])
    return np.stack([first, second, first - second], axis=-1)


def drop_interval(
    spread: Spread, trials: Floats, method: str, *, told: bool = True
) -> tuple[float, float, str]:
    """The bounds of a drop, and how they were found: by ``method``, or Newcombe's method 10.

    ``spread`` is of both accuracies, of so many ``trials`` each, and of their difference. It is Newcombe's
    where the difference does not vary, or where the spread is not ``told`` (one participant has none).
    """
    if told and spread.variance[2] > _ROUNDING:
        return *difference_interval(spread, trials), method
    right = spread.estimate[:2] * trials
    low, high = confint_proportions_2indep(right[0], trials[0], right[1], trials[1], method="newcomb")
    return float(low), float(high), NEWCOMBE


def difference_interval(spread: Spread, trials: Floats, level: float = LEVEL) -> tuple[float, float]:
    """The interval of a difference of two shares, from the spread of both and of the difference."""
    of_shares = Spread(spread.estimate[:2], spread.variance[:2], spread.df[:2])
    (low, other_low), (high, other_high) = share_interval(of_shares, trials, level)
    low, high = recover(spread, (float(low), float(high)), (float(other_low), float(other_high)))
    return max(low, -1.0), min(high, 1.0)


def recover(spread: Spread, one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Zou's (2007) equations 10 and 11: the interval of a difference from those of its parts.

    ``spread`` is of ``one``, ``other`` and their difference, in this order; intervals are (low, high).
    """
    first, second, difference = (float(value) for value in spread.estimate)
    product = float(np.sqrt(spread.variance[0] * spread.variance[1]))
    together = float(spread.variance[0] + spread.variance[1] - spread.variance[2]) / 2
    correlation = float(np.clip(together / product, -1, 1)) if product > 0 else 0.0

    def reach(one: float, two: float) -> float:
        return float(np.sqrt(max(one**2 - 2 * correlation * one * two + two**2, 0)))

    below, above = reach(first - one[0], other[1] - second), reach(one[1] - first, second - other[0])
    return difference - below, difference + above


def _of_both(trials: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """The trials in these two conditions of participants who answered in both."""
    observers = [set(trials.loc[trials["condition"] == name, "observer"]) for name in (first, second)]
    chosen = trials["condition"].isin([first, second]) & trials["observer"].isin(observers[0] & observers[1])
    both: pd.DataFrame = trials[chosen]
    return both
