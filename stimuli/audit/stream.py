"""What a video file says of itself."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import av

from stimuli.errors import StimulusError, reason_of


@dataclass(frozen=True)
class StreamFacts:
    """Codec and pixel format as FFmpeg names them; frames per second; size in pixels."""

    codec: str
    pixel_format: str
    fps: float
    width: int
    height: int

    @property
    def lossy(self) -> bool:
        """Whether the pixel format alone cannot hold independent R, G and B values."""
        return is_lossy(self.pixel_format)


def is_lossy(pixel_format: str) -> bool:
    """Whether a pixel format cannot hold every 8-bit R, G and B: all of YCbCr."""
    return not pixel_format.startswith(("gbr", "rgb", "bgr", "argb", "abgr", "0rgb", "0bgr"))


def stream_facts(path: Path) -> StreamFacts:
    """Raises StimulusError, naming the clip, for a file that is missing or no video."""
    if not path.is_file():
        raise StimulusError(f"The clip {path} does not exist.")
    try:
        with av.open(os.fspath(path)) as container:
            if not container.streams.video:
                raise StimulusError(f"The clip {path} holds no video stream.")
            stream = container.streams.video[0]
            context = stream.codec_context
            rate = stream.average_rate or stream.guessed_rate
            return StreamFacts(
                codec=context.name,
                pixel_format=context.pix_fmt or "unknown",
                fps=float(rate) if rate else 0.0,
                width=context.width,
                height=context.height,
            )
    except (av.error.FFmpegError, ValueError, OSError) as error:
        said = reason_of(error)
        raise StimulusError(f"The clip {path} cannot be read as video ({said}).") from error
