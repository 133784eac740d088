"""How much a group of equal people gives away about one answer: l-diversity.

Source: Machanavajjhala, Kifer, Gehrke & Venkitasubramaniam, l-Diversity: Privacy beyond k-anonymity, ACM
Transactions on Knowledge Discovery from Data 1 (2007). In a group of people who share every other answer,
everybody can be known to have the one they all gave: k-anonymity does not prevent that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Diversity:
    """One question within the groups of people who share all other quasi-identifiers.

    ``distinct`` is the smallest number of different published answers in a group, ``entropy`` the smallest
    2 to the entropy of its answers in bits; a withheld answer is one of them, and groups in which all are
    withheld give nothing away and do not count. ``inferable`` participants are in groups where all answers
    are the same: who knows that they took part, and all their other answers, learns this one. Both figures
    are 0 where no group counts.
    """

    item: str
    role: str
    distinct: int
    entropy: float
    inferable: int
    participants: int


def measure_diversity(table: pd.DataFrame, item: str, role: str, known: Sequence[str]) -> Diversity:
    """The diversity of ``item`` within the groups that agree in ``known``.

    A group with the answers a, a, b has 2 distinct ones and an entropy l-diversity of 1.89.
    """
    others = [name for name in known if name != item]
    groups = table.groupby(others, dropna=False, sort=False).ngroup().to_numpy() if others else 0
    answers = pd.factorize(table[item], use_na_sentinel=False)[0]
    counted = pd.DataFrame({"group": groups, "answer": answers, "given": table[item].notna().to_numpy()})
    given = counted.groupby("group")["given"].transform("any")
    sizes = counted[given].groupby(["group", "answer"]).size()
    in_group = sizes.groupby(level="group")
    shares = sizes / in_group.transform("sum")
    bits = -(shares * np.log2(shares)).groupby(level="group").sum()
    alone = in_group.sum()[in_group.size() == 1]
    return Diversity(
        item=item,
        role=role,
        distinct=int(in_group.size().min()) if len(sizes) else 0,
        entropy=float(2 ** bits.min()) if len(sizes) else 0.0,
        inferable=int(alone.sum()),
        participants=len(table),
    )
