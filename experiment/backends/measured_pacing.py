"""The refresh rate of a window, measured by flipping it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from experiment.backends.pacing import Pacing, pacing_of
from experiment.scene import Box, Footage, Rect, Scene, Text, VideoFrame

if TYPE_CHECKING:
    from experiment.backends.psychopy_drawing import SceneDrawing

_MEASURED_FLIPS = 60
_WARMING_FLIPS = 10


def measure_pacing(window: Any, drawing: SceneDrawing) -> Pacing:
    """Flips of an empty screen as fast as the display takes them; the first ones are not counted."""
    empty = Scene("empty", ())
    times = []
    for number in range(_WARMING_FLIPS + _MEASURED_FLIPS + 1):
        window.backend.setCurrent()
        if number < _WARMING_FLIPS:
            # Drivers compile at the first use of each kind of thing (80 ms in software); not within a trial.
            drawing.draw(_one_of_each())
        drawing.draw(empty)
        window.flip(clearBuffer=False)
        if number >= _WARMING_FLIPS:
            times.append(time.perf_counter())
    return pacing_of(times)


def _one_of_each() -> Scene:
    clip = Footage("warm-up", np.zeros((1, 2, 2, 3), dtype=np.uint8), 1.0)
    spot = Rect(0, 0, 8, 8)
    elements = (Box(spot, (0, 0, 0), (255, 255, 255), 1), Text("a", 0, 0, 8, (0, 0, 0)))
    return Scene("warm-up", elements, (VideoFrame(clip, 0, spot),))
