"""Timing: error of the time to choose for every source of time stamps, frame schedule, press to next onset.

Everything is measured in running trials in a window of the display that DISPLAY names; without one it is
left out and said so. It takes under three minutes. The machine's load stands beside the figures, as they
depend on it.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from experiment.backends.clock import SessionClock
from experiment.backends.psychopy import open_psychopy
from experiment.backends.psychopy_window import open_window
from experiment.errors import InputRefused
from experiment.input_choice import InputChoice
from experiment.phases.layout import BACKGROUND
from experiment.timing_check.figures import ResponseFigures
from experiment.timing_check.measure import measure_frames, measure_onsets, measure_responses
from experiment.timing_check.played import CheckPorts

# Some injections take too long to know when they happened: of the source that is used, 200 of each kind shall
# be left even on a busy machine.
PRESSES = {"x11": 300}
OTHER_PRESSES = 220
SOURCES: tuple[InputChoice, ...] = ("x11", "iohub", "ptb", "pyglet")
FRAMES_S = 20.0
ONSET_TRIALS = 6
BLOCKING_S = 1 / 60


def main() -> None:
    figures: dict[str, object] = {
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    }
    if not sys.platform.startswith("linux") or not os.environ.get("DISPLAY"):
        print(json.dumps(figures | {"timing": "not measured: no X display"}))
        return
    figures["load_before"] = os.getloadavg()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        responses: dict[str, object] = {}
        for choice in SOURCES:
            responses[choice] = in_a_window(choice, open_window, folder)
        for choice in SOURCES[0], SOURCES[-1]:
            responses[f"{choice}, flip blocks 16.7 ms"] = in_a_window(choice, open_blocking_window, folder)
        figures["time_to_choose"] = responses
        with opened("auto", open_window) as ports:
            figures["display"] = asdict(ports.display.record)
            figures["frames"] = asdict(measure_frames(ports, folder, FRAMES_S))
            print(figures["frames"], flush=True)
            onsets = [measure_onsets(ports, folder, seconds, ONSET_TRIALS) for seconds in (2.0, 10.0)]
            figures["press_to_onset"] = [asdict(figure) for figure in onsets]
            print(figures["press_to_onset"], flush=True)
    figures["load_after"] = os.getloadavg()
    print(json.dumps(figures))


def in_a_window(choice: InputChoice, opener: Callable[..., Any], folder: Path) -> dict[str, Any]:
    """Figures of one source, or why it does not work here."""
    try:
        with opened(choice, opener) as ports:
            figures: ResponseFigures = measure_responses(ports, folder, PRESSES.get(choice, OTHER_PRESSES))
            pacing = ports.display.record.pacing
    except InputRefused as error:
        print(f"{choice}: {error}", flush=True)
        return {"not_measured": str(error)}
    print(f"{choice}, {pacing}: {figures}", flush=True)
    return {"pacing": pacing, **asdict(figures)}


@contextmanager
def opened(choice: InputChoice, opener: Callable[..., Any]) -> Iterator[CheckPorts]:
    """A window that fills the screen, with presses from another process."""
    clock = SessionClock()
    with ExitStack() as stack:
        backend = stack.enter_context(
            open_psychopy(clock, background=BACKGROUND, input_choice=choice, opener=opener)
        )
        injector = backend.timed_injector()
        if injector is not None:
            stack.enter_context(injector)
        yield CheckPorts(clock, backend.display, backend.responses, injector)


def open_blocking_window(**options: Any) -> Any:
    """A window whose flips block for a whole frame of 60 Hz, in which no input is read."""
    window = open_window(**options)
    flip = window.flip

    def blocking_flip(*arguments: Any, **options: Any) -> Any:
        time.sleep(BLOCKING_S)
        return flip(*arguments, **options)

    window.flip = blocking_flip
    return window


if __name__ == "__main__":
    main()
