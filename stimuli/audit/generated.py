"""The noise frames that a set's recipe and seed give, made again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

from stimuli.clip import Clip
from stimuli.description import read_description
from stimuli.making import noise_frames, noise_of_drawn
from stimuli.manifest import StimulusSet
from stimuli.source_flow import source_flow
from stimuli.synthetic import render_clip


def noise_frames_of(stimulus_set: StimulusSet, clip: Clip) -> Iterator[npt.NDArray[np.uint8]]:
    """The frames, uint8 (H, W, 3), that the file of an AFD5 clip should decode to, by the code of the build.

    Raises StimulusError for a set whose appearance-free clips were not made here, and as `source_flow`.
    """
    recipe = read_description(stimulus_set.root).recipe
    stem = PurePosixPath(clip.path).stem
    if recipe.source == "synthetic":
        drawn = render_clip(clip.action, clip.group, int(stem.rpartition("_c")[2]), recipe.seed)
        return noise_of_drawn(recipe, stem, drawn)
    return noise_frames(recipe, stem, source_flow(stimulus_set, clip))
