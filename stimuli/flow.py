"""Optical flow between the frames of a video.

Flow is float32 (H, W, 2), x then y, in pixels per frame, forward: what stands at (x, y) of one frame stands
at (x, y) + flow(x, y) in the next.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Protocol, cast

import cv2
import numpy as np
import numpy.typing as npt

Frame = npt.NDArray[np.uint8]
Flow = npt.NDArray[np.float32]


class FlowEstimator(Protocol):
    """Anything that estimates the flow from one frame to the next."""

    @property
    def name(self) -> str:
        """The name that the description of a stimulus set keeps, such as "dis"."""

    def estimate(self, first: Frame, second: Frame) -> Flow:
        """The flow from `first` to `second`, both uint8 (H, W, 3) RGB, as float32 (H, W, 2).

        Raises ValueError for frames it cannot work on.
        """


class DisFlow:
    """Dense inverse search, OpenCV's medium preset, on grey values (Kroeger et al., ECCV 2016)."""

    name = "dis"

    def __init__(self) -> None:
        self._dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def estimate(self, first: Frame, second: Frame) -> Flow:
        try:
            # No start value: what one pair of frames gives does not depend on the pairs before.
            return cast(Flow, self._dis.calc(_grey(first), _grey(second), cast(Flow, None)))
        except cv2.error as error:
            height, width = first.shape[:2]
            raise ValueError(f"Frames of {width}x{height} pixels are too small for DIS flow.") from error


class FarnebackFlow:
    """Polynomial expansion, windows of 21 pixels, four levels, on grey values (Farnebäck, SCIA 2003)."""

    name = "farneback"

    def estimate(self, first: Frame, second: Frame) -> Flow:
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


def flow_of_video(frames: Iterable[Frame], estimator: FlowEstimator) -> Iterator[Flow]:
    """The flow from each frame to the next, one less than there are frames; holds two frames at a time."""
    for first, second in itertools.pairwise(frames):
        yield estimator.estimate(first, second)


def _grey(frame: Frame) -> npt.NDArray[np.uint8]:
    return cast(npt.NDArray[np.uint8], cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY))
