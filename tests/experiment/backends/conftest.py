"""Windows on the virtual display that pytest-xvfb starts."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

import pytest

from experiment.backends.clock import SessionClock
from experiment.backends.psychopy import PsychopyBackend, open_psychopy
from experiment.ports import InputEvent
from experiment.scene import Scene

BLANK = Scene("blank", ())


@pytest.fixture(scope="module")
def display() -> str:
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        pytest.skip("screen tests need a display: install Xvfb (apt-get install xvfb)")
    return os.environ.get("DISPLAY", "")


@pytest.fixture(scope="module")
def backend(display: str) -> Iterator[PsychopyBackend]:
    """A window that fills the screen, with simulated input."""
    with open_psychopy(SessionClock(), background=(128, 128, 128), simulated_input=True) as opened:
        yield opened


@pytest.fixture
def events_of(backend: PsychopyBackend) -> Callable[[float], tuple[InputEvent, ...]]:
    """Flip until a session time and a little longer, and return what came in."""
    backend.display.show(BLANK)
    backend.responses.poll()

    def collect(until_s: float) -> tuple[InputEvent, ...]:
        events: list[InputEvent] = []
        while backend.display.show(BLANK) < until_s + 0.15:
            events += backend.responses.poll()
        return tuple(events)

    return collect
