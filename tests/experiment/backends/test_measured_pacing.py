"""What a window's flips tell of its display, on displays of known behaviour and in their time."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from experiment.backends import measured_pacing
from experiment.backends.pacing import Pacing


class Computer:
    """Time that passes by 10 us at each look at the clock, and by what a flip takes."""

    def __init__(self, draw_s: float, shown_at: Callable[[float], float]) -> None:
        self.now_s = 1.0
        self.draw_s = draw_s
        self.shown_at = shown_at
        self.backend = SimpleNamespace(setCurrent=lambda: None)

    def perf_counter(self) -> float:
        self.now_s += 1e-5
        return self.now_s

    def draw(self, _scene: object) -> None:
        self.now_s += self.draw_s

    def flip(self, **_how: bool) -> None:
        self.now_s = self.shown_at(self.now_s)


def refreshes(hz: float) -> Callable[[float], float]:
    return lambda asked_s: (math.floor(asked_s * hz) + 1) / hz


def at_once(asked_s: float) -> float:
    return asked_s


def measured(monkeypatch: pytest.MonkeyPatch, computer: Computer) -> Pacing:
    monkeypatch.setattr(measured_pacing, "time", computer)
    return measured_pacing.measure_pacing(computer, computer)  # type: ignore[arg-type]  # draws as well


@pytest.mark.parametrize("hz", [60.0, 144.0])
def test_a_display_with_vertical_sync_is_found(monkeypatch: pytest.MonkeyPatch, hz: float) -> None:
    pacing = measured(monkeypatch, Computer(0.002, refreshes(hz)))
    assert pacing.kind == "vsync"
    assert pacing.refresh_hz == pytest.approx(hz, rel=1e-6)


@pytest.mark.parametrize("draw_s", [0.0005, 0.005, 0.0167], ids=["fast", "slow", "as slow as a display"])
def test_a_computer_that_waits_for_nothing_is_paced_in_software_however_slow_it_is(
    monkeypatch: pytest.MonkeyPatch, draw_s: float
) -> None:
    assert measured(monkeypatch, Computer(draw_s, at_once)) == Pacing("software", 60.0)
