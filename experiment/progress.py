"""What the records of a journal say has happened so far: for the session that goes on, and for its view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from experiment.journal import Entry
from experiment.phases.rest import Rested
from experiment.phases.rounds import TrialsSoFar
from experiment.records import (
    Answers,
    BreakTaken,
    Event,
    Paused,
    PhaseFinished,
    PhaseStarted,
    RestTaken,
    RoundFinished,
    SessionFinished,
    SessionStarted,
    TrialFinished,
    TrialStarted,
)

_Value = TypeVar("_Value")


@dataclass
class Progress:
    """How far a session is; ``note`` hears of its records. Phases are indices into the plan, trials are
    numbered from 1 in their phase.
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
    rested: Rested = field(default_factory=Rested)
    pages_answered: set[tuple[int, str]] = field(default_factory=set)
    last_t_s: float = 0.0

    def note(self, entry: Entry) -> None:
        """Take in one record, in the order of the journal."""
        event = entry.event
        self.last_t_s = max(self.last_t_s, entry.t_s)
        self.rested.note(entry)
        if isinstance(event, SessionStarted):
            self.started = True
        elif isinstance(event, PhaseStarted):
            self.phases_started.add(event.phase)
        elif isinstance(event, PhaseFinished):
            self.phases_finished.add(event.phase)
        elif isinstance(event, SessionFinished):
            self.finished = True
        else:
            self._note_within_phase(event)

    def trials_of(self, phase: int) -> TrialsSoFar:
        """What happened in the trials of a phase."""
        return TrialsSoFar(
            correct=_within(self.correct, phase),
            attempts=_within(self.attempts, phase),
            cut_off=_within(self.cut_off, phase),
            breaks=frozenset(trial for of, trial in self.breaks_taken if of == phase),
            rounds=_within(self.rounds_finished, phase),
        )

    def trials_done(self, phase: int) -> int:
        """How many trials of a phase are finished."""
        return sum(of == phase for of, _ in self.correct)

    def pages_of(self, phase: int) -> set[str]:
        """The names of the pages of a questionnaire that are answered."""
        return {page for of, page in self.pages_answered if of == phase}

    def _note_within_phase(self, event: Event) -> None:
        if isinstance(event, TrialStarted):
            self.attempts[event.phase, event.trial] = event.attempt
        elif isinstance(event, TrialFinished):
            # The record of its start may be one that a damaged journal has lost.
            self.attempts[event.phase, event.trial] = event.attempt
            self.correct[event.phase, event.trial] = event.correct
        elif isinstance(event, Paused) and event.trial is not None:
            key = event.phase, event.trial
            self.cut_off[key] = (*self.cut_off.get(key, ()), event)
        elif isinstance(event, BreakTaken):
            self.breaks_taken.add((event.phase, event.trial))
        elif isinstance(event, RoundFinished):
            self.rounds_finished[event.phase, event.round] = event.reached
        elif isinstance(event, RestTaken):
            self.rests_taken.add(event.phase)
        elif isinstance(event, Answers):
            self.pages_answered.add((event.phase, event.page))


def _within(by_place: Mapping[tuple[int, int], _Value], phase: int) -> dict[int, _Value]:
    return {number: value for (of, number), value in by_place.items() if of == phase}
