"""Training and test: a clip on the right, the menu on the left, and the time from the first frame to the
choice.

Playback follows time: every flip shows the frame due when it happens. In a test the clip runs in a loop
until a choice is made. In training the right answer is marked from the start; the first press is the
response, and the trial goes on when the right answer is pressed.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from experiment.frame_log import Flip
from experiment.phases.layout import INK, Button
from experiment.phases.stage import Stage, choice, wants_pause
from experiment.records import PlannedTrial, Press, TrialFinished, TrialsPhase, TrialStarted
from experiment.scene import ChoiceCue, Element, Footage, Rect, Scene, Target, Text, VideoFrame

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
        hint = words.choose_marked if training else words.choose
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
    """What happened while a clip was on the screen. ``presses`` is empty where the showing was cut off by a
    pause.
    """

    flips: tuple[Flip, ...]
    presses: tuple[Press, ...]
    onset_s: float
    ended_s: float


def run_trials(
    stage: Stage, index: int, phase: TrialsPhase, done: set[int], attempts: dict[int, int]
) -> None:
    """Run the trials that are not ``done``; ``attempts`` holds how often each was begun before.

    Raises ``StopRequested`` from the pause screen; the trial on screen is then shown again when the session
    is resumed.
    """
    due_s = stage.clock.now() + phase.interval_s
    left = [trial for trial in phase.trials if trial.trial not in done]
    for place, trial in enumerate(left):
        following = left[place + 1].clip_id if place + 1 < len(left) else None
        attempt = attempts.get(trial.trial, 0)
        while True:
            attempt += 1
            ended_s = _run_attempt(stage, index, phase, trial, attempt, due_s, following)
            if ended_s is not None:
                due_s = ended_s + phase.interval_s
                break
            stage.pause(index, trial.trial)
            due_s = stage.clock.now() + phase.interval_s
        stage.footage.release(trial.clip_id)


def _run_attempt(
    stage: Stage,
    index: int,
    phase: TrialsPhase,
    trial: PlannedTrial,
    attempt: int,
    due_s: float,
    following: str | None,
) -> float | None:
    """One showing of one trial; returns when it ended, or ``None`` where a pause cut it off."""
    screen = TrialScreen(stage, phase, trial, stage.footage.get(trial.clip_id))
    stage.display.show(screen.fixation)
    started = stage.record(TrialStarted(index, trial.trial, attempt, trial.clip_id))
    early = _fixate(stage, screen, due_s)
    if early is None:
        return None
    if following is not None:
        stage.footage.prefetch(following)
    with _without_garbage_collection():
        showing = _show_clip(stage, screen, attempt)
    stage.display.show(screen.fixation)
    stage.frame_log.append(started.seq, showing.flips)
    if not showing.presses:
        return None
    stage.record(_finished(stage, index, screen, attempt, started.seq, showing, early))
    return showing.ended_s


def _fixate(stage: Stage, screen: TrialScreen, due_s: float) -> int | None:
    """Show the fixation mark until the flip before the clip's onset; counts presses that came too early.

    Returns ``None`` where a pause was asked for.
    """
    early = 0
    while True:
        for event in stage.events():
            if wants_pause(event):
                return None
            early += choice(screen.targets, event) is not None
        if stage.display.next_flip_s() >= due_s - stage.display.frame_period_s / 2:
            return early
        stage.display.show(screen.fixation)


def _show_clip(stage: Stage, screen: TrialScreen, attempt: int) -> Showing:
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
            len(presses),
        )

    hovered = stage.hovered(screen.targets)
    elements = screen.open_menu(hovered)
    onset_s = display.show(screen.playing(0, elements, None))
    cue = cue_at(onset_s)
    flips = [Flip(0, onset_s)]
    while True:
        # The frame whose time is nearest to the coming flip: half a period is the tolerance of that rounding.
        frame = footage.frame_at(display.next_flip_s() - onset_s + half_period_s)
        flips.append(Flip(frame, display.show(screen.playing(frame, elements, cue))))
        for event in stage.events():
            if wants_pause(event):
                return Showing(tuple(flips), (), onset_s, event.t_s)
            # A fresh press: one that began after the first frame was on the screen.
            chosen = choice(screen.targets, event) if event.t_s > onset_s else None
            if chosen is None:
                continue
            target, device = chosen
            presses.append(Press(target.name, event.t_s - onset_s, device))
            if screen.phase.kind == "test" or target.name == trial.action:
                return Showing(tuple(flips), tuple(presses), onset_s, event.t_s)
            cue = cue_at(onset_s)
        now_hovered = stage.hovered(screen.targets)
        if now_hovered != hovered:
            hovered = now_hovered
            elements = screen.open_menu(hovered)


def _finished(
    stage: Stage, index: int, screen: TrialScreen, attempt: int, trial_seq: int, showing: Showing, early: int
) -> TrialFinished:
    trial, first = screen.trial, showing.presses[0]
    intervals_s = np.diff([flip.time_s for flip in showing.flips])
    return TrialFinished(
        phase=index,
        trial=trial.trial,
        attempt=attempt,
        trial_seq=trial_seq,
        clip_id=trial.clip_id,
        action=trial.action,
        response=first.action,
        correct=first.action == trial.action,
        time_to_choose_s=first.at_s,
        loops=first.at_s / screen.footage.duration_s,
        onset_s=showing.onset_s,
        presses=showing.presses,
        early_presses=early,
        flips=len(showing.flips),
        dropped_frames=int(np.count_nonzero(intervals_s > DROP_FACTOR * stage.display.frame_period_s)),
        interval_ms=float(intervals_s.mean() * 1000),
        interval_sd_ms=float(intervals_s.std() * 1000),
        input=first.input,
    )


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """A collection takes tens of milliseconds; between trials there is time for it."""
    gc.collect(1)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
