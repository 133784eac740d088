"""Clips as networks are shown them: decoded, resized, cropped, normalised.

Flow is given in **crop sides per second**: 1 means that a point crosses the whole picture that the network
sees in a second. Pixels per frame would depend on the size of the clip, on its frame rate and on the size
the network wants; this depends on none of them, and a person who is shown larger moves faster by as much.
What is faster than `FASTEST` is cut off: estimators can err by whole pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from analysis.errors import AnalysisError
from analysis.models.flow_sources import FlowReading, FlowSource
from analysis.models.sampling import frame_indices
from analysis.models.spec import StreamSpec
from stimuli.clip import Clip
from stimuli.errors import StimulusError
from stimuli.flow import Frame
from stimuli.flow_colours import flow_colours
from stimuli.manifest import StimulusSet
from stimuli.video import open_video

Array = npt.NDArray[np.float32]
Picture = npt.NDArray[Any]  # uint8 or float32


LARGEST_OVER_CROP = 320 / 224
"""Training shows clips with a shorter side of up to 320 px for a crop of 224 (study's code)."""
FASTEST = 4.0
"""Crop sides per second; the fastest limbs of the drawn clips do about 2."""


class ClipReader:
    """Reads clips of one set for the streams of one network. It keeps state: make one in each thread."""

    def __init__(
        self, stimulus_set: StimulusSet, streams: Sequence[StreamSpec], flow: FlowSource | None = None
    ) -> None:
        self._set = stimulus_set
        self._streams = tuple(streams)
        self._flow = FlowReading(stimulus_set, flow or FlowSource())

    def views(self, clip: Clip, views: int = 1) -> list[tuple[Array, ...]]:
        """What the network is shown of the clip at test time, the same every time: for each temporal view
        one float32 array (channels, frames, crop, crop) per stream, normalised.

        Raises AnalysisError, naming the clip, when it cannot be read or has not the flow that is asked for.
        """
        chosen = [
            [frame_indices(clip.frames, clip.fps, stream, view, views) for stream in self._streams]
            for view in range(views)
        ]
        pictures, flows = self.read(
            clip,
            {int(i) for view in chosen for i in self._of("rgb", view)},
            {flow_index(int(i), clip.frames) for view in chosen for i in self._of("flow", view)},
        )
        return [
            tuple(
                self._shown(stream, [int(i) for i in indices], pictures, flows, clip)
                for stream, indices in zip(self._streams, view, strict=True)
            )
            for view in chosen
        ]

    def read(
        self, clip: Clip, pictures: set[int], begins: set[int]
    ) -> tuple[dict[int, Frame], dict[int, Array]]:
        """Frames, uint8 (H, W, 3), and the flows (H, W, 2; pixels per frame) that begin at `begins`."""
        if begins:
            self._flow.check(clip)
        needed = set(pictures)
        if self._flow.needs_frames:
            needed |= begins | {begin + 1 for begin in begins}
        frames = frames_of(self._set.path_of(clip), clip, needed)
        flows = self._flow.flows(clip, sorted(begins), frames) if begins else {}
        return frames, flows

    def _of(self, kind: str, indices: Sequence[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
        wanted = [
            each
            for stream, each in zip(self._streams, indices, strict=True)
            if (stream.content == "rgb") == (kind == "rgb")
        ]
        return np.concatenate(wanted) if wanted else np.zeros(0, dtype=np.int64)

    def _shown(
        self,
        stream: StreamSpec,
        indices: Sequence[int],
        pictures: dict[int, Frame],
        flows: dict[int, Array],
        clip: Clip,
    ) -> Array:
        if stream.content == "rgb":
            resized = [resized_to(made_small(pictures[i], stream), stream.short_side_px) for i in indices]
            return normalised(np.stack([centre_crop(each, stream.crop_px) for each in resized]), stream)
        fields = []
        for i in indices:
            flow = made_small(sides_per_second(flows[flow_index(i, clip.frames)], clip.fps), stream)
            fields.append(centre_crop(resized_to(flow, stream.short_side_px), stream.crop_px))
        return normalised(shown_flow(np.stack(fields), stream.short_side_px, stream), stream)


def frames_of(path: Path, clip: Clip, wanted: set[int]) -> dict[int, Frame]:
    """Those frames of a clip, uint8 (H, W, 3); the others are decoded and forgotten.

    Raises AnalysisError for a clip that cannot be read or is shorter than the manifest says.
    """
    found: dict[int, Frame] = {}
    try:
        if wanted:
            with open_video(path) as video:
                # All are decoded, to the end of the clip; only what is wanted becomes RGB.
                for i, picture in enumerate(video.pictures()):
                    if i in wanted:
                        found[i] = np.asarray(picture.to_ndarray(format="rgb24"), dtype=np.uint8)
    except StimulusError as error:
        raise AnalysisError(str(error)) from error
    if len(found) != len(wanted):
        raise AnalysisError(
            f"The clip {path} has no frame {min(wanted - set(found))}; the manifest says {clip.frames}"
        )
    return found


def flow_index(index: int, frames: int) -> int:
    """The flow that is shown with a frame: the one to the next, and with the last frame the one before."""
    return min(index, frames - 2)


def largest_short_side(stream: StreamSpec) -> int:
    """The largest shorter side that training shows, pixels."""
    return max(stream.short_side_px, round(LARGEST_OVER_CROP * stream.crop_px))


def made_small(picture: Picture, stream: StreamSpec) -> Picture:
    """A picture or flow (H, W, C) as training keeps it: at the largest size that is shown, or as it is.

    Whoever shows a clip begins with this, also where a single step would do. What is left of noise depends
    on the steps in which it is made small: a network that learnt from two steps was right on 95 % of the
    test clips shown in two, and on 34 % in one.
    """
    return resized_to(picture, min(largest_short_side(stream), *picture.shape[:2]))


def resized_to(picture: Picture, short_side_px: int) -> Picture:
    """The picture (H, W, C) with its shorter side so long, uint8 or float32 as it was.

    Shrunk by taking means, which leaves nothing between the pixels; enlarged linearly.
    """
    height, width = picture.shape[:2]
    scale = short_side_px / min(height, width)
    if scale == 1:
        return picture
    size = (max(short_side_px, round(width * scale)), max(short_side_px, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=method), dtype=picture.dtype)


def centre_crop(picture: Picture, side_px: int) -> Picture:
    """The middle of a picture (H, W, C) with sides of at least `side_px`."""
    top, left = ((side - side_px) // 2 for side in picture.shape[:2])
    return picture[top : top + side_px, left : left + side_px]


def sides_per_second(flow: Array, fps: float) -> Array:
    """Flow in pixels per frame, (H, W, 2), as shorter sides of its own picture per second."""
    scaled: Array = flow * np.float32(fps / min(flow.shape[:2]))
    return scaled


def shown_flow(flow: Array | Picture, short_side_px: int, stream: StreamSpec) -> Picture:
    """Cropped flow (T, H, W, 2), in shorter sides per second of a picture that was `short_side_px` before the
    crop, as the stream has it: in crop sides per second, or in colours, whose full strength is the fastest
    point of these T fields.
    """
    scaled = flow * np.float32(short_side_px / stream.crop_px)
    vectors = np.clip(scaled, -FASTEST, FASTEST).astype(np.float32)
    return flow_colours(vectors) if stream.content == "flow-colours" else vectors


def normalised(pictures: Picture, stream: StreamSpec) -> Array:
    """Pictures (T, H, W, C), bytes or flow, as float32 (C, T, H, W): less the mean, by the deviation."""
    mean, std = (np.asarray(each, dtype=np.float32)[:, None] for each in (stream.mean, stream.std))
    channels = pictures.transpose(3, 0, 1, 2)
    if pictures.dtype == np.uint8:
        # A byte has 256 values, and a clip millions of bytes: looking them up is faster.
        of_bytes = (np.arange(256, dtype=np.float32) / 255 - mean) / std
        return np.stack([of_byte[channel] for of_byte, channel in zip(of_bytes, channels, strict=True)])
    return np.ascontiguousarray((channels.astype(np.float32) - mean[..., None, None]) / std[..., None, None])
