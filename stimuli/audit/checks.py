"""One clip of a set, read once from end to end: its numbers, what a classifier may look at, and pictures."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Generic, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from stimuli.appearance_free import Generator, appearance_free_frames, noise_seed
from stimuli.audit.generated import noise_frames_of
from stimuli.audit.leak_meter import LeakMeter, PooledFrame
from stimuli.audit.pictures import strip
from stimuli.audit.records import Encoding, Leak, Motion, MotionBeside
from stimuli.audit.stream import stream_facts
from stimuli.clip import Clip
from stimuli.description import AS_PUBLISHED, SetDescription
from stimuli.errors import StimulusError
from stimuli.manifest import StimulusSet, file_sha256
from stimuli.motion_fidelity import FidelityMeter, MotionFidelity
from stimuli.source_flow import source_flow
from stimuli.static_leak import NoiseLaw, noise_law
from stimuli.video import decode

Frame = npt.NDArray[np.uint8]
Flow = npt.NDArray[np.float32]
Item = TypeVar("Item")

PAIRS_MEASURED = 60
"""Of a longer clip so many pairs of frames, evenly spread, are measured: measuring motion is slow."""
_PICTURES = 2


@dataclass(frozen=True)
class ClipFindings:
    """What was found in one clip. What could not be measured is None, and `problems` says why.

    `clues` float32 (frames, features) are `static_leak.local_clues` of a few frames; `strips` JPEG files.
    """

    clip: Clip
    leak: Leak | None
    motion: MotionBeside | None
    encoding: Encoding | None
    problems: tuple[str, ...]
    clues: npt.NDArray[np.float32] | None
    pooled: PooledFrame | None
    strips: tuple[bytes, ...]


@dataclass(frozen=True)
class ClipCheck:
    """An AFD5 clip, its set and how that was made; can be sent to another process."""

    stimulus_set: StimulusSet
    description: SetDescription
    clip: Clip


def check_clip(check: ClipCheck) -> ClipFindings:
    """Measure a clip. A file that is missing or damaged is a problem of the clip, not an exception."""
    # Clips are checked side by side; OpenCV's threads would only take turns with one another.
    cv2.setNumThreads(1)
    try:
        return _checked(check)
    except (StimulusError, ValueError, OSError, cv2.error) as error:
        return ClipFindings(check.clip, None, None, None, (str(error),), None, None, ())


def law_of(description: SetDescription) -> NoiseLaw:
    """What the frames of a set should hold; published clips are held to 8-bit R, G and B."""
    if description.noise == AS_PUBLISHED:
        return noise_law("rgb")
    return noise_law(description.noise, description.levels)


class _Beside(Generic[Item]):
    """A stream that runs beside the noise: where it breaks, it ends and its problem is kept."""

    def __init__(self, start: Callable[[], Iterator[Item]]) -> None:
        self.problem: str | None = None
        self.count = 0
        self._start: Callable[[], Iterator[Item]] | None = start
        self._items: Iterator[Item] = iter(())

    def __iter__(self) -> Iterator[Item]:
        while (item := self.next()) is not None:
            yield item

    def next(self) -> Item | None:
        """The next item, or None when there is none left."""
        try:
            if self._start is not None:
                start, self._start = self._start, None
                self._items = start()
            item = next(self._items, None)
        except (StimulusError, ValueError, OSError) as error:
            self.problem, self._items = str(error), iter(())
            return None
        self.count += item is not None
        return item


class _MotionCheck:
    """The motion of the noise, and of `recursive` noise made here of the same flow."""

    def __init__(self, check: ClipCheck, flows: _Beside[Flow], flow: Iterator[Flow]) -> None:
        clip = check.clip
        self.problem: str | None = None
        self.flow: Flow | None = None
        self._every = max(1, math.ceil((clip.frames - 1) / PAIRS_MEASURED))
        self._meter = FidelityMeter(check.description.dots, self._every, 2 * self._every)
        self._reference_meter = FidelityMeter(check.description.dots, self._every, 2 * self._every)
        self._flows = flows
        self._ours, theirs = itertools.tee(itertools.islice(flow, _frames_ahead(check), None))
        seed = noise_seed(check.description.seed, f"reference of {clip.clip_id}")
        self._reference = _Beside(
            lambda: appearance_free_frames(theirs, np.random.default_rng(seed), _reference(check.description))
        )
        self._frames = 0

    def add(self, frame: Frame) -> None:
        reference = self._reference.next()
        self.flow = next(self._ours, None) if self._frames else None
        if reference is None or (self._frames and self.flow is None):
            # Frames that the source lacks are a matter of the file; the others can be measured.
            self.problem = self.problem or self._flows.problem or self._reference.problem
            return
        try:
            self._meter.add(frame, self.flow)
            self._reference_meter.add(reference, self.flow)
        except ValueError as error:
            self.problem = self.problem or str(error)
        self._frames += 1

    def result(self) -> MotionBeside | None:
        if self.problem or self._frames < 2:
            return None
        return MotionBeside(
            clip=_motion(self._meter.result()),
            recursive=_motion(self._reference_meter.result()),
            every=self._every,
        )


class _EncodingCheck:
    """Decoded frames beside those that the recipe gives, and the number of frames of the source."""

    def __init__(self, check: ClipCheck, flows: _Beside[Flow], flow: Iterator[Flow]) -> None:
        self._check = check
        self._source = check.stimulus_set.by_id(check.clip.source_clip_id or "")
        self._shown = _Beside(lambda: decode(check.stimulus_set.path_of(self._source)))
        self._flows = flows
        self._generated = _Beside(lambda: noise_frames_of(check.stimulus_set, check.clip, flow))
        self._frames = self._compared = self._differing = 0
        for _ in range(_frames_ahead(check)):
            self._shown.next()
        self._first: int | None = None
        self.picture: Frame | None = None

    def add(self, frame: Frame) -> None:
        self.picture = self._shown.next()
        expected = None if self._check.description.afd101 else self._generated.next()
        if expected is not None:
            self._compared += 1
            if not np.array_equal(expected, frame):
                self._differing += 1
                self._first = self._frames if self._first is None else self._first
        self._frames += 1

    @property
    def problems(self) -> list[str]:
        """Why there is no comparison with the source or the generated frames."""
        found = (("The source clip", self._shown.problem), ("The frames made again", self._not_made))
        return [f"{what}: {problem}" for what, problem in found if problem]

    @property
    def _not_made(self) -> str | None:
        return None if self._check.description.afd101 else self._generated.problem or self._flows.problem

    def result(self, mean: float, deviation: float) -> Encoding:
        check, clip = self._check, self._check.clip
        path = check.stimulus_set.path_of(clip)
        for _ in self._shown:
            pass
        compared = not (check.description.afd101 or self._not_made)
        facts = stream_facts(path)
        return Encoding(
            frames=self._frames,
            frames_in_manifest=clip.frames,
            source_frames=None if self._shown.problem else self._shown.count,
            fps=facts.fps,
            fps_in_manifest=clip.fps,
            source_fps=None if self._shown.problem else self._source.fps,
            width=facts.width,
            height=facts.height,
            codec=facts.codec,
            pixel_format=facts.pixel_format,
            compared=self._compared if compared else None,
            differing=self._differing if compared else None,
            first_differing=self._first,
            mean=mean,
            deviation=deviation,
            checksum_agrees=file_sha256(path) == clip.sha256,
        )


def _checked(check: ClipCheck) -> ClipFindings:
    clip, law = check.clip, law_of(check.description)
    flows = _Beside(lambda: source_flow(check.stimulus_set, clip))
    measured: Iterator[Flow] = iter(flows)
    followed: Iterator[Flow] = iter(())
    if not (check.description.source == "synthetic" or check.description.afd101):
        # Estimated once for both: a network takes longer for it than all the rest of the audit.
        measured, followed = itertools.tee(flows)
    leak = LeakMeter(law, clip.frames)
    motion, encoding = _MotionCheck(check, flows, measured), _EncodingCheck(check, flows, followed)
    pictured = {round(clip.frames * (i + 1) / (_PICTURES + 1)) for i in range(_PICTURES)}
    strips = []
    for index, frame in enumerate(decode(check.stimulus_set.path_of(clip))):
        leak.add(frame)
        motion.add(frame)
        encoding.add(frame)
        if index in pictured and encoding.picture is not None and motion.flow is not None:
            strips.append(strip(encoding.picture, motion.flow, frame))
    of_file = encoding.result(leak.mean, leak.deviation)
    return ClipFindings(
        clip=clip,
        leak=leak.result(),
        motion=motion.result(),
        encoding=of_file,
        problems=tuple(encoding.problems + ([f"Motion: {motion.problem}"] if motion.problem else [])),
        clues=leak.clues(),
        pooled=leak.pooled,
        strips=tuple(strips),
    )


def _reference(description: SetDescription) -> Generator:
    """Recursive noise with fresh fill, of the same values and dots: the ruler depends on their contrast."""
    if description.afd101:
        return Generator("recursive", "fresh", "rgb")
    return replace(description.recipe.generator, method="recursive", fill="fresh")


def _frames_ahead(check: ClipCheck) -> int:
    source = check.stimulus_set.by_id(check.clip.source_clip_id or "")
    return check.description.frames_ahead(check.clip, source)


def _motion(found: MotionFidelity) -> Motion:
    told = {name: None if math.isnan(value) else value for name, value in asdict(found).items()}
    return Motion.model_validate(told)
