"""The timing check finds the errors that are there, in trials on a virtual display; a page says them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from experiment.backends.virtual import VirtualClock, VirtualDisplay, VirtualResponses
from experiment.errors import InputRefused
from experiment.ports import KeyPress, PointerPress
from experiment.timing_check.check import checked_timing
from experiment.timing_check.figures import PressError, errors_of, frames_of, responses_of
from experiment.timing_check.measure import measure_frames, measure_onsets, measure_responses
from experiment.timing_check.played import CheckPorts, Injected


class LateInjector:
    """Presses that are recorded ``late_s`` after they happened; ``extra`` more of them than it says."""

    def __init__(self, responses: VirtualResponses, late_s: float, extra: int = 0) -> None:
        self._responses = responses
        self._late_s = late_s
        self._extra = extra
        self._happened: list[Injected] = []

    def press_key(self, key: str, at_s: float) -> None:
        self._responses.inject(KeyPress(at_s + self._late_s, key))
        self._happened.append(Injected(at_s, 0.0001))

    def press_pointer(self, x: float, y: float, at_s: float) -> None:
        self._responses.inject(PointerPress(at_s + self._late_s, x, y))
        self._happened.append(Injected(at_s, 0.0001))

    def happened(self) -> tuple[Injected, ...]:
        return tuple(self._happened[self._extra :])


def ports(late_s: float = 0.0, extra: int = 0, injects: bool = True) -> CheckPorts:
    clock = VirtualClock()
    responses = VirtualResponses(clock)
    injector = LateInjector(responses, late_s, extra) if injects else None
    return CheckPorts(clock, VirtualDisplay(clock), responses, injector)


def test_the_error_of_the_time_to_choose_is_what_the_source_of_times_has(tmp_path: Path) -> None:
    figures = measure_responses(ports(late_s=0.0037), tmp_path, presses=30)
    for errors in (figures.keys, figures.mouse):
        assert errors is not None
        assert errors.n == 30
        assert (errors.median_ms, errors.max_ms, errors.bias_ms) == (3.7, 3.7, 3.7)


def test_presses_of_somebody_else_are_said_and_not_counted(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="left alone"):
        measure_responses(ports(extra=2), tmp_path, presses=10)


def test_a_press_whose_time_is_not_known_is_told_apart() -> None:
    presses = [PressError("key", 0.0002, 0.0001), PressError("key", 0.030, 0.031)]
    figures = responses_of("a source", presses)
    assert figures.keys is not None
    assert figures.all_keys is not None
    assert (figures.keys.n, figures.keys.max_ms, figures.all_keys.max_ms) == (1, 0.2, 30.0)
    assert (figures.unknown, figures.mouse) == (1, None)


def test_errors_are_summed_up_by_size_and_with_their_sign() -> None:
    errors = errors_of([-0.0002, 0.0001, 0.0004])
    assert errors is not None
    assert (errors.n, errors.median_ms, errors.max_ms, errors.bias_ms) == (3, 0.2, 0.4, 0.1)
    assert errors.sd_ms == 0.245
    assert errors_of([]) is None


def test_an_interval_over_one_and_a_half_periods_is_a_drop() -> None:
    figures = frames_of([0.0, 0.010, 0.020, 0.034, 0.050, 0.080], 0.010)
    assert (figures.flips, figures.drops, figures.interval_max_ms) == (6, 2, 30.0)


def test_frames_and_onsets_of_a_display_that_keeps_its_time(tmp_path: Path) -> None:
    frames = measure_frames(ports(), tmp_path, seconds=3.0)
    assert frames.drops == 0
    assert frames.seconds == pytest.approx(3.0, abs=0.1)
    assert frames.interval_median_ms == pytest.approx(1000 / 60, abs=0.01)
    onsets = measure_onsets(ports(), tmp_path, clip_s=2.0, trials=4)
    assert (onsets.errors.n, onsets.programmed_s) == (3, 1.0)
    assert onsets.max_frames <= 1.0


def test_the_page_says_what_was_found_and_what_could_not_be(tmp_path: Path) -> None:
    heard: list[str] = []
    report = checked_timing(ports(injects=False), heard.append, frames_s=2.0)
    assert len(heard) == 3
    text = " ".join(report.text().split())
    assert "not measured: presses can be made to happen at known times on an X server only" in text
    assert f"0 of {report.frames.flips} flips in 2 s came over 1.5 frame periods" in text
    assert "--photodiode" in text
    page = report.write(tmp_path)
    assert page.name.startswith("timing_")
    assert "on an X server only" in page.read_text(encoding="utf-8")
    kept = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    assert kept["frames"]["drops"] == 0
    assert kept["display"]["backend"] == "virtual"


def test_an_error_beyond_the_bar_is_marked() -> None:
    report = checked_timing(ports(late_s=0.003), lambda _told: None, frames_s=1.0)
    good = responses_of("a source", [PressError("key", 0.0003, 0.0001)])
    for found, verdict in ((report, "check"), (replace(report, responses=good), "ok")):
        marked = {line.name: line.verdict for line in found.lines()}
        assert (marked["Response times, keys"], marked["Dropped frames"]) == (verdict, "ok")
