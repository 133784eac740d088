"""What a report says of models beside people, gathered once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.comparison.model_accuracy import model_accuracy, model_drop
from analysis.comparison.shared_clips import shared_answers
from analysis.sessions import SessionTrials


@dataclass(frozen=True)
class ModelFindings:
    """``trials`` are the answers of models to clips that people answered; ``accuracy`` and ``drop`` are the
    tables of ``model_accuracy`` and ``model_drop`` of these. ``remarks`` say what was left out.
    """

    trials: pd.DataFrame
    accuracy: pd.DataFrame
    drop: pd.DataFrame
    remarks: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(name) for name in self.accuracy["observer"]))


def model_findings(
    people: pd.DataFrame, runs: Sequence[SessionTrials], conditions: Sequence[str]
) -> ModelFindings | None:
    """The models' accuracies on the clips of ``people`` (test trials); None without models.

    ``conditions`` gives their order.

    Raises
    ------
    AnalysisError
        As ``shared_answers``.
    """
    if not runs:
        return None
    answers = pd.concat([run.table for run in runs], ignore_index=True)
    shared = shared_answers(people, answers)
    order = {name: place for place, name in enumerate(conditions)}
    trials = shared.trials.sort_values(
        "condition", key=lambda names: names.map(order), kind="stable", ignore_index=True
    )
    accuracy = model_accuracy(trials.sort_values("observer", kind="stable"))
    return ModelFindings(trials, accuracy, model_drop(trials), shared.remarks)
