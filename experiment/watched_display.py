"""A display behind which another one draws: for whoever watches what is shown, and answers it."""

from __future__ import annotations

from experiment.ports import Display
from experiment.records import DisplayRecord
from experiment.scene import Scene


class WatchedDisplay:
    """``ports.Display`` that passes everything on to another one; who watches extends ``show``."""

    def __init__(self, display: Display) -> None:
        self._display = display

    @property
    def record(self) -> DisplayRecord:
        """That of the other display."""
        return self._display.record

    @property
    def frame_period_s(self) -> float:
        """That of the other display."""
        return self._display.frame_period_s

    def next_flip_s(self) -> float:
        """As the other display tells it."""
        return self._display.next_flip_s()

    def show(self, scene: Scene) -> float:
        """Let the other display show it; returns the time of the flip."""
        return self._display.show(scene)

    def close(self) -> None:
        """Close the other display."""
        self._display.close()
