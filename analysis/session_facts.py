"""What is known of a session beyond its trials, whatever form the session came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.questionnaire import ItemAnswer
from experiment.records import (
    Event,
    HeldUp,
    InputChanged,
    ResponseRule,
    Resumed,
    SessionRecord,
    TrialFinished,
    TrialsPhase,
)


@dataclass(frozen=True)
class ProtocolFacts:
    """The protocol of a session; ``sha256`` tells protocols of one name apart."""

    name: str
    title: str
    sha256: str
    conditions: tuple[str, ...]
    test_items: str


@dataclass(frozen=True)
class DisplayFacts:
    """How a session was shown and who told the times of presses, as in ``DisplayRecord``."""

    backend: str
    size_px: tuple[int, int]
    pacing: str
    refresh_hz: float
    response_source: str


@dataclass(frozen=True)
class SourceFacts:
    """Where a session came from: the folder of its stimulus set, the commit of the program, versions."""

    stimuli: str
    commit: str
    software: Mapping[str, str]


@dataclass(frozen=True)
class SessionFacts:
    """What figures, tables and texts say of a session.

    ``session`` is its name, participant and number. ``actions`` are in the order of the plan. ``response`` is
    the rule of the first test. ``resumed`` is how often the session was taken up again, ``gaps_s`` the times
    from the last record before each interruption to the resumption, ``held_up_s`` how long the session waited
    for room on the disk. ``early_presses`` were made before the clip and ``too_soon_presses`` within the
    minimum viewing time; both are no answers. ``input_changes`` says from which to which source of the
    presses' time stamps the session went over, and why. ``answers`` are those to the questionnaire, free
    texts left out. ``turn`` is which of the ``lists`` of test clips came first, from 0, where the protocol
    swaps them.

    An anonymised export says nothing of ``gaps_s``, ``turn`` and ``source``: they are None.
    """

    session: str
    protocol: ProtocolFacts
    actions: tuple[str, ...]
    display: DisplayFacts
    manifest_sha256: str
    resumed: int
    early_presses: int
    too_soon_presses: int
    response: ResponseRule | None = None
    input_changes: tuple[str, ...] = ()
    answers: tuple[ItemAnswer, ...] = ()
    lists: int = 0
    turn: int | None = None
    gaps_s: tuple[float, ...] | None = None
    held_up_s: float | None = None
    source: SourceFacts | None = None


def facts_of(
    record: SessionRecord,
    events: Sequence[Event],
    trials: Sequence[TrialFinished],
    answers: tuple[ItemAnswer, ...],
) -> SessionFacts:
    """The facts that ``session.json`` and the journal tell; ``trials`` are those of ``events`` that count."""
    tests = [phase for phase in record.plan.phases if isinstance(phase, TrialsPhase) and phase.kind == "test"]
    swapped = record.protocol.test_items == "swapped" and bool(tests)
    gaps_s = tuple(event.gap_s for event in events if isinstance(event, Resumed))
    return SessionFacts(
        session=f"{record.participant}_{record.session:02d}",
        protocol=ProtocolFacts(
            name=record.protocol.name,
            title=record.protocol.title,
            sha256=record.protocol.sha256,
            conditions=record.protocol.conditions,
            test_items=record.protocol.test_items,
        ),
        actions=record.plan.actions,
        display=DisplayFacts(
            backend=record.display.backend,
            size_px=record.display.size_px,
            pacing=record.display.pacing,
            refresh_hz=record.display.refresh_hz,
            response_source=record.display.response_source,
        ),
        manifest_sha256=record.manifest_sha256,
        resumed=len(gaps_s),
        early_presses=sum(trial.early_presses for trial in trials),
        too_soon_presses=sum(trial.too_soon_presses for trial in trials),
        response=tests[0].response if tests else None,
        input_changes=tuple(
            f"{event.before} to {event.after} ({event.reason})"
            for event in events
            if isinstance(event, InputChanged)
        ),
        answers=answers,
        lists=len(tests) if swapped else 0,
        # The lists change places with every order number; there are as many as test phases.
        turn=(record.plan.order_number - 1) % len(tests) if swapped else None,
        gaps_s=gaps_s,
        held_up_s=sum(event.duration_s for event in events if isinstance(event, HeldUp)),
        source=SourceFacts(record.stimuli, record.commit, record.software),
    )
