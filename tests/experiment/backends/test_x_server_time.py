"""The X server's stamps on this program's clock, and when they are not believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiment.backends.x_server_time import (
    ServerTime,
    ServerTimeUnusable,
    measure_server_time,
    server_time_of,
)

FINE = ServerTime(lag_s=0.0005, uncertainty_s=0.0005)


def brackets(offset_s: float, tick_s: float = 0.001, count: int = 200) -> list[tuple[float, int, float]]:
    """What a server tells whose clock is ``offset_s`` ahead and ticks every ``tick_s``."""
    told = []
    for number in range(count):
        asked_s = 1000.0 + number * 0.001237
        at_s = asked_s + 0.000025 + offset_s
        told.append((asked_s, int(int(at_s / tick_s) * tick_s * 1000 + 1e-6), asked_s + 0.00005))
    return told


@given(st.floats(0.001, 5e6))
def test_an_event_is_placed_within_half_a_millisecond(happened_s: float) -> None:
    stamp_ms = int(happened_s * 1000) % 2**32
    found_s = FINE.real_time_of(stamp_ms, read_s=happened_s + 0.02)
    if stamp_ms == 0:
        assert found_s is None
    else:
        assert found_s == pytest.approx(happened_s, abs=0.000501)


def test_what_was_read_at_once_lies_between_its_stamp_and_the_reading() -> None:
    assert FINE.real_time_of(12_000, read_s=12.0002) == pytest.approx(12.0001)


def test_stamps_go_on_after_49_days() -> None:
    """They begin again at 0 after 2**32 ms."""
    assert FINE.real_time_of(4, read_s=2**32 / 1000 + 0.01) == pytest.approx(2**32 / 1000 + 0.0045)


@pytest.mark.parametrize("stamp_ms", [0, 900_000, 1_001_000])
def test_a_stamp_of_no_time_of_an_old_one_or_of_the_future_is_not_used(stamp_ms: int) -> None:
    assert FINE.real_time_of(stamp_ms, read_s=1000.0) is None


def test_a_server_with_this_computers_clock_is_half_a_millisecond_behind_on_average() -> None:
    assert server_time_of(brackets(0.0)).lag_s == pytest.approx(0.0005, abs=0.00005)


@pytest.mark.parametrize("offset_s", [-3600.0, -0.004, 0.004, 12.5])
def test_a_server_with_another_clock_is_refused(offset_s: float) -> None:
    with pytest.raises(ServerTimeUnusable):
        server_time_of(brackets(offset_s))


def test_a_server_whose_clock_ticks_every_four_milliseconds_is_refused() -> None:
    with pytest.raises(ServerTimeUnusable, match="behind"):
        server_time_of(brackets(0.0, tick_s=0.004))


def test_the_virtual_displays_server_has_this_computers_clock(display: str) -> None:
    assert 0.0003 < measure_server_time().lag_s < 0.0011


def test_a_server_that_is_not_there_is_said_so() -> None:
    with pytest.raises(ServerTimeUnusable, match="reached"):
        measure_server_time(":9753")
