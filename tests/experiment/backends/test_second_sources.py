"""ioHub and psychtoolbox behind a real window, and presses that outlive them."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from experiment.backends.clock import SessionClock
from experiment.backends.psychopy import PsychopyBackend, open_psychopy
from experiment.backends.psychopy_input import POLLED
from experiment.backends.timed_injection import ProcessInjector
from experiment.ports import KeyPress
from tests.experiment.backends.presses import presses_of

REPOSITORY = Path(__file__).resolve().parents[3]
BACKGROUND = (128, 128, 128)
# What the two clocks' comparison leaves open.
STAMP_S = 0.0007


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_a_session_loses_no_press_with_iohubs_process(display: str, how: str) -> None:
    # given a window whose times come from ioHub, and presses
    clock = SessionClock()
    with (
        open_psychopy(clock, full_screen=False, background=BACKGROUND, input_choice="iohub") as backend,
        _injector_of(backend) as injector,
    ):
        assert backend.display.record.response_source == "ioHub"
        backend.responses.poll()
        injector.press_key("1", clock.now() + 0.05)
        injector.press_pointer(10, 20, clock.now() + 0.15)
        assert len(presses_of(backend, until=2)) == 2
        assert backend.responses.source == "ioHub"
        # when its process is killed, or hangs, and somebody goes on pressing
        matching = backend.responses._matching
        assert matching is not None
        process = psutil.Process(matching.source.process_id)  # type: ignore[attr-defined]
        process.kill() if how == "killed" else process.suspend()
        found = []
        for _ in range(4):
            injector.press_key("2", clock.now() + 0.05)
            found += presses_of(backend, until=1)
        # then every press is there, and what tells the times now is said
        assert [event.key for event in found if isinstance(event, KeyPress)] == ["2"] * 4
        (change,) = backend.responses.source_changes()
        assert (change.before, change.after) == ("ioHub", POLLED)
        assert backend.responses.source == POLLED
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_psychtoolbox_queues_tell_the_times_of_keys_and_buttons(display: str) -> None:
    # In a process of its own: psychtoolbox keeps a connection to the X server until the process ends, and the
    # test run's server ends before that.
    ask = "from tests.experiment.backends.test_second_sources import ask_queues; ask_queues()"
    ended = subprocess.run(
        [sys.executable, "-c", ask], cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr


def ask_queues() -> None:
    clock = SessionClock()
    with (
        open_psychopy(clock, full_screen=False, background=BACKGROUND, input_choice="ptb") as backend,
        _injector_of(backend) as injector,
    ):
        backend.responses.poll()
        now_s = clock.now()
        injector.press_key("4", now_s + 0.05)
        injector.press_pointer(10, 20, now_s + 0.1)
        time.sleep(0.3)
        found = presses_of(backend, until=2)
        happened = injector.happened()
        assert backend.responses.source_changes() == ()
    for event, injected in zip(found, happened, strict=True):
        # Its thread has to be given the processor before it looks at its clock, but it was asleep when the
        # window was read, which polling would have taken for the time.
        assert injected.t_s - STAMP_S <= event.t_s < now_s + 0.29


def _injector_of(backend: PsychopyBackend) -> ProcessInjector:
    injector = backend.timed_injector()
    assert injector is not None
    return injector
