"""The frozen types that cross module borders, and their JSON form.

Times are seconds since the start of the session unless a name says otherwise.

planned     what a session will show, decided before it begins
session     what is fixed before the first screen, ``session.json``
events      what happened, one record a line in ``journal.jsonl``
"""

from __future__ import annotations

from experiment.records.events import (
    EVENTS,
    Answers,
    BreakTaken,
    Event,
    HeldUp,
    InputChanged,
    InputKind,
    Paused,
    PhaseFinished,
    PhaseStarted,
    Press,
    RestTaken,
    Resumed,
    RoundFinished,
    SessionFinished,
    SessionStarted,
    TrialFinished,
    TrialStarted,
)
from experiment.records.planned import (
    AnswerShown,
    Criterion,
    PlannedPhase,
    PlannedTrial,
    QuestionnaireItem,
    QuestionnairePage,
    QuestionnairePhase,
    ResponseMode,
    ResponseRule,
    RestPhase,
    ScreenWords,
    SessionPlan,
    Slide,
    SlideMedium,
    SlidesPhase,
    TrialPhaseKind,
    TrialsPhase,
)
from experiment.records.session import (
    FORMAT,
    SESSIONS,
    DisplayRecord,
    ProtocolRecord,
    SessionRecord,
)

__all__ = [
    "EVENTS",
    "FORMAT",
    "SESSIONS",
    "AnswerShown",
    "Answers",
    "BreakTaken",
    "Criterion",
    "DisplayRecord",
    "Event",
    "HeldUp",
    "InputChanged",
    "InputKind",
    "Paused",
    "PhaseFinished",
    "PhaseStarted",
    "PlannedPhase",
    "PlannedTrial",
    "Press",
    "ProtocolRecord",
    "QuestionnaireItem",
    "QuestionnairePage",
    "QuestionnairePhase",
    "ResponseMode",
    "ResponseRule",
    "RestPhase",
    "RestTaken",
    "Resumed",
    "RoundFinished",
    "ScreenWords",
    "SessionFinished",
    "SessionPlan",
    "SessionRecord",
    "SessionStarted",
    "Slide",
    "SlideMedium",
    "SlidesPhase",
    "TrialFinished",
    "TrialPhaseKind",
    "TrialStarted",
    "TrialsPhase",
]
