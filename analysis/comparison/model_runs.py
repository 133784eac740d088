"""Which answers are compared of a model that answered the same clips in several runs.

An observer has one answer to an item, so that kappas, confusions and rankings are of one run. Accuracies
beside those of people, drops, and what is told clip by clip, are means over the runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.summary import named


@dataclass(frozen=True)
class SeveralRuns:
    """The ``runs`` of a model that answered clips of a condition more than once; ``counted`` are those whose
    answer to a clip was its first: one of them, unless that one lacks clips.
    """

    model: str
    condition: str
    runs: tuple[str, ...]
    counted: tuple[str, ...]

    @property
    def which(self) -> str:
        """The answers that kappas are of, in words."""
        return f"run {self.counted[0]} alone" if len(self.counted) == 1 else "the first run with the clip"


def several_runs(tests: pd.DataFrame, first: pd.DataFrame) -> tuple[SeveralRuns, ...]:
    """The models that answered a clip of ``tests`` in more than one run.

    ``first`` are those of the test trials ``tests`` that count, one for each observer and clip.
    """
    of_models = tests[tests["observer_kind"] == "model"].drop_duplicates(["observer", "session", "clip_id"])
    found = []
    for (model, condition), rows in of_models.groupby(["observer", "condition"], sort=False):
        if rows["clip_id"].duplicated().any():
            counted = first[(first["observer"] == model) & (first["condition"] == condition)]
            found.append(SeveralRuns(str(model), str(condition), _numbers(rows), _numbers(counted)))
    return tuple(found)


def kappa_remarks(models: Sequence[SeveralRuns]) -> Iterator[str]:
    """A sentence for each model: of which run its kappas are."""
    for model in models:
        yield (
            f"{named(model.condition)}: {model.model} answered in {len(model.runs)} runs "
            f"({', '.join(model.runs)}): kappas, confusions and rankings are of {model.which}, not of "
            f"their mean"
        )


def clip_remarks(models: Sequence[SeveralRuns], condition: str) -> Iterator[str]:
    """A sentence for each model of the condition: that its clips are means."""
    for model in models:
        if model.condition == condition:
            runs = len(model.runs)
            yield f"clip by clip, answers and probabilities of {model.model} are means over its {runs} runs"


def _numbers(trials: pd.DataFrame) -> tuple[str, ...]:
    return tuple(str(run) for run in sorted(trials["session"].unique()))
