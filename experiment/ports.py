"""The only seam to the outside: what is shown, what is pressed, what time it is, where clips come from.

Every time in these ports is in seconds on one clock, the session's. A person before a real window, a
simulated participant and a test all stand behind the same four protocols.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from experiment.records import DisplayRecord, InputChanged
from experiment.scene import Footage, Scene


@dataclass(frozen=True)
class KeyPress:
    """A key went down. ``key`` is a lower-case name: ``1`` (number row and keypad alike), ``space``,
    ``return``, ``escape``, ``backspace``, ``tab``, ``left``, ``right``, ``up``, ``down``, ``f8``, ``a``
    ..."""

    t_s: float
    key: str


@dataclass(frozen=True)
class TextTyped:
    """Characters that were typed, as the keyboard layout gives them (no control characters)."""

    t_s: float
    text: str


@dataclass(frozen=True)
class PointerPress:
    """A mouse button or a finger went down at ``(x, y)`` px from the middle of the screen, y upwards."""

    t_s: float
    x: float
    y: float
    input: Literal["mouse", "touch"] = "mouse"


@dataclass(frozen=True)
class PointerMove:
    """The pointer is at ``(x, y)`` px from the middle of the screen, y upwards."""

    t_s: float
    x: float
    y: float


@dataclass(frozen=True)
class CloseRequest:
    """The window was asked to close by the window manager."""

    t_s: float


InputEvent = KeyPress | TextTyped | PointerPress | PointerMove | CloseRequest


class Clock(Protocol):
    """The session's time."""

    def now(self) -> float:
        """Seconds since the start of the session, monotonic."""


class Display(Protocol):
    """Draws scenes, one a flip."""

    @property
    def record(self) -> DisplayRecord:
        """The display as found, for ``session.json``."""

    @property
    def frame_period_s(self) -> float:
        """Time between two flips, in session seconds."""

    def next_flip_s(self) -> float:
        """When the next call of ``show`` will flip, as far as can be told now."""

    def show(self, scene: Scene) -> float:
        """Draw the scene, wait for the flip, and return the time of that flip."""

    def close(self) -> None:
        """Close the window; safe to call twice."""


class Responses(Protocol):
    """What the participant does, with the time each event happened (not the time it was read)."""

    @property
    def holds_back(self) -> bool:
        """Whether something has come in that ``poll`` does not return yet: when it happened is still to be
        told, which takes a few frames at most.
        """

    def poll(self) -> tuple[InputEvent, ...]:
        """Events since the last call, oldest first."""

    def source_changes(self) -> tuple[InputChanged, ...]:
        """Sources of time stamps that were lost since the last call; the events go on coming."""


class Injector(Protocol):
    """Makes input events happen, for simulated participants: what is injected comes back through
    ``Responses``.
    """

    def press_key(self, key: str, at_s: float) -> None:
        """Press a key, named as in ``KeyPress``, at a session time."""

    def type_text(self, text: str, at_s: float) -> None:
        """Type a text from a session time on."""

    def press_pointer(self, x: float, y: float, at_s: float) -> None:
        """Press the left button, or touch, at ``(x, y)`` px from the middle, y upwards."""


class FootageSource(Protocol):
    """Where clips come from."""

    def prefetch(self, clip_id: str) -> None:
        """Begin to load a clip in the background."""

    def get(self, clip_id: str) -> Footage:
        """The clip, loaded. Waits where it is not ready. Raises ``SessionBroken`` where it cannot be
        decoded.
        """

    def beginning(self, clip_id: str, duration_s: float) -> Footage:
        """The clip cut off after ``duration_s``; it is not kept here. Raises ``SessionBroken`` as ``get``
        does.
        """

    def release(self, clip_id: str) -> None:
        """Forget a clip that is not needed any more."""
