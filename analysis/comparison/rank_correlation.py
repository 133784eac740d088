"""Rank correlation and medians under weights, for many draws at once.

A weight counts an item so many times, so that a draw with replacement is a row of weights. With whole weights
the results are those of the ordinary formulas on the items repeated.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Strata = npt.NDArray[np.int64]

FEWEST_ITEMS = 4
"""Of fewer items a rank correlation says nothing: three stand in the same order in one case of six."""
_CHUNK = 4_000_000


def weighted_ranks(values: Numbers, weights: Numbers) -> Numbers:
    """Mid-ranks along the last axis; both are (..., items), without NaN.

    Values 3, 1, 1 with weights 1, 1, 1 have the ranks 2.5, 1, 1: half a rank below the usual ones, which
    changes no correlation.
    """
    if values.ndim == 1:
        return _ranks_of_the_same(values, weights)
    shape = np.broadcast_shapes(values.shape, weights.shape)
    order = np.broadcast_to(np.argsort(values, axis=-1, kind="stable"), shape)
    ordered = np.take_along_axis(np.broadcast_to(values, shape), order, axis=-1)
    total = np.cumsum(np.take_along_axis(np.broadcast_to(weights, shape), order, axis=-1), axis=-1)
    first = np.ones(ordered.shape, dtype=np.bool_)
    first[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    last = np.ones(ordered.shape, dtype=np.bool_)
    last[..., :-1] = first[..., 1:]
    before = np.zeros(total.shape)
    before[..., 1:] = total[..., :-1]
    below = np.maximum.accumulate(np.where(first, before, 0), axis=-1)
    up_to = np.minimum.accumulate(np.where(last, total, np.inf)[..., ::-1], axis=-1)[..., ::-1]
    ranks = np.empty(total.shape)
    np.put_along_axis(ranks, order, (below + up_to) / 2, axis=-1)
    return ranks


def _ranks_of_the_same(values: Numbers, weights: Numbers) -> Numbers:
    """The ranks of (items,) under many weights: they are sorted once, and ties are added up."""
    order = np.argsort(values, kind="stable")
    _, first, place = np.unique(values[order], return_index=True, return_inverse=True)
    tied = np.add.reduceat(weights[..., order], first, axis=-1)
    middle = np.cumsum(tied, axis=-1) - tied / 2
    ranks = np.empty(weights.shape)
    ranks[..., order] = middle[..., place]
    return ranks


def spearman(
    first: Numbers, second: Numbers, weights: Numbers | None = None, strata: Strata | None = None
) -> Numbers:
    """Spearman's rank correlation along the last axis; NaN values and their partners are left out.

    ``first``, ``second`` and ``weights`` are (items,) or (draws, items). With ``strata``, (items,), the mean
    rank of every stratum is taken out before: what is left is how the two go together within strata.

    Returns
    -------
    (draws,), or () where all are (items,)
        NaN where fewer than ``FEWEST_ITEMS`` items are left, or one of the two does not vary.
    """
    given = np.ones(1) if weights is None else weights
    use = np.isfinite(first) & np.isfinite(second) & (given > 0)
    weight = np.where(use, given, 0.0)
    ranks = [
        _centred(weighted_ranks(np.where(np.isfinite(values), values, 0.0), weight), weight, strata)
        for values in (first, second)
    ]
    both = (weight * ranks[0] * ranks[1]).sum(axis=-1)
    squares = [(weight * rank**2).sum(axis=-1) for rank in ranks]
    # Ranks are differences of sums of weights, so what does not vary may be off 0 by rounding.
    smallest = 1e-9 * np.maximum(weight.sum(axis=-1), 1) ** 3
    told = (use.sum(axis=-1) >= FEWEST_ITEMS) & (squares[0] > smallest) & (squares[1] > smallest)
    product = np.sqrt(np.where(told, squares[0] * squares[1], 1.0))
    rho: Numbers = np.where(told, np.clip(both / product, -1, 1), np.nan)
    return rho


def _centred(ranks: Numbers, weights: Numbers, strata: Strata | None) -> Numbers:
    centred: Numbers = np.array(ranks, dtype=np.float64)
    for stratum in np.unique(strata) if strata is not None else (None,):
        members = slice(None) if stratum is None else strata == stratum
        weight = weights[..., members]
        total = weight.sum(axis=-1, keepdims=True)
        mean = (weight * ranks[..., members]).sum(axis=-1, keepdims=True) / np.where(total > 0, total, 1)
        centred[..., members] = ranks[..., members] - mean
    return centred


def weighted_means(values: Numbers, weights: Numbers) -> Numbers:
    """Means over people: ``values`` (people, items), NaN passed over; ``weights`` (draws, people).

    Returns
    -------
    (draws, items)
        NaN where nobody of weight has a value.
    """
    there = np.isfinite(values)
    total = weights @ there.astype(np.float64)
    sums = weights @ np.where(there, values, 0.0)
    # Rounded, so that equal shares of drawn people are ties and not 1e-16 apart.
    means: Numbers = np.where(total > 0, np.round(sums / np.where(total > 0, total, 1), 9), np.nan)
    return means


def weighted_medians(values: Numbers, weights: Numbers) -> Numbers:
    """Medians over people, as ``weighted_means``; between two values where half the weight lies on each side.

    Values 1, 2, 9 have the median 2, and 1.5 where the last has no weight.
    """
    people, items = values.shape
    order = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, axis=0)
    there = np.isfinite(ordered)
    filled = np.where(there, ordered, 0.0)
    medians = np.empty((len(weights), items))
    step = max(1, _CHUNK // max(people * items, 1))
    columns = np.arange(items)
    for start in range(0, len(weights), step):
        weight = np.where(there, weights[start : start + step][:, order], 0.0)
        total = np.cumsum(weight, axis=1)
        half = total[:, -1:, :] / 2
        low = (total >= half - 1e-9).argmax(axis=1)
        high = (total > half + 1e-9).argmax(axis=1)
        middle = (filled[low, columns] + filled[high, columns]) / 2
        medians[start : start + step] = np.where(total[:, -1, :] > 0, middle, np.nan)
    return medians
