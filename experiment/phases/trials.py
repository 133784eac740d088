"""Training and test: a clip on the right, the menu on the left, and the time from the first frame to the
choice.

Playback follows time: every flip shows the frame due when it happens. The clip runs in a loop until a choice
is made or the time is over. Where a training marks the right answer from the start, the first press is the
response, and the trial goes on when the right answer is pressed; where it shows it afterwards, the clip runs
on beside it until the participant goes on.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from experiment.journal import Entry
from experiment.phases.answering import CutOff, answer_before
from experiment.phases.breaks import announce_round, take_break
from experiment.phases.rounds import TrialsSoFar, finished_round
from experiment.phases.showing import Showing, show_clip
from experiment.phases.stage import NOTHING_PRESSED, Stage, choice, wants_pause
from experiment.phases.trial_screen import TrialScreen
from experiment.records import Paused, PlannedTrial, Press, TrialFinished, TrialsPhase, TrialStarted
from experiment.scene import ContinueCue, Scene

# Long enough for the disk, short enough that hardly a pause falls between the record and the first frame.
_RECORDED_BEFORE_S = 0.1

DROP_FACTOR = 1.5
"""A flip more than this many frame periods after the one before counts as a dropped frame."""


TIME_OVER_S = 1.5
"""How long the message stands that the time for an answer is over; the interval begins after it."""


def run_trials(stage: Stage, index: int, phase: TrialsPhase, so_far: TrialsSoFar) -> None:
    """Run what is left of a phase, round by round.

    Raises ``StopRequested`` from the pause screen; the trial on screen is then shown again on resuming.
    """
    correct = dict(so_far.correct)
    for number, trials in enumerate(phase.rounds, start=1):
        left = [trial for trial in trials if trial.trial not in correct]
        begun = any(trial.trial in so_far.attempts for trial in trials)
        if number > 1 and left and not begun:
            announce_round(stage, index, number)
        correct |= _run_round(stage, index, phase, left, so_far)
        if phase.criterion is None:
            continue
        reached = so_far.rounds.get(number)
        if reached is None:
            record = finished_round(index, number, trials, phase.criterion, correct)
            stage.record(record)
            reached = record.reached
        if reached:
            return


def _run_round(
    stage: Stage, index: int, phase: TrialsPhase, left: Sequence[PlannedTrial], so_far: TrialsSoFar
) -> dict[int, bool]:
    """Run the trials that are left of a round; whether the answer to each was right, by its number."""
    numbers = {trial.trial: trial for trial in phase.trials}
    correct: dict[int, bool] = {}
    due_s = stage.clock.now() + phase.interval_s
    for place, trial in enumerate(left):
        before = trial.trial - 1
        if before in phase.breaks_after and before not in so_far.breaks:
            take_break(stage, index, phase, numbers[before])
            due_s = stage.clock.now() + phase.interval_s
        following = left[place + 1].clip_id if place + 1 < len(left) else None
        run = TrialRun(stage, index, phase, trial, so_far)
        while (ended := run.show(due_s, following)) is None:
            stage.pause(index, trial.trial, run.cut_off)
            due_s = stage.clock.now() + phase.interval_s
        correct[trial.trial] = ended.correct
        due_s = ended.at_s + phase.interval_s
        stage.footage.release(trial.clip_id)
    return correct


@dataclass(frozen=True)
class Ended:
    """A trial that has ended: since when the next one may come, and whether its answer was right."""

    at_s: float
    correct: bool


class TrialRun:
    """One trial, over as many showings as pauses make of it."""

    def __init__(
        self, stage: Stage, index: int, phase: TrialsPhase, trial: PlannedTrial, so_far: TrialsSoFar
    ) -> None:
        self._stage = stage
        self._index = index
        self._screen = TrialScreen(stage, phase, trial, stage.footage.get(trial.clip_id))
        self._attempts = so_far.attempts.get(trial.trial, 0)
        pauses = so_far.cut_off.get(trial.trial, ())
        self._answer = answer_before(phase.response, pauses)
        self._presses: tuple[Press, ...] = ()
        self._early = self._too_soon = 0
        for pause in pauses:
            self._add(pause)
        self.cut_off = NOTHING_PRESSED

    def show(self, due_s: float, following: str | None) -> Ended | None:
        """Show the clip once; ``None`` where a pause cut it off, after what ``cut_off`` then holds."""
        stage, screen = self._stage, self._screen
        stage.display.show(screen.fixation)
        if following is not None:
            # Most of the decoding then falls into the interval and not into the clip.
            stage.footage.prefetch(following)
        with _without_garbage_collection():
            trial_seq, early = self._fixate(due_s)
            if trial_seq is None:
                self._cut(CutOff(early_presses=early))
                return None
            showing = show_clip(stage, screen, self._attempts, self._answer, len(self._presses))
            self._answer = showing.answering.answer
            stage.display.show(self._after(showing))
        if showing.ended_s is None:
            stage.log_flips(trial_seq, showing.flips)
            self._cut(showing.answering.cut_off(early))
            return None
        # The choice goes to the disk first: a kill may then cost a trial's flips, never its answer.
        finished = self._finished(trial_seq, showing, early)
        stage.record(finished)
        stage.log_flips(trial_seq, showing.flips)
        return Ended(self._tell(showing, showing.ended_s), finished.correct)

    def _cut(self, cut_off: CutOff) -> None:
        self.cut_off = cut_off
        self._add(cut_off)

    def _add(self, cut_off: CutOff | Paused) -> None:
        """What was pressed before a pause counts in the record of the trial."""
        self._presses = (*self._presses, *cut_off.presses)
        self._early += cut_off.early_presses
        self._too_soon += cut_off.too_soon_presses

    def _after(self, showing: Showing) -> Scene:
        """What stands where the clip was while the choice goes to the disk."""
        if showing.ended_s is None:
            return self._screen.over
        if self._screen.tells_answer:
            return self._told(showing, None)
        return self._screen.over if self._answer is not None else self._screen.time_over

    def _told(self, showing: Showing, hovered: str | None) -> Scene:
        trial, footage, display = self._screen.trial, self._screen.footage, self._stage.display
        elapsed_s = max(0.0, display.next_flip_s() - showing.onset_s + display.frame_period_s / 2)
        place = f"{self._index} {trial.trial} {self._attempts}"
        cue = ContinueCue(f"answer {place}", self._screen.targets_after[0].name, 4)
        return self._screen.told(footage.frame_at(elapsed_s), self._answer, hovered, cue)

    def _tell(self, showing: Showing, ended_s: float) -> float:
        """Show what comes after the response, if anything, and return when it was over."""
        stage, screen = self._stage, self._screen

        def pause() -> None:
            stage.pause(self._index)

        if screen.tells_answer:
            targets = screen.targets_after
            stage.wait_for(targets, lambda hovered: self._told(showing, hovered), pause)
            return stage.clock.now()
        if self._answer is None:
            over_s = stage.clock.now() + TIME_OVER_S
            stage.wait_for((), lambda _: screen.time_over, pause, until_s=over_s)
            return stage.clock.now()
        return ended_s

    def _fixate(self, due_s: float) -> tuple[int | None, int]:
        """Show the fixation mark until the flip before the onset.

        Returns the ``seq`` of the trial's ``trial_started`` record, ``None`` where a pause was asked for, and
        how many presses came too early. The record is written at the last moment: it says that the clip was
        shown.
        """
        stage, trial = self._stage, self._screen.trial
        started: Entry | None = None
        early = 0
        while True:
            for event in stage.events():
                if wants_pause(event):
                    return None, early
                early += choice(self._screen.actions, event) is not None
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
        trial, footage, answering = self._screen.trial, self._screen.footage, showing.answering
        answer = self._answer
        looked_s = answer.chosen_at_s if answer else self._screen.phase.response.time_limit_s or 0.0
        intervals_s = np.diff([flip.time_s for flip in showing.flips])
        late = intervals_s > DROP_FACTOR * self._stage.display.frame_period_s
        return TrialFinished(
            phase=self._index,
            trial=trial.trial,
            attempt=self._attempts,
            trial_seq=trial_seq,
            clip_id=trial.clip_id,
            action=trial.action,
            response=answer.action if answer else None,
            correct=answer is not None and answer.action == trial.action,
            time_to_choose_s=answer.chosen_at_s if answer else None,
            loops=looked_s / footage.duration_s,
            onset_s=showing.onset_s,
            presses=(*self._presses, *answering.presses),
            early_presses=self._early + early + answering.early,
            flips=len(showing.flips),
            dropped_frames=int(np.count_nonzero(late)),
            interval_ms=float(intervals_s.mean() * 1000),
            interval_sd_ms=float(intervals_s.std() * 1000),
            input=answer.input if answer else None,
            confirmed_at_s=answer.confirmed_at_s if answer else None,
            too_soon_presses=self._too_soon + answering.too_soon,
        )


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
