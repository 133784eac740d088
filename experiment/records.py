"""The frozen types that cross module borders, and their JSON form.

Three groups: what was planned (``SessionPlan`` and its parts), what is fixed before the first screen
(``SessionRecord``, written as ``session.json``) and what happened (the ``Event`` types, one a line in
``journal.jsonl``). Times are seconds since the start of the session unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

FORMAT = 1
"""Version of ``session.json`` and ``journal.jsonl``; a change of meaning raises it."""

TrialPhaseKind = Literal["training", "test"]
InputKind = Literal["mouse", "key", "touch"]

# --------------------------------------------------------------------------------- what was planned


@dataclass(frozen=True)
class SlideMedium:
    """A clip on a slide, shown in a loop under the text; ``caption`` stands below it."""

    clip_id: str
    caption: str


@dataclass(frozen=True)
class Slide:
    """One screen of text: a heading, paragraphs, and the clips under them (left to right)."""

    heading: str
    paragraphs: tuple[str, ...]
    media: tuple[SlideMedium, ...] = ()


@dataclass(frozen=True)
class PlannedTrial:
    """One clip and the menu beside it; ``trial`` counts from 1 within its phase."""

    trial: int
    clip_id: str
    action: str
    group: int
    split: str
    source_clip_id: str | None
    menu_order: tuple[str, ...]


@dataclass(frozen=True)
class QuestionnaireItem:
    """One question. ``options`` are what is stored, ``labels`` what is shown; a free text has neither.

    ``role`` says what the answer is for the anonymised export.
    """

    name: str
    text: str
    options: tuple[str, ...]
    labels: tuple[str, ...]
    role: Literal["quasi_identifier", "sensitive", "rating", "free_text"]

    @property
    def is_text(self) -> bool:
        return not self.options


@dataclass(frozen=True)
class QuestionnairePage:
    """Questions that stand together on one screen."""

    name: str
    heading: str
    items: tuple[QuestionnaireItem, ...]


class ScreenWords(BaseModel):
    """The words of the screens themselves, in one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    next: str
    start: str
    training: str
    test: str
    choose: str
    choose_marked: str
    rest_heading: str
    rest_text: str
    rest_over: str
    paused: str
    pause_text: str
    go_on: str
    stop_here: str
    thanks_heading: str
    thanks_text: str
    finish: str
    done: str
    answer_all: str
    type_here: str
    pilot: str


@dataclass(frozen=True)
class SlidesPhase:
    slides: tuple[Slide, ...]
    kind: Literal["slides"] = "slides"
    condition: ClassVar[None] = None


@dataclass(frozen=True)
class TrialsPhase:
    """Training or test on clips of one condition; the ``intro`` slides come before its first trial."""

    kind: TrialPhaseKind
    condition: str
    intro: tuple[Slide, ...]
    trials: tuple[PlannedTrial, ...]
    interval_s: float


@dataclass(frozen=True)
class RestPhase:
    duration_s: float
    kind: Literal["rest"] = "rest"
    condition: ClassVar[None] = None


@dataclass(frozen=True)
class QuestionnairePhase:
    pages: tuple[QuestionnairePage, ...]
    kind: Literal["questionnaire"] = "questionnaire"
    condition: ClassVar[None] = None


PlannedPhase = Annotated[
    SlidesPhase | TrialsPhase | RestPhase | QuestionnairePhase, Field(discriminator="kind")
]


@dataclass(frozen=True)
class SessionPlan:
    """All that a session will show, in order; nothing is left for the runner to decide."""

    participant: str
    session: int
    order_number: int
    seed: int
    actions: tuple[str, ...]
    action_labels: tuple[str, ...]
    phases: tuple[PlannedPhase, ...]
    words: ScreenWords

    def label_of(self, action: str) -> str:
        return self.action_labels[self.actions.index(action)]

    @property
    def trials(self) -> int:
        """Number of trials, training and test together."""
        return sum(len(phase.trials) for phase in self.phases if isinstance(phase, TrialsPhase))

    @property
    def clip_ids(self) -> tuple[str, ...]:
        """Every clip the session shows, slides included, each once, in order of first use."""
        ids: dict[str, None] = {}
        for phase in self.phases:
            slides = phase.slides if isinstance(phase, SlidesPhase) else ()
            if isinstance(phase, TrialsPhase):
                slides = phase.intro
                ids.update((trial.clip_id, None) for trial in phase.trials)
            ids.update((medium.clip_id, None) for slide in slides for medium in slide.media)
        return tuple(ids)


# ------------------------------------------------------------ what is fixed before the first screen


@dataclass(frozen=True)
class ProtocolRecord:
    """Which protocol a session ran: its name, the hash of its file, and the choice of clips, which figures
    must name.
    """

    name: str
    title: str
    sha256: str
    conditions: tuple[str, ...]
    test_items: str
    consent_version: str


@dataclass(frozen=True)
class DisplayRecord:
    """The display as found. ``pacing`` is ``vsync``, ``software`` (no vertical sync to wait for) or
    ``virtual``.
    """

    backend: str
    size_px: tuple[int, int]
    refresh_hz: float
    pacing: Literal["vsync", "software", "virtual"]
    full_screen: bool
    renderer: str
    response_source: str


@dataclass(frozen=True)
class SessionRecord:
    """``session.json``. ``simulated`` is the observer's name, or empty where a person answered."""

    participant: str
    session: int
    simulated: str
    pilot: bool
    language: str
    consent_confirmed: bool
    protocol: ProtocolRecord
    stimuli: str
    manifest_sha256: str
    plan: SessionPlan
    display: DisplayRecord
    software: Mapping[str, str]
    commit: str
    started_at: str
    time_factor: float = 1.0
    format: int = FORMAT


# ------------------------------------------------------------------------------------ what happened


@dataclass(frozen=True)
class SessionStarted:
    kind: Literal["session_started"] = "session_started"


@dataclass(frozen=True)
class PhaseStarted:
    """``phase`` is the index of the phase in the plan, from 0."""

    phase: int
    name: str
    condition: str | None
    kind: Literal["phase_started"] = "phase_started"


@dataclass(frozen=True)
class TrialStarted:
    """Written before the clip is shown, so that a trial cut off by a kill is known to have been seen."""

    phase: int
    trial: int
    attempt: int
    clip_id: str
    kind: Literal["trial_started"] = "trial_started"


@dataclass(frozen=True)
class Press:
    """One choice made in the menu, ``at_s`` after the first frame."""

    action: str
    at_s: float
    input: InputKind


@dataclass(frozen=True)
class TrialFinished:
    """A finished trial.

    ``trial_seq`` is the ``seq`` of its ``trial_started`` record and the key of its flips in
    ``frames.tsv.gz``. ``onset_s`` is the flip that showed the first frame, ``time_to_choose_s`` runs from
    there to the time stamp of the first press; ``loops`` is that time in clip lengths. ``presses`` holds
    every press (in training the trial goes on until the right answer). ``early_presses`` counts presses
    between the fixation mark and the onset, which are no answers. ``interval_ms`` and ``interval_sd_ms``
    are mean and standard deviation of the time between flips.
    """

    phase: int
    trial: int
    attempt: int
    trial_seq: int
    clip_id: str
    action: str
    response: str
    correct: bool
    time_to_choose_s: float
    loops: float
    onset_s: float
    presses: tuple[Press, ...]
    early_presses: int
    flips: int
    dropped_frames: int
    interval_ms: float
    interval_sd_ms: float
    input: InputKind
    confirmed_at_s: float | None = None
    kind: Literal["trial"] = "trial"


@dataclass(frozen=True)
class RestTaken:
    """``ended_by`` is ``time`` or ``experimenter``."""

    phase: int
    duration_s: float
    ended_by: Literal["time", "experimenter"]
    kind: Literal["rest"] = "rest"


@dataclass(frozen=True)
class Answers:
    """The answers of one questionnaire page: item name -> stored option or text (empty where left open)."""

    phase: int
    page: str
    answers: Mapping[str, str]
    kind: Literal["answers"] = "answers"


@dataclass(frozen=True)
class Paused:
    """``decision`` is what was chosen on the pause screen; ``trial`` is the one cut off, if any."""

    phase: int
    trial: int | None
    duration_s: float
    decision: Literal["continue", "stop"]
    kind: Literal["paused"] = "paused"


@dataclass(frozen=True)
class Resumed:
    """The session was taken up again ``gap_s`` after its last record; ``damage`` lists what was wrong with
    the journal.
    """

    gap_s: float
    damage: tuple[str, ...]
    display: DisplayRecord
    kind: Literal["resumed"] = "resumed"


@dataclass(frozen=True)
class PhaseFinished:
    phase: int
    kind: Literal["phase_finished"] = "phase_finished"


@dataclass(frozen=True)
class SessionFinished:
    kind: Literal["session_finished"] = "session_finished"


Event = Annotated[
    SessionStarted
    | PhaseStarted
    | TrialStarted
    | TrialFinished
    | RestTaken
    | Answers
    | Paused
    | Resumed
    | PhaseFinished
    | SessionFinished,
    Field(discriminator="kind"),
]

# ---------------------------------------------------------------------------------------- JSON form

EVENTS: TypeAdapter[Event] = TypeAdapter(Event)
"""Checks and converts a journal payload; ``validate_python`` raises pydantic's ``ValidationError``."""

SESSIONS: TypeAdapter[SessionRecord] = TypeAdapter(SessionRecord)
"""Checks and converts ``session.json``."""
