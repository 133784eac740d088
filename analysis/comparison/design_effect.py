"""How much more the kappa of a pair varies when clip groups are drawn than if all items were independent."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.comparison.kappa import Numbers

_CHUNK = 4_000_000


def design_effects(right: Numbers, groups: npt.NDArray[np.int64], strata: npt.NDArray[np.int64]) -> Numbers:
    """The ratio of two variances of every pair's kappa, pairs as in ``all_pair_counts``.

    The variance over clip groups is what the bootstrap of ``analysis.measures.resampling`` tends to with ever
    more draws: a sum of squares of the kappa's linear part, groups being drawn within strata. That of
    independent items is the same with every item for itself.

    Parameters
    ----------
    right
        Shape (observers, items): 1 right, 0 wrong, NaN not answered.
    groups
        Shape (items,): numbers from 0 of the clip group of each item.
    strata
        Shape (groups,): which groups are drawn from together.

    Returns
    -------
    Shape (pairs,); NaN where kappa does not vary or no two groups are drawn from together.
    """
    first, second = np.triu_indices(len(right), 1)
    of_group = np.eye(len(strata))[groups]
    effects = np.full(len(first), np.nan)
    step = max(1, _CHUNK // max(right.shape[1], 1))
    for start in range(0, len(first), step):
        part = slice(start, start + step)
        effects[part] = _ratio(_pull(right[first[part]], right[second[part]]), of_group, strata)
    return effects


def mean_pull(right: Numbers, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> Numbers:
    """How much each item pulls the mean kappa of some pairs of rows of ``right``, (items,)."""
    step = max(1, _CHUNK // max(right.shape[1], 1))
    total = np.zeros(right.shape[1])
    for start in range(0, len(first), step):
        part = slice(start, start + step)
        total += _pull(right[first[part]], right[second[part]]).sum(axis=0)
    return total / max(len(first), 1)


def _pull(a: Numbers, b: Numbers) -> Numbers:
    """How much each item pulls kappa up or down, (pairs, items): its derivative by the item's weight."""
    shared = np.isfinite(a) & np.isfinite(b)
    a, b = np.where(shared, a, 0), np.where(shared, b, 0)
    differ = shared * (a != b)
    items, right_a, right_b, apart = (
        each.sum(axis=1, keepdims=True) for each in (shared.astype(np.float64), a, b, differ)
    )
    # kappa = 1 - apart items / room, with room = (1 - expected) items^2.
    room = right_a * (items - right_b) + right_b * (items - right_a)
    of_room = (right_a + right_b) + items * (a + b) - 2 * (a * right_b + b * right_a)
    with np.errstate(invalid="ignore", divide="ignore"):
        pull: Numbers = apart * items * of_room / room**2 - (differ * items + apart) / room
    return np.where(shared & (room > 0), pull, 0)


def _ratio(pull: Numbers, of_group: Numbers, strata: npt.NDArray[np.int64]) -> Numbers:
    sums = pull @ of_group
    clustered = np.zeros(len(pull))
    for stratum in np.unique(strata):
        members = sums[:, strata == stratum]
        number = members.shape[1]
        if number > 1:
            centred = members - members.mean(axis=1, keepdims=True)
            clustered += number / (number - 1) * (centred**2).sum(axis=1)
    alone = (pull**2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        effect: Numbers = clustered / alone
    return np.where((alone > 0) & (clustered > 0), effect, np.nan)
