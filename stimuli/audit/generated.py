"""The noise frames that a set's recipe and seed give, made again as `stimuli.making` makes them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from stimuli.appearance_free import appearance_free_frames, noise_seed
from stimuli.clip import Clip
from stimuli.description import read_description
from stimuli.manifest import StimulusSet
from stimuli.source_flow import source_flow
from stimuli.synthetic import render_clip


def noise_frames_of(stimulus_set: StimulusSet, clip: Clip) -> Iterator[npt.NDArray[np.uint8]]:
    """The frames, uint8 (H, W, 3), that the file of an AFD5 clip should decode to.

    Raises StimulusError for a set whose appearance-free clips were not made here, and as `source_flow`.
    """
    recipe = read_description(stimulus_set.root).recipe
    generator = recipe.generator
    rng = np.random.default_rng(noise_seed(recipe.seed, clip.clip_id))
    if recipe.flow == "exact":
        number = int(clip.clip_id.rpartition("_c")[2])
        drawn = render_clip(clip.action, clip.group, number, recipe.seed)
        return appearance_free_frames(drawn.flow, rng, generator, drawn.depth)
    return appearance_free_frames(source_flow(stimulus_set, clip), rng, generator)
