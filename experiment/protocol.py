"""What is shown, as data: ``protocols/*.yaml`` and the slides, questionnaire and words it names -> a
checked ``Protocol``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, model_validator

from experiment.checked_yaml import Checked, parse_yaml, read_text
from experiment.errors import InputRefused
from experiment.records import ScreenWords
from experiment.slide_text import SlideText, parse_slides

TestItems = Literal["fewest-shared", "same", "independent", "swapped"]

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$")]
Localized = dict[Literal["en", "de"], str]
_Model = TypeVar("_Model", bound=BaseModel)


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


class SlidesSpec(Checked):
    kind: Literal["slides"]
    slides: Name


class TrialsSpec(Checked):
    """``intro`` names slides shown before the first trial; ``clips_per_action`` is how many clips of each
    action.
    """

    kind: Literal["training", "test"]
    condition: Name
    clips_per_action: Annotated[int, Field(ge=1, le=1000)]
    intro: Name | None = None


class RestSpec(Checked):
    kind: Literal["rest"]
    duration_s: Annotated[float, Field(ge=0, le=3600)]


class QuestionnaireSpec(Checked):
    kind: Literal["questionnaire"]
    questionnaire: Name


PhaseSpec = Annotated[SlidesSpec | TrialsSpec | RestSpec | QuestionnaireSpec, Field(discriminator="kind")]


class Consent(Checked):
    """Version of the consent text, and whether a session of a person needs its confirmation."""

    version: Annotated[str, Field(min_length=1, max_length=40)]
    required: bool = True


def _refuse_twice(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{what}: {twice[0]!r} stands there twice, each name is allowed once")


class ProtocolFile(Checked):
    """A protocol file, field by field.

    ``test_items`` says how the test clips of the conditions are chosen:

    - ``fewest-shared``: one fixed set a condition, the same for every participant; the sets have as few
      source clips in
      common as the material allows. A difference between conditions is then confounded with how difficult
      the two sets are.
    - ``same``: one fixed set of source clips for all conditions. Who saw a clip in the first may recognise
      it in the second.
    - ``independent``: every participant gets another random draw in each condition, actions unequal (as
      published).
      Clips can then not be compared across participants.
    - ``swapped``: two fixed lists; participants with odd order number see the first list in the first
      condition and the
      second in the second, the others the reverse. Neither difficulty nor memory is confounded with the
      condition.

    ``item_seed`` fixes the draw of the fixed sets; ``interval_s`` is the time from the choice to the next
    first frame.
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
    consent: Consent
    phases: Annotated[tuple[PhaseSpec, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_are_known(self) -> ProtocolFile:
        conditions = [condition.name for condition in self.conditions]
        for what, names in (("actions", [a.name for a in self.actions]), ("conditions", conditions)):
            _refuse_twice(what, names)
        for number, phase in enumerate(self.phases):
            if isinstance(phase, TrialsSpec) and phase.condition not in conditions:
                raise ValueError(
                    f"phases.{number}.condition: found {phase.condition!r}, allowed: {', '.join(conditions)}"
                )
        return self


class Scale(Checked):
    """Answers to choose from: what is stored, and what is shown in each language."""

    options: Annotated[tuple[str, ...], Field(min_length=2, max_length=9)]
    labels: dict[Literal["en", "de"], tuple[str, ...]]

    @model_validator(mode="after")
    def _labels_match(self) -> Scale:
        for language, labels in self.labels.items():
            if len(labels) != len(self.options):
                raise ValueError(
                    f"labels.{language}: found {len(labels)} labels for {len(self.options)} options"
                )
        return self


class Item(Checked):
    """A question; ``scale`` names its answers, ``free_text`` questions have none."""

    name: Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_]*$")]
    text: Localized
    scale: str | None = None
    role: Literal["quasi_identifier", "sensitive", "rating", "free_text"]


class Page(Checked):
    name: Name
    heading: Localized
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=6)]


class QuestionnaireFile(Checked):
    format: Literal[1]
    name: Name
    scales: dict[str, Scale]
    pages: Annotated[tuple[Page, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_are_known(self) -> QuestionnaireFile:
        # Answers are stored by page and item name: a name that stood there twice would answer two questions
        # at once.
        for what, names in (
            ("pages", [page.name for page in self.pages]),
            ("items", [item.name for page in self.pages for item in page.items]),
        ):
            _refuse_twice(what, names)
        for item in (item for page in self.pages for item in page.items):
            if (item.scale is None) != (item.role == "free_text"):
                raise ValueError(f"{item.name}.scale: a free_text item has none, every other item needs one")
            if item.scale is not None and item.scale not in self.scales:
                raise ValueError(
                    f"{item.name}.scale: found {item.scale!r}, allowed: {', '.join(self.scales)}"
                )
        return self


@dataclass(frozen=True)
class Protocol:
    """A protocol with all it names, in one language. ``sha256`` covers every file it was read from."""

    path: Path
    file: ProtocolFile
    language: Literal["en", "de"]
    slides: dict[str, tuple[SlideText, ...]]
    questionnaires: dict[str, QuestionnaireFile]
    words: ScreenWords
    sha256: str

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(action.name for action in self.file.actions)


def read_protocol(path: Path, language: Literal["en", "de"] = "en") -> Protocol:
    """Read and check a protocol and everything it names (slides, questionnaires and words lie beside it).

    Raises
    ------
    InputRefused
        One sentence: file, field, what was found, what is allowed.
    """
    reader = _Reader()
    file = reader.model(ProtocolFile, path)
    folder = path.parent
    wanted = {phase.slides for phase in file.phases if isinstance(phase, SlidesSpec)}
    wanted |= {phase.intro for phase in file.phases if isinstance(phase, TrialsSpec) and phase.intro}
    slides = {
        name: _slides(folder / "slides" / language / f"{name}.md", file, reader) for name in sorted(wanted)
    }
    named = sorted({phase.questionnaire for phase in file.phases if isinstance(phase, QuestionnaireSpec)})
    questionnaires = {
        name: reader.model(QuestionnaireFile, folder / "questionnaires" / f"{name}.yaml") for name in named
    }
    words = reader.model(ScreenWords, folder / "interface" / f"{language}.yaml")
    _check_language(path, language, [(f"actions.{a.name}.label", a.label) for a in file.actions])
    _check_language(path, language, [(f"conditions.{c.name}.label", c.label) for c in file.conditions])
    for name, questionnaire in questionnaires.items():
        texts: list[tuple[str, Any]] = [
            (f"scales.{key}.labels", scale.labels) for key, scale in questionnaire.scales.items()
        ]
        for page in questionnaire.pages:
            texts.append((f"pages.{page.name}.heading", page.heading))
            texts += [(f"pages.{page.name}.{item.name}.text", item.text) for item in page.items]
        _check_language(folder / "questionnaires" / f"{name}.yaml", language, texts)
    return Protocol(path, file, language, slides, questionnaires, words, reader.sha256)


class _Reader:
    """Reads the files of a protocol and keeps a hash over all of them."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def text(self, path: Path) -> str:
        content = read_text(path)
        self._digest.update(len(content).to_bytes(8, "little") + content.encode())
        return content

    def model(self, model: type[_Model], path: Path) -> _Model:
        return parse_yaml(model, self.text(path), path)


def _slides(path: Path, file: ProtocolFile, reader: _Reader) -> tuple[SlideText, ...]:
    try:
        slides = parse_slides(reader.text(path))
    except ValueError as error:
        raise InputRefused(f"{path}: {error}") from None
    conditions = [condition.name for condition in file.conditions]
    actions = [action.name for action in file.actions]
    for place in (place for slide in slides for place in slide.clips):
        if place.condition not in conditions:
            raise InputRefused(
                f"{path}: clip:{place.condition}/... is no condition; allowed: {', '.join(conditions)}"
            )
        if place.action not in (*actions, "*"):
            raise InputRefused(
                f"{path}: clip:.../{place.action} is no action; allowed: {', '.join(actions)} or *"
            )
    return slides


def _check_language(path: Path, language: str, texts: list[tuple[str, Any]]) -> None:
    for field, text in texts:
        if language not in text:
            raise InputRefused(
                f"{path}: {field}: no text for language {language!r}; found: {', '.join(text) or 'none'}"
            )
