"""What dots are made of, and what `matched` noise takes from the clips it is to match."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimuli.noise import ChannelSums, NoiseLevels, channel_levels, channel_sums, fresh_dots, picture


def clip(seed: int, frames: int, height: int = 5, width: int = 7) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (frames, height, width, 3), dtype=np.uint8)


def test_levels_are_mean_and_deviation_of_all_pixels() -> None:
    frames = clip(0, 6) // np.array([1, 2, 4], dtype=np.uint8)

    levels = channel_levels(iter(frames))

    assert np.allclose(levels.mean, frames.reshape(-1, 3).mean(axis=0), rtol=1e-12)
    assert np.allclose(levels.std, frames.reshape(-1, 3).std(axis=0), rtol=1e-12)


def test_a_worked_example() -> None:
    # Given a frame of one black and three white pixels
    frame = np.full((2, 2, 3), 255, dtype=np.uint8)
    frame[0, 0] = 0

    # then the mean is 3/4 of 255, and the deviation the root of 3/16 of 255 squared
    assert channel_sums([frame]) == ChannelSums(4, (765,) * 3, (3 * 255**2,) * 3)
    levels = channel_levels([frame])
    assert levels.mean == (191.25,) * 3
    assert levels.std == pytest.approx((255 * math.sqrt(3) / 4,) * 3)
    assert NoiseLevels((191.25,) * 3, (110.4,) * 3).ranges == ((81, 255),) * 3


@given(data=st.data(), seed=st.integers(0, 1000))
def test_levels_of_a_set_do_not_depend_on_how_its_clips_are_shared_out(
    data: st.DataObject, seed: int
) -> None:
    clips = [clip(seed + place, frames=place + 1, height=place + 2) for place in range(4)]
    parts = [channel_sums(frames) for frames in data.draw(st.permutations(clips))]
    cut = data.draw(st.integers(0, 4))

    first, second = sum(parts[:cut], ChannelSums()), sum(parts[cut:], ChannelSums())

    # to the last digit
    assert (first + second).levels() == channel_levels(frame for frames in clips for frame in frames)


def test_sums_of_a_long_set_are_exact() -> None:
    # Given so many white pixels that a double could not count their squares one by one
    white = channel_sums([np.full((240, 320, 3), 255, dtype=np.uint8)])
    sums = ChannelSums()
    for _ in range(40):
        sums += white
        white += white

    assert sums.pixels == 76800 * (2**40 - 1)
    assert sums.squares[0] == 76800 * (2**40 - 1) * 255**2
    one_black = sums + channel_sums([np.zeros((1, 1, 3), dtype=np.uint8)])
    assert one_black.squares == sums.squares
    assert one_black.pixels == sums.pixels + 1


def test_frames_are_asked_for_one_by_one() -> None:
    held: list[int] = []

    def frames() -> Iterator[np.ndarray]:
        for index in range(3):
            held.append(index)
            yield clip(index, 1)[0]

    assert channel_sums(frames()).pixels == 3 * 35
    assert held == [0, 1, 2]


@pytest.mark.parametrize("frame", [np.zeros((4, 4, 3)), np.zeros((4, 4), dtype=np.uint8)])
def test_what_is_no_rgb_frame_is_refused(frame: np.ndarray) -> None:
    with pytest.raises(ValueError, match="must be uint8"):
        channel_sums([frame])


def test_no_frames_and_one_flat_colour_have_no_levels() -> None:
    with pytest.raises(ValueError, match="no frame"):
        channel_levels([])
    with pytest.raises(ValueError, match="one value only"):
        channel_levels([np.full((4, 4, 3), 7, dtype=np.uint8)])


@pytest.mark.parametrize(
    ("mean", "std"), [((-1, 0, 0), (9, 9, 9)), ((0, 0, 256), (9, 9, 9)), ((9, 9, 9), (9, math.nan, 9))]
)
def test_levels_out_of_range_are_refused(
    mean: tuple[float, float, float], std: tuple[float, float, float]
) -> None:
    with pytest.raises(ValueError, match=r"what is allowed is 0 to 255"):
        NoiseLevels(mean, std)


@given(
    mean=st.tuples(*[st.floats(0, 255)] * 3), std=st.tuples(*[st.floats(1, 128)] * 3), seed=st.integers(0, 99)
)
def test_matched_dots_take_every_whole_number_of_their_range_and_no_other(
    mean: tuple[float, float, float], std: tuple[float, float, float], seed: int
) -> None:
    levels = NoiseLevels(mean, std)

    dots = fresh_dots((100, 101), "matched", np.random.default_rng(seed), levels)

    for channel, (low, high) in enumerate(levels.ranges):
        assert low == max(0, round(mean[channel] - std[channel]))
        assert high == min(255, round(mean[channel] + std[channel]))
        values, counts = np.unique(picture(dots)[..., channel], return_counts=True)
        assert values.tolist() == list(range(low, high + 1))
        expected = 10100 / len(values)
        assert np.abs(counts - expected).max() < 7 * math.sqrt(expected)


def test_matched_dots_need_levels() -> None:
    with pytest.raises(ValueError, match="needs levels"):
        fresh_dots((2, 2), "matched", np.random.default_rng(0))


@given(height=st.integers(1, 9), width=st.integers(1, 9))
def test_a_picture_is_the_first_three_of_the_four_bytes_of_a_dot(height: int, width: int) -> None:
    dots = fresh_dots((height, width), "rgb", np.random.default_rng(3))

    assert np.array_equal(picture(dots), dots.view(np.uint8).reshape(height, width, 4)[..., :3])


def test_dots_are_the_numbers_that_the_generator_of_a_seed_gives_in_order() -> None:
    # A set that is built again with another release must not change.
    dots = fresh_dots((3, 4), "rgb", np.random.default_rng(12))

    again = np.random.default_rng(12).integers(0, 2**32, size=(3, 4), dtype=np.uint32)
    assert np.array_equal(dots, again)
