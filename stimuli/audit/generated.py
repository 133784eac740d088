"""The noise frames that a set's recipe and seed give, made again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

from stimuli.clip import Clip
from stimuli.description import read_description
from stimuli.flow import Flow
from stimuli.making import noise_frames, noise_of_drawn
from stimuli.manifest import StimulusSet
from stimuli.source_flow import drawn_number
from stimuli.synthetic import render_clip


def noise_frames_of(
    stimulus_set: StimulusSet, clip: Clip, flows: Iterable[Flow]
) -> Iterator[npt.NDArray[np.uint8]]:
    """The frames, uint8 (H, W, 3), that the file of an AFD5 clip should decode to, by the code of the build.

    `flows` are those of `source_flow`; a drawn clip is drawn again instead, as its depth is needed too.
    Raises StimulusError for a set whose appearance-free clips were not made here.
    """
    recipe = read_description(stimulus_set.root).recipe
    stem = PurePosixPath(clip.path).stem
    if recipe.source == "synthetic":
        drawn = render_clip(clip.action, clip.group, drawn_number(clip), recipe.seed)
        return noise_of_drawn(recipe, stem, drawn)
    return noise_frames(recipe, stem, flows)
