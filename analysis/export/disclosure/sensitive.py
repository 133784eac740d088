"""Sensitive answers: nobody else knows them, so they single nobody out, but nobody should learn them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.export.disclosure.answer_coding import Coding, option_counts


def protect_sensitive(
    table: pd.DataFrame, item: str, known: Sequence[str], coding: Coding, min_group: int
) -> tuple[pd.Series, Coding]:
    """A sensitive column without rare answers and without groups that all gave the same one.

    Levels are merged (neighbours, or rare ones into "other") until each is that of at least ``min_group``
    participants; each time the way is taken that leaves most levels with enough people, then the one with
    more levels. Where all of a group that agrees in ``known`` have one level, theirs is withheld: otherwise
    who knows that somebody is in the group would know the answer (Machanavajjhala et al. 2007).

    Returns
    -------
    tuple
        The published column, and the coding it has.
    """
    answers = table[item]
    counts = option_counts(answers)
    while not coding.is_removed and _rare(coding, answers, min_group):
        steps = list(coding.coarser(counts))
        coding = min(steps, key=lambda each: (_rare(each, answers, min_group), -len(each.levels)))
    published = answers.map(coding.level_of).astype(object)
    published = published.where(published.notna(), None)
    keys = [name for name in known if name != item]
    if keys and not coding.is_removed:
        groups = table.groupby(keys, dropna=False, sort=False).ngroup()
        alike = published.groupby(groups).transform(lambda group: group.nunique(dropna=False) == 1)
        published = published.where(~alike.astype(bool), None)
    return published, coding


def _rare(coding: Coding, answers: pd.Series, min_group: int) -> int:
    """How many participants have a level that too few share."""
    counts = answers.map(coding.level_of).value_counts()
    return int(counts[counts < min_group].sum())
