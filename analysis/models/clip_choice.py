"""Which clips of a stimulus set a model is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from analysis.errors import AnalysisError
from stimuli.clip import Clip
from stimuli.manifest import StimulusSet

SplitChoice = Literal["test", "train", "demo", "all"]
BOTH = "both"


def chosen_clips(stimuli: StimulusSet, condition: str, split: SplitChoice) -> tuple[Clip, ...]:
    """The clips of a condition (``both``: of every one) and a split (``all``), in the manifest's order.

    Raises
    ------
    AnalysisError
        Where the set has no such condition, or no clip of that split in it.
    """
    conditions = tuple(dict.fromkeys(clip.condition for clip in stimuli.clips))
    if condition != BOTH and condition not in conditions:
        raise AnalysisError(
            f"--condition {condition}: {stimuli.root} has {', '.join(conditions)}; choose one, or {BOTH}"
        )
    wanted = conditions if condition == BOTH else (condition,)
    clips = tuple(
        clip for name in wanted for clip in stimuli.clips if clip.condition == name and _is_of(clip, split)
    )
    if not clips:
        raise AnalysisError(f"{stimuli.root} has no clip of the split {split} in {', '.join(wanted)}")
    return clips


def actions_of(clips: Sequence[Clip]) -> tuple[str, ...]:
    """The actions that clips show, by name."""
    return tuple(sorted({clip.action for clip in clips}))


def _is_of(clip: Clip, split: SplitChoice) -> bool:
    return split in ("all", clip.split)
