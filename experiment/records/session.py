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
    must name. ``refresh_hz`` and ``smallest_px`` are what it demands of a display.
    """

    name: str
    title: str
    sha256: str
    conditions: tuple[str, ...]
    test_items: str
    consent_version: str
    refresh_hz: float | None = None
    smallest_px: tuple[int, int] | None = None


WidthSource = Literal["calibrated", "given", "reported", "unmeasured"]
DistanceSource = Literal["given", "calibrated", "default"]
GammaState = Literal["applied", "not applied", "unmeasured"]


@dataclass(frozen=True)
class VisualSize:
    """How large a clip of a condition is: on the screen in px and cm, for the eye in degrees.

    ``scale`` is the side of one pixel of the clip, which in noise is one dot, in pixels of the screen.
    Centimetres and degrees are ``None`` where the width of the screen is unmeasured.
    """

    condition: str
    clip_px: tuple[int, int]
    scale: int
    size_cm: tuple[float, float] | None
    size_deg: tuple[float, float] | None
    dot_deg: float | None


@dataclass(frozen=True)
class ViewingRecord:
    """How the screen is seen. ``note`` says why a width is unmeasured, or how far it can be trusted.

    ``width_cm`` is the width of the picture on the whole screen, ``px_per_degree`` that straight before the
    eye.
    """

    width_cm: float | None
    width_source: WidthSource
    distance_cm: float
    distance_source: DistanceSource
    px_per_degree: float | None
    sizes: tuple[VisualSize, ...]
    note: str = ""


@dataclass(frozen=True)
class LuminanceRecord:
    """The colour around the clips, why it is that, and what is known of the display's gamma.

    ``surround`` has the mean luminance of the noise, gun by gun. ``gamma`` is the exponent of each gun, from
    a table where ``state`` is not ``unmeasured`` and assumed otherwise.
    """

    surround: tuple[int, int, int]
    reason: str
    state: GammaState
    gamma: tuple[float, float, float]
    table_sha256: str = ""


@dataclass(frozen=True)
class DisplayRecord:
    """The display as found. ``pacing`` is ``vsync``, ``software`` (no vertical sync to wait for) or
    ``virtual``.

    ``response_source`` says who told the times of presses, and why not a better source where there is one.
    ``photodiode_px`` is the side of the square in the corner that is white while a clip is shown, 0 where
    there was none. ``size_px`` are framebuffer pixels of the window, ``screen_px`` those of the screen it
    stands on, ``window_scale`` how many framebuffer pixels the system counts as one (2 on many
    high-resolution screens). ``viewing`` and ``luminance`` are missing from sessions of earlier versions.
    """

    backend: str
    size_px: tuple[int, int]
    refresh_hz: float
    pacing: Literal["vsync", "software", "virtual"]
    full_screen: bool
    renderer: str
    response_source: str
    photodiode_px: int = 0
    screen_name: str = ""
    screen_px: tuple[int, int] | None = None
    window_scale: float = 1.0
    viewing: ViewingRecord | None = None
    luminance: LuminanceRecord | None = None


@dataclass(frozen=True)
class MachineRecord:
    """The machine a session ran on; nothing in it names a machine or a person.

    ``clock`` is where the session's times come from.
    """

    system: str
    processor: str
    cores: int
    memory_mb: int
    clock: str
    clock_resolution_s: float


CheckStatus = Literal["ok", "warning", "stop"]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at before the first screen."""

    name: str
    status: CheckStatus
    text: str


@dataclass(frozen=True)
class SessionRecord:
    """``session.json``. ``simulated`` is the observer's name, or empty where a person answered.

    ``checks`` are those before the first screen; empty in sessions without a window.
    """

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
    machine: MachineRecord | None = None
    checks: tuple[Check, ...] = ()
    format: int = FORMAT


SESSIONS: TypeAdapter[SessionRecord] = TypeAdapter(SessionRecord)
"""Checks and converts ``session.json``; ``validate_json`` raises pydantic's ``ValidationError``."""
