"""A lock has one holder, and goes with it however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

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
    assert entered.wait(60)
    waiting.join()


def test_a_lock_is_nobodys_after_a_block_that_failed(tmp_path):
    with pytest.raises(KeyError), exclusive_lock(tmp_path / "lock", wait=False):
        raise KeyError
    with exclusive_lock(tmp_path / "lock", wait=False):
        pass


@pytest.mark.skipif(os.name != "posix", reason="a held file cannot be removed on Windows")
def test_holders_that_come_and_go_are_never_inside_together(tmp_path):
    # The file is removed by each holder: who had opened it before must not take the removed one for the lock.
    inside: list[int] = []
    met: list[tuple[int, ...]] = []

    def come_and_go(who: int) -> None:
        for _ in range(200):
            with exclusive_lock(tmp_path / "lock", wait=True):
                inside.append(who)
                if len(inside) > 1:
                    met.append(tuple(inside))
                inside.remove(who)

    threads = [threading.Thread(target=come_and_go, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not met
    assert not (tmp_path / "lock").exists()
