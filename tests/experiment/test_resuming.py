"""A session goes on as it began: with the same plan, stimuli and kind of participant, and in time."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from experiment import start
from experiment.backends.virtual import VirtualClock, VirtualDisplay, VirtualResponses
from experiment.choices import DEFAULT_OBSERVER
from experiment.journal import read_journal
from experiment.observers import ObservedDisplay, read_observer
from experiment.plan import Seat
from experiment.records import Resumed
from experiment.session_store import read_session, session_lock
from tests.experiment.material import PROTOCOLS, counted_clips, write_placeholders
from tests.experiment.sessions import PILOT, STUDY, refused_here, run, run_here

LINES_LEFT = 30


@pytest.fixture(scope="module")
def unfinished_once(tmp_path_factory) -> Path:
    """A simulated session with seed 5, its journal cut after some records; not to be changed."""
    folder = tmp_path_factory.mktemp("unfinished")
    write_placeholders(folder / "stimuli", counted_clips(4, 3))
    began = (PILOT, "--simulate", "data", "--stimuli", folder / "stimuli", "--data", folder / "data")
    assert run_here(*began, "--participant", "T001", "--seed", 5).exit_code == 0
    journal = folder / "data" / "sessions" / "T001_01" / "journal.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:LINES_LEFT]))
    return folder


@pytest.fixture
def unfinished(unfinished_once, tmp_path) -> Path:
    """The folder of an unfinished simulated session."""
    shutil.copytree(unfinished_once / "data", tmp_path / "data")
    return tmp_path / "data" / "sessions" / "T001_01"


def resume(session: Path, *more: object) -> tuple[object, ...]:
    """The arguments that take a session of T001 up again."""
    return (*more, "--data", session.parent.parent, "--participant", "T001", "--resume")


def as_if_of_a_person(session: Path) -> None:
    """Let the record of a session say that a person answered."""
    record = json.loads((session / "session.json").read_text("utf-8"))
    (session / "session.json").write_text(json.dumps({**record, "simulated": ""}), "utf-8")


def test_a_session_is_not_resumed_with_another_stimulus_set(unfinished, tmp_path):
    other = write_placeholders(tmp_path / "other", counted_clips(4, 4))
    said = refused_here(tmp_path, *resume(unfinished, "--simulate", "data", "--stimuli", other))
    assert said.startswith(f"{other}: the manifest is not the one T001_01 began with")


def test_a_simulated_session_is_not_resumed_by_a_person(unfinished):
    said = refused_here(unfinished, *resume(unfinished, "--windowed"))
    assert "the session is simulated; resume it with --simulate" in said


def test_a_session_of_a_person_is_not_resumed_by_a_simulation(unfinished):
    as_if_of_a_person(unfinished)
    said = refused_here(unfinished, *resume(unfinished, "--simulate", "data"))
    assert "the session is of a person; resume it without --simulate" in said


def test_a_session_does_not_become_a_pilot(unfinished):
    record = json.loads((unfinished / "session.json").read_text("utf-8"))
    (unfinished / "session.json").write_text(json.dumps({**record, "pilot": False}), "utf-8")
    said = refused_here(unfinished, *resume(unfinished, "--simulate", "data", "--pilot"))
    assert "--pilot: T001_01 did not begin as a pilot" in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--simulate", "data", "--seed", 6), "--seed: found 6, but T001_01 began with 5; leave it out"),
        (("--simulate", "data", "--language", "de"), "--language: found de, but T001_01 began with en"),
        ((STUDY, "--simulate", "data"), "PROTOCOL: found afd5, but T001_01 began with pilot"),
        (("--simulate", "visual", "--speed", 3), "--speed: found 3.0, but T001_01 began with 1.0"),
    ],
)
def test_what_contradicts_the_beginning_is_refused(unfinished, given, said):
    assert said in refused_here(unfinished, *resume(unfinished, *given))


def test_another_observer_does_not_go_on_with_a_session(unfinished, tmp_path):
    text = DEFAULT_OBSERVER.read_text("utf-8").replace("published-human", "somebody-else")
    other = tmp_path / "other.yaml"
    other.write_text(text.replace("../../", f"{PROTOCOLS.parent}/"), "utf-8")
    said = refused_here(tmp_path, *resume(unfinished, "--simulate", "data", "--observer", other))
    began = "--observer: found somebody-else, but T001_01 began with published-human"
    assert f"{began}; name that one" in said


def test_what_agrees_with_the_beginning_may_be_said_again(unfinished):
    again = (PILOT, "--simulate", "data", "--seed", 5, "--language", "en", "--observer", DEFAULT_OBSERVER)
    assert run_here(*resume(unfinished, *again)).exit_code == 0


def test_a_session_without_its_journal_is_not_resumed(unfinished):
    (unfinished / "journal.jsonl").unlink()
    said = refused_here(unfinished, *resume(unfinished, "--simulate", "data"))
    assert "journal.jsonl: the journal cannot be read" in said
    assert "restore it from a copy" in said


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-01-01T10:00:00+-00:00", "2026-01-01T10:00:00"])
def test_a_session_that_began_at_no_moment_is_not_resumed(unfinished, moment):
    record = json.loads((unfinished / "session.json").read_text("utf-8"))
    (unfinished / "session.json").write_text(json.dumps({**record, "started_at": moment}), "utf-8")
    said = refused_here(unfinished, *resume(unfinished, "--simulate", "data"))
    assert f"started_at: found {moment!r}; allowed is a moment with its time zone" in said


def test_two_programs_do_not_run_one_session(unfinished):
    before = (unfinished / "journal.jsonl").read_bytes()
    with session_lock(unfinished):
        second = run(*resume(unfinished, "--simulate", "data"))
        assert second.returncode == 2
        assert second.stderr.strip() == (
            f"{unfinished}: another program is running this session; wait for it to end"
        )
        assert (unfinished / "journal.jsonl").read_bytes() == before
    assert run_here(*resume(unfinished, "--simulate", "data")).exit_code == 0


def test_the_time_of_a_simulated_session_goes_on_without_a_gap(unfinished):
    last_s = read_journal(unfinished / "journal.jsonl").entries[-1].t_s
    assert run_here(*resume(unfinished, "--simulate", "data")).exit_code == 0
    entries = read_journal(unfinished / "journal.jsonl").entries
    taken_up = entries[LINES_LEFT]
    assert isinstance(taken_up.event, Resumed)
    assert (taken_up.t_s, taken_up.event.gap_s) == (last_s, 0.0)
    times = [entry.t_s for entry in entries]
    assert times == sorted(times)
    assert times[-1] > last_s + 30


@pytest.mark.parametrize("since_start_s", [1000.0, 1.0], ids=["later", "with a clock put back"])
def test_the_time_of_a_person_goes_on_with_the_world(unfinished, monkeypatch, since_start_s):
    # Given a session of a person that ended after some 80 s, taken up so long after its start
    as_if_of_a_person(unfinished)
    record = read_session(unfinished)
    last_s = read_journal(unfinished / "journal.jsonl").entries[-1].t_s
    assert 1 < last_s < 1000

    class Later(datetime):
        @classmethod
        def now(cls, tz=timezone.utc):
            began = datetime.fromisoformat(record.started_at).astimezone(tz)
            return began + timedelta(seconds=since_start_s)

    @contextmanager
    def window(choices, factor, session_time, viewing) -> Iterator[start.Ports]:
        clock = VirtualClock(session_time())
        responses = VirtualResponses(clock)
        observer = read_observer(DEFAULT_OBSERVER, record.protocol.conditions, record.plan.actions)
        display = ObservedDisplay(VirtualDisplay(clock), observer, responses, Seat.of(record.plan))
        yield start.Ports(clock, Later.now(), display, responses, None, False)

    monkeypatch.setattr(start, "datetime", Later)
    monkeypatch.setattr(start, "open_ports", window)
    monkeypatch.setattr(start, "check_clips", lambda *_, **__: None)
    # When it is resumed
    assert run_here(*resume(unfinished)).exit_code == 0
    # Then the gap is the time that went by, and never less than none
    entries = read_journal(unfinished / "journal.jsonl").entries
    taken_up = entries[LINES_LEFT]
    assert isinstance(taken_up.event, Resumed)
    assert taken_up.event.gap_s == pytest.approx(max(0.0, since_start_s - last_s))
    assert taken_up.t_s == pytest.approx(max(last_s, since_start_s))
    times = [entry.t_s for entry in entries]
    assert times == sorted(times)


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_a_simulation_gives_a_full_disk_up_with_a_sentence_and_an_intact_journal(unfinished):
    # Given a journal that can take half a record more
    from resource import RLIMIT_FSIZE, getrlimit, setrlimit

    journal = unfinished / "journal.jsonl"
    before = journal.read_bytes()
    limits = getrlimit(RLIMIT_FSIZE)
    setrlimit(RLIMIT_FSIZE, (len(before) + 40, limits[1]))
    try:
        ended = run_here(*resume(unfinished, "--simulate", "data"))
    finally:
        setrlimit(RLIMIT_FSIZE, limits)
    assert ended.exit_code == 1
    assert ended.stderr.strip() == (
        f"{journal}: it could not be written (File too large); make room on the disk and --resume"
    )
    assert journal.read_bytes() == before
    again = run_here(*resume(unfinished, "--simulate", "data"))
    assert again.exit_code == 0, again.stderr


def test_a_damaged_line_is_told_at_the_end_and_kept_in_the_journal(unfinished):
    # Given a journal with a changed letter in its tenth record, and a torn end
    journal = unfinished / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[9] = lines[9].replace(b'"seq"', b'"sEq"')
    journal.write_bytes(b"".join(lines)[:-20])
    ended = run_here(*resume(unfinished, "--simulate", "data"))
    assert ended.exit_code == 0
    said = ended.stdout.strip().splitlines()
    assert said[-2] == "The session was interrupted and resumed, once; gaps: 0 s."
    assert said[-1] == (
        "Its journal was found damaged: line 10: the checksum does not match the record; line 30: the record "
        "is cut off; 19 sound record(s) after line 10 were kept and are used."
    )
    (resumed,) = (e.event for e in read_journal(journal).entries if isinstance(e.event, Resumed))
    assert [remark.split(":")[0] for remark in resumed.damage[:2]] == ["line 10", "line 30"]
