"""Training and test: a clip on the right, the menu on the left, and the time from the first frame to the
choice.

Playback follows time: every flip shows the frame due when it happens. In a test the clip runs in a loop
until a choice is made. In training the right answer is marked from the start; the first press is the
response, and the trial goes on when the right answer is pressed.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from experiment.frame_log import Flip
from experiment.journal import Entry
from experiment.phases.layout import INK, Button
from experiment.phases.stage import Stage, choice, wants_pause
from experiment.records import PlannedTrial, Press, TrialFinished, TrialsPhase, TrialStarted
from experiment.scene import ChoiceCue, Element, Footage, Rect, Scene, Target, Text, VideoFrame

# Long enough for the disk, short enough that hardly a pause falls between the record and the first frame.
_RECORDED_BEFORE_S = 0.1

DROP_FACTOR = 1.5
"""A flip more than this many frame periods after the one before counts as a dropped frame."""


@dataclass(frozen=True)
class TrialScreen:
    """The screens of one trial: fixation mark, then clip, both beside the same menu."""

    stage: Stage
    phase: TrialsPhase
    trial: PlannedTrial
    footage: Footage

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        return self.stage.layout.menu(self.trial.menu_order)

    @cached_property
    def clip_rect(self) -> Rect:
        height, width = self.footage.pixels.shape[1:3]
        return self.stage.layout.clip_rect(width, height)

    @cached_property
    def _head(self) -> tuple[Element, ...]:
        layout, unit, words = self.stage.layout, self.stage.layout.unit, self.stage.words
        training = self.phase.kind == "training"
        top = layout.height / 2
        left = layout.menu_x - layout.menu_width / 2
        progress = f"{self.trial.trial} / {len(self.phase.trials)}"
        hint = (words.choose_marked if training else words.choose).format(count=len(self.targets))
        return (
            Text(
                words.training if training else words.test,
                left,
                top - 6 * unit,
                3.4 * unit,
                INK,
                "left",
                bold=True,
            ),
            Text(progress, layout.menu_x + layout.menu_width / 2, top - 6 * unit, 3.4 * unit, INK, "right"),
            Text(hint, left, -top + 9 * unit, 2.6 * unit, INK, "left", wrap_px=layout.menu_width),
            *self.stage.badge(),
        )

    def _menu(self, hovered: str | None, enabled: bool) -> Iterator[Element]:
        for place, target in enumerate(self.targets, start=1):
            marked = enabled and self.phase.kind == "training" and target.name == self.trial.action
            button = Button(target, self.stage.plan.label_of(target.name), marked, enabled)
            yield from self.stage.layout.draw_button(
                button, hovered=target.name == hovered, number=str(place)
            )

    @cached_property
    def fixation(self) -> Scene:
        """The fixation mark; the menu is there, greyed, so that nothing jumps."""
        return Scene(
            "fixation", (*self._head, *self._menu(None, False), *self.stage.layout.cross(self.clip_rect))
        )

    def playing(self, frame: int, elements: tuple[Element, ...], cue: ChoiceCue | None) -> Scene:
        videos = (VideoFrame(self.footage, frame, self.clip_rect),)
        return Scene(self.phase.kind, elements, videos, self.targets, cue)

    def open_menu(self, hovered: str | None) -> tuple[Element, ...]:
        return (*self._head, *self._menu(hovered, True))


@dataclass(frozen=True)
class Showing:
    """What happened while a clip was on the screen; ``chosen`` is whether the trial's choice was made.

    ``early_presses`` came at or before the first frame.
    """

    flips: tuple[Flip, ...]
    presses: tuple[Press, ...]
    early_presses: int
    onset_s: float
    ended_s: float
    chosen: bool


@dataclass(frozen=True)
class Begun:
    """What earlier showings of the trials of a phase left: how many there were, and the presses made in
    them.
    """

    attempts: Mapping[int, int]
    presses: Mapping[int, tuple[Press, ...]]


def run_trials(stage: Stage, index: int, phase: TrialsPhase, done: set[int], begun: Begun) -> None:
    """Run the trials that are not ``done``.

    Raises ``StopRequested`` from the pause screen; the trial on screen is then shown again on resuming.
    """
    due_s = stage.clock.now() + phase.interval_s
    left = [trial for trial in phase.trials if trial.trial not in done]
    for place, trial in enumerate(left):
        following = left[place + 1].clip_id if place + 1 < len(left) else None
        run = TrialRun(stage, index, phase, trial, begun)
        while (ended_s := run.show(due_s, following)) is None:
            stage.pause(index, trial.trial, run.presses_cut_off)
            due_s = stage.clock.now() + phase.interval_s
        due_s = ended_s + phase.interval_s
        stage.footage.release(trial.clip_id)


class TrialRun:
    """One trial, over as many showings as pauses make of it."""

    def __init__(
        self, stage: Stage, index: int, phase: TrialsPhase, trial: PlannedTrial, begun: Begun
    ) -> None:
        self._stage = stage
        self._index = index
        self._screen = TrialScreen(stage, phase, trial, stage.footage.get(trial.clip_id))
        self._attempts = begun.attempts.get(trial.trial, 0)
        self._earlier = begun.presses.get(trial.trial, ())
        self.presses_cut_off: tuple[Press, ...] = ()

    def show(self, due_s: float, following: str | None) -> float | None:
        """Show the clip once; returns when its choice was made, or ``None`` where a pause cut it off."""
        stage, screen = self._stage, self._screen
        self.presses_cut_off = ()
        stage.display.show(screen.fixation)
        if following is not None:
            # Most of the decoding then falls into the interval and not into the clip.
            stage.footage.prefetch(following)
        with _without_garbage_collection():
            fixation = self._fixate(due_s)
            if fixation is None:
                return None
            trial_seq, early = fixation
            showing = _show_clip(stage, screen, self._attempts, len(self._earlier))
            stage.display.show(screen.fixation)
        if showing.chosen:
            # The choice goes to the disk first: a kill may then cost a trial's flips, never its answer.
            stage.record(self._finished(trial_seq, showing, early + showing.early_presses))
        stage.log_flips(trial_seq, showing.flips)
        if showing.chosen:
            return showing.ended_s
        self.presses_cut_off = showing.presses
        self._earlier = (*self._earlier, *showing.presses)
        return None

    def _fixate(self, due_s: float) -> tuple[int, int] | None:
        """Show the fixation mark until the flip before the onset.

        Returns the ``seq`` of the trial's ``trial_started`` record and how many presses came too early, or
        ``None`` where a pause was asked for. The record is written at the last moment: it says that the clip
        was shown.
        """
        stage, trial = self._stage, self._screen.trial
        started: Entry | None = None
        early = 0
        while True:
            for event in stage.events():
                if wants_pause(event):
                    return None
                early += choice(self._screen.targets, event) is not None
            next_flip_s = stage.display.next_flip_s()
            if started is None and next_flip_s >= self._put_off(due_s) - _RECORDED_BEFORE_S:
                self._attempts += 1
                started = stage.record(TrialStarted(self._index, trial.trial, self._attempts, trial.clip_id))
                next_flip_s = stage.display.next_flip_s()
            if started is not None and next_flip_s >= self._put_off(due_s) - stage.display.frame_period_s / 2:
                return started.seq, early
            stage.display.show(self._screen.fixation)

    def _put_off(self, due_s: float) -> float:
        """When an onset is due that the disk may have held up: the clip does not appear out of nothing."""
        return max(due_s, self._stage.back_at_s + self._screen.phase.interval_s)

    def _finished(self, trial_seq: int, showing: Showing, early: int) -> TrialFinished:
        trial, footage = self._screen.trial, self._screen.footage
        presses = (*self._earlier, *showing.presses)
        first = presses[0]
        intervals_s = np.diff([flip.time_s for flip in showing.flips])
        late = intervals_s > DROP_FACTOR * self._stage.display.frame_period_s
        return TrialFinished(
            phase=self._index,
            trial=trial.trial,
            attempt=self._attempts,
            trial_seq=trial_seq,
            clip_id=trial.clip_id,
            action=trial.action,
            response=first.action,
            correct=first.action == trial.action,
            time_to_choose_s=first.at_s,
            loops=first.at_s / footage.duration_s,
            onset_s=showing.onset_s,
            presses=presses,
            early_presses=early,
            flips=len(showing.flips),
            dropped_frames=int(np.count_nonzero(late)),
            interval_ms=float(intervals_s.mean() * 1000),
            interval_sd_ms=float(intervals_s.std() * 1000),
            input=first.input,
        )


def _show_clip(stage: Stage, screen: TrialScreen, attempt: int, presses_before: int) -> Showing:
    """Play the clip until the trial's choice is made or a pause is asked for."""
    display, footage, trial = stage.display, screen.footage, screen.trial
    half_period_s = display.frame_period_s / 2
    presses: list[Press] = []

    def cue_at(onset_s: float) -> ChoiceCue:
        return ChoiceCue(
            screen.phase.condition,
            screen.phase.kind,
            trial.trial,
            attempt,
            trial.action,
            footage.duration_s,
            onset_s,
            presses_before + len(presses),
        )

    hovered = stage.hovered(screen.targets)
    elements = screen.open_menu(hovered)
    onset_s = display.show(screen.playing(0, elements, None))
    cue = cue_at(onset_s)
    flips = [Flip(0, onset_s)]
    early = 0

    def showing(ended_s: float, *, chosen: bool) -> Showing:
        return Showing(tuple(flips), tuple(presses), early, onset_s, ended_s, chosen)

    while True:
        # The frame whose time is nearest to the coming flip: half a period is the tolerance of that rounding.
        frame = footage.frame_at(display.next_flip_s() - onset_s + half_period_s)
        flips.append(Flip(frame, display.show(screen.playing(frame, elements, cue))))
        for event in stage.events():
            if wants_pause(event):
                return showing(event.t_s, chosen=False)
            chosen = choice(screen.targets, event)
            if chosen is None:
                continue
            # Only a press that came after the first frame was on the screen can be an answer to it.
            if event.t_s <= onset_s:
                early += 1
                continue
            target, device = chosen
            presses.append(Press(target.name, event.t_s - onset_s, device))
            if screen.phase.kind == "test" or target.name == trial.action:
                return showing(event.t_s, chosen=True)
            cue = cue_at(onset_s)
        now_hovered = stage.hovered(screen.targets)
        if now_hovered != hovered:
            hovered = now_hovered
            elements = screen.open_menu(hovered)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """A collection takes tens of milliseconds; at the beginning of the interval between trials there is
    time for it.
    """
    gc.collect(1)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
