"""Sessions in a real window to which the worst happens: the display goes, the disk is full, somebody starts
the same session again.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from experiment.journal import JOURNAL_NAME, Entry, read_journal
from experiment.records import HeldUp, Resumed, SessionFinished, TrialFinished, TrialStarted
from tests.experiment.material import write_noise_clips
from tests.experiment.sessions import PILOT, command, run

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not os.environ.get("DISPLAY"),
    reason="needs X servers of its own, and limits that can be set from outside",
)
TRIALS = 30


@pytest.fixture(scope="module")
def stimuli(tmp_path_factory) -> Path:
    return write_noise_clips(tmp_path_factory.mktemp("noise"), 4, 3)


def given(stimuli: Path, data: Path, *more: object) -> list[str]:
    visual = ("--simulate", "visual", "--windowed", "--stimuli", stimuli, "--data", data)
    return command(PILOT, *visual, "--participant", "W001", *more)


def journal_of(data: Path) -> Path:
    return data / "sessions" / "W001_01" / JOURNAL_NAME


def entries_of(data: Path) -> tuple[Entry, ...]:
    return read_journal(journal_of(data)).entries if journal_of(data).exists() else ()


def trial_is_on(data: Path, number: int) -> Callable[[], bool]:
    """Whether a trial, counted over the session, is on the screen."""

    def is_on() -> bool:
        entries = entries_of(data)
        begun = sum(isinstance(entry.event, TrialStarted) for entry in entries)
        return begun >= number and isinstance(entries[-1].event, TrialStarted)

    return is_on


def wait_until(happened: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    ends_s = time.monotonic() + 60
    while not happened():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < ends_s
        time.sleep(0.01)


@contextmanager
def x_server() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """An X server of its own and the name of its display."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield server, f":{told.readline().strip()}"
    finally:
        with suppress(ProcessLookupError):
            server.kill()
        server.wait()


def check_whole(data: Path) -> None:
    entries = entries_of(data)
    assert not read_journal(journal_of(data)).damage
    assert isinstance(entries[-1].event, SessionFinished)
    finished = [(e.event.phase, e.event.trial) for e in entries if isinstance(e.event, TrialFinished)]
    assert len(finished) == len(set(finished)) == TRIALS


def test_a_display_that_goes_away_is_told_in_a_sentence_and_another_one_takes_over(stimuli, tmp_path):
    # Given a session whose X server is killed while a clip is on
    with x_server() as (server, name):
        session = subprocess.Popen(
            given(stimuli, tmp_path, "--speed", 20),
            env={**os.environ, "DISPLAY": name},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(trial_is_on(tmp_path, 3), session)
        server.send_signal(signal.SIGKILL)
        _, said = session.communicate(timeout=60)
    assert session.returncode == 1, said
    last = said.strip().splitlines()[-1]
    assert last.startswith("The display was lost. What was recorded is on the disk. To go on with the next")
    assert (
        f"--participant W001 --session 1 --data {tmp_path} --stimuli {stimuli} --simulate visual --windowed "
        f"--resume" in last
    )
    reading = read_journal(journal_of(tmp_path))
    assert not reading.damage
    # When it is taken up on another display
    resumed = run(*given(stimuli, tmp_path, "--resume")[2:])
    # Then it ends as it should, and says what happened
    assert resumed.returncode == 0, resumed.stderr
    assert entries_of(tmp_path)[: len(reading.entries)] == reading.entries
    check_whole(tmp_path)
    assert re.search(
        r"^The session was interrupted and resumed, once; gaps: \d+ ", resumed.stdout, re.MULTILINE
    )


def test_a_full_disk_holds_a_session_up_until_there_is_room_and_nobody_else_can_take_it_over(
    stimuli, tmp_path
):
    from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit

    session = subprocess.Popen(
        given(stimuli, tmp_path, "--speed", 20), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    # When its files may not grow any more, then it waits
    wait_until(trial_is_on(tmp_path, 3), session)
    prlimit(session.pid, RLIMIT_FSIZE, (journal_of(tmp_path).stat().st_size + 60, RLIM_INFINITY))
    time.sleep(1.5)
    assert session.poll() is None
    waiting = entries_of(tmp_path)
    assert not read_journal(journal_of(tmp_path)).damage
    assert len([e for e in waiting if isinstance(e.event, TrialFinished)]) < 5
    # and another program is refused
    second = run(*given(stimuli, tmp_path, "--resume")[2:])
    assert second.returncode == 2
    folder = journal_of(tmp_path).parent
    assert second.stderr.strip() == (f"{folder}: another program is running this session; wait for it to end")
    # When there is room again, then it goes on where it was
    prlimit(session.pid, RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))
    said, errors = session.communicate(timeout=120)
    assert session.returncode == 0, errors
    check_whole(tmp_path)
    entries = entries_of(tmp_path)
    assert entries[: len(waiting)] == waiting
    (held,) = [entry.event for entry in entries if isinstance(entry.event, HeldUp)]
    assert held.reason == "File too large"
    assert not any(isinstance(entry.event, Resumed) for entry in entries)
    assert {e.event.attempt for e in entries if isinstance(e.event, TrialFinished)} == {1}
    assert "It waited for room on the disk, once, for " in said
