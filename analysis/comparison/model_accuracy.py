"""Accuracy of models, and how much they lose from one condition to another, with 95 % intervals.

A model is fixed: asked again, it gives the same answers. What is chance is which clips it met, so clip groups
(same actor and scene) are drawn anew within each action, as for people, and nothing else. The intervals say
nothing of the same network trained once more. Several runs of a model (three splits, for instance) count
together, and clips of one group stay together across them.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import confint_proportions_2indep

from analysis.measures.accuracy import difference_interval, shares_and_difference
from analysis.measures.intervals import WILSON, Floats, share_interval
from analysis.measures.resampling import DRAWS, cross, resample

METHOD = "bootstrap over clip groups, the model fixed"
_ACCURACY = ["observer", "condition", "trials", "correct", "accuracy", "low", "high", "method"]
_DROP = ["observer", "first", "second", "accuracy_first", "accuracy_second", "drop", "low", "high", "method"]


def model_accuracy(trials: pd.DataFrame) -> pd.DataFrame:
    """Accuracy of every model in every condition.

    The interval is Wilson's at the effective number of trials (``share_interval``) with the variance over
    clip groups; where none of them differs (all right, or each group alike), Wilson's over trials.

    Returns
    -------
    DataFrame
        ``observer, condition, trials, correct, accuracy, low, high`` (0 to 1), ``method``; models and
        conditions in order of first appearance.
    """
    rows = []
    for (observer, condition), answers in trials.groupby(["observer", "condition"], sort=False):
        right = answers["correct"].to_numpy(dtype=np.float64)
        crossing = cross(answers)
        spread = crossing.shares(crossing.cells(np.column_stack([right, np.ones_like(right)])))
        low, high = share_interval(spread, len(right))
        method = METHOD if spread.variance[0] > 0 else WILSON
        total = int(right.sum())
        rows.append(
            (
                observer,
                condition,
                len(right),
                total,
                total / len(right),
                float(low[0]),
                float(high[0]),
                method,
            )
        )
    table: pd.DataFrame = pd.DataFrame(rows, columns=_ACCURACY)
    return table


def model_drop(trials: pd.DataFrame, rng: np.random.Generator, draws: int = DRAWS) -> pd.DataFrame:
    """Accuracy in one condition minus that in a later one, for every model and pair of its conditions.

    A clip and the one made from it are drawn together, so the interval knows that the conditions share their
    clips (Zou 2007, as ``accuracy_drop``). Where the draws do not differ, it is Newcombe's (method 10).

    Returns
    -------
    DataFrame
        ``observer, first, second, accuracy_first, accuracy_second, drop, low, high`` (-1 to 1), ``method``.
    """
    rows = []
    order = [str(name) for name in trials["condition"].unique()]
    for observer, answers in trials.groupby("observer", sort=False):
        answered = set(answers["condition"])
        for first, second in combinations([name for name in order if name in answered], 2):
            both = answers[answers["condition"].isin([first, second])]
            rows.append((observer, first, second, *_drop(both, first, rng, draws)))
    table: pd.DataFrame = pd.DataFrame(rows, columns=_DROP)
    return table


def _drop(
    both: pd.DataFrame, first: str, rng: np.random.Generator, draws: int
) -> tuple[float, float, float, float, float, str]:
    right = both["correct"].to_numpy(dtype=np.float64)
    is_first = (both["condition"] == first).to_numpy(dtype=np.float64)
    counts: Floats = np.column_stack([right * is_first, is_first, right * (1 - is_first), 1 - is_first])
    spread = resample(both, rng, draws=draws).spread(counts, shares_and_difference)
    total = counts.sum(axis=0)
    if spread.variance[2] > 1e-12:
        low, high = difference_interval(spread, total[[1, 3]])
        method = METHOD
    else:
        low, high = confint_proportions_2indep(*total, method="newcomb")
        method = "newcombe"
    one, other, drop = (float(value) for value in spread.estimate)
    return one, other, drop, float(low), float(high), method
