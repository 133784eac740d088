"""The flow that an appearance-free clip was made from, found again: it is not part of a stimulus set."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from stimuli.clip import Clip
from stimuli.description import read_description
from stimuli.errors import StimulusError, reason_of
from stimuli.flow import Flow, FlowRecipe, flow_estimator
from stimuli.flow_cache import KIND, FlowCache
from stimuli.manifest import StimulusSet, file_sha256
from stimuli.raft import RaftFlow, checked_weights
from stimuli.synthetic import RENDERER_VERSION, render_flow
from stimuli.user_cache import cache_folder, cache_key
from stimuli.video import decode

# A part of every key: raised when the flow of the same recipe becomes another.
CACHE_VERSION = 1


def source_flow(
    stimulus_set: StimulusSet,
    clip: Clip,
    *,
    weights: Path | None = None,
    cache: FlowCache | None = None,
) -> Iterator[Flow]:
    """The flow (H, W, 2) of each frame of an AFD5 clip to the next, one less than its frames.

    Of drawn clips with exact flow it is drawn again from the set's seed; DIS and Farneback are run again on
    the UCF5 clip that `clip` was made from, both as fast as reading a file; so is RAFT, but its flow is kept
    in `cache` (None: the user's). `weights`: where the file of RAFT's weights lies now, if it was moved.

    Raises StimulusError when the set's description or the UCF5 clip cannot be read, the weights are gone or
    are others, or the clips were drawn by another version.
    """
    description = read_description(stimulus_set.root)
    recipe = description.flow_recipe
    source = clip if clip.source_clip_id is None else stimulus_set.by_id(clip.source_clip_id)
    if recipe.name == "exact":
        if description.renderer_version != RENDERER_VERSION:
            raise StimulusError(
                f"The clips of {stimulus_set.root} were drawn by version {description.renderer_version} of"
                f" the drawings, and this is version {RENDERER_VERSION}, whose flow is another; build the set"
                " again."
            )
        return iter(render_flow(source.action, source.group, drawn_number(source), description.seed))
    path = stimulus_set.path_of(source)
    if recipe.name in ("dis", "farneback"):
        return flow_estimator(recipe).flows(decode(path))
    recipe = _with_weights(recipe, weights)
    return _kept_raft_flow(path, source.frames, recipe, cache or FlowCache(cache_folder(KIND)))


def drawn_number(clip: Clip) -> int:
    """The number of a drawn clip, with which its name ends: v_Swing_g01_c02 is number 2.

    Raises StimulusError for a name without one.
    """
    number = clip.clip_id.rpartition("_c")[2]
    if not number.isdecimal():
        raise StimulusError(
            f"The clip {clip.clip_id} has no number; a drawn clip's name ends with one, as in"
            " v_Swing_g01_c02."
        )
    return int(number)


def _with_weights(recipe: FlowRecipe, weights: Path | None) -> FlowRecipe:
    if weights is not None:
        recipe = replace(recipe, weights=weights)
    if recipe.weights is not None and not recipe.weights.is_file():
        raise StimulusError(
            f"The weights {recipe.weights} that the flow was estimated with are not there any more; name the"
            " file where they lie now."
        )
    return recipe


def _kept_raft_flow(path: Path, frames: int, recipe: FlowRecipe, cache: FlowCache) -> Iterator[Flow]:
    device = RaftFlow.device_here()
    try:
        clip_sha256 = file_sha256(path)
    except OSError as error:
        raise StimulusError(f"The clip {path} cannot be read: {reason_of(error)}.") from error
    # Other versions of torch and other devices round differently.
    parts = {
        "cache": CACHE_VERSION,
        "clip": clip_sha256,
        "flow": recipe.name,
        "weights": checked_weights(recipe)[1],
        "upsample": recipe.upsample,
        "iterations": recipe.iterations,
        "torch": importlib.metadata.version("torch"),
        "device": device,
    }

    def estimate() -> Iterator[Flow]:
        return RaftFlow.of(recipe, device).flows(decode(path))

    return cache.flows(cache_key(parts), frames - 1, estimate)
