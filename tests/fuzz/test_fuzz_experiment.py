"""Spoilt files that a session reads: read or refused, whatever is in them."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from experiment.choices import Choices
from experiment.display_store import read_known_screens
from experiment.errors import InputRefused, SessionError
from experiment.frame_log import FRAMES_NAME, FrameLog
from experiment.gamma_table import read_gamma_table
from experiment.journal import JOURNAL_NAME
from experiment.observers import read_observer
from experiment.participants import PARTICIPANTS_NAME
from experiment.plan import Seat, make_plan
from experiment.protocol import read_protocol
from experiment.session_store import read_session, read_session_journal
from experiment.start import resume_session, start_session
from stimuli.errors import StimulusError
from tests.experiment.material import ACTIONS, PROTOCOLS, counted_clips, stimulus_set, write_placeholders
from tests.experiment.test_bad_files import lay_out
from tests.fuzz.formats import spoilt_gzip, spoilt_journal
from tests.fuzz.readers import CAMPAIGN_S, QUICK_EXAMPLES, Reader, campaign, fuzz, prepared
from tests.strategies import spoilt_json, spoilt_table, spoilt_text, spoilt_yaml

SEAT = Seat("P001", 1, 1, 7)


def plan_from(folder: Path) -> None:
    """Read a protocol with all it names, plan a session of it, and read who answers."""
    protocol = read_protocol(folder / "protocols" / "pilot.yaml")
    make_plan(protocol, stimulus_set(counted_clips(4, 3)), SEAT)
    read_observer(folder / "protocols" / "observers" / "told.yaml", ("UCF5", "AFD5"), ACTIONS)


GAMMA = "level,luminance\n" + "".join(
    f"{level},{0.3 + 120 * (level / 255) ** 2.2:.4f}\n" for level in range(0, 256, 15)
)
SCREENS = """{"format": 1, "screens": [{"host": "lab", "screen": "DP-1", "size_px": [1920, 1080],
"width_cm": 53.1, "distance_cm": 50.0, "calibrated_at": "2026-01-01T10:00:00Z", "gamma_table": "g.csv"}]}
"""


def choices(folder: Path, **changes: object) -> Choices:
    given = {
        **dict.fromkeys(("session", "speed", "observer", "language"), None),
        **dict.fromkeys(("windowed", "pilot", "consent_confirmed"), False),
        "protocol": None,
        "data": folder / "data",
        "stimuli": folder / "stimuli",
        "participant": "T001",
        "seed": None,
        "simulate": "data",
        "screen": 0,
    }
    return Choices(**{**given, **changes})  # type: ignore[arg-type]


def begin_session(folder: Path) -> None:
    """A session of which the last half is still to come."""
    shutil.copytree(_begun().name, folder, dirs_exist_ok=True)


@cache
def _begun() -> TemporaryDirectory[str]:
    kept = TemporaryDirectory()
    folder = Path(kept.name)
    write_placeholders(folder / "stimuli", counted_clips(4, 3))
    session = start_session(choices(folder, protocol=lay_out(folder) / "pilot.yaml", seed=3))
    shutil.rmtree(folder / "protocols")
    journal = session / JOURNAL_NAME
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[: len(lines) // 2]))
    return kept


def look_at_session(folder: Path) -> None:
    session = folder / "data" / "sessions" / "T001_01"
    read_session(session)
    read_session_journal(session)
    FrameLog(session / FRAMES_NAME, simulated=True).close()


def begin_another(folder: Path) -> None:
    start_session(choices(folder, participant="T002", protocol=PROTOCOLS / "pilot.yaml", seed=1))


SESSION = "data/sessions/T001_01"
READERS = (
    Reader(
        "protocol",
        lay_out,
        {
            f"protocols/{name}": spoilt_text if name.endswith(".md") else spoilt_yaml
            for name in (
                "pilot.yaml",
                "slides/en/pilot-test.md",
                "questionnaires/pilot.yaml",
                "interface/en.yaml",
                "consent/en/adults.md",
                "observers/told.yaml",
                "observers/results.yaml",
            )
        },
        plan_from,
        InputRefused,
    ),
    Reader(
        "gamma table",
        lambda folder: (folder / "gamma.csv").write_text(GAMMA, encoding="utf-8"),
        {"gamma.csv": spoilt_table(",")},
        lambda folder: read_gamma_table(folder / "gamma.csv"),
        InputRefused,
    ),
    Reader(
        "known screens",
        lambda folder: (folder / "displays.json").write_text(SCREENS, encoding="utf-8"),
        {"displays.json": spoilt_json},
        lambda folder: read_known_screens(folder / "displays.json").of("DP-1", "lab"),
        InputRefused,
    ),
    Reader(
        "session folder",
        begin_session,
        {
            f"{SESSION}/session.json": spoilt_json,
            f"{SESSION}/{JOURNAL_NAME}": spoilt_journal,
            f"{SESSION}/{FRAMES_NAME}": spoilt_gzip,
        },
        look_at_session,
        SessionError,
        changes=True,
    ),
    Reader(
        "session to go on with",
        begin_session,
        {
            f"{SESSION}/session.json": spoilt_json,
            f"{SESSION}/{JOURNAL_NAME}": spoilt_journal,
            f"{SESSION}/{FRAMES_NAME}": spoilt_gzip,
            f"data/{PARTICIPANTS_NAME}": spoilt_table(),
            "stimuli/manifest.tsv": spoilt_table(),
        },
        lambda folder: resume_session(choices(folder)),
        (SessionError, StimulusError),
        changes=True,
        weight=10,
    ),
    Reader(
        "register of participants",
        begin_session,
        {f"data/{PARTICIPANTS_NAME}": spoilt_table()},
        begin_another,
        (SessionError, StimulusError),
        changes=True,
        weight=10,
    ),
)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_spoilt_files_are_read_or_refused(reader: Reader, tmp_path: Path) -> None:
    fuzz(reader, prepared(reader, tmp_path), 1, max(2, QUICK_EXAMPLES // reader.weight))


@pytest.mark.campaign
@pytest.mark.timeout(2 * CAMPAIGN_S + 300)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_spoilt_files_are_read_or_refused_at_length(reader: Reader, tmp_path: Path) -> None:
    assert campaign(reader, prepared(reader, tmp_path), CAMPAIGN_S) > 0
