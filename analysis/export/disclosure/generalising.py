"""Answers -> answers that enough people share: coarser levels first, then withheld cells, then questions.

The result is k-anonymous (Sweeney, International Journal of Uncertainty, Fuzziness and Knowledge-Based
Systems 10, 2002): every combination of quasi-identifiers is shared by at least ``min_group`` participants. A
withheld answer counts as a value of its own, equal to other withheld answers alone. That is the stricter of
the two readings in the literature: where a withheld answer may stand for any (as in sdcMicro), a group is
never smaller than under this one.

Which of the many ways is taken: the one that loses the fewest bits among those looked at (``coding_search``).
The search goes from the finest coding to coarser ones a step at a time, always to the cheapest, and keeps the
best it met. It is deterministic, and not proven to find the least loss possible, which is NP-hard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.export.disclosure.answer_coding import Coding, finest
from analysis.export.disclosure.coding_search import CodingSearch, lost_bits
from analysis.export.disclosure.diversity import Diversity, measure_diversity
from analysis.export.disclosure.risk import Risk, measure_risk
from analysis.export.disclosure.sensitive import protect_sensitive
from experiment.records import ItemRole


@dataclass(frozen=True)
class ItemChange:
    """What became of one question.

    ``levels`` maps each published answer to the options it stands for; it is empty where the whole question
    was withheld. ``withheld`` counts the single answers that are. ``bits_lost`` of ``bits`` is what the
    answers told before.
    """

    item: str
    role: ItemRole
    levels: Mapping[str, tuple[str, ...]]
    withheld: int
    answered: int
    bits: float
    bits_lost: float

    @property
    def is_removed(self) -> bool:
        return not self.levels

    @property
    def is_coarser(self) -> bool:
        return any(options != (level,) for level, options in self.levels.items())

    @property
    def is_kept(self) -> bool:
        return not (self.is_removed or self.is_coarser or self.withheld)

    @property
    def sentence(self) -> str:
        """What happened, for a reader."""
        if self.is_kept:
            return f"{self.item}: kept as it was."
        if self.is_removed:
            return f"{self.item}: left out, all {self.answered} answers."
        merged = [
            f"{', '.join(options)} became {level}"
            for level, options in self.levels.items()
            if options != (level,)
        ]
        told = f"{self.item}: {'; '.join(merged) or 'levels kept'}"
        return (
            f"{told}; {self.withheld} of {self.answered} answers withheld." if self.withheld else f"{told}."
        )


@dataclass(frozen=True)
class Generalised:
    """Answers fit to be published, and the account of how they became that.

    ``table`` has one row per participant (index: as given) and the columns in their order; withheld and
    unanswered are missing. ``changes`` are those of quasi-identifiers and sensitive answers. ``before`` and
    ``after`` are the risk of the combinations of quasi-identifiers. Where it is not ``releasable``, no way
    was found to give everybody enough company, ``why_not`` says why, and ``table`` has no rows.
    """

    table: pd.DataFrame
    changes: tuple[ItemChange, ...]
    before: Risk
    after: Risk
    diversity_before: tuple[Diversity, ...]
    diversity: tuple[Diversity, ...]
    releasable: bool
    why_not: str = ""

    @property
    def bits(self) -> float:
        """What the answers to all items told, in bits, each item by itself."""
        return sum(change.bits for change in self.changes)

    @property
    def bits_lost(self) -> float:
        """How much of that is not published."""
        return sum(change.bits_lost for change in self.changes)


def generalise(
    answers: pd.DataFrame,
    roles: Mapping[str, ItemRole],
    min_group: int,
    *,
    options: Mapping[str, Sequence[str]] | None = None,
    fixed: Sequence[str] = (),
) -> Generalised:
    """Coarsen and withhold answers until every combination of quasi-identifiers is shared.

    Parameters
    ----------
    answers
        One row per participant (index: any unique names), one column of texts per question; missing where
        nothing was answered. Where it makes no other difference, the rows of fewer losses are chosen in their
        order here: give them in one that says nothing, such as that of random labels.
    roles
        Of every column; those without one count as quasi-identifiers. Free texts do not belong here.
    min_group
        How many participants must share every combination, from 2.
    options
        All options of a column in their order; those that were chosen, sorted, where none are given.
    fixed
        Quasi-identifiers that must stay as they are because other files show them too (number of sessions).

    Raises
    ------
    ValueError
        Where ``min_group`` is below 2 or a column is free text.
    """
    names = [str(name) for name in answers.columns]
    roles = {name: roles.get(name, "quasi_identifier") for name in names}
    texts = [name for name, role in roles.items() if role == "free_text"]
    if min_group < 2 or texts:
        raise ValueError(f"min_group is {min_group}, allowed is 2 and more; free texts: {texts}")
    quasi = [name for name, role in roles.items() if role == "quasi_identifier"]
    answers = answers.astype(object).where(answers.notna(), None)
    given = options or {}
    chosen = {name: tuple(given.get(name) or sorted(set(answers[name].dropna()))) for name in names}
    before = measure_risk(answers, quasi, min_group)
    diversity_before = _diversity(answers, roles, quasi)
    if why_not := _why_not(answers, min_group, fixed):
        empty = answers.iloc[:0]
        return Generalised(
            empty, (), before, measure_risk(empty, quasi, min_group), diversity_before, (), False, why_not
        )
    search = CodingSearch(answers, quasi, chosen, min_group, fixed)
    codings = search.best()
    table = answers.copy()
    table[quasi] = search.published(codings)
    for name in (name for name, role in roles.items() if role == "sensitive"):
        table[name], codings[name] = protect_sensitive(table, name, quasi, finest(chosen[name]), min_group)
    changed = [name for name, role in roles.items() if role in ("quasi_identifier", "sensitive")]
    return Generalised(
        table=table,
        changes=tuple(_change(answers[name], table[name], roles[name], codings[name]) for name in changed),
        before=before,
        after=measure_risk(table, quasi, min_group),
        diversity_before=diversity_before,
        diversity=_diversity(table, roles, quasi),
        releasable=True,
    )


def _why_not(answers: pd.DataFrame, min_group: int, fixed: Sequence[str]) -> str:
    if len(answers) < min_group:
        return f"there are {len(answers)} participants, and every combination must be shared by {min_group}"
    risk = measure_risk(answers, fixed, min_group)
    if not risk.acceptable:
        return (
            f"{risk.below_min_group} participants share {', '.join(fixed)}, which cannot be changed, with "
            f"fewer than {min_group - 1} others"
        )
    return ""


def _diversity(
    table: pd.DataFrame, roles: Mapping[str, ItemRole], quasi: Sequence[str]
) -> tuple[Diversity, ...]:
    return tuple(
        measure_diversity(table, name, role, quasi)
        for name, role in roles.items()
        if role in ("quasi_identifier", "sensitive")
    )


def _change(before: pd.Series, after: pd.Series, role: ItemRole, coding: Coding) -> ItemChange:
    levels = before.map(coding.level_of).astype(object)
    by_coding = lost_bits(before, levels.where(levels.notna(), None))
    of_all = lost_bits(before, pd.Series(None, index=before.index, dtype=object))
    removed = coding.is_removed or bool(before.notna().any() and after.isna().all())
    return ItemChange(
        item=str(before.name),
        role=role,
        levels={} if removed else coding.levels,
        withheld=int((before.notna() & after.isna()).sum()),
        answered=int(before.notna().sum()),
        bits=float(of_all.sum()),
        bits_lost=float(np.where(after.isna(), of_all, by_coding).sum()),
    )
