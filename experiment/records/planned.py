"""What was planned: a session from its first slide to its last question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

TrialPhaseKind = Literal["training", "test"]
ResponseMode = Literal["press", "select-then-confirm"]
AnswerShown = Literal["during", "after"]
ItemRole = Literal["quasi_identifier", "sensitive", "rating", "free_text"]
UNDECLARED_ROLE: ItemRole = "quasi_identifier"
"""What an answer to choose counts as where nothing says it: known to others, and so the most protected."""


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
    """One clip and the menu beside it; ``trial`` counts from 1 within its phase, over all rounds.

    In an ``attention_check`` the label of the action is shown, and the answer counts in no accuracy.
    ``round`` counts from 1; phases without a criterion have one round.
    """

    trial: int
    clip_id: str
    action: str
    group: int
    split: str
    source_clip_id: str | None
    menu_order: tuple[str, ...]
    attention_check: bool = False
    round: int = 1


@dataclass(frozen=True)
class ResponseRule:
    """How a trial is answered.

    ``press``: the first press in the menu is the answer. ``select-then-confirm``: it is what was selected
    when the participant confirmed. Presses within ``minimum_viewing_s`` of the first frame are no answers;
    ``time_limit_s`` after it (null: never) the trial ends without one.
    """

    mode: ResponseMode = "press"
    minimum_viewing_s: float = 0.0
    time_limit_s: float | None = None


@dataclass(frozen=True)
class Criterion:
    """Training is over once ``correct`` of the last ``of`` answers of a round are right, or after ``rounds``
    rounds.
    """

    correct: int
    of: int
    rounds: int

    def right_among_last(self, answers: Sequence[bool]) -> int:
        """How many of the last ``of`` answers of a round were right, attention checks left out.

        ``answers`` are in the order given; a missing response is a wrong one.
        """
        return sum(answers[-self.of :])

    def is_reached(self, answers: Sequence[bool]) -> bool:
        """Whether a round with these answers ends the training: with 3 of 4, wrong, wrong, right, right,
        right does.
        """
        return self.right_among_last(answers) >= self.correct


@dataclass(frozen=True)
class QuestionnaireItem:
    """One question. ``options`` are what is stored, ``labels`` what is shown; a free text has neither.

    ``role`` says what the answer is for the anonymised export. Sessions may lack it; an answer to choose then
    counts as known to others. A text to type in is free text, whatever its role.
    """

    name: str
    text: str
    options: tuple[str, ...]
    labels: tuple[str, ...]
    role: ItemRole = UNDECLARED_ROLE

    @property
    def is_text(self) -> bool:
        """Whether the answer is typed in."""
        return not self.options


@dataclass(frozen=True)
class QuestionnairePage:
    """Questions that stand together on one screen."""

    name: str
    heading: str
    items: tuple[QuestionnaireItem, ...]


class ScreenWords(BaseModel):
    """The words of the screens themselves, in one language.

    Words with a default are empty in sessions that began before their screens existed; the files in
    ``protocols/interface`` have them all.
    """

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
    disk_heading: str = ""
    disk_text: str = ""
    select: str = ""
    confirm: str = ""
    watch_first: str = ""
    time_over: str = ""
    check: str = ""
    answer_right: str = ""
    answer_wrong: str = ""
    answer_missing: str = ""
    break_heading: str = ""
    break_text: str = ""
    round_heading: str = ""
    round_text: str = ""


@dataclass(frozen=True)
class SlidesPhase:
    """Slides, one after the other."""

    slides: tuple[Slide, ...]
    kind: Literal["slides"] = "slides"
    condition: ClassVar[None] = None


@dataclass(frozen=True)
class TrialsPhase:
    """Training or test on clips of one condition; the ``intro`` slides come before its first trial.

    ``trials`` holds every round that may be needed, one after the other; without a ``criterion`` there is one
    and all of it is shown. ``answer`` says when a training marks the right answer: ``during`` the trial, from
    its start, or ``after`` the response. After each trial of ``breaks_after`` comes a break that the
    participant ends; none stands at the end of a round.
    """

    kind: TrialPhaseKind
    condition: str
    intro: tuple[Slide, ...]
    trials: tuple[PlannedTrial, ...]
    interval_s: float
    response: ResponseRule = ResponseRule()
    answer: AnswerShown = "during"
    criterion: Criterion | None = None
    breaks_after: tuple[int, ...] = ()

    @property
    def rounds(self) -> tuple[tuple[PlannedTrial, ...], ...]:
        """The trials round by round."""
        last = max((trial.round for trial in self.trials), default=0)
        return tuple(
            tuple(trial for trial in self.trials if trial.round == number) for number in range(1, last + 1)
        )


@dataclass(frozen=True)
class RestPhase:
    """A rest that the participant cannot shorten."""

    duration_s: float
    kind: Literal["rest"] = "rest"
    condition: ClassVar[None] = None


@dataclass(frozen=True)
class QuestionnairePhase:
    """Questions, page by page."""

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
        """What the menu shows of an action."""
        return self.action_labels[self.actions.index(action)]

    @property
    def trials(self) -> int:
        """Number of trials planned, training and test together, with all rounds and attention checks."""
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
