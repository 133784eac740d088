"""Reading and writing video, frame by frame, through PyAV.

Frames are uint8 arrays of shape (height, width, 3), R then G then B, and are counted in the order in which
the decoder hands them out: time stamps of AVI files with B-frames start one frame late, headers of many files
lie about their length.
"""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, cast

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from stimuli.errors import DiskFull, StimulusError, reason_of
from stimuli.frame_times import uneven_frame

Frame = npt.NDArray[np.uint8]

LARGEST_PX = 7680 * 4320
"""Width times height of the largest picture that is decoded: more than any clip has, 100 MB as RGB."""

# Containers that hold their frames themselves. FFmpeg knows others, told by what is in a file and not by its
# name, that list further files or addresses to fetch: whoever sends a clip could have any file read.
_READ_ALONE = {
    "format_whitelist": "avi,gif,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mpegts,mpeg,ogg,flv,asf,wav,mp3",
    "protocol_whitelist": "file",
}
# Decoders of MPEG-4 in AVI may rightly give a frame or two fewer than the header counts (packed B-frames).
_FRAMES_THAT_MAY_LACK = 2


@dataclass(frozen=True)
class VideoInfo:
    """What a video holds: decoded frames, their mean rate per second, size in pixels."""

    frames: int
    fps: float
    width: int
    height: int


class Video:
    """A video that is open: what its header says at once, and `frames()`, once, to its end.

    `info.frames` before the end is what the header says, 0 where it says nothing.
    """

    def __init__(self, path: Path, container: InputContainer, stream: VideoStream) -> None:
        self._path, self._container, self._stream = path, container, stream
        size = stream.codec_context
        self.info = VideoInfo(
            _announced_frames(path, container, stream), rate_of(path, stream), size.width, size.height
        )

    def frames(self) -> Iterator[Frame]:
        """The frames in order, each uint8 (height, width, 3) RGB; `info` then tells how many there were.

        Raises StimulusError as `decode`.
        """
        return (_rgb(frame) for frame in self.pictures())

    def pictures(self) -> Iterator[av.VideoFrame]:
        """The frames as they were decoded, before they become RGB; otherwise as `frames`."""
        count, times_s = 0, list[float | None]()
        for picture in _decoded(self._path, self._container, self._stream):
            yield picture
            count += 1
            times_s.append(picture.time)
        # First, since Matroska announces no frames but a duration, from which an uneven rate gives too many.
        _check_times(self._path, times_s, self._stream)
        if count < self.info.frames - _FRAMES_THAT_MAY_LACK:
            raise StimulusError(
                f"The clip {self._path} is cut short: {count} of {self.info.frames} frames can be decoded."
            )
        self.info = replace(self.info, frames=count)


@contextmanager
def open_video(path: Path) -> Iterator[Video]:
    """Open a video; one that is to be shown is read to its end, to know that it has one.

    Raises StimulusError when the file is missing, cannot be read, is no video or has no rate.
    """
    with open_stream(path) as (container, stream):
        yield Video(path, container, stream)


def probe(path: Path) -> VideoInfo:
    """Frames, rate and size of a video. Decodes all of it: a clip that passes can be shown to its end.

    Raises StimulusError as `decode` does.
    """
    with open_video(path) as video:
        for _ in video.pictures():
            pass
        return video.info


def decode(path: Path) -> Iterator[Frame]:
    """The video's frames in order, each uint8 (height, width, 3) RGB.

    Raises StimulusError, naming the clip, when the file is missing, is no video, is damaged or cut short, or
    its frames are not evenly spaced in time. What can only be known at the end is raised at the end. A frame
    that the decoder could only guess at, from its neighbours, counts as damage: it would show motion that
    nobody made.
    """
    with open_video(path) as video:
        yield from video.frames()


def check_whole(path: Path, frames: int) -> None:
    """A quick look at a file that should hold so many frames: its first picture decodes, its packets reach
    to the end.

    Nothing but the first frame is decoded. Raises StimulusError, naming the clip.
    """
    with open_stream(path) as (container, stream):
        packets = sum(1 for packet in container.demux(stream) if packet.size)
    if packets < frames:
        raise StimulusError(f"{path} is cut short: it holds {packets} of {frames} frames.")
    next(decode(path))


def read_video(path: Path) -> Frame:
    """The whole video, uint8 (frames, height, width, 3) RGB: 100 frames of 320x240 take 23 MB."""
    return np.stack(list(decode(path)))


def encode_lossless(target: Path | BinaryIO, frames: Iterable[Frame], fps: float) -> int:
    """Write frames, uint8 (height, width, 3) RGB, that decode to the same bits; returns their number.

    H.264 in RGB at quantiser 0, in Matroska. The same frames always give the same bytes. Raises StimulusError
    when there are no frames or the file cannot be written.
    """
    # Noise leaves arithmetic coding little to gain: without it a file is a fifth larger, but written in a
    # third of the time and read in a fifth.
    options = {"qp": "0", "preset": "veryfast", "x264-params": "cabac=0"}
    return _encode(target, frames, fps, options)


def encode_rgb(target: Path | BinaryIO, frames: Iterable[Frame], fps: float) -> int:
    """Write drawn frames, uint8 (height, width, 3) RGB, visually without loss; returns their number.

    H.264 in RGB at constant rate factor 16, in Matroska: 43 dB and about 10 kB a frame on drawn clips of
    320x240, where YCbCr 4:2:0 does not pass 34 dB at any rate. The same frames always give the same bytes.
    Raises StimulusError as `encode_lossless`.
    """
    # Without macroblock trees: on small frames x264 would spread quality by what happens to lie in memory.
    options = {"crf": "16", "preset": "veryfast", "x264-params": "mbtree=0"}
    return _encode(target, frames, fps, options)


@contextmanager
def open_stream(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """A file's container and the first video stream in it, for what PyAV itself tells of them.

    Raises StimulusError as `open_video`.
    """
    if not path.is_file():
        raise StimulusError(f"The clip {path} does not exist.")
    try:
        # By its protocol: a name like "concat:a|b" or "http:x" would be taken for another.
        container = av.open(f"file:{os.fspath(path)}", options=_READ_ALONE)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise StimulusError(f"The clip {path} cannot be read as video ({_said(error)}).") from error
    with container:
        if not container.streams.video:
            raise StimulusError(f"The clip {path} holds no video stream.")
        stream = container.streams.video[0]
        _prepare(path, stream)
        yield container, stream


def _prepare(path: Path, stream: VideoStream) -> None:
    """Refuse what cannot be decoded, and pictures so large that one of them could fill the memory."""
    # Typed as always there; of a codec that nothing here decodes, it is None.
    context = cast("VideoCodecContext | None", stream.codec_context)
    if context is None:
        raise StimulusError(f"The clip {path} is coded in a way that cannot be decoded here.")
    if context.width * context.height > LARGEST_PX:
        raise StimulusError(
            f"The clip {path} is {context.width} x {context.height} pixels large; allowed are {LARGEST_PX:,}."
        )
    # A picture may turn out larger than the header says.
    context.options = {**context.options, "max_pixels": str(LARGEST_PX)}


def _decoded(path: Path, container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
    count, size = 0, None
    try:
        for frame in container.decode(stream):
            if frame.is_corrupt:
                raise StimulusError(
                    f"The clip {path} is damaged at frame {count}; get it again or leave it out."
                )
            if size not in (None, (frame.width, frame.height)):
                raise StimulusError(
                    f"The clip {path} changes its size at frame {count}; all frames must be of one size."
                )
            size = frame.width, frame.height
            yield frame
            count += 1
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise StimulusError(
            f"The clip {path} does not decode past frame {count} ({_said(error)})."
        ) from error
    if count == 0:
        raise StimulusError(f"The clip {path} holds no frame.")


def _check_times(path: Path, times_s: list[float | None], stream: VideoStream) -> None:
    fps = rate_of(path, stream)
    uneven = uneven_frame(times_s, fps, float(stream.time_base or 0))
    if uneven is not None:
        raise StimulusError(
            f"The clip {path} does not keep a constant rate: frame {uneven} is not shown when"
            f" {fps:.4g} frames a second would show it; convert it to a constant rate (ffmpeg"
            f" -i {path.name} -fps_mode cfr -crf 16 {path.stem}.mkv) or leave it out."
        )


def _rgb(frame: av.VideoFrame) -> Frame:
    # Typed as one of four kinds of array; "rgb24" always is this one.
    return cast(Frame, frame.to_ndarray(format="rgb24"))


def _announced_frames(path: Path, container: InputContainer, stream: VideoStream) -> int:
    """How many frames the file's header speaks of; 0 where it says nothing."""
    if container.format.name == "gif":
        return 0
    if stream.frames:
        return stream.frames
    # Matroska knows its length alone. With sound beside the picture that would be the longer of the two.
    if container.duration and len(container.streams) == 1:
        return round(container.duration / av.time_base * rate_of(path, stream))
    return 0


def rate_of(path: Path, stream: VideoStream) -> float:
    """Mean frames per second, as the file says. Raises StimulusError where it does not."""
    rate = stream.average_rate or stream.guessed_rate
    if not rate:
        raise StimulusError(f"The clip {path} does not say how many frames a second it has.")
    return float(rate)


def _encode(target: Path | BinaryIO, frames: Iterable[Frame], fps: float, options: Mapping[str, str]) -> int:
    file = os.fspath(target) if isinstance(target, Path) else target
    remaining = iter(frames)
    first = next(remaining, None)
    if first is None:
        raise StimulusError(f"There is no frame to write to {target}.")
    height, width = first.shape[:2]
    count = 0
    try:
        # Bit-exact muxing leaves out the date and the random identifiers; one thread, since x264 writes their
        # number into the stream. Clips are encoded side by side instead.
        with av.open(file, "w", format="matroska", options={"fflags": "+bitexact"}) as container:
            stream = container.add_stream(
                "libx264rgb", rate=Fraction(fps).limit_denominator(1001), options={**options, "threads": "1"}
            )
            stream.width, stream.height, stream.pix_fmt = width, height, "rgb24"
            for frame in itertools.chain([first], remaining):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
                count += 1
            container.mux(stream.encode())
    except (av.error.FFmpegError, OSError) as error:
        if is_disk_full(error):
            raise DiskFull(f"The disk is full: {target} cannot be written.") from error
        raise StimulusError(f"{target} cannot be written ({_said(error)}).") from error
    return count


def is_disk_full(error: Exception) -> bool:
    """Whether an error of the system says that a disk, or what one may use of it, is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _said(error: Exception) -> str:
    return reason_of(error).strip(". ").lower()
