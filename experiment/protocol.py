"""A protocol with the slides, questionnaires and words it names: files -> a checked ``Protocol``."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any, TypeVar

from pydantic import BaseModel

from experiment.checked_yaml import parse_yaml
from experiment.consent_text import parse_consent
from experiment.errors import InputRefused
from experiment.localized import Language
from experiment.protocol_file import ProtocolFile, QuestionnaireSpec, SlidesSpec, TrialsSpec
from experiment.questionnaire_file import QuestionnaireFile
from experiment.records import ScreenWords
from experiment.slide_text import SlideText, parse_slides
from experiment.text_file import read_text, refuse_outside

_Model = TypeVar("_Model", bound=BaseModel)

FILLED_IN = {
    "choose": ("count",),
    "choose_marked": ("count",),
    "select": ("count",),
    "check": ("action",),
    "break_text": ("done", "total"),
}
"""What a screen puts into the places ``{...}`` of its words, by word."""


@dataclass(frozen=True)
class Protocol:
    """A protocol with all it names, in one language. ``sha256`` covers every file it was read from.

    ``consent_text`` is Markdown, empty where the protocol names no text.
    """

    path: Path
    file: ProtocolFile
    language: Language
    slides: dict[str, tuple[SlideText, ...]]
    questionnaires: dict[str, QuestionnaireFile]
    words: ScreenWords
    sha256: str
    consent_text: str = ""

    @property
    def actions(self) -> tuple[str, ...]:
        """The names of its actions, in the order of the file."""
        return tuple(action.name for action in self.file.actions)


def read_protocol(path: Path, language: Language = "en") -> Protocol:
    """Read and check a protocol and everything it names (slides, questionnaires and words lie beside it).

    Raises
    ------
    InputRefused
        One sentence: file, field, what was found, what is allowed.
    """
    reader = _Reader(path.parent)
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
    words = _words(folder / "interface" / f"{language}.yaml", reader)
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
    consent_text = _consent_text(folder / "consent" / language, file, reader)
    return Protocol(path, file, language, slides, questionnaires, words, reader.sha256, consent_text)


class _Reader:
    """Reads the files of a protocol, none of them outside its folder, and keeps a hash over all of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def text(self, path: Path) -> str:
        if path.parent != self._folder:
            # The protocol itself may lie anywhere: its path was given by the person, not by a file.
            refuse_outside(path, self._folder)
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


def _consent_text(folder: Path, file: ProtocolFile, reader: _Reader) -> str:
    if file.consent.text is None:
        return ""
    path = folder / f"{file.consent.text}.md"
    try:
        return parse_consent(reader.text(path), file.consent.version)
    except ValueError as error:
        raise InputRefused(f"{path}: {error}") from None


def _words(path: Path, reader: _Reader) -> ScreenWords:
    """The words of the screens; here all of them are needed, although a recorded session may lack some."""
    words = reader.model(ScreenWords, path)
    missing = [name for name in ScreenWords.model_fields if name not in words.model_fields_set]
    if missing:
        raise InputRefused(f"{path}: {missing[0]}: the field is missing")
    for name, allowed in FILLED_IN.items():
        _check_places(path, name, getattr(words, name), allowed)
    return words


def _check_places(path: Path, name: str, text: str, allowed: tuple[str, ...]) -> None:
    """Refuses a text with places ``{...}`` that nothing will fill in: showing it would end the session."""
    try:
        strange = [
            place
            for _, place, form, conversion in Formatter().parse(text)
            if place is not None and (place not in allowed or form or conversion)
        ]
    except ValueError:
        strange = [text]
    if strange:
        places = ", ".join(f"{{{place}}}" for place in allowed)
        raise InputRefused(
            f"{path}: {name}: found {strange[0][:80]!r} with braces; allowed are {places} and no other braces"
        )


def _check_language(path: Path, language: str, texts: list[tuple[str, Any]]) -> None:
    for field, text in texts:
        if language not in text:
            raise InputRefused(
                f"{path}: {field}: no text for language {language!r}; found: {', '.join(text) or 'none'}"
            )
