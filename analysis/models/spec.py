"""What a network is called, what it is shown, and how it is built.

The one description that inputs, training and predicting read.

Nothing here imports torch, so that a list of names costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

Content = Literal["rgb", "flow", "flow-colours"]
Origin = Literal["ours", "torchvision", "pytorchvideo"]

CHANNELS: dict[Content, int] = {"rgb": 3, "flow": 2, "flow-colours": 3}


@dataclass(frozen=True)
class StreamSpec:
    """What one stream of a network is shown: `frames` pictures of `crop_px` x `crop_px` pixels.

    `content`: `rgb`; `flow`, channels (u, v); `flow-colours`, a flow in Middlebury's colours, three channels.
    `frames`: how many pictures, or how many flow fields.
    `rate`: one of `rate` frames of a video of 30 frames per second. Neighbouring frames are rate / 30 s
    apart, whatever the frame rate of the clip itself: 16 x 5 takes 16 frames of 80, or of 2.67 s.
    `short_side_px`: the shorter side of a frame before the centre crop at test time, at least `crop_px`.
    `mean`, `std`: per channel, of values in 0..1 (rgb and colours), or of a flow in the scale of the inputs.
    """

    content: Content
    frames: int
    rate: int
    crop_px: int
    short_side_px: int
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __post_init__(self) -> None:
        channels = CHANNELS[self.content]
        if not (len(self.mean) == len(self.std) == channels):
            raise ValueError(f"A stream of {self.content} needs {channels} means and as many std: {self}")
        if self.frames < 1 or self.rate < 1 or not 1 <= self.crop_px <= self.short_side_px:
            raise ValueError(
                f"A stream needs frames and rate of 1 or more, and a crop no larger than the frame: {self}"
            )

    @property
    def channels(self) -> int:
        return CHANNELS[self.content]

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(channels, frames, height, width) of one clip."""
        return (self.channels, self.frames, self.crop_px, self.crop_px)

    @property
    def shown_as(self) -> str:
        """For people, as in `rgb 16x5@224`: frames x rate @ side of the crop in pixels."""
        return f"{self.content} {self.frames}x{self.rate}@{self.crop_px}"


@dataclass(frozen=True)
class ModelSpec:
    """A network by name.

    `name`: as typed, `e2s-x3d`; `title`: as printed and as the observer of its predictions, `E2S-X3D`.
    `build`: number of classes -> network, untrained, in training mode. Called with one float tensor per
    stream, each (B, channels, frames, crop_px, crop_px), it returns logits (B, classes): no softmax.
    `origin`: whose code the network is.
    `published_name`: the row of the study's table 4.1 that it replicates, if any; its accuracies stand in
    `analysis/reference/ilic2022.yaml` under this name.
    """

    name: str
    title: str
    streams: tuple[StreamSpec, ...]
    build: Callable[[int], torch.nn.Module]
    origin: Origin
    published_name: str | None = None

    @property
    def sees_flow(self) -> bool:
        """Whether one of the streams is shown flow, as vectors or as colours."""
        return any(stream.content != "rgb" for stream in self.streams)

    @property
    def most_frames(self) -> int:
        """The most that one of the streams is shown at once; 1 for a network that sees single frames."""
        return max(stream.frames for stream in self.streams)
