"""A protocol file, ``protocols/<name>.yaml``, field by field.

Fields that may be left out have the published study's value. ``docs/protocol.md`` explains each with an
example.
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
    """One answer of the menu: the name stored and the label shown, by language."""

    name: Name
    label: Localized


class Condition(Checked):
    """One kind of clip; ``clips`` is the manifest's name for it (the condition's own name unless given)."""

    name: Name
    label: Localized
    clips: Name | None = None

    @property
    def manifest_name(self) -> str:
        return self.clips or self.name


class ResponseSpec(Checked):
    """How a trial is answered.

    - ``mode``: ``press`` takes the first press in the menu as the answer; ``select-then-confirm`` lets the
      participant change the selection until it is confirmed (as in the published program).
    - ``minimum_viewing_s``: answers count only from so long after the first frame.
    - ``time_limit_s``: so long after the first frame the trial ends without an answer; null for never.
    """

    mode: Literal["press", "select-then-confirm"] = "press"
    minimum_viewing_s: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)] = 0.0
    time_limit_s: Annotated[float, Field(ge=0.5, le=3600, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _there_is_time_to_answer(self) -> ResponseSpec:
        if self.time_limit_s is not None and self.time_limit_s <= self.minimum_viewing_s:
            raise ValueError(
                f"time_limit_s: found {self.time_limit_s:g} with minimum_viewing_s "
                f"{self.minimum_viewing_s:g}; allowed is a limit above the minimum viewing time"
            )
        return self


class CriterionSpec(Checked):
    """Training goes on until ``correct`` of the last ``of`` answers of a round were right.

    ``rounds`` is how many rounds there are at most, the first included. Attention checks do not count.
    """

    correct: Annotated[int, Field(ge=1)]
    of: Annotated[int, Field(ge=1)]
    rounds: Annotated[int, Field(ge=2, le=20)]

    @model_validator(mode="after")
    def _can_be_reached(self) -> CriterionSpec:
        if self.correct > self.of:
            raise ValueError(
                f"correct: found {self.correct}, allowed is at most {self.of}, the value of 'of'"
            )
        return self


class SlidesSpec(Checked):
    kind: Literal["slides"]
    slides: Name


class TrialsSpec(Checked):
    """What training and test have in common.

    - ``clips_per_action``: how many clips of each action.
    - ``intro``: names slides shown before the first trial.
    - ``attention_checks``: so many extra trials whose label is shown; they count in no accuracy.
    - ``break_every``: a break, ended by the participant, after every so many trials; null for none.
    """

    kind: Literal["training", "test"]
    condition: Name
    clips_per_action: Annotated[int, Field(ge=1, le=1000)]
    intro: Name | None = None
    attention_checks: Annotated[int, Field(ge=0, le=100)] = 0
    break_every: Annotated[int, Field(ge=1, le=1000)] | None = None


class TrainingSpec(TrialsSpec):
    """``answer``: the right answer is marked ``during`` the trial, from its start (as published), or only
    ``after`` the response. ``criterion`` repeats the training until enough answers are right; it needs
    ``answer: after``.
    """

    kind: Literal["training"]
    answer: Literal["during", "after"] = "during"
    criterion: CriterionSpec | None = None

    @model_validator(mode="after")
    def _criterion_means_something(self) -> TrainingSpec:
        if self.criterion is not None and self.answer == "during":
            raise ValueError(
                "criterion: found with answer: during, where the right answer is marked before the response; "
                "allowed only with answer: after"
            )
        return self


class TestingSpec(TrialsSpec):
    kind: Literal["test"]


class RestSpec(Checked):
    kind: Literal["rest"]
    duration_s: Annotated[float, Field(ge=0, le=3600)]


class QuestionnaireSpec(Checked):
    kind: Literal["questionnaire"]
    questionnaire: Name


PhaseSpec = Annotated[
    SlidesSpec | TrainingSpec | TestingSpec | RestSpec | QuestionnaireSpec, Field(discriminator="kind")
]


class Consent(Checked):
    """Version of the consent text, and whether a session of a person needs its confirmation.

    ``text`` names the text, ``consent/<language>/<text>.md`` beside the protocol; null where it is on paper
    only.
    """

    version: Annotated[str, Field(min_length=1, max_length=40)]
    required: bool = True
    text: Name | None = None


class DisplayDemand(Checked):
    """What the display must give at least.

    ``refresh_hz`` is a display's nominal refresh rate; ``smallest_px`` its width and height.
    """

    refresh_hz: Annotated[float, Field(ge=24, le=1000, allow_inf_nan=False)] | None = None
    smallest_px: tuple[Pixels, Pixels] | None = None


class ProtocolFile(Checked):
    """A protocol file, field by field.

    ``test_items`` says how the test clips of the conditions are chosen:

    - ``fewest-shared``: one fixed set a condition, the same for every participant; the sets have as few
      source clips in common as the material allows. A difference between conditions is then confounded with
      how difficult the two sets are.
    - ``same``: one fixed set of source clips for all conditions. Who saw a clip in the first may recognise
      it in the second.
    - ``independent``: every participant gets another random draw in each condition, actions unequal (as
      published). Clips can then not be compared across participants.
    - ``swapped``: as many fixed lists as there are test phases, which change places from participant to
      participant. Neither difficulty nor memory is confounded with the condition.

    ``item_seed`` fixes the draw of the fixed sets; ``interval_s`` is the time from the choice to the next
    first frame.

    ``menu_order`` is the order of the answers in the menu: ``fixed`` as in ``actions``, ``latin`` balanced
    over participants by their order number, ``random`` anew in every trial. ``condition_order: latin`` lets
    the training and test phases of the conditions change places, balanced in the same way. ``most_in_a_row``
    is the largest number of trials of one action that may follow one another; null for no limit. ``display``
    is what the display must give at least.
    """

    format: Literal[1]
    name: Name
    title: Annotated[str, Field(min_length=1, max_length=200)]
    pilot: bool = False
    actions: Annotated[tuple[Action, ...], Field(min_length=2, max_length=9)]
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1)]
    test_items: TestItems
    item_seed: Annotated[int, Field(ge=0)] = 0
    interval_s: Annotated[float, Field(ge=0.2, le=10)] = 1.0
    menu_order: MenuOrder = "fixed"
    condition_order: ConditionOrder = "fixed"
    most_in_a_row: Annotated[int, Field(ge=1, le=1000)] | None = None
    response: ResponseSpec = ResponseSpec()
    consent: Consent
    display: DisplayDemand = DisplayDemand()
    phases: Annotated[tuple[PhaseSpec, ...], Field(min_length=1)]

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
