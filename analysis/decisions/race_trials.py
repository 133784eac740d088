"""Answers with times, as arrays that races are fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.decisions.race import Whole
from analysis.measures.intervals import Floats


@dataclass(frozen=True)
class RaceTrials:
    """Answers with times, (trials,) each.

    ``chosen`` and ``shown`` are places in ``actions``, ``person`` is the place in ``people``; ``evidence``
    for each action is (trials, actions), 0 where nothing is known.
    """

    actions: tuple[str, ...]
    people: tuple[str, ...]
    times_s: Floats
    chosen: Whole
    shown: Whole
    person: Whole
    evidence: Floats

    def __len__(self) -> int:
        return len(self.times_s)

    def at(self, rows: NDArray[np.generic]) -> RaceTrials:
        """Some of the trials, by a mask or by numbers; people and actions stay."""
        return replace(
            self,
            times_s=self.times_s[rows],
            chosen=self.chosen[rows],
            shown=self.shown[rows],
            person=self.person[rows],
            evidence=self.evidence[rows],
        )


def answered(trials: pd.DataFrame) -> pd.DataFrame:
    """The rows that a race can be fitted to: those with a response and a time."""
    rows: pd.DataFrame = trials[trials["response"].notna() & trials["time_to_choose"].notna()]
    return rows


def race_trials(trials: pd.DataFrame, actions: Sequence[str], evidence: Floats | None = None) -> RaceTrials:
    """The trials of a table whose rows are all ``answered``; ``evidence`` row by row, (trials, actions)."""
    place = {action: number for number, action in enumerate(actions)}
    person, people = pd.factorize(trials["observer"])
    return RaceTrials(
        actions=tuple(actions),
        people=tuple(map(str, people)),
        times_s=trials["time_to_choose"].to_numpy(dtype=np.float64),
        chosen=trials["response"].map(place).to_numpy(dtype=np.int64),
        shown=trials["action"].map(place).to_numpy(dtype=np.int64),
        person=person.astype(np.int64),
        evidence=np.zeros((len(trials), len(actions))) if evidence is None else evidence,
    )
