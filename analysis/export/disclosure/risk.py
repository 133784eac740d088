"""How many people share a combination of answers: figures before and after an export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Risk:
    """How far a combination of answers singles people out.

    A group is all participants with the same combination; a missing answer counts as an answer of its own.
    ``unique`` participants are alone with theirs. The prosecutor's risk of a participant is one over the size
    of the group: the chance that somebody who knows that this person is in the data, and knows all these
    answers, points at the right row (El Emam & Dankar, J Am Med Inform Assoc 15, 2008).
    """

    participants: int
    combinations: int
    unique: int
    smallest_group: int
    min_group: int
    below_min_group: int

    @property
    def highest(self) -> float:
        """The largest prosecutor's risk of anybody, 0 to 1; 0 where there is nobody."""
        return 1 / self.smallest_group if self.smallest_group else 0.0

    @property
    def mean(self) -> float:
        """The mean prosecutor's risk: groups over participants."""
        return self.combinations / self.participants if self.participants else 0.0

    @property
    def acceptable(self) -> bool:
        """Whether every combination is shared by at least ``min_group`` (k-anonymity, Sweeney 2002)."""
        return self.below_min_group == 0


def measure_risk(table: pd.DataFrame, columns: Sequence[str], min_group: int) -> Risk:
    """The risk of a table with one row per participant, by the combinations of ``columns``.

    With no column everybody is in one group: of a, a, b there are 2 combinations, 1 unique, mean risk 2/3.
    """
    sizes = group_sizes(table, columns)
    groups = sizes.groupby(_groups(table, columns)).size() if len(table) else pd.Series(dtype=int)
    return Risk(
        participants=len(table),
        combinations=len(groups),
        unique=int((groups == 1).sum()),
        smallest_group=int(groups.min()) if len(groups) else 0,
        min_group=min_group,
        below_min_group=int((sizes < min_group).sum()),
    )


def group_sizes(table: pd.DataFrame, columns: Sequence[str]) -> pd.Series[int]:
    """For every row, how many rows share its combination; missing answers are equal to each other."""
    groups = _groups(table, columns)
    sizes: pd.Series[int] = groups.groupby(groups).transform("size").astype(int)
    return sizes


def _groups(table: pd.DataFrame, columns: Sequence[str]) -> pd.Series[int]:
    numbers: pd.Series[int] = pd.Series(0, index=table.index, dtype=int)
    if columns and len(table):
        numbers = table.groupby(list(columns), dropna=False, sort=False).ngroup()
    return numbers
