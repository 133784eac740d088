"""Optical flow between the frames of a video: which method, and the estimators without a network.

Flow is float32 (H, W, 2), x then y, in pixels per frame, forward: what stands at (x, y) of one frame stands
at (x, y) + flow(x, y) in the next.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import field
from pathlib import Path
from typing import Annotated, Literal, Protocol, cast

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from stimuli.errors import StimulusError, reason_of
from stimuli.manifest import file_sha256

Frame = npt.NDArray[np.uint8]
Flow = npt.NDArray[np.float32]

FlowName = Literal["exact", "dis", "farneback", "raft-small", "raft-large"]
RAFT_NAMES = ("raft-small", "raft-large")
RAFT_ITERATIONS = 12  # as in the published generator
LARGEST_UPSAMPLE, MOST_ITERATIONS = 4, 100
Upsample = Annotated[int, Field(ge=1, le=LARGEST_UPSAMPLE)]
Iterations = Annotated[int, Field(ge=1, le=MOST_ITERATIONS)]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class FlowRecipe:
    """Which flow a set is made with. Can be compared, pickled, and kept in `stimulus_set.json`.

    The other fields are for RAFT. `weights`: the file, None for those that torchvision downloads; two recipes
    are equal when the contents of their files are (`weights_sha256`), wherever the files lie. `upsample`:
    frames are enlarged so many times before the network sees them, and the flow is scaled back.
    `iterations`: how often the network refines its answer. Make one with `flow_recipe`, which checks it.
    """

    name: FlowName = "dis"
    weights: Path | None = field(default=None, compare=False)
    weights_sha256: str | None = None
    upsample: Upsample = 1
    iterations: Iterations = RAFT_ITERATIONS


def flow_recipe(
    name: FlowName, weights: Path | None = None, *, upsample: int = 1, iterations: int = RAFT_ITERATIONS
) -> FlowRecipe:
    """The recipe of these options. Raises StimulusError for options that do not go together, or a weights
    file that cannot be read; what is in the file, `flow_estimator` looks at.
    """
    if name not in RAFT_NAMES and (weights is not None or upsample != 1 or iterations != RAFT_ITERATIONS):
        raise StimulusError(
            f"Weights, upsampling and iterations belong to the flow raft-small or raft-large, not to {name}."
        )
    for what, value, most in (
        ("upsample", upsample, LARGEST_UPSAMPLE),
        ("iterations", iterations, MOST_ITERATIONS),
    ):
        if not 1 <= value <= most:
            raise StimulusError(f"The option {what} of the flow {name} is {value}; it must be 1 to {most}.")
    if weights is None:
        return FlowRecipe(name, upsample=upsample, iterations=iterations)
    try:
        sha256 = file_sha256(weights)
    except OSError as error:
        raise StimulusError(f"The weights {weights} of {name} cannot be read: {reason_of(error)}.") from error
    return FlowRecipe(name, weights, sha256, upsample, iterations)


class FlowEstimator(Protocol):
    """Anything that estimates the flow from each frame of a video to the next."""

    @property
    def name(self) -> FlowName:
        """The name that the description of a stimulus set keeps."""

    def flows(self, frames: Iterable[Frame]) -> Iterator[Flow]:
        """Yield float32 (H, W, 2) flow from each frame to the next, one less than there are frames.

        The frames are uint8 (H, W, 3) RGB, all of one size. Few are held at a time. What a pair of frames
        gives does not depend on the pairs before it. Raises ValueError for frames it cannot work on.
        """


def flow_estimator(recipe: FlowRecipe) -> FlowEstimator:
    """The estimator that follows the recipe; it keeps state, so make one in each process and thread.

    Raises StimulusError: `exact` flow, which is drawn and not estimated; torch is not installed; weights that
    are missing or of another network.
    """
    match recipe.name:
        case "dis":
            return DisFlow()
        case "farneback":
            return FarnebackFlow()
        case "raft-small" | "raft-large":
            from stimuli.raft import RaftFlow

            return RaftFlow.of(recipe)
        case "exact":
            raise StimulusError(
                "Exact flow is known for drawn clips only; choose dis, farneback, raft-small or raft-large."
            )


class DisFlow:
    """Dense inverse search, OpenCV's medium preset, on grey values (Kroeger et al., ECCV 2016)."""

    name: FlowName = "dis"

    def __init__(self) -> None:
        self._dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def flows(self, frames: Iterable[Frame]) -> Iterator[Flow]:
        """As `FlowEstimator.flows`."""
        return (self.estimate(first, second) for first, second in itertools.pairwise(frames))

    def estimate(self, first: Frame, second: Frame) -> Flow:
        """The flow from `first` to `second`. Raises ValueError for frames of a few pixels."""
        try:
            # No start value: what one pair of frames gives does not depend on the pairs before.
            return cast(Flow, self._dis.calc(_grey(first), _grey(second), cast(Flow, None)))
        except cv2.error as error:
            height, width = first.shape[:2]
            raise ValueError(f"Frames of {width}x{height} pixels are too small for DIS flow.") from error


class FarnebackFlow:
    """Polynomial expansion, windows of 21 pixels, four levels, on grey values (Farnebäck, SCIA 2003)."""

    name: FlowName = "farneback"

    def flows(self, frames: Iterable[Frame]) -> Iterator[Flow]:
        """As `FlowEstimator.flows`."""
        return (self.estimate(first, second) for first, second in itertools.pairwise(frames))

    def estimate(self, first: Frame, second: Frame) -> Flow:
        """The flow from `first` to `second`."""
        flow = cv2.calcOpticalFlowFarneback(
            _grey(first),
            _grey(second),
            cast(Flow, None),
            pyr_scale=0.5,
            levels=4,
            winsize=21,
            iterations=5,
            poly_n=7,
            poly_sigma=1.5,
            flags=0,
        )
        return cast(Flow, flow)


def _grey(frame: Frame) -> npt.NDArray[np.uint8]:
    return cast(npt.NDArray[np.uint8], cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY))
