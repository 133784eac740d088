"""What a video file says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stimuli.video import open_stream, rate_of


@dataclass(frozen=True)
class StreamFacts:
    """Codec and pixel format as FFmpeg names them; frames per second; size in pixels."""

    codec: str
    pixel_format: str
    fps: float
    width: int
    height: int


def is_lossy(pixel_format: str) -> bool:
    """Whether a pixel format cannot hold every 8-bit R, G and B: all of YCbCr."""
    return not pixel_format.startswith(("gbr", "rgb", "bgr", "argb", "abgr", "0rgb", "0bgr"))


def stream_facts(path: Path) -> StreamFacts:
    """Raises StimulusError, naming the clip, for a file that is missing, no video, or of no rate."""
    with open_stream(path) as (_, stream):
        context = stream.codec_context
        return StreamFacts(
            codec=context.name,
            pixel_format=context.pix_fmt or "unknown",
            fps=rate_of(path, stream),
            width=context.width,
            height=context.height,
        )
