from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.models.sampling import frame_indices, indices_at
from analysis.models.spec import StreamSpec


def stream(frames: int, rate: int) -> StreamSpec:
    return StreamSpec("rgb", frames, rate, 8, 8, (0.5,) * 3, (0.2,) * 3)


def test_frames_are_spaced_in_seconds_whatever_the_rate_of_the_clip() -> None:
    # Two seconds of a clip, four frames 0.4 s apart, in the middle.
    assert frame_indices(60, 30.0, stream(4, 12)).tolist() == [12, 24, 36, 48]
    assert frame_indices(50, 25.0, stream(4, 12)).tolist() == [10, 20, 30, 40]
    assert frame_indices(120, 60.0, stream(4, 12)).tolist() == [24, 48, 72, 96]


def test_the_first_view_begins_with_the_clip_and_the_last_ends_with_it() -> None:
    # 10 s at 30 fps, 16 frames of 5: a span of 80 frames, of which each frame is the third of five.
    views = [frame_indices(300, 30.0, stream(16, 5), view, 3) for view in range(3)]
    assert [int(view[0]) for view in views] == [2, 112, 222]
    assert int(views[-1][-1]) == 297


def test_a_short_clip_is_looped() -> None:
    # One second, a span of 1.6 s: 0.2, 0.6, 1.0 and 1.4 s, of which the last two are in the second round.
    assert frame_indices(30, 30.0, stream(4, 12)).tolist() == [6, 18, 0, 12]


def test_views_of_a_short_clip_begin_at_different_places_of_it() -> None:
    assert frame_indices(30, 30.0, stream(4, 12), 1, 2).tolist() == [21, 3, 15, 27]


def test_a_clip_of_one_frame_is_that_frame() -> None:
    assert frame_indices(1, 25.0, stream(4, 12), 2, 5).tolist() == [0, 0, 0, 0]


def test_a_view_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no view 2 of 2"):
        frame_indices(30, 30.0, stream(4, 12), 2, 2)


def test_streams_of_one_span_show_the_same_moments() -> None:
    slow, fast = indices_at(300, 30.0, stream(4, 12), 0.3), indices_at(300, 30.0, stream(8, 6), 0.3)
    assert np.abs(slow - fast.reshape(4, 2).mean(axis=1)).max() <= 1


@given(
    frames=st.integers(1, 400),
    fps=st.sampled_from([12.0, 15.0, 23.976, 25.0, 29.97, 30.0, 50.0, 60.0]),
    count=st.integers(1, 32),
    rate=st.integers(1, 24),
    position=st.floats(0, 1),
)
def test_every_frame_is_one_of_the_clip_and_time_runs_forward(
    frames: int, fps: float, count: int, rate: int, position: float
) -> None:
    spec = stream(count, rate)
    found = indices_at(frames, fps, spec, position)
    assert found.shape == (count,)
    assert found.min() >= 0
    assert found.max() < frames
    if frames / fps >= count * rate / 30:
        assert (np.diff(found) >= 0).all()
        assert np.abs(np.diff(found) / fps - rate / 30).max(initial=0) <= 1 / fps + 1e-6
