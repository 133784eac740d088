"""The whole check of a display, from its open ports to a report."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from experiment.timing_check.figures import ResponseFigures
from experiment.timing_check.measure import measure_frames, measure_onsets, measure_responses
from experiment.timing_check.played import CheckPorts
from experiment.timing_check.report import TimingReport

FRAMES_S = 60.0
_PRESSES = 220
_ONSET_TRIALS = 8
_CLIPS_S = (2.0, 10.0)
_NOT_INJECTED = (
    "not measured: presses can be made to happen at known times on an X server only (Linux). The source of "
    "times is named above; docs/timing.md has its errors on the machines where they were measured."
)


def checked_timing(
    ports: CheckPorts, tell: Callable[[str], None], frames_s: float = FRAMES_S
) -> TimingReport:
    """Measure everything; about two minutes. ``tell`` hears what is being measured.

    Raises
    ------
    InputRefused
        Where somebody pressed keys or the mouse meanwhile.
    """
    load_before = _load()
    with tempfile.TemporaryDirectory(prefix="timing-") as name:
        folder = Path(name)
        tell(f"1 of 3: a clip for {frames_s:g} s ...")
        frames = measure_frames(ports, folder, frames_s)
        tell("2 of 3: from a press to the next clip ...")
        onsets = tuple(measure_onsets(ports, folder, seconds, _ONSET_TRIALS) for seconds in _CLIPS_S)
        tell("3 of 3: response times; leave keyboard and mouse alone ...")
        responses: ResponseFigures | str = _NOT_INJECTED
        if ports.injector is not None:
            responses = measure_responses(ports, folder, _PRESSES)
    return TimingReport(
        made_at=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        machine=f"{platform.platform()}, {os.cpu_count()} processors",
        load=(load_before, _load()),
        display=ports.display.record,
        frames=frames,
        onsets=onsets,
        responses=responses,
    )


def _load() -> float:
    """Load average of the last minute; 0 where the system tells none."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
