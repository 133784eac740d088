"""What a data set says of a protocol: the form of the files in ``code/protocols/``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

from experiment.records import AnswerShown, Criterion, ItemRole, ResponseRule

FOLDER = "code/protocols"
ByLanguage = Mapping[str, str]


@dataclass(frozen=True)
class SlideText:
    """A screen of text and the clips below it; no clips where not everybody saw the same."""

    heading: str
    paragraphs: tuple[str, ...]
    clips: tuple[str, ...]


@dataclass(frozen=True)
class ItemText:
    """A question; ``labels`` are what was shown for the ``options``, by language."""

    name: str
    text: ByLanguage
    options: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]
    role: ItemRole


@dataclass(frozen=True)
class PageText:
    """A page of a questionnaire with what stood on it."""

    name: str
    heading: ByLanguage
    items: tuple[ItemText, ...]


@dataclass(frozen=True)
class PhaseDescription:
    """A phase. ``trials`` counts those of one round, ``attention_checks`` those among them; ``slides`` are
    what was shown before, by language. What a kind of phase does not have is empty.
    """

    kind: Literal["slides", "training", "test", "rest", "questionnaire"]
    condition: str = ""
    trials: int = 0
    attention_checks: int = 0
    rounds: int = 0
    breaks: int = 0
    interval_s: float | None = None
    duration_s: float | None = None
    response: ResponseRule | None = None
    answer: AnswerShown | None = None
    criterion: Criterion | None = None
    slides: Mapping[str, tuple[SlideText, ...]] | None = None
    pages: tuple[PageText, ...] = ()


@dataclass(frozen=True)
class ProtocolDescription:
    """A protocol as a reader of the data needs it; texts are in the languages in which somebody saw them.

    ``phases`` stand in the order of the protocol. Where conditions change places from participant to
    participant, no one's order is told.
    """

    name: str
    title: str
    conditions: tuple[str, ...]
    test_items: str
    actions: Mapping[str, ByLanguage]
    phases: tuple[PhaseDescription, ...]
    refresh_hz: float | None = None
    smallest_px: tuple[int, int] | None = None
    format: Literal[1] = 1

    @property
    def first_test_response(self) -> ResponseRule | None:
        """How the trials of the first test are answered."""
        return next((phase.response for phase in self.phases if phase.kind == "test"), None)


DESCRIPTIONS: TypeAdapter[ProtocolDescription] = TypeAdapter(ProtocolDescription)


def description_sha256(content: bytes) -> str:
    """What tells exported protocols apart."""
    return hashlib.sha256(content).hexdigest()
