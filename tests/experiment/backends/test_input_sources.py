"""The sources of response times on a real window: right stamps while flips block, and none that takes a press
with it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from experiment.backends import input_sources
from experiment.backends.input_sources import open_source
from experiment.backends.psychopy import PsychopyBackend
from experiment.backends.psychopy_input import POLLED
from experiment.backends.timed_injection import ProcessInjector
from experiment.backends.x_server_time import ServerTimeUnusable
from experiment.errors import InputRefused
from experiment.ports import KeyPress, PointerPress
from tests.experiment.backends.presses import presses_of

# Whole milliseconds, and what the two clocks' comparison leaves open.
STAMP_S = 0.0007


@pytest.fixture
def injector(backend: PsychopyBackend) -> Iterator[ProcessInjector]:
    opened = backend.timed_injector()
    assert opened is not None
    with opened:
        yield opened


def test_a_press_during_a_blocking_flip_has_its_own_time(
    backend: PsychopyBackend, injector: ProcessInjector
) -> None:
    # given a key and a click while nobody reads the input for 0.3 s
    backend.responses.poll()
    now_s = backend.display._clock.now()
    injector.press_key("3", now_s + 0.05)
    injector.press_pointer(120, -40, now_s + 0.1)
    time.sleep(0.3)
    # when they are read
    key, click = presses_of(backend, until=2)
    # then each has happened while it was injected, far from the reading
    for event, injected in zip((key, click), injector.happened(), strict=True):
        assert injected.t_s - STAMP_S <= event.t_s <= injected.t_s + injected.took_s + STAMP_S
    assert isinstance(key, KeyPress)
    assert isinstance(click, PointerPress)
    assert key.key == "3"
    assert (click.x, click.y) == pytest.approx((120, -40), abs=1)


def test_a_key_that_is_held_down_is_one_press(backend: PsychopyBackend) -> None:
    """The X server repeats it after 0.66 s."""
    from Xlib import XK
    from Xlib.display import Display

    server: Any = Display()
    code = server.keysym_to_keycode(XK.string_to_keysym("2"))
    server.xtest_fake_input(2, code)
    server.sync()
    held = presses_of(backend, until=9, within_s=1.2)
    server.xtest_fake_input(3, code)
    server.sync()
    server.close()
    assert [event.key for event in held if isinstance(event, KeyPress)] == ["2"]


def test_where_the_servers_clock_is_another_the_next_source_is_taken_and_the_reason_kept(
    backend: PsychopyBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another_clock(_window: object) -> None:
        raise ServerTimeUnusable("the X server has another clock")

    class Hub:
        name = "ioHub"

    monkeypatch.setattr(input_sources, "x_event_stamps", another_clock)
    monkeypatch.setattr(input_sources, "IoHubTimes", Hub)
    opened = open_source("auto", backend.display._window.winHandle)
    assert opened.record == "ioHub; the X server has another clock"
    with pytest.raises(InputRefused, match="--input x11: the X server has another clock"):
        open_source("x11", backend.display._window.winHandle)


def test_the_polled_events_can_be_asked_for(backend: PsychopyBackend) -> None:
    opened = open_source("pyglet", backend.display._window.winHandle)
    assert (opened.times, opened.record) == (None, POLLED)
