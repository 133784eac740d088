"""Power that fails: each file of a session ends at any byte, and nothing that was whole before is lost."""

from __future__ import annotations

import os
import random
import shutil
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiment import journal, session_store
from experiment.errors import InputRefused
from experiment.frame_log import FRAMES_NAME
from experiment.journal import JOURNAL_NAME, Entry, read_journal
from experiment.participants import read_participants
from experiment.protocol import Protocol, read_protocol
from experiment.records import SessionFinished, TrialFinished, TrialStarted
from experiment.runner import replay
from experiment.session_store import new_session_folder, read_session
from stimuli import durable
from tests.experiment.material import counted_clips, protocol_with, write_placeholders
from tests.experiment.sessions import PILOT, STUDY, run_here
from tests.experiment.virtual_session import VirtualSession


def session_of(folder: Path, protocol: Protocol, seconds: float = 0.0) -> VirtualSession:
    """A session that begins, or goes on, at a time."""
    session = VirtualSession(folder, protocol, clips=counted_clips(36, 24))
    session.clock.time_s = seconds
    return session


def everything() -> Protocol:
    """Every kind of phase, none of them long."""
    phases = [
        {**phase, "clips_per_action": 1} if phase["kind"] in ("training", "test") else phase
        for phase in protocol_with().file.model_dump()["phases"]
    ]
    phases[3]["duration_s"] = 20.0
    return protocol_with(phases=phases)


def check_resumes(folder: Path, protocol: Protocol, at: int, frames_at: int) -> None:
    """What a session does whose journal and frame log end at these bytes: it goes on, and all that was whole
    stays as it was.
    """
    path = folder / JOURNAL_NAME
    os.truncate(path, at)
    os.truncate(folder / FRAMES_NAME, frames_at)
    before = read_journal(path)
    done = set(replay(before.entries).correct)
    resumed = session_of(folder, protocol, before.entries[-1].t_s if before.entries else 0.0).run()
    after = read_journal(path)
    assert after.entries[: len(before.entries)] == before.entries
    assert not after.damage
    finished = [(trial.phase, trial.trial) for trial in resumed.trials]
    planned = [(i, t.trial) for i, p in enumerate(resumed.plan.phases) for t in getattr(p, "trials", ())]
    assert sorted(finished) == planned
    shown_now = {(e.event.phase, e.event.trial) for e in after.entries[len(before.entries) :] if is_start(e)}
    assert shown_now == set(planned) - done
    assert isinstance(after.entries[-1].event, SessionFinished)


def is_start(entry: Entry) -> bool:
    return isinstance(entry.event, TrialStarted)


def check_every_byte(path: Path, whole: tuple[Entry, ...]) -> int:
    """Cut a journal shorter and shorter, byte by byte; returns how many lengths were tried."""
    content = path.read_bytes()
    ends = [place + 1 for place, byte in enumerate(content) if byte == 10]
    lines = len(ends)
    finished = {
        count: {(e.event.phase, e.event.trial) for e in whole[:count] if isinstance(e.event, TrialFinished)}
        for count in range(lines + 1)
    }
    for length in range(len(content), -1, -1):
        os.truncate(path, length)
        while lines and ends[lines - 1] > length:
            lines -= 1
        at_line_end = length == (ends[lines - 1] if lines else 0)
        reading = read_journal(path)
        assert reading.entries == whole[:lines]
        assert [damage.line for damage in reading.damage] == ([] if at_line_end else [lines + 1])
        assert reading.whole_bytes == (ends[lines - 1] if lines else 0)
        if at_line_end:
            assert set(replay(reading.entries).correct) == finished[lines]
    return len(content) + 1


def copy_of(folder: Path, aside: Path) -> Path:
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(folder, aside)
    return aside


def test_a_session_goes_on_whatever_the_bytes_at_which_its_files_end(tmp_path):
    # Given a session of all phases, its journal cut at the end of each line and within the next one
    protocol, chance = everything(), random.Random(4)
    (tmp_path / "whole").mkdir()
    session_of(tmp_path / "whole", protocol).run()
    content = (tmp_path / "whole" / JOURNAL_NAME).read_bytes()
    frames = (tmp_path / "whole" / FRAMES_NAME).stat().st_size
    end = 0
    for number, line in enumerate(content.splitlines(keepends=True)):
        if number % 9 == 0:
            at = end + chance.choice((0, chance.randrange(len(line))))
            folder = copy_of(tmp_path / "whole", tmp_path / "cut")
            check_resumes(folder, protocol, at, chance.randrange(frames))
        end += len(line)


@pytest.fixture
def _lines_parsed_once(monkeypatch) -> None:
    """The same lines are read thousands of times."""
    monkeypatch.setattr(journal, "parse_line", lru_cache(2048)(journal.parse_line))


@pytest.mark.usefixtures("_lines_parsed_once")
def test_every_byte_of_a_journal_is_a_place_to_end_at(tmp_path):
    session = session_of(tmp_path, everything()).run()
    assert check_every_byte(tmp_path / JOURNAL_NAME, session.entries) > 10_000


@pytest.mark.campaign
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("_lines_parsed_once")
def test_every_byte_of_a_full_length_journal(tmp_path):
    session = session_of(tmp_path, read_protocol(STUDY)).run()
    whole = session.entries
    tried = check_every_byte(tmp_path / JOURNAL_NAME, whole)
    print(f"{tried} lengths of a journal of {len(whole)} records")
    assert tried > 100_000


@pytest.mark.campaign
@pytest.mark.timeout(1800)
def test_a_full_length_session_goes_on_from_any_part_of_its_journal(tmp_path):
    protocol, chance = read_protocol(STUDY), random.Random(7)
    (tmp_path / "whole").mkdir()
    session_of(tmp_path / "whole", protocol).run()
    size = (tmp_path / "whole" / JOURNAL_NAME).stat().st_size
    frames = (tmp_path / "whole" / FRAMES_NAME).stat().st_size
    for _ in range(60):
        folder = copy_of(tmp_path / "whole", tmp_path / "cut")
        check_resumes(folder, protocol, chance.randrange(size), chance.randrange(frames))


# ------------------------------------------------------------------------- the files that are written once


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """The data of two simulated pilots."""
    folder = tmp_path_factory.mktemp("pilots")
    stimuli = write_placeholders(folder / "stimuli", counted_clips(4, 3))
    for code in ("P1", "P2"):
        given = (PILOT, "--simulate", "data", "--stimuli", stimuli, "--data", folder / "data")
        assert run_here(*given, "--participant", code).exit_code == 0
    return folder / "data"


@settings(max_examples=150, deadline=None)
@given(length=st.integers(0, 10**6))
def test_a_torn_session_record_is_refused_in_a_sentence(data, length):
    path = data / "sessions" / "P1_01" / "session.json"
    content = path.read_bytes()
    path.write_bytes(content[: length % len(content)])
    try:
        with pytest.raises(InputRefused, match=r"session\.json: cannot be read as a session") as refused:
            read_session(path.parent)
        assert len(str(refused.value).splitlines()) == 1
    finally:
        path.write_bytes(content)


def test_a_register_torn_at_any_byte_gives_no_order_number_away_twice(data):
    path = data / "participants.tsv"
    content = path.read_bytes()
    whole = read_participants(data)
    try:
        for length in range(len(content)):
            path.write_bytes(content[:length])
            try:
                new_session_folder(data, "P3", 1)
            except InputRefused as refused:
                said = str(refused)
                assert said.startswith(str(path)), said
                assert "restore" in said
            else:
                assert read_participants(data) == whole
        path.unlink()
        with pytest.raises(InputRefused, match="found no row of P1"):
            new_session_folder(data, "P3", 1)
    finally:
        path.write_bytes(content)


@pytest.mark.skipif(os.name != "posix", reason="folders are synced on POSIX alone")
def test_a_new_session_is_on_the_disk_name_by_name_before_it_begins(data, tmp_path, monkeypatch):
    synced: list[str] = []
    flush = durable.flush_folder
    for module in (durable, session_store):
        monkeypatch.setattr(
            module, "flush_folder", lambda folder: (synced.append(folder.name), flush(folder))
        )
    given = (PILOT, "--simulate", "data", "--stimuli", data.parent / "stimuli", "--data", tmp_path / "new")
    assert run_here(*given, "--participant", "P1").exit_code == 0
    inner, outer, parent = dict.fromkeys(synced)
    assert inner.startswith(".P1_01-")
    assert (outer, parent) == ("new", "sessions")
