"""Answers of people beside those of one model to the same clips: what a paired difference is taken of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.counted_trials import counted_trials
from analysis.errors import AnalysisError
from analysis.measures.intervals import Floats


@dataclass(frozen=True)
class PairedAnswers:
    """Test trials of people, each with the model's answer to its clip.

    ``trials`` has the columns of the people's table; ``people`` and ``model`` are right (1) or wrong (0),
    (trials,). Over several runs of the model, ``model`` is the mean. ``left_out`` counts the trials of people
    at clips that the model did not answer.
    """

    trials: pd.DataFrame
    people: Floats
    model: Floats
    left_out: int

    @property
    def observers(self) -> int:
        return int(self.trials["observer"].nunique())

    @property
    def clips(self) -> int:
        return int(self.trials["clip_id"].nunique())


def pair_answers(people: pd.DataFrame, model: pd.DataFrame, name: str) -> PairedAnswers:
    """The trials of ``people`` at clips that ``model`` answered; both are trial tables.

    Only test trials count, and no trial beside whose clip the label was shown.

    Raises
    ------
    AnalysisError
        Where people and the model have no clip in common, or the model answered one twice in a run.
    """
    ours, theirs = counted_trials(people), counted_trials(model)
    twice = theirs.duplicated(["session", "clip_id"])
    if twice.any():
        raise AnalysisError(
            f"{name}: {theirs.loc[twice, 'clip_id'].iloc[0]} was answered twice; a model has one answer to a "
            f"clip in a run"
        )
    answers = theirs.groupby("clip_id")["correct"].mean()
    matched = ours["clip_id"].map(answers).astype(np.float64)
    shared = matched.notna().to_numpy()
    if not shared.any():
        raise AnalysisError(
            f"{name} answered none of the {ours['clip_id'].nunique()} clips that people answered; clips are "
            f"told by clip_id, so people and model need the same stimulus set"
        )
    kept = ours[shared]
    return PairedAnswers(
        trials=kept,
        people=kept["correct"].to_numpy(dtype=np.float64),
        model=matched[shared].to_numpy(dtype=np.float64),
        left_out=int((~shared).sum()),
    )
