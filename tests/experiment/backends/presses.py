"""Waiting for what was pressed."""

from __future__ import annotations

import time

from experiment.backends.psychopy import PsychopyBackend
from experiment.ports import InputEvent, KeyPress, PointerPress


def presses_of(backend: PsychopyBackend, until: int, within_s: float = 5.0) -> list[InputEvent]:
    found: list[InputEvent] = []
    limit_s = time.perf_counter() + within_s
    while len(found) < until and time.perf_counter() < limit_s:
        found += [event for event in backend.responses.poll() if isinstance(event, KeyPress | PointerPress)]
        time.sleep(0.002)
    return found
