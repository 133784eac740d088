"""Noise moves as the flow says, and shows nothing else."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimuli.appearance_free import (
    FILLS,
    Generator,
    Method,
    appearance_free_frames,
    appearance_free_video,
    noise_seed,
)
from stimuli.noise import NoiseKind

H, W = 24, 32
steps = st.integers(-5, 5)
RECURSIVE = Generator("recursive")
GENERATORS = [Generator(method, fill) for method, fills in FILLS.items() for fill in fills]


def constant_flow(u: float, v: float, count: int = 4, height: int = H, width: int = W) -> np.ndarray:
    return np.broadcast_to(np.array([u, v], dtype=np.float32), (count, height, width, 2))


def shared(step: int, length: int) -> tuple[slice, slice]:
    """Where, along one side, what moved by `step` stood before and stands now."""
    return slice(max(0, -step), length - max(0, step)), slice(max(0, step), length - max(0, -step))


@pytest.mark.parametrize("method", ["advect", "recursive"])
@given(u=steps, v=steps)
def test_a_translation_moves_every_dot_and_fills_the_border_anew(method: Method, u: int, v: int) -> None:
    video = appearance_free_video(constant_flow(u, v), seed=1, generator=Generator(method))

    from_x, to_x = shared(u, W)
    from_y, to_y = shared(v, H)
    for before, after in itertools.pairwise(video):
        assert np.array_equal(after[to_y, to_x], before[from_y, from_x])
        came_in = np.ones((H, W), dtype=bool)
        came_in[to_y, to_x] = False
        old = set(map(tuple, before.reshape(-1, 3)))
        new = [tuple(dot) for dot in after[came_in]]
        assert sum(dot in old for dot in new) <= 1  # of 16.7 million values


@given(u=st.floats(-0.49, 0.49), v=st.floats(-0.49, 0.49))
def test_less_than_half_a_pixel_is_no_motion_to_the_recursive_method(u: float, v: float) -> None:
    video = appearance_free_video(constant_flow(u, v), seed=2, generator=RECURSIVE)

    assert (video == video[0]).all()


def test_holes_get_new_values_in_every_frame() -> None:
    # Given everything moving right for a hundred frames, three times the width of the picture
    video = appearance_free_video(constant_flow(1, 0, count=100), seed=3)

    # then the columns that came in at the left are all different: no stripes, nothing comes back
    entered = np.concatenate([video[0], video[1:, :, 0].swapaxes(0, 1)], axis=1)
    values = Counter(map(tuple, entered.reshape(-1, 3)))
    assert max(values.values()) <= 2


def test_of_dots_that_meet_the_recursive_method_keeps_the_last_in_raster_order() -> None:
    flow = np.zeros((1, 2, 4, 2), dtype=np.float32)
    flow[0, 0, 0] = (2, 1)  # from the upper left ...
    flow[0, 1, 3] = (-1, 0)  # ... and from the right to the pixel (2, 1), where a dot rests already

    first, second = appearance_free_video(flow, seed=4, generator=RECURSIVE)

    assert np.array_equal(second[1, 2], first[1, 3])
    assert np.array_equal(second[1, 1], first[1, 1])
    assert not np.array_equal(second[0, 0], first[0, 0])
    assert not np.array_equal(second[1, 3], first[1, 3])


@pytest.mark.parametrize("method", ["advect", "recursive"])
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32), spread=st.floats(0, 40))
def test_a_frame_shows_no_dot_twice_whatever_the_flow(method: Method, seed: int, spread: float) -> None:
    flow = np.random.default_rng(seed).normal(0, spread, (5, H, W, 2)).astype(np.float32)

    for frame in appearance_free_video(flow, seed, Generator(method)):
        values = Counter(map(tuple, frame.reshape(-1, 3)))
        assert max(values.values()) <= 2  # two by chance once in 50 frames; three never
        assert sum(count > 1 for count in values.values()) <= 2


@pytest.mark.parametrize("method", ["advect", "recursive"])
def test_every_frame_alone_is_uniform_noise(method: Method) -> None:
    # Given a flow that draws everything to the middle and leaves wide borders
    y, x = np.mgrid[:96, :128].astype(np.float32)
    flow = np.stack([(63.5 - x) / 8, (47.5 - y) / 8], axis=-1)

    video = appearance_free_video(np.stack([flow] * 10), seed=5, generator=Generator(method))

    # then mean, spread and neighbourhood of the last frame are those of the first
    for frame in (video[0], video[-1]):
        values = frame.astype(float) - 127.5
        assert abs(values.mean()) < 4 * 73.9 / np.sqrt(values.size)
        assert abs(values.std() - 73.9) < 0.6
        for shifted in (np.roll(values, 1, axis=0), np.roll(values, 1, axis=1)):
            assert abs((values * shifted).mean()) / 73.9**2 < 4.5 / np.sqrt(values.size)
        assert np.bincount(frame.ravel(), minlength=256).min() > 0


@pytest.mark.parametrize("generator", GENERATORS, ids=str)
@settings(max_examples=25)
@given(seed=st.integers(0, 2**64))
def test_the_same_seed_gives_the_same_video(generator: Generator, seed: int) -> None:
    flow = constant_flow(1.2, -0.7)

    video = appearance_free_video(flow, seed, generator)

    assert np.array_equal(video, appearance_free_video(flow, seed, generator))
    assert not np.array_equal(video[0], appearance_free_video(flow, seed + 1, generator)[0])


def test_holes_that_are_filled_from_the_first_frame_show_it_again() -> None:
    # Given everything moving right by two columns a frame
    video = appearance_free_video(constant_flow(2, 0), seed=3, generator=Generator("recursive", "initial"))

    # then the first two columns of the first frame are stripes of that width
    assert np.array_equal(video[-1][:, :2], video[0][:, :2])
    assert np.array_equal(video[-1][:, 2:4], video[0][:, :2])


def test_first_frame_shows_a_constant_motion_as_standing_still() -> None:
    video = appearance_free_video(constant_flow(3, 0), seed=3, generator=Generator("first-frame", "initial"))

    assert (video[1:] == video[1]).all()


@pytest.mark.parametrize(
    ("noise", "levels", "grey"), [("rgb", 256, False), ("gray", 256, True), ("binary", 2, True)]
)
def test_noise_has_the_values_that_were_asked_for(noise: NoiseKind, levels: int, grey: bool) -> None:
    flow = constant_flow(1.4, 0.6, height=96, width=128)

    last = appearance_free_video(flow, seed=0, generator=Generator(noise=noise))[-1]

    values, counts = np.unique(last[..., 0], return_counts=True)
    assert len(values) == levels
    assert (values.min(), values.max()) == (0, 255)
    assert counts.min() > 0.3 * counts.mean()
    assert (last[..., 0] == last[..., 2]).all() == grey


def test_words_that_mean_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="method psychic is unknown; there are advect, recursive, first"):
        Generator("psychic")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="advect fills holes with fresh noise, not initial"):
        Generator("advect", "initial")
    with pytest.raises(ValueError, match="noise pink is unknown; there are rgb, gray, binary"):
        Generator(noise="pink")  # type: ignore[arg-type]


def test_frame_by_frame_is_the_same_as_at_once() -> None:
    flow = np.random.default_rng(6).normal(0, 2, (5, H, W, 2)).astype(np.float32)

    one_by_one = appearance_free_frames(iter(flow), np.random.default_rng(7))

    assert np.array_equal(np.stack(list(one_by_one)), appearance_free_video(flow, seed=7))


def test_no_two_clips_share_a_frame() -> None:
    flow = constant_flow(0, 0, count=1)
    names = [f"AFD5/v_{action}_g{group:02d}_c01" for action in ("Swing", "Lunges") for group in range(1, 26)]

    frames = [
        appearance_free_video(flow, noise_seed(set_seed, name))[0].tobytes()
        for set_seed in (0, 1)
        for name in names
    ]

    assert len(set(frames)) == len(frames) == 100


@pytest.mark.parametrize("generator", GENERATORS, ids=str)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_flow_that_is_no_number_is_refused(bad: float, generator: Generator) -> None:
    flow = np.zeros((3, H, W, 2), dtype=np.float32)
    flow[1, 5, 6, 0] = bad

    with pytest.raises(ValueError, match="flow of frame 1 holds values that are no finite numbers"):
        appearance_free_video(flow, seed=0, generator=generator)


def test_a_huge_flow_carries_everything_out_of_the_picture() -> None:
    before, after = appearance_free_video(constant_flow(1e30, 0, count=1), seed=8)

    assert not np.array_equal(before, after)


@pytest.mark.parametrize("shape", [(H, W, 2), (0, H, W, 2), (2, H, W, 3)])
def test_a_flow_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"):
        appearance_free_video(np.zeros(shape, dtype=np.float32), seed=0)
