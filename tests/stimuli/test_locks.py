"""A lock has one holder, and goes with it however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import IO

import pytest

from stimuli import locks
from stimuli.locks import exclusive_lock

HOLD = """
import sys
from pathlib import Path
from stimuli.locks import exclusive_lock

with exclusive_lock(Path(sys.argv[1]), wait=False):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path, repository):
    """Another process that holds the lock until its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "lock")],
        cwd=repository,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline().strip() == b"held"
    yield process
    process.kill()
    process.communicate()


def test_a_lock_that_another_process_holds_is_refused_until_it_ends(tmp_path, holder):
    with pytest.raises(BlockingIOError), exclusive_lock(tmp_path / "lock", wait=False):
        pytest.fail("two processes held one lock")
    holder.communicate()
    with exclusive_lock(tmp_path / "lock", wait=False):
        pass


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX signal")
def test_a_killed_holder_gives_its_lock_back(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with exclusive_lock(tmp_path / "lock", wait=False):
        pass


def test_who_waits_comes_in_once_the_holder_has_left(tmp_path, holder):
    entered = threading.Event()

    def wait() -> None:
        with exclusive_lock(tmp_path / "lock", wait=True):
            entered.set()

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    assert not entered.wait(0.2)
    holder.communicate()
    assert entered.wait(20)
    waiting.join()


def test_a_lock_is_nobodys_after_a_block_that_failed(tmp_path):
    with pytest.raises(KeyError), exclusive_lock(tmp_path / "lock", wait=False):
        raise KeyError
    with exclusive_lock(tmp_path / "lock", wait=False):
        pass


@pytest.mark.skipif(os.name != "posix", reason="a held file cannot be removed on Windows")
def test_a_lock_file_removed_between_opening_and_locking_is_not_taken_for_the_lock(tmp_path, monkeypatch):
    # Given two that come as the last holder leaves: one opened the file before it was removed, and locks it
    # only after the other has made a new one
    path = tmp_path / "lock"
    lock_file = locks._lock
    with ExitStack() as of_the_other:

        def overtaken(file: IO[str], wait: bool) -> None:
            monkeypatch.setattr(locks, "_lock", lock_file)
            path.unlink()
            of_the_other.enter_context(exclusive_lock(path, wait=False))
            lock_file(file, wait)

        monkeypatch.setattr(locks, "_lock", overtaken)
        with pytest.raises(BlockingIOError), exclusive_lock(path, wait=False):
            pytest.fail("two held one lock")
        assert path.exists()
    assert not path.exists()
