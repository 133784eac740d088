"""What was planned: a session from its first slide to its last question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

TrialPhaseKind = Literal["training", "test"]


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
    # Empty in sessions that began before these screens existed.
    disk_heading: str = ""
    disk_text: str = ""


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
