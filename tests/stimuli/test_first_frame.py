"""The published generator, beside its formula written out for one pixel at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stimuli.first_frame import sampled


def one_by_one(first: np.ndarray, flow: np.ndarray) -> np.ndarray:
    height, width = first.shape
    single, half = np.float32, np.float32(0.5)
    frame = first.copy()
    for row in range(height):
        for column in range(width):
            u, v = flow[row, column]
            x = single(column) * single(width) / single(width - 1) - half + u
            y = single(row) * single(height) / single(height - 1) - half + v
            # Python rounds half to even.
            from_column, from_row = round(float(x)), round(float(y))
            if 0 <= from_column < width and 0 <= from_row < height:
                frame[row, column] = first[from_row, from_column]
    return frame


@settings(deadline=None)
@given(seed=st.integers(0, 1000), height=st.integers(2, 24), width=st.integers(2, 32), scale=st.floats(0, 20))
def test_it_is_the_formula_pixel_for_pixel(seed: int, height: int, width: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 2**32, (height, width), dtype=np.uint32)
    flow = rng.normal(0, scale, (height, width, 2)).astype(np.float32)
    # Quarters of pixels, so that halves, which are rounded to even, come up too
    flow[::2] = np.rint(4 * flow[::2]) / 4

    assert np.array_equal(sampled(first, flow), one_by_one(first, flow))


def test_flow_of_0_3_px_moves_96_of_320_columns() -> None:
    # Given dots that are named by their column
    columns = np.broadcast_to(np.arange(320, dtype=np.uint32), (240, 320))
    flow = np.zeros((240, 320, 2), dtype=np.float32)
    at_rest = sampled(columns, flow)

    flow[..., 0] = 0.3
    moved = sampled(columns, flow)

    step = moved[100].astype(int) - at_rest[100]
    # the last column would come from outside, and stays
    assert sorted(set(step)) == [0, 1]
    assert (step == 1).sum() + 1 == 96


def test_what_would_come_from_outside_stays() -> None:
    first = np.arange(12, dtype=np.uint32).reshape(3, 4)

    for far in (1e30, -1e30, 1e300):
        assert np.array_equal(sampled(first, np.full((3, 4, 2), far)), first)
