"""What stands on the screen, as values: the phases build scenes, a display draws them, an observer reads
their cue.

Coordinates are pixels with the origin in the middle of the screen, x to the right and y upwards. Colours
are 0..255.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from experiment.records import QuestionnaireItem, TrialPhaseKind

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Rect:
    """A rectangle by its centre and size, px."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """Its left edge, px."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """Its right edge, px."""
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        """Its upper edge, px."""
        return self.y + self.height / 2

    @property
    def bottom(self) -> float:
        """Its lower edge, px."""
        return self.y - self.height / 2

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies in it or on its edge."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top


@dataclass(frozen=True)
class Text:
    """A piece of text. ``(x, y)`` is its anchor point: ``align`` horizontally, ``anchor`` vertically."""

    text: str
    x: float
    y: float
    height_px: float
    colour: Colour
    align: Literal["left", "center", "right"] = "center"
    anchor: Literal["center", "top"] = "center"
    wrap_px: float | None = None
    bold: bool = False


@dataclass(frozen=True)
class Box:
    """A filled and/or outlined rectangle."""

    rect: Rect
    fill: Colour | None
    line: Colour | None = None
    line_px: float = 0.0


Element = Text | Box


@dataclass(frozen=True, eq=False)
class Footage:
    """A decoded clip: ``pixels`` uint8 ``(T, H, W, 3)`` RGB, 0..255, shown at ``fps`` frames per second in
    a loop.

    ``standing_px`` is the size whose place it takes on the screen, where that is not its own: the largest of
    the clips made from the same footage.
    """

    clip_id: str
    pixels: NDArray[np.uint8]
    fps: float
    standing_px: tuple[int, int] | None = None

    @property
    def shown_as(self) -> tuple[int, int]:
        """Width and height that decide how large it stands on the screen, px."""
        height, width = self.pixels.shape[1:3]
        return self.standing_px or (int(width), int(height))

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return int(self.pixels.shape[0])

    @property
    def duration_s(self) -> float:
        """Length of one showing."""
        return self.frames / self.fps

    def frame_at(self, elapsed_s: float) -> int:
        """Index of the frame due ``elapsed_s`` seconds after the first one appeared, the clip running in a
        loop.
        """
        return int(elapsed_s * self.fps) % self.frames


@dataclass(frozen=True, eq=False)
class VideoFrame:
    """One frame of a clip, stretched to ``rect`` without interpolation between pixels."""

    footage: Footage
    index: int
    rect: Rect


@dataclass(frozen=True)
class Target:
    """Something that can be chosen: by a press inside ``rect`` or with one of ``keys``."""

    name: str
    rect: Rect
    keys: tuple[str, ...]


@dataclass(frozen=True)
class ChoiceCue:
    """A clip is on the screen beside its menu; ``presses`` counts the choices already made in this trial.

    ``place`` is the trial's number in the plan of the whole session, from 1. A choice counts from ``opens_s``
    to ``closes_s``. Where ``answer_shown``, the right answer is marked or named on the screen; an
    ``attention_check`` names it.
    """

    condition: str
    phase: TrialPhaseKind
    trial: int
    place: int
    attempt: int
    action: str
    onset_s: float
    presses: int
    answer_shown: bool = False
    attention_check: bool = False
    opens_s: float = -math.inf
    closes_s: float = math.inf


@dataclass(frozen=True)
class FixationCue:
    """The clip of the trial at ``place`` in the session will appear soon; presses are no answers yet."""

    place: int


@dataclass(frozen=True)
class ContinueCue:
    """The screen stays until its one button is chosen, or until ``closes_s``; ``screen`` tells screens apart,
    ``words`` is how much there is to read.
    """

    screen: str
    target: str
    words: int
    closes_s: float = math.inf


@dataclass(frozen=True)
class QuestionCue:
    """A question waits for its answer; ``place`` is its place on the page, from 0."""

    screen: str
    place: int
    item: QuestionnaireItem

    def target_of(self, option: str) -> str:
        """Name of the target that gives this answer."""
        return f"{self.place}/{option}"


Cue = ChoiceCue | FixationCue | ContinueCue | QuestionCue


@dataclass(frozen=True, eq=False)
class Scene:
    """All that one flip shows. ``name`` is the kind of screen; ``cue`` is what it asks of who sits before
    it, if anything.
    """

    name: str
    elements: tuple[Element, ...]
    videos: tuple[VideoFrame, ...] = ()
    targets: tuple[Target, ...] = ()
    cue: Cue | None = None
