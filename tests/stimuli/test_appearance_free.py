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
    MOST_DOTS,
    Generator,
    Method,
    appearance_free_frames,
    appearance_free_video,
    noise_seed,
    on_dots,
)
from stimuli.noise import NoiseKind, NoiseLevels

H, W = 24, 32
steps = st.integers(-5, 5)
RECURSIVE = Generator("recursive")
GENERATORS = [
    Generator(method, fill, dots=dots) for method, fills in FILLS.items() for fill in fills for dots in (1, 2)
]
DOTS = st.integers(1, MOST_DOTS)


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


@pytest.mark.parametrize("method", ["advect", "recursive"])
@settings(max_examples=40)
@given(u=steps, v=steps, dots=DOTS)
def test_with_n_by_n_dots_a_pixel_a_step_of_an_nth_of_a_pixel_is_exact(
    method: Method, u: int, v: int, dots: int
) -> None:
    video = appearance_free_video(constant_flow(u / dots, v / dots), 1, Generator(method, dots=dots))

    from_x, to_x = shared(u, W * dots)
    from_y, to_y = shared(v, H * dots)
    assert video.shape == (5, H * dots, W * dots, 3)
    for before, after in itertools.pairwise(video):
        assert np.array_equal(after[to_y, to_x], before[from_y, from_x])


@given(dots=DOTS, seed=st.integers(0, 1000))
def test_all_dots_of_a_pixel_have_its_flow_and_depth(dots: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    flow, depth = rng.normal(0, 9, (3, 4, 2)).astype(np.float32), rng.random((3, 4))

    finer, finer_depth = on_dots(flow, depth, dots)

    assert finer.dtype == flow.dtype
    assert finer_depth is not None
    for y, x in np.ndindex(3 * dots, 4 * dots):
        assert np.array_equal(finer[y, x], flow[y // dots, x // dots] * np.float32(dots))
        assert finer_depth[y, x] == depth[y // dots, x // dots]


def test_first_frame_with_dots_is_the_published_formula_on_the_finer_frame() -> None:
    # Given a flow of 0.3 px, which is 0.6 of a dot
    video = appearance_free_video(
        constant_flow(0.3, 0, count=1), 1, Generator("first-frame", "initial", dots=2)
    )

    width = np.float32(2 * W)
    columns = np.arange(2 * W, dtype=np.float32)
    x = np.rint(columns * width / (width - 1) - np.float32(0.5) + np.float32(0.6)).astype(int)
    row = np.rint(np.float32(10) * np.float32(2 * H) / np.float32(2 * H - 1) - np.float32(0.5)).astype(int)
    within = x < 2 * W
    assert np.array_equal(video[1, 10, within], video[0, row, x[within]])


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
@given(
    seed=st.integers(0, 2**32),
    spread=st.floats(0, 40),
    dots=st.integers(1, 2),
    nearest=st.sampled_from([None, 0.5, np.inf]),
)
def test_a_frame_shows_no_dot_twice_whatever_the_flow(
    method: Method, seed: int, spread: float, dots: int, nearest: float | None
) -> None:
    rng = np.random.default_rng(seed)
    flow = rng.normal(0, spread, (5, H, W, 2)).astype(np.float32)
    depths = None if nearest is None else np.minimum(nearest, rng.random((5, H, W)))

    frames = appearance_free_frames(flow, rng, Generator(method, dots=dots), depths)

    for frame in frames:
        values = Counter(map(tuple, frame.reshape(-1, 3)))
        twice = sum(count > 1 for count in values.values())
        # by chance two of H W = 768 are alike once in 57 frames, of 3072 in every fourth frame; three never
        assert max(values.values()) <= 2
        assert twice <= (2 if dots == 1 else 5)


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
    with pytest.raises(ValueError, match="noise pink is unknown; there are rgb, gray, binary, matched"):
        Generator(noise="pink")  # type: ignore[arg-type]


@pytest.mark.parametrize("dots", [0, 5, -1, 1.5])
def test_a_number_of_dots_out_of_range_is_refused(dots: int) -> None:
    with pytest.raises(ValueError, match="1 to 4 dots a side"):
        Generator(dots=dots)


def test_levels_go_with_matched_noise_and_with_no_other() -> None:
    with pytest.raises(ValueError, match="matched needs levels"):
        Generator(noise="matched")
    with pytest.raises(ValueError, match="Levels are for the noise matched; the noise gray"):
        Generator(noise="gray", levels=NoiseLevels((1, 2, 3), (4, 5, 6)))


@pytest.mark.parametrize("method", ["advect", "recursive"])
def test_matched_noise_has_the_levels_of_its_clips_in_every_frame(method: Method) -> None:
    levels = NoiseLevels(mean=(100, 120.4, 250), std=(20, 30.3, 40))
    generator = Generator(method, noise="matched", levels=levels)

    last = appearance_free_video(constant_flow(1.4, 0.6, height=96, width=128), 0, generator)[-1]

    # Of the brightest channel, what would be above 255 is not there: its range is 210..255.
    assert last.reshape(-1, 3).min(axis=0).tolist() == [80, 90, 210]
    assert last.reshape(-1, 3).max(axis=0).tolist() == [120, 151, 255]


def test_depths_let_the_nearer_surface_win() -> None:
    # Given a fast wall and a slow figure in front of it, at 2 x 2 dots a pixel, that come to the same pixel
    flow = np.zeros((1, 2, 4, 2), dtype=np.float32)
    flow[0, :, 0], flow[0, :, 3] = (2, 0), (-1, 0)
    depths = np.full((1, 2, 4), np.inf)
    depths[0, :, 3] = 3.0

    def meeting_place(method: Method, known: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        generator = Generator(method, dots=2)
        first, second = appearance_free_frames(flow, np.random.default_rng(1), generator, known)
        return first, second[:, 4:6]

    first, wall_wins = meeting_place("advect", None)
    assert np.array_equal(wall_wins, first[:, 0:2])
    first, figure_wins = meeting_place("advect", depths)
    assert np.array_equal(figure_wins, first[:, 6:8])
    # and the recursive method does not look at depths, not even at wrong ones
    assert np.array_equal(meeting_place("recursive", depths[0, 0])[1], meeting_place("recursive", None)[1])


@pytest.mark.parametrize(
    ("depths", "complaint"),
    [
        (np.ones((2, H, W + 1)), "depth of frame 0 has the shape"),
        (np.full((2, H, W), np.nan), "depth of frame 0 holds negative values or values that are no numbers"),
        (np.full((2, H, W), -1.0), "depth of frame 0 holds negative values"),
        (np.ones((1, H, W)), "no depth for frame 1"),
        (np.ones((3, H, W)), "more depths than flows"),
    ],
)
def test_depths_that_do_not_fit_are_refused(depths: np.ndarray, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        list(appearance_free_frames(constant_flow(1, 0, 2), np.random.default_rng(0), depths=depths))


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


@pytest.mark.parametrize("dots", [1, 3])
@pytest.mark.parametrize("far", [1e30, -3.4e38])
def test_a_huge_flow_carries_everything_out_of_the_picture(far: float, dots: int) -> None:
    flow = constant_flow(far, 0, count=2).copy()
    flow[1] = 0

    before, after, later = appearance_free_video(flow, 8, Generator(dots=dots))

    assert len(set(map(tuple, before.reshape(-1, 3))) & set(map(tuple, after.reshape(-1, 3)))) <= 9
    assert np.array_equal(after, later)


@pytest.mark.parametrize("shape", [(H, W, 2), (0, H, W, 2), (2, H, W, 3)])
def test_a_flow_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"):
        appearance_free_video(np.zeros(shape, dtype=np.float32), seed=0)


def test_a_name_that_is_no_utf8_has_a_seed_too() -> None:
    assert noise_seed(7, "AFD5/\udcff") != noise_seed(7, "AFD5/\udcfe")
