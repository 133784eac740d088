"""The refresh rate of a window, measured by flipping it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from experiment.backends.pacing import SOFTWARE_HZ, Pacing, pacing_of, waits_for_display
from experiment.scene import Box, Footage, Rect, Scene, Text, VideoFrame

if TYPE_CHECKING:
    from experiment.backends.psychopy_drawing import SceneDrawing

_MEASURED_FLIPS = 60
_WARMING_FLIPS = 10
# Part of a refresh period: large beside the scatter of the flips, small enough for the display to absorb it.
_LATE = 1 / 3


def measure_pacing(window: Any, drawing: SceneDrawing) -> Pacing:
    """Flips of an empty screen as fast as the display takes them; the first ones are not counted.

    What looks like vertical sync is put to the test by flips of which every second one is asked for late.
    """
    for _ in range(_WARMING_FLIPS):
        window.backend.setCurrent()
        # Drivers compile at the first use of each kind of thing (80 ms in software); not within a trial.
        drawing.draw(_one_of_each())
        _flip_empty(window, drawing)
    pacing = pacing_of(_flip_times(window, drawing, late_s=0.0))
    if pacing.kind == "software":
        return pacing
    late_s = _LATE * pacing.period_s
    if waits_for_display(_flip_times(window, drawing, late_s), pacing.period_s, late_s):
        return pacing
    return Pacing("software", SOFTWARE_HZ)


def _flip_times(window: Any, drawing: SceneDrawing, late_s: float) -> list[float]:
    """When flips were over; every second one was asked for ``late_s`` later than it could have been."""
    times = []
    for number in range(_MEASURED_FLIPS + 1):
        asked_s = time.perf_counter() + late_s * (number % 2)
        # Not a sleep: that may last a millisecond longer than it was asked to.
        while time.perf_counter() < asked_s:
            pass
        _flip_empty(window, drawing)
        times.append(time.perf_counter())
    return times


def _flip_empty(window: Any, drawing: SceneDrawing) -> None:
    window.backend.setCurrent()
    drawing.draw(Scene("empty", ()))
    window.flip(clearBuffer=False)


def _one_of_each() -> Scene:
    clip = Footage("warm-up", np.zeros((1, 2, 2, 3), dtype=np.uint8), 1.0)
    spot = Rect(0, 0, 8, 8)
    elements = (Box(spot, (0, 0, 0), (255, 255, 255), 1), Text("a", 0, 0, 8, (0, 0, 0)))
    return Scene("warm-up", elements, (VideoFrame(clip, 0, spot),))
