"""A protocol file, ``protocols/<name>.yaml``, field by field.

Fields that may be left out have the published study's value. The text below a field is its description;
``scripts/protocol_fields.py`` makes the tables of ``docs/protocol-fields.md`` of them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from experiment.checked_yaml import Checked
from experiment.localized import Localized, Name, refuse_twice

TestItems = Literal["fewest-shared", "same", "independent", "swapped"]
MenuOrder = Literal["fixed", "latin", "random"]
ConditionOrder = Literal["fixed", "latin"]
Pixels = Annotated[int, Field(ge=1, le=100_000)]


class Action(Checked):
    """One answer of the menu."""

    name: Name
    """What is stored; letter for letter the action of the stimulus set."""
    label: Localized
    """What the menu shows."""


class Condition(Checked):
    """One kind of clip."""

    name: Name
    """What is stored."""
    label: Localized
    """What stands where the condition is named."""
    clips: Name | None = None
    """The condition of the stimulus set's manifest; null: that of the same name."""

    @property
    def manifest_name(self) -> str:
        return self.clips or self.name


class ResponseSpec(Checked):
    """How a trial is answered."""

    mode: Literal["press", "select-then-confirm"] = "press"
    """Whether the first press in the menu is the answer, or a selection that can be changed until it is
    confirmed (as in the published program)."""
    minimum_viewing_s: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)] = 0.0
    """Answers count only from so long after the first frame."""
    time_limit_s: Annotated[float, Field(ge=0.5, le=3600, allow_inf_nan=False)] | None = None
    """So long after the first frame the trial ends without an answer; null: never."""

    @model_validator(mode="after")
    def _there_is_time_to_answer(self) -> ResponseSpec:
        if self.time_limit_s is not None and self.time_limit_s <= self.minimum_viewing_s:
            raise ValueError(
                f"time_limit_s: found {self.time_limit_s:g} with minimum_viewing_s "
                f"{self.minimum_viewing_s:g}; allowed is a limit above the minimum viewing time"
            )
        return self


class CriterionSpec(Checked):
    """Training is repeated until enough answers of a round were right; attention checks do not count."""

    correct: Annotated[int, Field(ge=1)]
    """So many of the last ``of`` answers of a round must be right; at most ``of``."""
    of: Annotated[int, Field(ge=1)]
    """How many answers are looked at; at most the trials of a round."""
    rounds: Annotated[int, Field(ge=2, le=20)]
    """So many rounds at most, the first included."""

    @model_validator(mode="after")
    def _can_be_reached(self) -> CriterionSpec:
        if self.correct > self.of:
            raise ValueError(
                f"correct: found {self.correct}, allowed is at most {self.of}, the value of 'of'"
            )
        return self


class SlidesSpec(Checked):
    """Screens of text that the participant leafs through."""

    kind: Literal["slides"]
    slides: Name
    """The file ``slides/<language>/<name>.md`` beside the protocol."""


class TrialsSpec(Checked):
    """What training and test have in common."""

    kind: Literal["training", "test"]
    condition: Name
    """One of ``conditions``."""
    clips_per_action: Annotated[int, Field(ge=1, le=1000)]
    """How many clips of each action."""
    intro: Name | None = None
    """Slides before the first trial; null: none."""
    attention_checks: Annotated[int, Field(ge=0, le=100)] = 0
    """So many extra trials whose label is shown; they count in no accuracy."""
    break_every: Annotated[int, Field(ge=1, le=1000)] | None = None
    """After every so many trials a break that the participant ends; null: none."""


class TrainingSpec(TrialsSpec):
    """Trials that show the right answer."""

    kind: Literal["training"]
    answer: Literal["during", "after"] = "during"
    """Whether the right answer is marked from the start of the trial (as published) or after the response."""
    criterion: CriterionSpec | None = None
    """Repeats the training until enough answers were right; needs ``answer: after``. null: one round."""

    @model_validator(mode="after")
    def _criterion_means_something(self) -> TrainingSpec:
        if self.criterion is not None and self.answer == "during":
            raise ValueError(
                "criterion: found with answer: during, where the right answer is marked before the response; "
                "allowed only with answer: after"
            )
        return self


class TestingSpec(TrialsSpec):
    """Trials that count."""

    kind: Literal["test"]


class RestSpec(Checked):
    """A rest that participants cannot shorten."""

    kind: Literal["rest"]
    duration_s: Annotated[float, Field(ge=0, le=3600)]
    """How long it lasts."""


class QuestionnaireSpec(Checked):
    """Pages of questions."""

    kind: Literal["questionnaire"]
    questionnaire: Name
    """The file ``questionnaires/<name>.yaml`` beside the protocol."""


PhaseSpec = Annotated[
    SlidesSpec | TrainingSpec | TestingSpec | RestSpec | QuestionnaireSpec, Field(discriminator="kind")
]


class Consent(Checked):
    """The consent of a participant."""

    version: Annotated[str, Field(min_length=1, max_length=40)]
    """The version of the text, which is recorded; it does not begin with a quotation mark."""
    required: bool = True
    """Whether a session of a person starts only once the consent is confirmed."""
    text: Name | None = None
    """The text ``consent/<language>/<text>.md`` beside the protocol; null: on paper only."""

    @model_validator(mode="after")
    def _version_is_one_field_of_a_table(self) -> Consent:
        # A tab or a quotation mark would break the row of the participant in the register.
        if not self.version.isprintable() or self.version.startswith('"'):
            raise ValueError(
                f"version: found {self.version!r}; allowed is a text on one line, without tabs or other "
                "control characters and not beginning with a quotation mark"
            )
        return self


class DisplayDemand(Checked):
    """What the display must give at least."""

    refresh_hz: Annotated[float, Field(ge=24, le=1000, allow_inf_nan=False)] | None = None
    """Its nominal refresh rate; null: any."""
    smallest_px: tuple[Pixels, Pixels] | None = None
    """Its width and height; null: any."""


class ProtocolFile(Checked):
    """What stands at the left margin of the file.

    What each way to choose items and orders confounds stands in ``docs/protocol.md``.
    """

    format: Literal[1]
    """The version of this form."""
    name: Name
    """Stands in the data."""
    title: Annotated[str, Field(min_length=1, max_length=200)]
    """For people."""
    pilot: bool = False
    """Whether its sessions are pilots, which analyses leave out unless asked."""
    actions: Annotated[tuple[Action, ...], Field(min_length=2, max_length=9)]
    """The answers, in the order of the menu."""
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1)]
    """The kinds of clip."""
    test_items: TestItems
    """How test clips are chosen: for each condition a fixed set, with as few source clips in common as can
    be; the same source clips in all; a random draw for everyone (as published); fixed lists that change
    places from participant to participant."""
    item_seed: Annotated[int, Field(ge=0)] = 0
    """Fixes the draw of the fixed sets."""
    interval_s: Annotated[float, Field(ge=0.2, le=10)] = 1.0
    """From a choice to the next clip, with a fixation mark."""
    menu_order: MenuOrder = "fixed"
    """The order of the menu: as in ``actions``, balanced over participants, or anew in every trial."""
    condition_order: ConditionOrder = "fixed"
    """Whether conditions come as the phases stand, or change places, balanced over participants."""
    most_in_a_row: Annotated[int, Field(ge=1, le=1000)] | None = None
    """So many trials of one action may follow one another; null: no limit."""
    response: ResponseSpec = ResponseSpec()
    """How a trial is answered."""
    consent: Consent
    """The consent of a participant."""
    display: DisplayDemand = DisplayDemand()
    """What the display must give at least."""
    phases: Annotated[tuple[PhaseSpec, ...], Field(min_length=1)]
    """The session from its first screen to its last."""

    @model_validator(mode="after")
    def _names_are_known(self) -> ProtocolFile:
        conditions = [condition.name for condition in self.conditions]
        for what, names in (("actions", [a.name for a in self.actions]), ("conditions", conditions)):
            refuse_twice(what, names)
        for number, phase in enumerate(self.phases):
            if isinstance(phase, TrialsSpec) and phase.condition not in conditions:
                raise ValueError(
                    f"phases.{number}.condition: found {phase.condition!r}, allowed: {', '.join(conditions)}"
                )
        return self

    @model_validator(mode="after")
    def _criteria_fit_their_rounds(self) -> ProtocolFile:
        for number, phase in enumerate(self.phases):
            criterion = phase.criterion if isinstance(phase, TrainingSpec) else None
            trials = phase.clips_per_action * len(self.actions) if isinstance(phase, TrialsSpec) else 0
            if criterion is not None and criterion.of > trials:
                raise ValueError(
                    f"phases.{number}.criterion.of: found {criterion.of}, allowed is at most {trials}, the "
                    "trials of one round (clips_per_action for each action)"
                )
        return self

    @model_validator(mode="after")
    def _conditions_can_change_places(self) -> ProtocolFile:
        kinds = self.phase_kinds
        if self.condition_order == "latin" and len(set(kinds.values())) > 1:
            found = "; ".join(f"{name}: {', '.join(of)}" for name, of in kinds.items())
            raise ValueError(
                f"condition_order: found 'latin', but the phases of the conditions differ ({found}); "
                "allowed where every condition has the same training and test phases in the same order"
            )
        return self

    @property
    def phase_kinds(self) -> dict[str, tuple[str, ...]]:
        """The kinds of the training and test phases of each condition, conditions in order of appearance."""
        kinds: dict[str, tuple[str, ...]] = {}
        for phase in self.phases:
            if isinstance(phase, TrialsSpec):
                kinds[phase.condition] = (*kinds.get(phase.condition, ()), phase.kind)
        return kinds
