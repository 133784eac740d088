"""Coded rows -> cells to withhold, so that every combination is shared by enough rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WITHHELD = -1


def withhold_cells(
    codes: NDArray[np.int64], cost: NDArray[np.float64], min_group: int, fixed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Withhold cells until every row is equal to at least ``min_group - 1`` others, a withheld cell being
    equal to withheld cells alone.

    Groups of equal rows grow bottom-up: the smallest that is too small takes the partner with which it loses
    least, and in both the cells that differ are withheld. From a partner that can spare them only as many
    rows are taken as are missing. Deterministic; not proven to lose the least that is possible, which is
    NP-hard (Meyerson & Williams, PODS 2004).

    Parameters
    ----------
    codes
        Rows x columns, a number per level, ``WITHHELD`` for no answer.
    cost
        The same shape: what withholding the cell would lose, in bits.
    fixed
        Per column, whether its cells must stay.

    Raises
    ------
    ValueError
        Where fewer than ``min_group`` rows agree in the fixed columns.
    """
    result: NDArray[np.int64] = codes.copy()
    groups = _equal_rows(result)
    while (small := _smallest(groups, min_group)) is not None:
        own = groups.pop(small)
        place, taken = _best_partner(own, groups, result, cost, (min_group, fixed))
        partner = groups.pop(place)
        joined = np.concatenate([own, partner[:taken]])
        if taken < len(partner):
            groups.append(partner[taken:])
        differing = (result[joined] != result[joined[0]]).any(axis=0)
        result[np.ix_(joined, np.flatnonzero(differing))] = WITHHELD
        # What is equal now counts together, or one of two equal groups would lose more for nothing.
        firsts = np.array([other[0] for other in groups], dtype=np.intp)
        equal = np.flatnonzero((result[firsts] == result[joined[0]]).all(axis=1))
        for place in reversed(equal.tolist()):
            joined = np.concatenate([joined, groups.pop(place)])
        groups.append(joined)
    return result


def _equal_rows(codes: NDArray[np.int64]) -> list[NDArray[np.intp]]:
    if not len(codes):
        return []
    _, inverse = np.unique(codes, axis=0, return_inverse=True)
    order = np.argsort(inverse.reshape(-1), kind="stable")
    starts = np.flatnonzero(np.diff(inverse.reshape(-1)[order])) + 1
    return list(np.split(order, starts))


def _smallest(groups: list[NDArray[np.intp]], min_group: int) -> int | None:
    place = min(range(len(groups)), key=lambda index: len(groups[index]), default=None)
    return place if place is not None and len(groups[place]) < min_group else None


def _best_partner(
    own: NDArray[np.intp],
    groups: list[NDArray[np.intp]],
    codes: NDArray[np.int64],
    cost: NDArray[np.float64],
    demand: tuple[int, NDArray[np.bool_]],
) -> tuple[int, int]:
    """The place of the cheapest partner among ``groups``, and how many of its rows to take."""
    min_group, fixed = demand
    if not groups:
        raise ValueError(f"fewer than {min_group} rows agree in what cannot be changed")
    firsts = np.array([group[0] for group in groups])
    sizes = np.array([len(group) for group in groups])
    missing = min_group - len(own)
    taken = np.where(sizes - missing >= min_group, missing, sizes)
    differing = codes[firsts] != codes[own[0]]
    members = np.concatenate(groups)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    theirs = np.add.reduceat(cost[members], starts, axis=0) * (taken / sizes)[:, None]
    # Cells that are withheld already lose nothing more.
    theirs[codes[firsts] == WITHHELD] = 0.0
    ours = np.where(codes[own[0]] == WITHHELD, 0.0, cost[own].sum(axis=0))
    lost = np.where(differing, theirs + ours, 0.0).sum(axis=1)
    lost[(differing & fixed).any(axis=1)] = np.inf
    place = int(np.argmin(lost))
    if not np.isfinite(lost[place]):
        raise ValueError(f"fewer than {min_group} rows agree in what cannot be changed")
    return place, int(taken[place])
