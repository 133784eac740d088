"""One dot per pixel, none twice, each within half a pixel of where the flow leads it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from stimuli.advection import DotField, Room, advected, at_pixel_centres
from stimuli.appearance_free import MOST_DOTS, on_dots

H, W = 12, 16
PIXELS = H * W

any_flow = hnp.arrays(
    np.float32,
    (3, H, W, 2),
    elements=st.one_of(st.floats(-6, 6, width=32), st.sampled_from([np.float32(3e38), np.float32(-1e30)])),
)


def names(start: int, height: int = H, width: int = W) -> np.ndarray:
    """Dots that can be told apart, in place of colours."""
    return np.arange(start, start + height * width, dtype=np.uint32).reshape(height, width)


def fields(flows: np.ndarray) -> Iterator[DotField]:
    height, width = flows.shape[1:3]
    field = at_pixel_centres(names(0, height, width))
    yield field
    for index, flow in enumerate(flows, start=1):
        field = advected(field, flow, names(index * height * width, height, width))
        yield field


@given(flows=any_flow)
def test_whatever_the_flow_every_pixel_has_one_dot_and_no_dot_is_twice_in_a_frame(flows: np.ndarray) -> None:
    before: set[int] = set()
    gone: set[int] = set()
    for index, field in enumerate(fields(flows)):
        assert field.dots.shape == (H, W)
        present = set(field.dots.ravel().tolist())
        assert len(present) == PIXELS
        assert np.abs(field.phase).max() <= 0.5
        # and each is one that was there before or one that is new
        assert all(dot in before or dot >= index * PIXELS for dot in present)
        gone |= before - present
        assert not gone & present
        before = present


@given(flows=any_flow)
def test_every_dot_that_stays_has_moved_by_the_flow_at_its_pixel(flows: np.ndarray) -> None:
    history = list(fields(flows))
    for before, after, flow in zip(history[:-1], history[1:], flows, strict=True):
        place = {dot: divmod(index, W) for index, dot in enumerate(before.dots.ravel().tolist())}
        for index, dot in enumerate(after.dots.ravel().tolist()):
            if dot not in place:
                continue
            old_y, old_x = place[dot]
            y, x = divmod(index, W)
            expected = (old_x, old_y) + before.phase[old_y, old_x] + flow[old_y, old_x]
            assert np.allclose((x, y) + after.phase[y, x], expected, atol=1e-4)


@settings(max_examples=25)
@given(
    drift=st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5)),
    turn=st.floats(-0.01, 0.01),
    growth=st.floats(-0.01, 0.01),
    dots=st.integers(1, MOST_DOTS),
)
def test_after_twenty_frames_every_surviving_dot_is_where_the_flow_leads(
    drift: tuple[float, float], turn: float, growth: float, dots: int
) -> None:
    # Given a smooth flow: a drift, a slow turn and a slow growth around the centre of the frame
    height, width, frames = 48, 64, 20
    y, x = np.mgrid[:height, :width].astype(float)

    def step(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y = x - width / 2, y - height / 2
        return drift[0] + growth * x - turn * y, drift[1] + turn * x + growth * y

    flow = np.stack(step(x, y), axis=-1).astype(np.float32)

    finer = on_dots(flow, None, dots)[0]
    last = list(fields(np.broadcast_to(finer, (frames, *finer.shape))))[-1]

    # then each dot of the first frame that is still there is within half a pixel of the integrated flow, in
    # pixels of the source
    y, x = (np.mgrid[: height * dots, : width * dots] + 0.5) / dots - 0.5
    true_x, true_y = x, y
    for _ in range(frames):
        u, v = step(true_x, true_y)
        true_x, true_y = true_x + u, true_y + v
    old = last.dots < last.dots.size
    assert old.any()
    start = last.dots[old]
    error_x = x[old] + last.phase[old][:, 0] / dots - true_x.ravel()[start]
    error_y = y[old] + last.phase[old][:, 1] / dots - true_y.ravel()[start]
    assert max(np.abs(error_x).max(), np.abs(error_y).max()) <= 0.5


@pytest.mark.parametrize("speed", [0.5, 0.25, -0.5])
def test_motion_by_parts_of_a_pixel_keeps_neighbours_together(speed: float) -> None:
    flows = np.zeros((8, H, W, 2), dtype=np.float32)
    flows[..., 1] = speed

    last = list(fields(flows))[-1].dots

    shift = round(8 * speed)
    kept = last[shift:] if shift > 0 else last[:shift]
    assert np.array_equal(kept, names(0)[: H - shift] if shift > 0 else names(0)[-shift:])


def test_slow_motion_adds_up() -> None:
    # Given 0.3 px per frame for ten frames
    flows = np.zeros((10, H, W, 2), dtype=np.float32)
    flows[..., 0] = 0.3

    history = list(fields(flows))

    # then all dots have moved by three columns, together, at three moments
    assert np.array_equal(history[-1].dots[:, 3:], history[0].dots[:, :-3])
    moved = [not np.array_equal(a.dots, b.dots) for a, b in itertools.pairwise(history)]
    assert sum(moved) == 3
    # and what came in at the border moves with them
    assert np.allclose(history[-1].phase, history[-1].phase[0, 0], atol=1e-5)


def meeting(first: tuple[float, float], second: tuple[float, float]) -> np.ndarray:
    """A flow of which the pixels (x, y) = (0, 1) and (3, 1) are carried away, all else stands still."""
    flow = np.zeros((3, 5, 2), dtype=np.float32)
    flow[1, 0] = first
    flow[1, 3] = second
    return flow


@pytest.mark.parametrize(
    ("flow", "stays"),
    [
        (meeting((2, 0), (-1, 0)), 5),  # the faster of those that come to (2, 1), whichever side it is on
        (meeting((1, 0), (-2, 0)), 8),
    ],
)
def test_of_dots_that_meet_the_fastest_stays(flow: np.ndarray, stays: int) -> None:
    before = at_pixel_centres(names(0, 3, 5))

    after = advected(before, flow, names(100, 3, 5))

    moved_to = 1, (2 if stays == 5 else 1)
    assert after.dots[moved_to] == stays


def test_of_equally_fast_dots_the_oldest_stays_and_then_the_last_in_raster_order() -> None:
    flow = np.zeros((1, 3, 2), dtype=np.float32)
    flow[0, 0], flow[0, 2] = (1, 0), (-1, 0)
    young = at_pixel_centres(names(0, 1, 3))
    born = names(100, 1, 3)
    assert advected(young, flow, born).dots.tolist() == [[100, 2, 102]]

    old = DotField(young.dots, young.phase, np.array([[7, 9, 6]], dtype=np.int32))
    after = advected(old, flow, born)
    assert after.dots.tolist() == [[100, 0, 102]]
    assert after.age.tolist() == [[0, 8, 0]]


def test_where_depth_is_known_the_nearer_surface_stays() -> None:
    # Given a wall that moves fast behind a slow figure
    flow = np.zeros((1, 4, 2), dtype=np.float32)
    flow[0, 0], flow[0, 3] = (2, 0), (-1, 0)
    depth = np.array([[np.inf, np.inf, np.inf, 3.0]])
    field, born = at_pixel_centres(names(0, 1, 4)), names(100, 1, 4)

    assert advected(field, flow, born).dots[0, 2] == 0
    assert advected(field, flow, born, depth).dots[0, 2] == 3


def one_by_one(
    field: DotField, flow: np.ndarray, born: np.ndarray, depth: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Dots, phase and age after one step, by the rules as they are written down."""
    height, width = field.dots.shape
    arrivals: dict[tuple[int, int], list[tuple[tuple[float, ...], tuple[int, int]]]] = {}
    phase = np.zeros((height, width, 2), np.float32)
    for y, x in np.ndindex(height, width):
        step = flow[y, x] + field.phase[y, x]
        phase[y, x] = step - np.rint(step)
        to_x, to_y = (int(float(whole)) for whole in np.rint(step))
        near = 0.0 if depth is None else -float(depth[y, x])
        claim = near, float(np.rint(np.hypot(*flow[y, x]))), float(field.age[y, x]), float(y * width + x)
        arrivals.setdefault((y + to_y, x + to_x), []).append((claim, (y, x)))
    dots, age, moved = born.copy(), np.zeros((height, width), np.int32), phase.copy()
    for y, x in np.ndindex(height, width):
        if came := arrivals.get((y, x)):
            origin = max(came)[1]
            dots[y, x], age[y, x], moved[y, x] = field.dots[origin], field.age[origin] + 1, phase[origin]
    for y, x in np.ndindex(height, width):
        if (y, x) not in arrivals:
            around = [
                place for place in np.ndindex(height, width) if max(abs(place[0] - y), abs(place[1] - x)) == 1
            ]
            known = [moved[place] for place in around if place in arrivals]
            moved[y, x] = np.mean(known, axis=0) if known else phase[y, x]
    return dots, moved, age


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    spread=st.floats(0, 4),
    height=st.integers(1, 7),
    width=st.integers(1, 8),
    depths=st.sampled_from([None, 1, 3]),
)
def test_it_is_what_the_rules_say_dot_by_dot(
    seed: int, spread: float, height: int, width: int, depths: int | None
) -> None:
    rng = np.random.default_rng(seed)
    field = at_pixel_centres(names(0, height, width))
    room = Room(height, width)
    for frame in range(1, 5):
        # Few different values, so that dots are often equally near, fast and old
        flow = np.rint(rng.normal(0, spread, (height, width, 2)) * 4).astype(np.float32) / 4
        born = names(frame * height * width, height, width)
        depth = None
        if depths is not None:
            depth = rng.integers(0, depths, (height, width)).astype(np.float64)
            depth[rng.random((height, width)) < 0.3] = np.inf
        dots, phase, age = one_by_one(field, flow, born, depth)

        # Memory that is used again holds nothing of the frame before
        field = advected(field, flow, born, depth, room)

        assert np.array_equal(field.dots, dots)
        assert np.array_equal(field.age, age)
        assert np.allclose(field.phase, phase, atol=1e-6)
