"""What a phase plays on: the ports, the journal and the words, and what every screen can do: go on when a
button is chosen, follow the pointer, pause, and wait for a disk that takes no more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TypeVar

from experiment.errors import NotWritten
from experiment.frame_log import Flip, FrameLog
from experiment.journal import Entry, Journal
from experiment.phases.answering import CutOff
from experiment.phases.layout import INK, Button, Layout
from experiment.ports import (
    Clock,
    CloseRequest,
    Display,
    FootageSource,
    InputEvent,
    KeyPress,
    PointerMove,
    PointerPress,
    Responses,
)
from experiment.records import Event, HeldUp, InputKind, Paused, ScreenWords, SessionPlan
from experiment.scene import ContinueCue, Element, Scene, Target, Text

PAUSE_KEY = "escape"

SETTLING_S = 0.25
"""A screen that goes on at a press takes none before it has stood this long: a double click leaves one
screen.
"""

DISK_TRIED_EVERY_S = 1.0
"""Time between two attempts to write to a disk that takes no more."""

# A simulated participant gives up after about five minutes: nobody may be there to make room.
_PATIENCE_WORDS = 1200

NOTHING_PRESSED = CutOff()

_Written = TypeVar("_Written")


class StopRequested(Exception):
    """The experimenter chose to stop on the pause screen, or closed the window."""


@dataclass
class Stage:
    """The ports of a running session together with its plan, journal and words.

    ``told`` hears of every record once it is on the disk.
    ``back_at_s`` is when the session last went on after the screen of the full disk. What had been timed
    before it is timed anew.
    """

    plan: SessionPlan
    display: Display
    responses: Responses
    clock: Clock
    footage: FootageSource
    journal: Journal
    frame_log: FrameLog
    simulated: str
    pilot: bool
    layout: Layout
    pointer: tuple[float, float] | None = field(default=None)
    back_at_s: float = field(default=-math.inf)
    told: Callable[[Entry], None] = field(default=lambda _: None)

    @property
    def words(self) -> ScreenWords:
        """The words of the screens in the session's language."""
        return self.plan.words

    def record(self, event: Event) -> Entry:
        """Put an event in the journal; it is on the disk when this returns, with the time of the call.

        Raises
        ------
        NotWritten
            Where the disk took no more and the session was stopped on the screen that says so.
        """
        happened_s = self.clock.now()
        for change in self.responses.source_changes():
            self._written(partial(self.journal.append, change, happened_s))
        entry = self._written(lambda: self.journal.append(event, happened_s))
        self.told(entry)
        return entry

    def log_flips(self, trial_seq: int, flips: Sequence[Flip]) -> None:
        """Put the flips of a trial in the frame log; raises as ``record``."""
        self._written(lambda: self.frame_log.append(trial_seq, flips))

    def events(self) -> tuple[InputEvent, ...]:
        """New input events; the pointer's place is followed on the way."""
        events = self.responses.poll()
        for event in events:
            if isinstance(event, PointerMove | PointerPress):
                self.pointer = (event.x, event.y)
        return events

    def hovered(self, targets: Iterable[Target]) -> str | None:
        """Name of the target under the pointer."""
        if self.pointer is None:
            return None
        x, y = self.pointer
        return next((target.name for target in targets if target.rect.contains(x, y)), None)

    def badge(self) -> tuple[Element, ...]:
        """What every screen of a pilot session shows in its corner."""
        if not self.pilot:
            return ()
        unit = self.layout.unit
        return (
            Text(
                self.words.pilot,
                self.layout.width / 2 - 2 * unit,
                self.layout.height / 2 - 2.6 * unit,
                2.2 * unit,
                INK,
                "right",
                bold=True,
            ),
        )

    def wait_for(
        self,
        targets: tuple[Target, ...],
        build: Callable[[str | None], Scene],
        pause: Callable[[], None] | None,
        until_s: float = math.inf,
        opened_s: float | None = None,
    ) -> str | None:
        """Show a screen until one of its targets is chosen and return its name, or ``None`` once it is
        ``until_s``.

        ``build`` gets the name of the hovered target and returns the scene. ``pause`` is called when a
        pause is asked for; on the pause screen itself it is ``None``. A press counts only if it came after
        the screen had appeared, which is now or was at ``opened_s``.

        Raises
        ------
        StopRequested
            From ``pause``, or where the window is closed on a screen that has none.
        """
        while (now_s := self.clock.now()) < until_s:
            shown_s = self.display.show(build(self.hovered(targets)))
            opened_s = shown_s if opened_s is None else opened_s
            for event in self.events():
                if pause is None and isinstance(event, CloseRequest):
                    raise StopRequested
                if pause is not None and wants_pause(event):
                    pause()
                    opened_s = None
                    until_s += self.clock.now() - now_s
                    break
                if event.t_s >= opened_s + SETTLING_S and (chosen := choice(targets, event)):
                    return chosen[0].name
        return None

    def pause(self, phase: int, trial: int | None = None, cut_off: CutOff = NOTHING_PRESSED) -> None:
        """The pause screen: go on or stop. ``trial`` was cut off, after what ``cut_off`` holds.

        Raises
        ------
        StopRequested
            Where the session shall stop here; the decision is in the journal by then.
        """
        began_s = self.clock.now()
        unit = self.layout.unit
        buttons = (
            Button(
                self.layout.wide_button("continue", ("return", "1", PAUSE_KEY), -24 * unit, -8 * unit),
                self.words.go_on,
            ),
            Button(self.layout.wide_button("stop", ("s", "2"), 24 * unit, -8 * unit), self.words.stop_here),
        )
        targets = tuple(button.target for button in buttons)

        def build(hovered: str | None) -> Scene:
            elements: list[Element] = [
                Text(self.words.paused, 0, 20 * unit, 5 * unit, INK, bold=True),
                Text(self.words.pause_text, 0, 8 * unit, 3 * unit, INK, wrap_px=100 * unit),
            ]
            for button, number in zip(buttons, ("1", "2"), strict=True):
                elements += self.layout.draw_button(
                    button, hovered=button.target.name == hovered, number=number
                )
            cue = ContinueCue(f"pause {began_s}", "continue", 8)
            return Scene("pause", (*elements, *self.badge()), targets=targets, cue=cue)

        try:
            stop = self.wait_for(targets, build, pause=None) == "stop"
        except StopRequested:
            stop = True
        decision: Literal["continue", "stop"] = "stop" if stop else "continue"
        duration_s = self.clock.now() - began_s
        self.record(Paused(phase, trial, duration_s, decision, **vars(cut_off)))
        if stop:
            raise StopRequested

    def _written(self, write: Callable[[], _Written]) -> _Written:
        """What ``write`` returns, however long the disk makes it wait.

        What it writes stays in memory meanwhile and is written before anything else, so that records keep
        their order. A wait is recorded after it.
        """
        try:
            return write()
        except NotWritten as error:
            failed = error
        began_s = self.clock.now()
        reason = failed.reason
        while True:
            self._wait_for_disk(failed, began_s)
            try:
                written = write()
                break
            except NotWritten as error:
                failed = error
        self.back_at_s = self.clock.now()
        self.record(HeldUp(self.back_at_s - began_s, reason))
        return written

    def _wait_for_disk(self, failed: NotWritten, began_s: float) -> None:
        """Say that the disk takes no more until it is time for another attempt; ``failed`` is raised where
        the session shall stop here.
        """
        unit = self.layout.unit
        button = Button(self.layout.wide_button("stop", ("s",), 0, -14 * unit), self.words.stop_here)
        cue = ContinueCue(f"disk {began_s}", "stop", _PATIENCE_WORDS)

        def build(hovered: str | None) -> Scene:
            elements = (
                Text(self.words.disk_heading, 0, 20 * unit, 5 * unit, INK, bold=True),
                Text(self.words.disk_text, 0, 5 * unit, self.layout.text_px, INK, wrap_px=100 * unit),
                *self.layout.draw_button(button, hovered=hovered is not None, number="S"),
                *self.badge(),
            )
            return Scene("disk", elements, targets=(button.target,), cue=cue)

        until_s = self.clock.now() + DISK_TRIED_EVERY_S
        try:
            stop = self.wait_for((button.target,), build, None, until_s, opened_s=began_s) is not None
        except StopRequested:
            stop = True
        if stop:
            raise failed


def wants_pause(event: InputEvent) -> bool:
    """Escape, or the window manager's wish to close the window."""
    return isinstance(event, CloseRequest) or (isinstance(event, KeyPress) and event.key == PAUSE_KEY)


def choice(targets: Iterable[Target], event: InputEvent) -> tuple[Target, InputKind] | None:
    """The target an event chooses, and with what, or ``None``."""
    if isinstance(event, KeyPress):
        return next(((target, "key") for target in targets if event.key in target.keys), None)
    if isinstance(event, PointerPress):
        under = (target for target in targets if target.rect.contains(event.x, event.y))
        return next(((target, event.input) for target in under), None)
    return None
