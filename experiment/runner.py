"""Walks the phases of a plan on a stage, and knows where a session stands from its journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from experiment.journal import Entry
from experiment.phases.layout import INK, Button
from experiment.phases.questionnaire import run_questionnaire
from experiment.phases.rest import rested_so_far, run_rest
from experiment.phases.rounds import TrialsSoFar, trials_left
from experiment.phases.slides import show_slides
from experiment.phases.stage import Stage, StopRequested
from experiment.phases.trials import run_trials
from experiment.records import (
    Answers,
    BreakTaken,
    Event,
    Paused,
    PhaseFinished,
    PhaseStarted,
    PlannedPhase,
    QuestionnairePhase,
    RestPhase,
    RestTaken,
    RoundFinished,
    SessionFinished,
    SessionStarted,
    SlidesPhase,
    TrialFinished,
    TrialsPhase,
    TrialStarted,
)
from experiment.scene import ContinueCue, Scene, Text

_Value = TypeVar("_Value")


@dataclass
class Progress:
    """What a journal says has happened. Phases are indices into the plan, trials are numbered from 1 in
    their phase.
    """

    started: bool = False
    finished: bool = False
    phases_started: set[int] = field(default_factory=set)
    phases_finished: set[int] = field(default_factory=set)
    correct: dict[tuple[int, int], bool] = field(default_factory=dict)
    attempts: dict[tuple[int, int], int] = field(default_factory=dict)
    cut_off: dict[tuple[int, int], tuple[Paused, ...]] = field(default_factory=dict)
    breaks_taken: set[tuple[int, int]] = field(default_factory=set)
    rounds_finished: dict[tuple[int, int], bool] = field(default_factory=dict)
    rests_taken: set[int] = field(default_factory=set)
    rested_s: dict[int, float] = field(default_factory=dict)
    pages_answered: set[tuple[int, str]] = field(default_factory=set)
    last_t_s: float = 0.0

    @property
    def trials_finished(self) -> set[tuple[int, int]]:
        """Phase and number of every finished trial."""
        return set(self.correct)

    def trials_of(self, phase: int) -> TrialsSoFar:
        """What happened in the trials of a phase."""
        return TrialsSoFar(
            correct=_within(self.correct, phase),
            attempts=_within(self.attempts, phase),
            cut_off=_within(self.cut_off, phase),
            breaks=frozenset(trial for of, trial in self.breaks_taken if of == phase),
            rounds=_within(self.rounds_finished, phase),
        )


def _within(by_place: Mapping[tuple[int, int], _Value], phase: int) -> dict[int, _Value]:
    return {number: value for (of, number), value in by_place.items() if of == phase}


def replay(entries: Iterable[Entry]) -> Progress:
    """Where a session stands after these journal records."""
    entries = tuple(entries)
    progress = Progress(rested_s=rested_so_far(entries))
    for entry in entries:
        event = entry.event
        progress.last_t_s = max(progress.last_t_s, entry.t_s)
        if isinstance(event, SessionStarted):
            progress.started = True
        elif isinstance(event, PhaseStarted):
            progress.phases_started.add(event.phase)
        elif isinstance(event, PhaseFinished):
            progress.phases_finished.add(event.phase)
        elif isinstance(event, SessionFinished):
            progress.finished = True
        else:
            _note_within_phase(progress, event)
    return progress


def _note_within_phase(progress: Progress, event: Event) -> None:
    if isinstance(event, TrialStarted):
        progress.attempts[event.phase, event.trial] = event.attempt
    elif isinstance(event, TrialFinished):
        # The record of its start may be one that a damaged journal has lost.
        progress.attempts[event.phase, event.trial] = event.attempt
        progress.correct[event.phase, event.trial] = event.correct
    elif isinstance(event, Paused) and event.trial is not None:
        key = event.phase, event.trial
        progress.cut_off[key] = (*progress.cut_off.get(key, ()), event)
    elif isinstance(event, BreakTaken):
        progress.breaks_taken.add((event.phase, event.trial))
    elif isinstance(event, RoundFinished):
        progress.rounds_finished[event.phase, event.round] = event.reached
    elif isinstance(event, RestTaken):
        progress.rests_taken.add(event.phase)
    elif isinstance(event, Answers):
        progress.pages_answered.add((event.phase, event.page))


def run_session(stage: Stage, progress: Progress) -> None:
    """Play what is left of the plan.

    Raises
    ------
    StopRequested
        Where the experimenter stops the session; it can be resumed.
    SessionBroken
        Where a clip or the disk fails; the journal is intact.
    """
    if not progress.started:
        stage.record(SessionStarted(stage.simulated))
    for index, phase in enumerate(stage.plan.phases):
        if index in progress.phases_finished:
            continue
        if index not in progress.phases_started:
            stage.record(PhaseStarted(index, phase.kind, phase.condition))
        _run_phase(stage, index, phase, progress)
        stage.record(PhaseFinished(index))
    stage.record(SessionFinished())
    _thank(stage)


def _run_phase(stage: Stage, index: int, phase: PlannedPhase, progress: Progress) -> None:
    def pause() -> None:
        stage.pause(index)

    if isinstance(phase, SlidesPhase):
        show_slides(stage, phase.slides, stage.words.next, pause, f"slides {index}")
    elif isinstance(phase, TrialsPhase):
        so_far = progress.trials_of(index)
        if trials_left(phase, so_far):
            show_slides(stage, phase.intro, stage.words.start, pause, f"intro {index}")
        run_trials(stage, index, phase, so_far)
    elif isinstance(phase, RestPhase):
        run_rest(
            stage,
            index,
            phase,
            taken=index in progress.rests_taken,
            rested_s=progress.rested_s.get(index, 0.0),
        )
    elif isinstance(phase, QuestionnairePhase):
        run_questionnaire(stage, index, phase, {page for p, page in progress.pages_answered if p == index})


def _thank(stage: Stage) -> None:
    unit, words = stage.layout.unit, stage.words
    button = Button(stage.layout.wide_button("finish", ("space", "return")), words.finish, focused=True)
    cue = ContinueCue("thanks", "finish", 6)

    def build(hovered: str | None) -> Scene:
        elements = (
            Text(words.thanks_heading, 0, 12 * unit, 6 * unit, INK, bold=True),
            Text(words.thanks_text, 0, -2 * unit, stage.layout.text_px, INK, wrap_px=110 * unit),
            *stage.layout.draw_button(button, hovered=hovered == "finish"),
            *stage.badge(),
        )
        return Scene("thanks", elements, targets=(button.target,), cue=cue)

    # The data are complete; closing the window here ends the program just as the button does.
    with suppress(StopRequested):
        stage.wait_for((button.target,), build, pause=None)
