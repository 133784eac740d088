"""Accuracy (share of right answers) with 95 % intervals, and the drop from one condition to another.

An accuracy is right answers over trials, all participants together, so that it equals the diagonal of the
confusion matrix.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

DRAWS = 10_000
LEVEL = 0.95
_TAILS = [50 * (1 - LEVEL), 100 - 50 * (1 - LEVEL)]


def accuracy(
    trials: pd.DataFrame, by: Sequence[str], rng: np.random.Generator, draws: int = DRAWS
) -> pd.DataFrame:
    """Accuracy of every group of ``trials`` that agrees in the columns ``by``.

    A trial without a response (a time limit ended it) counts as wrong.

    With two or more participants in a group the interval is a percentile bootstrap over participants (Efron &
    Tibshirani 1993, chapter 13): whole participants are drawn with replacement. It is too narrow for few: at
    an accuracy of .898 that varies between people with a standard deviation of .054, and 90 trials each, it
    held the true value in 70 % of 600 simulated studies with 3 participants, 83 % with 5, 89 % with 10, 93 %
    with 20. With one participant, or where all have the same accuracy, it is Wilson's score interval (Wilson
    1927) over trials: 81 of 263 gives 0.2553 to 0.3662.

    Returns
    -------
    DataFrame
        ``by``, then ``observers``, ``trials``, ``correct``, ``accuracy``, ``low``, ``high`` (0 to 1) and
        ``method`` (``bootstrap over participants`` or ``wilson``); one row per group in order of first
        appearance.
    """
    rows = []
    for key, group in trials.groupby(list(by), sort=False):
        per_observer = _per_observer(group)
        correct, total = int(per_observer["correct"].sum()), int(per_observer["trials"].sum())
        low, high, method = _interval(per_observer, rng, draws)
        rows.append((*key, len(per_observer), total, correct, correct / total, low, high, method))
    columns = [*by, "observers", "trials", "correct", "accuracy", "low", "high", "method"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    return table


def accuracy_drop(
    trials: pd.DataFrame, first: str, second: str, rng: np.random.Generator, draws: int = DRAWS
) -> pd.DataFrame:
    """Accuracy in condition ``first`` minus that in ``second``, over participants who answered in both.

    With two or more of them the interval is a percentile bootstrap that keeps a participant's two conditions
    together. With one, or where the draws do not differ, it is Newcombe's hybrid score interval (Newcombe
    1998, method 10), which takes the trials of the two conditions as independent: 56 of 70 against 48 of 80
    gives 0.0524 to 0.3339.

    Returns
    -------
    DataFrame
        One row ``first, second, observers, drop, low, high`` (-1 to 1), ``method``; no row where nobody
        answered in both.
    """
    counts = {name: _per_observer(trials[trials["condition"] == name]) for name in (first, second)}
    both = counts[first].index.intersection(counts[second].index)
    columns = ["first", "second", "observers", "drop", "low", "high", "method"]
    if both.empty:
        nobody: pd.DataFrame = pd.DataFrame(columns=columns)
        return nobody
    a, b = counts[first].loc[both], counts[second].loc[both]
    drop = a["correct"].sum() / a["trials"].sum() - b["correct"].sum() / b["trials"].sum()
    weights = _weights(len(both), rng, draws)
    drawn = _shares(a, weights) - _shares(b, weights)
    if np.ptp(drawn) > 1e-12:
        low, high = np.percentile(drawn, _TAILS)
        method = "bootstrap over participants"
    else:
        low, high = confint_proportions_2indep(
            a["correct"].sum(), a["trials"].sum(), b["correct"].sum(), b["trials"].sum(), method="newcomb"
        )
        method = "newcombe"
    table: pd.DataFrame = pd.DataFrame(
        [(first, second, len(both), drop, float(low), float(high), method)], columns=columns
    )
    return table


def _per_observer(trials: pd.DataFrame) -> pd.DataFrame:
    counts: pd.DataFrame = trials.groupby("observer")[["correct"]].agg(
        correct=("correct", "sum"), trials=("correct", "count")
    )
    return counts


def _interval(per_observer: pd.DataFrame, rng: np.random.Generator, draws: int) -> tuple[float, float, str]:
    drawn = _shares(per_observer, _weights(len(per_observer), rng, draws))
    # Participants that do not differ give an interval of no width, which claims a certainty that nobody has.
    if np.ptp(drawn) > 1e-12:
        low, high = np.percentile(drawn, _TAILS)
        return float(low), float(high), "bootstrap over participants"
    low, high = proportion_confint(
        int(per_observer["correct"].sum()),
        int(per_observer["trials"].sum()),
        alpha=1 - LEVEL,
        method="wilson",
    )
    return float(low), float(high), "wilson"


def _weights(observers: int, rng: np.random.Generator, draws: int) -> NDArray[np.int64]:
    """How often each participant is in each draw, (draws, observers)."""
    return rng.multinomial(observers, np.full(observers, 1 / observers), size=draws)


def _shares(per_observer: pd.DataFrame, weights: NDArray[np.int64]) -> NDArray[np.float64]:
    correct = per_observer["correct"].to_numpy(dtype=np.float64)
    trials = per_observer["trials"].to_numpy(dtype=np.float64)
    shares: NDArray[np.float64] = (weights @ correct) / (weights @ trials)
    return shares
