"""The clips on which people and a model part most, and frames of them to look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from stimuli.errors import StimulusError
from stimuli.manifest import StimulusSet

Picture = npt.NDArray[np.uint8]

EACH_WAY = 3
"""So many clips that people tell and the model does not, and as many the other way round."""
FRAMES = 4
FRAME_PX = (120, 160)
PEOPLE_TELL, MODEL_TELLS = "people", "model"


@dataclass(frozen=True)
class Strips:
    """``pictures`` maps clips to frames side by side, (120, W, 3); where there are none, ``why_not``."""

    pictures: Mapping[str, Picture]
    why_not: str = ""


def parting_clips(items: pd.DataFrame, number: int = EACH_WAY) -> pd.DataFrame:
    """The clips with the largest ``apart`` in both directions, of every condition and model.

    Clips on which the two are no further apart than chance would have them are among these too: of ten people
    and ninety clips some always stand out, and how far so is told by the correlations.

    Returns
    -------
    DataFrame
        The columns of ``item_table``, and ``told_by``: ``people`` where they are right more often than the
        model is sure, ``model`` for the opposite; the largest difference first, people's clips before the
        model's.
    """
    known = items[items["apart"].notna() & items["observer"].notna()]
    parts = []
    for _, rows in known.groupby(["condition", "observer"], sort=False):
        for told_by, sign in ((PEOPLE_TELL, 1.0), (MODEL_TELLS, -1.0)):
            away = rows[rows["apart"] * sign > 0].assign(
                told_by=told_by, far=lambda part: part["apart"].abs()
            )
            # Clips equally far apart stand in the order of their names, whatever the order of the data.
            parts.append(away.sort_values(["far", "clip_id"], ascending=[False, True]).head(number))
    empty = known.iloc[:0].assign(told_by=pd.Series(dtype="object"), far=pd.Series(dtype="float64"))
    whole: pd.DataFrame = pd.concat([empty, *parts]).drop(columns="far").reset_index(drop=True)
    return whole


def strips(stimuli: StimulusSet | str, clip_ids: Iterable[str]) -> Strips:
    """``FRAMES`` frames of each clip in their order, of noise those of the ordinary clip it was made from.

    ``stimuli`` may be a sentence why there is no set. A clip that cannot be read has no picture.
    """
    if isinstance(stimuli, str):
        return Strips({}, stimuli)
    found = {clip_id: _strip(stimuli, clip_id) for clip_id in dict.fromkeys(clip_ids)}
    pictures = {clip_id: picture for clip_id, picture in found.items() if picture is not None}
    return Strips(
        pictures, "" if pictures else "the stimulus set has none of the clips, or no video of them."
    )


def _strip(stimuli: StimulusSet, clip_id: str) -> Picture | None:
    import cv2

    from stimuli.strip import side_by_side
    from stimuli.video import decode

    try:
        clip = stimuli.by_id(clip_id)
        if clip.source_clip_id:
            clip = stimuli.by_id(clip.source_clip_id)
        wanted = {int((place + 0.5) * clip.frames / FRAMES) for place in range(FRAMES)}
        frames = [frame for place, frame in enumerate(decode(stimuli.path_of(clip))) if place in wanted]
    except (StimulusError, OSError):
        # A picture is a pleasantry: without it the clip is only named.
        return None
    if not frames:
        return None
    small = [
        np.asarray(cv2.resize(frame, FRAME_PX[::-1], interpolation=cv2.INTER_AREA), dtype=np.uint8)
        for frame in frames
    ]
    return side_by_side(small, gap_px=4)
