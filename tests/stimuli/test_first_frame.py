"""The published generator, beside its formula written out for one pixel at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimuli.first_frame import sampled
from stimuli.noise import fresh_dots, picture


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


def test_it_is_what_torch_samples_but_where_rounding_decides() -> None:
    torch = pytest.importorskip("torch", reason="needs torch, which the extra `models` brings")
    height, width = 48, 64
    rng = np.random.default_rng(0)
    first = fresh_dots((height, width), "rgb", rng)
    flow = rng.normal(0, 3, (height, width, 2)).astype(np.float32)
    # Given the published steps: a grid on -1..1, the flow added to it, the nearest value
    x, y = torch.meshgrid(torch.linspace(-1, 1, width), torch.linspace(-1, 1, height), indexing="xy")
    place = torch.stack((x, y), dim=-1) + torch.from_numpy(2 * flow) / torch.tensor([width, height])
    image = torch.from_numpy(picture(first)).permute(2, 0, 1)[None].float()
    found = torch.nn.functional.grid_sample(image, place[None], mode="nearest", align_corners=False)
    published = found[0].permute(1, 2, 0).numpy().astype(np.uint8)

    position = ((place.double().numpy() + 1) * (width, height) - 1) / 2
    inside = (position > -0.499) & (position < np.array([width, height]) - 0.501)
    certain = (np.abs(position % 1 - 0.5) > 1e-4) & inside
    same = (picture(sampled(first, flow)) == published).all(axis=-1)
    assert certain.all(axis=-1).mean() > 0.8
    assert same[certain.all(axis=-1)].all()
