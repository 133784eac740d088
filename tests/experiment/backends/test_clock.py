from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiment.backends.clock import SessionClock


def test_a_clock_runs_on_from_where_the_session_was_left() -> None:
    clock = SessionClock(start_s=100.0)
    first, second = clock.now(), clock.now()
    assert 100.0 <= first <= second


def test_session_time_runs_a_factor_faster_than_real_time() -> None:
    clock = SessionClock(start_s=100.0, factor=10.0)
    began_s = clock.real_time_of(100.0)
    assert began_s <= time.perf_counter()
    assert clock.session_time_of(began_s + 2.0) == pytest.approx(120.0)


@given(start_s=st.floats(0, 1e5), factor=st.floats(0.1, 100), session_s=st.floats(0, 1e5))
def test_real_time_and_session_time_are_inverse(start_s: float, factor: float, session_s: float) -> None:
    clock = SessionClock(start_s, factor)
    assert clock.session_time_of(clock.real_time_of(session_s)) == pytest.approx(session_s, abs=1e-3)


def test_a_clock_does_not_stand_still() -> None:
    with pytest.raises(ValueError, match="above 0"):
        SessionClock(factor=0.0)
