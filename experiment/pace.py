"""How far a session is and how long the rest of it will take, from what its journal has measured so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from experiment.journal import Entry
from experiment.progress import Progress
from experiment.records import (
    Answers,
    BreakTaken,
    Paused,
    PhaseFinished,
    PhaseStarted,
    PlannedPhase,
    QuestionnairePhase,
    RestPhase,
    Resumed,
    SessionPlan,
    SlidesPhase,
    TrialFinished,
    TrialsPhase,
    TrialStarted,
)

# Taken until something was measured: about what the simulated participants of the published times need.
_FIRST_GUESS_S = {"trial": 4.0, "slide": 15.0, "page": 25.0, "break": 15.0}


@dataclass
class Measured:
    """Mean of durations in seconds; ``guess_s`` until there is one."""

    guess_s: float
    total_s: float = 0.0
    count: int = 0

    def add(self, duration_s: float, count: int = 1) -> None:
        """Take in how long so many of them took together."""
        self.total_s += max(0.0, duration_s)
        self.count += count

    @property
    def mean_s(self) -> float:
        """How long one takes."""
        return self.total_s / self.count if self.count else self.guess_s


@dataclass
class Pace:
    """How fast a session goes; ``note`` hears of its records, the earlier ones of a resumed session first.

    ``progress`` says where it stands, ``phase`` which phase is running or was last.

    Nothing here tells how well the participant does but ``right`` and ``answered``, which count test trials.
    """

    plan: SessionPlan
    progress: Progress = field(default_factory=Progress)
    phase: int = 0
    drops: int = 0
    last_drops: int | None = None
    last_response_s: float | None = None
    missed: int = 0
    answered: int = 0
    right: int = 0
    resumed: int = 0
    _gaps_s: float = 0.0
    _began_s: float = 0.0
    _trial_began_s: float = 0.0
    _page_began_s: float = 0.0
    _trials_s: dict[tuple[str, str], Measured] = field(default_factory=dict)
    _any_trial_s: Measured = field(default_factory=lambda: Measured(_FIRST_GUESS_S["trial"]))
    _slide_s: Measured = field(default_factory=lambda: Measured(_FIRST_GUESS_S["slide"]))
    _page_s: Measured = field(default_factory=lambda: Measured(_FIRST_GUESS_S["page"]))
    _break_s: Measured = field(default_factory=lambda: Measured(_FIRST_GUESS_S["break"]))

    @property
    def elapsed_s(self) -> float:
        """Time from the beginning to the last record, without the gaps of a resumed session."""
        return self.progress.last_t_s - self._gaps_s

    @property
    def planned_phase(self) -> PlannedPhase:
        """The running phase as it was planned."""
        return self.plan.phases[self.phase]

    @property
    def remaining_s(self) -> float:
        """What is left of every phase at the pace measured so far, or guessed where nothing was measured."""
        return sum(
            self._left_of(index, phase)
            for index, phase in enumerate(self.plan.phases)
            if index not in self.progress.phases_finished and not self.progress.finished
        )

    def note_all(self, entries: Iterable[Entry]) -> None:
        """Take in what happened before."""
        for entry in entries:
            self.note(entry)

    def note(self, entry: Entry) -> None:
        """Take in one record."""
        event, t_s = entry.event, entry.t_s
        self.progress.note(entry)
        if isinstance(event, PhaseStarted):
            self.phase = event.phase
            self._began_s = self._page_began_s = t_s
        elif isinstance(event, TrialStarted):
            self._note_first_trial(event, t_s)
        elif isinstance(event, TrialFinished):
            self._note_trial(event, t_s)
        elif isinstance(event, Answers):
            self._page_s.add(t_s - self._page_began_s)
            self._page_began_s = t_s
        elif isinstance(event, Paused | Resumed):
            self._note_interruption(event, t_s)
        elif isinstance(event, PhaseFinished):
            self._note_end_of_phase(event, t_s)
        elif isinstance(event, BreakTaken):
            self._break_s.add(event.duration_s)

    def _note_first_trial(self, event: TrialStarted, t_s: float) -> None:
        self._trial_began_s = t_s
        phase = self.plan.phases[event.phase]
        first = not self.progress.trials_done(event.phase) and event.attempt == 1
        if first and isinstance(phase, TrialsPhase) and phase.intro:
            self._slide_s.add(t_s - self._began_s - phase.interval_s, len(phase.intro))

    def _note_trial(self, event: TrialFinished, t_s: float) -> None:
        phase = self.plan.phases[event.phase]
        self.drops += event.dropped_frames
        self.last_drops = event.dropped_frames
        self.last_response_s = event.time_to_choose_s
        self.missed += event.response is None
        if isinstance(phase, TrialsPhase):
            took_s = t_s - self._trial_began_s
            of_kind = self._trials_s.setdefault((phase.kind, phase.condition), Measured(0.0))
            of_kind.add(took_s)
            self._any_trial_s.add(took_s)
            check = phase.trials[event.trial - 1].attention_check
            if phase.kind == "test" and not check:
                self.answered += 1
                self.right += event.correct

    def _note_interruption(self, event: Paused | Resumed, t_s: float) -> None:
        if isinstance(event, Resumed):
            self.resumed += 1
            self._gaps_s += event.gap_s
        lasted_s = event.gap_s if isinstance(event, Resumed) else event.duration_s
        # Slides and pages that were interrupted are not to look slower than they are.
        self._began_s = min(t_s, self._began_s + lasted_s)
        self._page_began_s = min(t_s, self._page_began_s + lasted_s)

    def _note_end_of_phase(self, event: PhaseFinished, t_s: float) -> None:
        phase = self.plan.phases[event.phase]
        if isinstance(phase, SlidesPhase):
            self._slide_s.add(t_s - self._began_s, len(phase.slides))

    def _left_of(self, index: int, phase: PlannedPhase) -> float:
        progress = self.progress
        running = index == self.phase and index in progress.phases_started
        gone_s = progress.last_t_s - self._began_s if running else 0.0
        if isinstance(phase, SlidesPhase):
            return max(0.0, len(phase.slides) * self._slide_s.mean_s - gone_s)
        if isinstance(phase, RestPhase):
            return 0.0 if index in progress.rests_taken else max(0.0, phase.duration_s - gone_s)
        if isinstance(phase, QuestionnairePhase):
            return (len(phase.pages) - len(progress.pages_of(index))) * self._page_s.mean_s
        done = progress.trials_done(index)
        left = self._trials_left(index, phase, done)
        intro_s = 0.0 if done else max(0.0, len(phase.intro) * self._slide_s.mean_s - gone_s)
        breaks = sum(done < trial <= done + left for trial in phase.breaks_after)
        a_trial_s = self._trials_s.get((phase.kind, phase.condition), self._any_trial_s).mean_s
        return intro_s + left * (a_trial_s + phase.interval_s) + breaks * self._break_s.mean_s

    def _trials_left(self, index: int, phase: TrialsPhase, done: int) -> int:
        """To the end of the round that is running: whether another is needed nobody knows yet."""
        if any(self.progress.trials_of(index).rounds.values()):
            return 0
        ends = 0
        for planned in phase.rounds:
            ends += len(planned)
            if done < ends:
                return ends - done
        return 0
