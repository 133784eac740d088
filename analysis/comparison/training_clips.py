"""Clips that a model has learnt from are no test of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from analysis.errors import AnalysisError
from analysis.models.predictions import Learnt, read_record
from analysis.sessions import SessionTrials


def refuse_learnt_clips(runs: Iterable[SessionTrials]) -> None:
    """``refuse_training_clips`` for runs of models, by the records beside their tables.

    Of a table without a record only the ``split`` of its clips is known.

    Raises
    ------
    AnalysisError
        As that does, and where a record cannot be read or belongs to another table.
    """
    for run in runs:
        learnt = _learnt(run)
        refuse_training_clips(run.observer, run.table, frozenset(learnt.clip_ids if learnt else ()))


def unknown_starts(runs: Iterable[SessionTrials]) -> Iterator[str]:
    """Sentences on models that were fine-tuned from weights of which nobody knows what they learnt from.

    Raises
    ------
    AnalysisError
        As ``refuse_learnt_clips`` for records.
    """
    for run in runs:
        learnt = _learnt(run)
        if learnt is not None and learnt.unknown_start is not None:
            yield (
                f"{run.observer} was fine-tuned from {learnt.unknown_start}; what that had learnt from is "
                f"not known, and may be clips that are compared here"
            )


def refuse_training_clips(observer: str, answers: pd.DataFrame, learnt_from: frozenset[str]) -> None:
    """Refuse ``answers`` of a model to clips in ``learnt_from`` (clip names), in whichever condition.

    A noise clip and the clip that it was made from bear one name after the ``/`` and count as the same clip.
    Answers whose ``split`` is ``train`` are refused too, since models learn from that split.

    Raises
    ------
    AnalysisError
        Naming the model, how many clips there are and the first of them.
    """
    known = {_stem(clip_id) for clip_id in learnt_from}
    source = answers["source_clip_id"].fillna(answers["clip_id"])
    seen = (
        answers["clip_id"].map(_stem).isin(known)
        | source.map(_stem).isin(known)
        | (answers["split"] == "train").fillna(False)
    )
    if seen.any():
        clips = answers.loc[seen, "clip_id"].unique()
        raise AnalysisError(
            f"{observer}: {len(clips)} of the clips are among those it was trained on, the first is "
            f"{clips[0]}; a comparison needs clips that are new to it. Predict the test split, or allow this "
            f"with --allow-training-clips"
        )


def _learnt(run: SessionTrials) -> Learnt | None:
    origin = Path(run.origin)
    record = read_record(origin) if origin.is_file() else None
    return record.learnt if record is not None else None


def _stem(clip_id: str) -> str:
    return str(clip_id).rpartition("/")[2]
