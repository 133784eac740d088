"""What is fixed before the first screen: ``session.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

from experiment.records.planned import SessionPlan

FORMAT = 1
"""Version of ``session.json`` and ``journal.jsonl``; a change of meaning raises it."""


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

    ``response_source`` says who told the times of presses, and why not a better source where there is one.
    ``photodiode_px`` is the side of the square in the corner that is white while a clip is shown, 0 where
    there was none.
    """

    backend: str
    size_px: tuple[int, int]
    refresh_hz: float
    pacing: Literal["vsync", "software", "virtual"]
    full_screen: bool
    renderer: str
    response_source: str
    photodiode_px: int = 0


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


SESSIONS: TypeAdapter[SessionRecord] = TypeAdapter(SessionRecord)
"""Checks and converts ``session.json``; ``validate_json`` raises pydantic's ``ValidationError``."""
