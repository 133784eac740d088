"""Previews as files: mp4, gif and png, each under its name only when it is whole."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from stimuli.errors import StimulusError, reason_of
from stimuli.strip import Picture

# Players of GIF files take anything shorter for 0.1 s.
_SHORTEST_GIF_CS = 2
_PALETTE_PICTURES = 8


def write_mp4(out: Path, pictures: Iterable[Picture], fps: float) -> None:
    """H.264 in YCbCr 4:2:0, which every player and browser shows; noise comes out paler than it is.

    Raises StimulusError when the file cannot be written.
    """
    with (
        _replacing(out) as unfinished,
        av.open(os.fspath(unfinished), "w", format="mp4", options={"movflags": "+faststart"}) as container,
    ):
        # Few bits are spared: at x264's usual 23 noise is mush. The tags name the matrix that is used.
        options = {
            "crf": "12",
            "preset": "veryfast",
            "x264-params": "colorprim=smpte170m:transfer=smpte170m:colormatrix=smpte170m:range=tv",
        }
        stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001), options=options)
        remaining = iter(pictures)
        first = next(remaining)
        stream.height, stream.width = (side + side % 2 for side in first.shape[:2])
        stream.pix_fmt = "yuv420p"
        for picture in itertools.chain([first], remaining):
            frame = av.VideoFrame.from_ndarray(_even(picture), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def write_gif(out: Path, pictures: Callable[[], Iterable[Picture]], count: int, fps: float) -> None:
    """A GIF that loops, in one palette of 256 colours, without dither: noise is the nearest of them.

    `pictures()` yields the `count` pictures, and is called twice: first for the palette. Times are whole
    hundredths of a second that add up to the clip's. Raises StimulusError when the file cannot be written.
    """
    palette = _palette(itertools.islice(pictures(), 0, None, max(1, count // _PALETTE_PICTURES)))
    frames = (
        Image.fromarray(picture).quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures()
    )
    first = next(frames)
    with _replacing(out) as unfinished:
        first.save(
            unfinished,
            format="GIF",
            save_all=True,
            append_images=frames,
            duration=gif_durations_ms(count, fps),
            loop=0,
            optimize=False,
        )


def gif_durations_ms(count: int, fps: float) -> list[int]:
    """How long each of `count` frames is shown: whole hundredths of a second, two at least.

    At 30 a second: 30, 40, 30, 30, 40, 30, ...
    """
    ends_cs = np.rint(np.arange(count + 1) * 100 / fps)
    return [int(10 * max(_SHORTEST_GIF_CS, shown)) for shown in np.diff(ends_cs)]


def _palette(pictures: Iterable[Picture]) -> Image.Image:
    """256 colours for these pictures, of which noise, whose colours are all equally frequent, has a third."""
    together = np.concatenate([picture[::2] for picture in pictures], axis=0)
    return Image.fromarray(together).quantize(256, method=Image.Quantize.MEDIANCUT)


def write_png(out: Path, picture: Picture) -> None:
    """Without loss. Raises StimulusError when the file cannot be written."""
    with _replacing(out) as unfinished:
        Image.fromarray(picture).save(unfinished, format="PNG")


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """A file to write beside `out` that takes its place at the end; an exception leaves `out` as it was."""
    unfinished = out.with_name(f".{out.name}.partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield unfinished
            unfinished.replace(out)
        finally:
            unfinished.unlink(missing_ok=True)
    except (av.error.FFmpegError, OSError) as error:
        if getattr(error, "errno", None) == errno.ENOSPC:
            raise StimulusError(f"The disk is full: {out} cannot be written.") from error
        said = reason_of(error)
        raise StimulusError(f"{out} cannot be written ({said}).") from error


def _even(picture: Picture) -> Picture:
    """White at the right and at the bottom where a side is odd, which 4:2:0 cannot be."""
    height, width = picture.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return picture
    return np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), constant_values=255)
