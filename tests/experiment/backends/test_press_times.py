"""Which press of a source a press at the window is, and what happens when the source dies."""

from __future__ import annotations

import time

import pytest

from experiment.backends.clock import SessionClock
from experiment.backends.press_times import PressMatching, ReportedPress, SeenPress
from experiment.backends.psychopy_input import POLLED, WindowResponses
from experiment.ports import KeyPress, PointerPress


class Told:
    """A source that reports what a test tells it."""

    name = "told"

    def __init__(self) -> None:
        self.waiting: list[ReportedPress] = []
        self.lost = ""
        self.closed = False

    def reported(self) -> tuple[ReportedPress, ...]:
        told, self.waiting = tuple(self.waiting), []
        return told

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def source() -> Told:
    return Told()


def test_a_press_gets_the_time_its_source_tells(source: Told) -> None:
    matching = PressMatching(source)
    source.waiting = [ReportedPress("button", 10.001), ReportedPress("key", 10.009)]
    assert matching.time_of(SeenPress("key", 10.0, 10.016)) == 10.009


def test_presses_of_other_windows_and_of_earlier_times_are_not_taken_for_it(source: Told) -> None:
    now_s = time.perf_counter()
    source.waiting = [ReportedPress("key", now_s - 2.0), ReportedPress("key", now_s - 0.002)]
    assert PressMatching(source).time_of(SeenPress("key", now_s - 0.016, now_s)) == now_s - 0.002


def test_two_presses_between_two_readings_are_told_in_their_order(source: Told) -> None:
    matching = PressMatching(source)
    source.waiting = [ReportedPress("key", 10.004), ReportedPress("key", 10.011)]
    seen = SeenPress("key", 10.0, 10.016)
    assert [matching.time_of(seen), matching.time_of(seen)] == [10.004, 10.011]


def test_a_press_waits_for_its_report_and_no_longer_than_it_may(source: Told) -> None:
    now_s = time.perf_counter()
    matching = PressMatching(source)
    assert matching.time_of(SeenPress("key", now_s, now_s)) is None
    assert matching.time_of(SeenPress("key", now_s - 1, now_s - 1)) == now_s - 1


def test_a_time_after_the_reading_is_no_time_of_the_press(source: Told) -> None:
    source.waiting = [ReportedPress("key", 10.018)]
    assert PressMatching(source).time_of(SeenPress("key", 10.0, 10.016)) == 10.016


def test_a_source_that_says_nothing_three_times_is_given_up(source: Told) -> None:
    matching = PressMatching(source)
    for number in range(3):
        assert matching.lost == ""
        assert matching.time_of(SeenPress("key", float(number), float(number))) == number
    assert matching.lost == "told reported none of the last 3 presses"


class Window:
    """Hands a key and a click to its handlers at each reading."""

    def push_handlers(self, **handlers: object) -> None:
        self.handlers = handlers

    def remove_handlers(self, **_handlers: object) -> None:
        self.handlers = {}

    def dispatch_events(self) -> None:
        if getattr(self, "pressed", False):
            self.pressed = False
            self.handlers["on_key_press"](49, 0)  # type: ignore[operator]
            self.handlers["on_mouse_press"](30, 20, 1, 0)  # type: ignore[operator]


def test_no_press_is_lost_with_a_source_that_dies_and_the_change_is_told_once(source: Told) -> None:
    # given a session whose source of times works
    window, clock = Window(), SessionClock()
    responses = WindowResponses(window, clock, (100, 100), times=source)
    window.pressed = True
    now_s = time.perf_counter()
    source.waiting = [ReportedPress("button", now_s), ReportedPress("key", now_s)]
    told = responses.poll()
    assert [type(event) for event in told] == [KeyPress, PointerPress]
    assert told[0].t_s == pytest.approx(clock.session_time_of(now_s))
    # when it ends, and a key and the mouse are pressed after that
    source.lost = "the process has ended"
    window.pressed = True
    told = responses.poll()
    # then both are there, with the time of their reading, and what happened is said
    assert [type(event) for event in told] == [KeyPress, PointerPress]
    assert clock.now() - told[0].t_s < 1.0
    assert (told[1].x, told[1].y) == (-20.0, -30.0)
    (change,) = responses.source_changes()
    assert (change.before, change.after, change.reason) == ("told", POLLED, "the process has ended")
    assert responses.source_changes() == ()
    assert source.closed
    # and the next press comes as it should
    window.pressed = True
    assert len(responses.poll()) == 2
