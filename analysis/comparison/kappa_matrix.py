"""Kappa of every pair as a matrix, those who err alike side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from analysis.comparison.kappa import Numbers


def kappa_matrix(pairs: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    """The matrix of one condition as a table: ``observer``, then a column for each of them, in one order.

    ``pairs`` has ``a``, ``b`` and ``kappa``; NaN where it is undefined, and of an observer with itself.
    """
    names = observer_order(pairs, models)
    table: pd.DataFrame = pd.DataFrame(kappa_square(pairs, names), columns=names)
    table.insert(0, "observer", names, allow_duplicates=True)
    return table


def observer_order(pairs: pd.DataFrame, models: Sequence[str]) -> list[str]:
    """People in the order of average linkage of 1 - kappa, then ``models`` by their own.

    ``pairs`` has ``a``, ``b`` and ``kappa``; where kappa is undefined, it counts as 0 for the order.
    """
    names = list(dict.fromkeys([*pairs["a"].astype(str), *pairs["b"].astype(str)]))
    square = kappa_square(pairs, names)
    groups = (
        [place for place, name in enumerate(names) if (name in models) is is_model]
        for is_model in (False, True)
    )
    return [names[place] for group in groups for place in _by_likeness(group, square)]


def kappa_square(pairs: pd.DataFrame, names: Sequence[str]) -> Numbers:
    """Kappas as a symmetric matrix in the order of ``names``, NaN on the diagonal and where undefined."""
    place = {name: index for index, name in enumerate(names)}
    square = np.full((len(names), len(names)), np.nan)
    rows = pairs["a"].astype(str).map(place).to_numpy(dtype=int)
    columns = pairs["b"].astype(str).map(place).to_numpy(dtype=int)
    square[rows, columns] = square[columns, rows] = pairs["kappa"].to_numpy(dtype=float)
    return square


def _by_likeness(group: list[int], square: Numbers) -> list[int]:
    if len(group) < 3:
        return group
    distance = 1 - np.nan_to_num(square[np.ix_(group, group)])
    np.fill_diagonal(distance, 0.0)
    order = leaves_list(linkage(squareform(distance, checks=False), "average", optimal_ordering=True))
    return [group[place] for place in order]
