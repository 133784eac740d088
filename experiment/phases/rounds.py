"""Which trials of a phase are still to come, from what the journal says of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from experiment.records import Criterion, Event, Paused, PlannedTrial, RoundFinished, SessionPlan, TrialsPhase


@dataclass(frozen=True)
class TrialsSoFar:
    """What the journal says of the trials of one phase.

    ``correct``, ``attempts`` and ``cut_off`` go by the number of the trial: whether the answer of a finished
    one was right, how often each was shown, and the pauses that cut it off. ``breaks`` are the trials after
    which a break was taken; ``rounds`` says of each finished round whether it met the criterion.
    """

    correct: Mapping[int, bool] = field(default_factory=dict)
    attempts: Mapping[int, int] = field(default_factory=dict)
    cut_off: Mapping[int, tuple[Paused, ...]] = field(default_factory=dict)
    breaks: frozenset[int] = frozenset()
    rounds: Mapping[int, bool] = field(default_factory=dict)


def answers_of(trials: Sequence[PlannedTrial], correct: Mapping[int, bool]) -> list[bool]:
    """Whether the answers to these trials were right, attention checks left out."""
    return [correct[trial.trial] for trial in trials if not trial.attention_check]


def finished_round(
    phase: int, number: int, trials: Sequence[PlannedTrial], criterion: Criterion, correct: Mapping[int, bool]
) -> RoundFinished:
    """The record of a round all of whose trials have an answer."""
    answers = answers_of(trials, correct)
    right = criterion.right_among_last(answers)
    return RoundFinished(phase, number, right, criterion.of, criterion.is_reached(answers))


def trials_left(phase: TrialsPhase, so_far: TrialsSoFar) -> tuple[PlannedTrial, ...]:
    """The trials that are to come for certain: those of the round that was begun, or of the next one.

    Empty where the phase is over. Rounds that a criterion may still call for do not count.
    """
    for number, trials in enumerate(phase.rounds, start=1):
        left = tuple(trial for trial in trials if trial.trial not in so_far.correct)
        if left:
            return left
        if phase.criterion is None:
            continue
        reached = so_far.rounds.get(number)
        if reached is None:
            reached = phase.criterion.is_reached(answers_of(trials, so_far.correct))
        if reached:
            return ()
    return ()


def told_criteria(plan: SessionPlan, events: Sequence[Event]) -> tuple[str, ...]:
    """A sentence, for the experimenter, on every training whose last round did not meet its criterion."""
    told = []
    for index, phase in enumerate(plan.phases):
        rounds = [event for event in events if isinstance(event, RoundFinished) and event.phase == index]
        if not isinstance(phase, TrialsPhase) or phase.criterion is None or not rounds:
            continue
        last = max(rounds, key=lambda event: event.round)
        if not last.reached and last.round == phase.criterion.rounds:
            told.append(
                f"The training on {phase.condition} (phase {index + 1}) ended without meeting its criterion "
                f"of {phase.criterion.correct} right of {phase.criterion.of}, after {last.round} rounds."
            )
    return tuple(told)
