"""Reading motion out of noise: estimators of optical flow, with the blur that noise wants before them.

Networks with a flow stream are shown what can be seen: of an appearance-free clip the flow is estimated from
its noise frames. `benchmarks/noise_flow.py` measures which of these readers does that best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from analysis.errors import AnalysisError
from stimuli.errors import StimulusError
from stimuli.flow import (
    RAFT_NAMES,
    Flow,
    FlowEstimator,
    FlowName,
    FlowRecipe,
    Frame,
    flow_estimator,
    flow_recipe,
)


@dataclass(frozen=True)
class FlowReader:
    """How flow is read from frames: blur of `blur_px` (standard deviation, 0 for none), then the estimator;
    RAFT sees frames enlarged `upsample` times.
    """

    estimator: FlowName
    blur_px: float = 0.0
    upsample: int = 1


READERS: dict[str, FlowReader] = {
    "dis": FlowReader("dis"),
    "dis-blurred": FlowReader("dis", blur_px=2.0),
    "farneback": FlowReader("farneback"),
    "farneback-blurred": FlowReader("farneback", blur_px=1.2),
    "raft-small": FlowReader("raft-small"),
    "raft-small-x2": FlowReader("raft-small", upsample=2),
    "raft-large": FlowReader("raft-large"),
}
"""By the names of `--flow`; 1.2 px is the blur of `stimuli.motion_fidelity`."""


_PUBLISHED = {
    "raft-small": "raft_small_C_T_V1-ad48884c.pth",
    "raft-large": "raft_large_C_T_SKHT_V1-0b8c9e55.pth",
}


def reader(name: str) -> FlowReader:
    """The reader of that name. Raises AnalysisError, with all names, for another."""
    try:
        return READERS[name]
    except KeyError:
        raise AnalysisError(f"There is no flow {name!r}; choose one of {', '.join(READERS)}") from None


def recipe_of(reader: FlowReader, weights: Path | None = None) -> FlowRecipe:
    """What the estimator is made by.

    Raises AnalysisError for weights of RAFT that are not named or cannot be used: none are downloaded.
    """
    if reader.estimator in RAFT_NAMES and weights is None:
        kind = reader.estimator.replace("-", "_")
        raise AnalysisError(
            f"The flow {reader.estimator} needs weights, and none are downloaded unasked: name the file with "
            f"--flow-weights, the original authors' {reader.estimator} (.pth) or torchvision's {kind} (such "
            f"as https://download.pytorch.org/models/{_PUBLISHED[reader.estimator]})"
        )
    try:
        return flow_recipe(reader.estimator, weights, upsample=reader.upsample)
    except StimulusError as error:
        raise AnalysisError(str(error)) from error


@dataclass(frozen=True)
class ReadyReader:
    """A reader with its estimator, which keeps state: make one in each process and thread."""

    reader: FlowReader
    estimator: FlowEstimator

    def flow(self, first: Frame, second: Frame) -> Flow:
        """Flow (H, W, 2), x then y, pixels per frame, from one uint8 (H, W, 3) frame to the next."""
        return self.flow_of_pairs([first, second], [0])[0]

    def flow_of_pairs(self, frames: Sequence[Frame], begins: Sequence[int]) -> list[Flow]:
        """The flow from `frames[i]` to `frames[i + 1]` for every `i` of `begins`.

        Raises AnalysisError for frames the estimator cannot work on, or a GPU that is too small for it.
        """
        seen: dict[int, Frame] = {}
        flows: list[Flow] = []
        try:
            for begin in begins:
                for index in (begin, begin + 1):
                    if index not in seen:
                        seen[index] = blurred(frames[index], self.reader.blur_px)
                flows.extend(self.estimator.flows([seen[begin], seen[begin + 1]]))
        except (StimulusError, ValueError) as error:
            raise AnalysisError(f"No flow can be estimated: {error}") from error
        return flows


def ready(reader: FlowReader, weights: Path | None = None) -> ReadyReader:
    """Make the estimator. Raises AnalysisError without torch for RAFT, and for weights that do not fit."""
    try:
        return ReadyReader(reader, flow_estimator(recipe_of(reader, weights)))
    except StimulusError as error:
        raise AnalysisError(str(error)) from error


def blurred(frame: Frame, blur_px: float) -> Frame:
    """The frame after a Gaussian blur; itself for 0."""
    if blur_px == 0:
        return frame
    return np.asarray(cv2.GaussianBlur(frame, (0, 0), blur_px), dtype=np.uint8)
