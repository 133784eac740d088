"""What a report says, gathered once: the page and ``summary.json`` are two views of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.collection import Collection
from analysis.errors import AnalysisError
from analysis.measures.accuracy import accuracy_drop
from analysis.measures.items import clip_overlap, same_clips_for_all
from analysis.measures.quality import attention_checks, presentation
from analysis.summary import ConditionSummary, summarise

SEED = 20220
"""Of the bootstrap: the same data give the same report."""


@dataclass(frozen=True)
class ConditionPair:
    """Two conditions that some participants answered in.

    ``drop`` is the row of ``accuracy_drop``; ``overlap`` that of ``clip_overlap``.
    """

    first: str
    second: str
    drop: pd.DataFrame
    overlap: pd.DataFrame


@dataclass(frozen=True)
class Findings:
    """All measures; those of the conditions leave attention checks out.

    ``checks`` is the table of ``attention_checks``; ``unanswered`` counts test trials without a response,
    which are wrong answers. ``test_items`` are the ways in which the protocols chose test clips; empty where
    only tables were read. ``turns`` counts, for each assignment of ``swapped`` lists of clips to the test
    phases, the sessions that had it; empty where there are no such lists.
    """

    collection: Collection
    conditions: tuple[ConditionSummary, ...]
    pairs: tuple[ConditionPair, ...]
    presentation: pd.DataFrame
    checks: pd.DataFrame
    unanswered: int
    test_items: tuple[str, ...]
    same_clips: bool
    turns: tuple[int, ...]

    @property
    def observers(self) -> int:
        return int(self.collection.table["observer"].nunique())

    @property
    def test_trials(self) -> int:
        return sum(len(summary.trials) for summary in self.conditions)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of the observers: ``human``, ``simulated``."""
        return tuple(sorted(str(kind) for kind in self.collection.table["observer_kind"].unique()))

    @property
    def simulated(self) -> bool:
        return "simulated" in self.kinds

    @property
    def pilot(self) -> bool:
        return bool((self.collection.table["pilot"] == 1).any())


def gather(collection: Collection) -> Findings:
    """Compute all that a report shows.

    Raises
    ------
    AnalysisError
        Where no test trial is among the data.
    """
    rng = np.random.default_rng(SEED)
    table = collection.table
    test = table[(table["phase"] == "test") & (table["attention_check"] == 0)]
    if test.empty:
        raise AnalysisError(
            "the sessions hold training trials only; a report needs at least one answered test trial"
        )
    names = [name for name in collection.conditions if (test["condition"] == name).any()]
    pairs = [
        ConditionPair(
            first, second, accuracy_drop(test, first, second, rng), clip_overlap(test, first, second)
        )
        for first, second in combinations(names, 2)
    ]
    return Findings(
        collection=collection,
        conditions=tuple(
            summarise(test[test["condition"] == name], collection.actions, rng) for name in names
        ),
        pairs=tuple(pair for pair in pairs if len(pair.drop)),
        presentation=presentation(table),
        checks=attention_checks(table),
        unanswered=int(test["response"].isna().sum()),
        test_items=tuple(sorted({details.record.protocol.test_items for details in collection.details})),
        same_clips=all(same_clips_for_all(test[test["condition"] == name]) for name in names),
        turns=_turns(collection),
    )


def _turns(collection: Collection) -> tuple[int, ...]:
    """The lists change places with every order number; there are as many as test phases."""
    records = [
        details.record for details in collection.details if details.record.protocol.test_items == "swapped"
    ]
    lists = max((sum(phase.kind == "test" for phase in record.plan.phases) for record in records), default=0)
    counts = Counter((record.plan.order_number - 1) % lists for record in records)
    return tuple(counts[turn] for turn in range(lists))
