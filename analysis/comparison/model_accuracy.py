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
from numpy.typing import NDArray

from analysis.measures.accuracy import drop_interval
from analysis.measures.crossing import Crossing, cross
from analysis.measures.intervals import WILSON, Floats, Spread, share_interval

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


def model_drop(trials: pd.DataFrame) -> pd.DataFrame:
    """Accuracy in one condition minus that in a later one, for every model and pair of its conditions.

    A clip and the one made from it are one item, so the interval knows that the conditions share their clips
    (Zou 2007, as ``accuracy_drop``). Where the difference does not vary over clip groups, it is Newcombe's
    (method 10).

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
            is_first = (both["condition"] == first).to_numpy(dtype=np.bool_)
            spread = drop_of_answers(cross(both), both["correct"].to_numpy(dtype=np.float64), is_first)
            trials_of_each = np.array([is_first.sum(), (~is_first).sum()], dtype=np.float64)
            estimates = (float(value) for value in spread.estimate)
            interval = drop_interval(spread, trials_of_each, METHOD)
            rows.append((observer, first, second, *estimates, *interval))
    table: pd.DataFrame = pd.DataFrame(rows, columns=_DROP)
    return table


def drop_of_answers(crossing: Crossing, right: Floats, is_first: NDArray[np.bool_]) -> Spread:
    """The spread of a model's accuracies in two conditions and of their difference, nothing drawn.

    ``crossing`` numbers the trials, ``right`` (0 to 1) and ``is_first`` are (trials,). They are the model's
    own, or those of people with its answers in the place of theirs: where everybody met the same clips, both
    say the same.
    """
    columns = [right * is_first, is_first, right * ~is_first, ~is_first]
    cells = crossing.cells(np.column_stack(columns).astype(np.float64))
    whole = cells.sum(axis=(0, 1))
    shares = whole[[0, 2]] / whole[[1, 3]]
    pulls = (cells[..., [0, 2]] - shares * cells[..., [1, 3]]) / whole[[1, 3]]
    pull = np.concatenate([pulls, pulls[..., :1] - pulls[..., 1:]], axis=-1)
    return crossing.combine(np.append(shares, shares[0] - shares[1]), *crossing.parts(pull))
