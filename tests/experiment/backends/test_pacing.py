from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiment.backends.pacing import Pacing, pacing_of, waits_for_display


def flips(interval_s: float, jitter_s: float = 0.0, count: int = 61) -> list[float]:
    rng = np.random.default_rng(1)
    return [float(time) for time in np.cumsum(interval_s + rng.uniform(-jitter_s, jitter_s, count))]


@pytest.mark.parametrize("hz", [59.94, 60.0, 75.0, 144.0, 240.0])
def test_regular_flips_are_the_displays_own_rate(hz: float) -> None:
    pacing = pacing_of(flips(1 / hz, jitter_s=0.0003))
    assert pacing.kind == "vsync"
    assert pacing.refresh_hz == pytest.approx(hz, rel=0.01)


def test_a_few_late_flips_do_not_change_the_rate() -> None:
    times = np.asarray(flips(1 / 60))
    times[30:] += 3 / 60
    times[45:] += 1 / 60
    assert pacing_of(times.tolist()).refresh_hz == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("interval_s", "jitter_s"),
    [(1 / 755, 0.0), (1 / 60, 0.012), (0.2, 0.0)],
    ids=["a virtual display waits for nothing", "intervals all over the place", "too slow to be a display"],
)
def test_without_vertical_sync_flips_are_paced_at_60_hz(interval_s: float, jitter_s: float) -> None:
    assert pacing_of(flips(interval_s, jitter_s)) == Pacing("software", 60.0)


def test_too_few_flips_tell_nothing() -> None:
    with pytest.raises(ValueError, match="at least 10"):
        pacing_of([0.0, 0.016])


def test_a_delay_is_absorbed_by_a_display_that_is_waited_for() -> None:
    """Every interval of flips that wait is a period, whenever within it they were asked for."""
    assert waits_for_display(flips(1 / 60, jitter_s=0.002), 1 / 60, late_s=0.005)


def test_a_delay_shows_where_flips_wait_for_nothing() -> None:
    """A computer that takes 5 ms a flip, as regularly as a display of 200 Hz would, until it is held up."""
    times = np.cumsum(np.tile([0.005, 0.005 + 0.0017], 30)).tolist()
    assert pacing_of(flips(0.005, jitter_s=0.0003)).kind == "vsync"
    assert not waits_for_display(times, 0.005, late_s=0.0017)


def test_flips_that_lose_the_period_they_had_do_not_wait_for_it() -> None:
    """Another program begins to take half of the computer, whatever was asked for late."""
    assert not waits_for_display(flips(0.010, jitter_s=0.0003), 0.005, late_s=0.0017)


def test_two_flips_do_not_tell_whether_they_wait() -> None:
    with pytest.raises(ValueError, match="at least 10"):
        waits_for_display([0.0, 0.016], 1 / 60, late_s=0.005)


@given(last_s=st.floats(0, 1e4), waited_s=st.floats(0, 100), hz=st.floats(30, 240))
def test_the_next_flip_is_less_than_a_period_ahead_and_on_the_grid(
    last_s: float, waited_s: float, hz: float
) -> None:
    pacing = Pacing("software", hz)
    ahead_s = pacing.next_flip(last_s, last_s + waited_s) - (last_s + waited_s)
    periods = (waited_s + ahead_s) * hz
    assert -1e-6 < ahead_s < 1 / hz + 1e-6
    assert periods == pytest.approx(round(periods), abs=1e-4)
    assert round(periods) >= 1
