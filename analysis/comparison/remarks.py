"""What is said aloud of answers before anything is compared: overlap, gaps, and what cannot be told.

The sentences are the same in the commands and in the report, so that a reader meets each of them once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from analysis.comparison.agreement import NOTICEABLE
from analysis.comparison.answers import Answers
from analysis.measures.intervals import ratio

_NAMED = 5


def item_remarks(answers: Answers) -> Iterator[str]:
    """Sentences on the clips of one condition: who lacks some of them, and what so few actions tell."""
    people = ~answers.is_model
    seen = answers.answered[people].any(axis=0)
    if people.any():
        for model in np.flatnonzero(answers.is_model):
            name, clips = answers.observers[model], int(seen.sum())
            lacking = int((seen & ~answers.answered[model]).sum())
            if lacking == clips:
                yield f"{name} answered none of the {clips} clips that people answered"
            elif lacking:
                yield (
                    f"{name} has no answer to {lacking} of the {clips} clips that people answered; it is "
                    f"compared on the others"
                )
    if len(np.unique(answers.actions)) == 1:
        yield (
            f"all clips show {answers.menu[answers.actions[0]]}: whoever always names it is always right, so "
            f"that agreement and clips tell little"
        )


def people_remarks(answers: Answers) -> Iterator[str]:
    """How far the people of one condition met the same clips."""
    answered = answers.answered[~answers.is_model]
    of_clips = answered.sum(axis=0)[answered.any(axis=0)]
    number, clips = len(answered), len(of_clips)
    if number < 2 or not clips:
        return
    fewest, most = of_clips.min(), of_clips.max()
    among = f"{fewest}" if fewest == most else f"{fewest} to {most}"
    if fewest == number:
        yield f"all {number} participants answered the same {clips} clips"
    else:
        yield f"each of the {clips} clips was answered by {among} of the {number} participants"


def pair_remarks(answers: Answers, pairs: pd.DataFrame) -> Iterator[str]:
    """Sentences on the pairs of one condition; ``pairs`` is the table of ``pair_agreement``."""
    items, kappa = pairs["items"], pairs["kappa"]
    if items.min() == items.max():
        yield f"every pair of the {len(answers.observers)} observers shares {items.min()} clips"
    else:
        yield (
            f"pairs of the {len(answers.observers)} observers share {items.min()} to {items.max()} clips "
            f"(median {items.median():g})"
        )
    if alone := [f"{row.a} and {row.b}" for row in pairs[items == 0].itertuples()]:
        yield f"pairs without a shared clip: {_listed(alone)}; their agreement is n/a"
    # Nobody without an answer is always right or always wrong.
    share = ratio(np.nansum(answers.right, axis=1), answers.answered.sum(axis=1).astype(np.float64))
    for value, word in ((1.0, "right"), (0.0, "wrong")):
        if names := [name for name, mean in zip(answers.observers, share, strict=True) if mean == value]:
            yield f"always {word}, so that no kappa with them tells anything: {_listed(names)}"
    undefined = int((kappa.isna() & (items > 0)).sum())
    if undefined:
        yield (
            f"kappa is undefined (n/a) in {undefined} of {len(pairs)} pairs: both make no mistake, or only "
            f"mistakes"
        )
    doubtful = int(((pairs["undefined_share"] > NOTICEABLE) & kappa.notna()).sum())
    if doubtful:
        yield (
            f"kappa is not estimable here in {doubtful} of {len(pairs)} pairs: with so few errors it would "
            f"be undefined in more than {NOTICEABLE:.0%} of studies of this size"
        )


def simulated_remark(answers: Answers) -> Iterator[str]:
    """That some of those who count as people are programs."""
    simulated = sum(kind == "simulated" for kind in answers.kinds)
    if simulated:
        yield f"{simulated} of the observers called human are simulated"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
