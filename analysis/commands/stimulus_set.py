"""The stimulus set that ``--stimuli`` names, and how its clips move."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.comparison.clip_motion import ClipMotion
    from stimuli.manifest import StimulusSet


def named_set(folder: Path | None) -> StimulusSet | None:
    """The set in ``folder``, if one is named.

    Raises
    ------
    AnalysisError
        Where it cannot be read.
    """
    from stimuli.errors import StimulusError
    from stimuli.manifest import read_stimulus_set

    if folder is None:
        return None
    try:
        return read_stimulus_set(folder)
    except StimulusError as error:
        raise AnalysisError(str(error)) from error


def motions_of(stimuli: StimulusSet | None, trials: pd.DataFrame) -> tuple[ClipMotion, ...]:
    """How the clips of the tests of people move, measured with a progress bar; nothing without a set.

    Raises
    ------
    AnalysisError
        Where one of them is not in the set.
    """
    if stimuli is None:
        return ()
    from analysis.comparison.clip_motion import clip_motions
    from stimuli.progress import progress_bars

    clip_ids = list(dict.fromkeys(trials.loc[trials["phase"] == "test", "clip_id"].astype(str)))
    in_set = {clip.clip_id for clip in stimuli.clips}
    if lacking := [clip for clip in clip_ids if clip not in in_set]:
        raise AnalysisError(
            f"{stimuli.root} is not the set that people saw: it has no clip {lacking[0]}, and "
            f"{len(lacking) - 1} more of the {len(clip_ids)} are missing; name the set of the sessions, or "
            f"leave --stimuli out"
        )
    with progress_bars() as on_progress:
        return clip_motions(stimuli, clip_ids, on_progress=on_progress)
