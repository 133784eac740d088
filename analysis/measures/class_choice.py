"""Which classes a single frame confuses most: how the study chose its five actions.

The confusion matrix of a network that sees single frames is reordered so that classes it confuses stand side
by side; the most confused neighbours that it still mostly gets right are taken. Such classes differ little in
how a frame looks, so that what tells them apart must be motion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from analysis.errors import AnalysisError
from analysis.measures.confusion import confusion
from analysis.measures.intervals import Floats

SIZE = 5
LEAST_ACCURACY = 0.5
"""Both as in the study."""


@dataclass(frozen=True)
class ClassChoice:
    """``shares`` (classes, classes) are the rows (shown) and columns (answered) of the confusion matrix, 0 to
    1, in the order of ``classes``, in which confused ones stand side by side. ``chosen`` keeps that order.

    ``table`` has a row per class: ``place`` (from 1), ``action``, ``trials``, ``accuracy``, ``low``, ``high``
    (95 %, Wilson's), ``most_confused_with``, ``confusion`` (with it: the mean of both directions, 0 to 1),
    ``allowed`` (accurate enough) and ``chosen``, 0 or 1.
    """

    classes: tuple[str, ...]
    shares: Floats
    chosen: tuple[str, ...]
    table: pd.DataFrame

    @property
    def mutual_confusion(self) -> float:
        """How often one chosen class is answered for another, 0 to 1: the mean over their pairs."""
        places = np.array([self.classes.index(name) for name in self.chosen])
        return _mean_between(_mutual(self.shares), places)


def choose_classes(
    trials: pd.DataFrame, size: int = SIZE, least_accuracy: float = LEAST_ACCURACY
) -> ClassChoice:
    """The ``size`` most confused classes of those with at least ``least_accuracy``.

    Two classes are as far apart as 1 minus their mutual confusion (the mean of both directions, of row
    shares). Classes are put in the order of the leaves of average linkage with optimal leaf ordering
    (Bar-Joseph, Gifford & Jaakkola 2001, Bioinformatics 17 S22). Of all runs of ``size`` neighbours in that
    order, classes that are not accurate enough left out, the one with the largest mean confusion between its
    classes is taken, the first of several alike.

    Raises
    ------
    AnalysisError
        Where fewer classes than ``size`` are accurate enough.
    """
    actions = sorted(str(name) for name in trials["action"].unique())
    if size < 2:
        raise AnalysisError(f"{size} classes were asked for; a choice of confused classes has at least 2")
    matrix = confusion(trials, actions)
    shares = matrix["share"].to_numpy(dtype=np.float64).reshape(len(actions), len(actions))
    allowed = np.diag(shares) >= least_accuracy
    if allowed.sum() < size:
        raise AnalysisError(
            f"{int(allowed.sum())} of {len(actions)} classes are answered right in at least "
            f"{least_accuracy:.0%} of their clips, and {size} were asked for; take fewer (-k) or a lower "
            f"bound (--least-accuracy)"
        )
    order = confusion_order(shares)
    names, shares, allowed = [actions[place] for place in order], shares[np.ix_(order, order)], allowed[order]
    mutual = _mutual(shares)
    candidates = np.flatnonzero(allowed)
    runs = [candidates[start : start + size] for start in range(len(candidates) - size + 1)]
    best = max(runs, key=lambda places: _mean_between(mutual, places))
    chosen = tuple(names[place] for place in best)
    return ClassChoice(tuple(names), shares, chosen, _table(matrix, trials, names, mutual, allowed, chosen))


def confusion_order(shares: Floats) -> NDArray[np.int64]:
    """The places of the classes of a confusion matrix so that confused ones stand side by side.

    ``shares`` is (classes, classes), row shares from 0 to 1. Of an order and its reverse, which are as good,
    the one that begins with the class of the lower number is returned.
    """
    if len(shares) < 3:
        return np.arange(len(shares), dtype=np.int64)
    distance = 1 - _mutual(shares)
    np.fill_diagonal(distance, 0)
    order = leaves_list(linkage(squareform(distance, checks=False), "average", optimal_ordering=True))
    places: NDArray[np.int64] = np.asarray(order if order[0] < order[-1] else order[::-1], dtype=np.int64)
    return places


def _mutual(shares: Floats) -> Floats:
    mutual: Floats = (shares + shares.T) / 2
    return mutual


def _mean_between(mutual: Floats, places: NDArray[np.int64]) -> float:
    block = mutual[np.ix_(places, places)]
    return float((block.sum() - np.trace(block)) / (len(places) * (len(places) - 1)))


def _table(
    matrix: pd.DataFrame,
    trials: pd.DataFrame,
    names: Sequence[str],
    mutual: Floats,
    allowed: NDArray[np.bool_],
    chosen: Sequence[str],
) -> pd.DataFrame:
    own = matrix[matrix["action"] == matrix["response"]].set_index("action").loc[list(names)]
    apart = mutual.copy()
    np.fill_diagonal(apart, -1)
    partner = apart.argmax(axis=1)
    table: pd.DataFrame = pd.DataFrame(
        {
            "place": np.arange(1, len(names) + 1),
            "action": list(names),
            "trials": trials["action"].value_counts().loc[list(names)].to_numpy(dtype=int),
            "accuracy": own["share"].to_numpy(dtype=float),
            "low": own["low"].to_numpy(dtype=float),
            "high": own["high"].to_numpy(dtype=float),
            "most_confused_with": [names[place] for place in partner],
            "confusion": apart.max(axis=1),
            "allowed": allowed.astype(int),
            "chosen": [int(name in chosen) for name in names],
        }
    )
    return table
