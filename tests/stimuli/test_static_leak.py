from __future__ import annotations

import numpy as np
import pytest

from stimuli.appearance_free import Generator, appearance_free_video
from stimuli.noise import NoiseKind, NoiseLevels, fresh_dots, picture
from stimuli.static_leak import (
    autocorrelation,
    frame_leak,
    local_clues,
    noise_law,
    null_band,
    repeats_test,
)

KINDS: tuple[NoiseKind, ...] = ("rgb", "gray", "binary")
SHAPE = (120, 160)


def noise(kind: NoiseKind, seed: int, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    return picture(fresh_dots(shape, kind, np.random.default_rng(seed)))


def autocorrelation_by_definition(frame: np.ndarray, x: int, y: int) -> float:
    values = (frame - frame.mean(axis=(0, 1))) / frame.std(axis=(0, 1))
    height, width = frame.shape[:2]
    here = values[: height - y, max(0, -x) : width - max(0, x)]
    there = values[y:, max(0, x) : width + min(0, x)]
    return float((here * there).mean())


@pytest.mark.parametrize("kind", KINDS)
def test_probabilities_of_clean_frames_are_spread_evenly(kind: NoiseKind) -> None:
    # Given 400 frames of noise and nothing else
    found = [frame_leak(noise(kind, seed, (64, 80)), noise_law(kind)) for seed in range(400)]
    # Then about one in twenty lies below 0.05; more than 40 has a probability of 1e-5
    for name in ("p_histogram", "p_autocorrelation", "p_repeats"):
        probabilities = np.array([getattr(leak, name) for leak in found])
        assert (probabilities < 0.05).sum() <= 40
        assert probabilities.min() > 1e-5
        # ... and the test is not blind: it does come near that
        assert (probabilities < 0.05).sum() >= 2


@pytest.mark.campaign
@pytest.mark.parametrize("kind", KINDS)
def test_no_frame_of_a_clean_set_of_600_clips_fails(kind: NoiseKind) -> None:
    law, rng = noise_law(kind), np.random.default_rng(1)
    frames = 600 * 100
    limit = 0.001 / 2 / (3 * frames)
    lowest = min(frame_leak(picture(fresh_dots((48, 64), kind, rng)), law).p_lowest for _ in range(frames))
    assert lowest > limit


def test_autocorrelation_is_what_it_is_by_definition() -> None:
    frame = noise("rgb", 3)
    # Given a frame in which something repeats 7 px to the left and 5 px below
    frame[5:40, :50] = frame[:35, 7:57]
    found = autocorrelation(frame)
    assert found.shape == (33, 65)
    for x, y in ((0, 1), (-7, 5), (32, 0), (-32, 32), (20, 11)):
        assert found[y, 32 + x] == pytest.approx(autocorrelation_by_definition(frame, x, y), abs=2e-3)
    assert np.abs(found[5, 25]) == np.abs(found[1:]).max()


@pytest.mark.parametrize(("x", "y"), [(3, 0), (0, 9), (-12, 12), (31, 32), (-32, 1)])
def test_dots_that_are_copied_are_found_at_their_distance(x: int, y: int) -> None:
    frame = noise("rgb", 5)
    # Given that one in ten dots is the one that stands (x, y) from it
    copies = np.random.default_rng(0).random(SHAPE) < 0.1
    frame[copies] = np.roll(frame, (-y, -x), axis=(0, 1))[copies]
    leak = frame_leak(frame, noise_law("rgb"))
    assert leak.p_autocorrelation < 1e-9
    assert leak.peak_lag_px in ((x, y), (-x, -y))
    assert leak.p_repeats < 1e-9


@pytest.mark.parametrize("kind", KINDS)
def test_a_block_that_stands_in_a_frame_twice_is_found_whatever_the_noise(kind: NoiseKind) -> None:
    # Given 200 of 19,200 dots twice, farther apart than any lag that is looked at
    frame = noise(kind, 11)
    frame[90:100, 130:150] = frame[10:20, 20:40]
    assert frame_leak(frame, noise_law(kind)).p_repeats < 1e-8


def test_repeats_by_chance_are_as_many_as_counted() -> None:
    # 76,800 dots of 24 bits: 76800 * 76799 / 2 / 2^24
    law = noise_law("rgb")
    words = np.random.default_rng(0).integers(0, 2**24, 76_800, dtype=np.uint32)
    repeats, by_chance, p = repeats_test(words, law)
    assert by_chance == pytest.approx(175.8, abs=0.1)
    assert abs(repeats - by_chance) < 5 * np.sqrt(by_chance)
    assert p > 1e-6
    # The same value three times makes three pairs.
    assert repeats_test(np.array([5, 5, 5, 1], dtype=np.uint32), law)[0] == 3


@pytest.mark.parametrize("kind", KINDS)
def test_values_of_another_kind_are_no_noise_of_this_kind(kind: NoiseKind) -> None:
    for other in KINDS:
        p = frame_leak(noise(other, 2), noise_law(kind)).p_histogram
        # Grey noise has the right values in each channel; that the channels are equal shows in its repeats.
        assert (p > 1e-6) == (other == kind or (kind, other) == ("rgb", "gray"))
    if kind == "rgb":
        assert frame_leak(noise("gray", 2), noise_law(kind)).p_repeats < 1e-9


def test_values_a_little_too_close_to_grey_are_found() -> None:
    # Given noise whose deviation is 2 % too small, a tenth of what lossy video does
    wide = noise("rgb", 4, (240, 320)).astype(float)
    frame = np.rint(127.5 + 0.98 * (wide - 127.5)).astype(np.uint8)
    assert frame_leak(frame, noise_law("rgb")).p_histogram < 1e-9


def test_matched_noise_is_held_to_its_levels() -> None:
    # Given levels of which one channel reaches black and another has a single value
    levels = NoiseLevels(mean=(100.0, 96.0, 20.0), std=(72.0, 0.0, 60.0))
    law = noise_law("matched", levels)
    assert np.flatnonzero(law.shares[0])[[0, -1]].tolist() == [28, 172]
    dots = fresh_dots(SHAPE, "matched", np.random.default_rng(0), levels)
    leak = frame_leak(picture(dots), law)
    assert leak.p_lowest > 1e-4
    # Two channels of 145 and 81 levels: 19200 * 19199 / 2 / (145 * 81)
    assert leak.repeats_by_chance == pytest.approx(15692, rel=1e-3)
    assert frame_leak(noise("rgb", 0), law).p_histogram == 0
    with pytest.raises(ValueError, match="levels"):
        noise_law("matched")


def test_holes_filled_from_the_first_frame_are_seen_and_fresh_ones_are_not() -> None:
    # Given a translation of 3 px per frame for ten frames
    flow = np.zeros((10, *SHAPE, 2), dtype=np.float32)
    flow[:, 30:90, 40:120, 0] = 3
    law = noise_law("rgb")
    initial = appearance_free_video(flow, 0, Generator("recursive", "initial"))
    assert frame_leak(initial[-1], law).p_lowest < 1e-20
    for generator in (Generator("recursive", "fresh"), Generator("advect")):
        assert frame_leak(appearance_free_video(flow, 0, generator)[-1], law).p_lowest > 1e-6


def test_the_band_is_one_that_clean_frames_stay_in() -> None:
    band = null_band((240, 320), 3, 0.01)
    assert 0.009 < band < 0.012
    inside = [abs(frame_leak(noise("rgb", seed, (240, 320)), noise_law()).peak) < band for seed in range(20)]
    assert sum(inside) >= 18


def test_clues_are_in_units_of_chance_and_show_where_a_frame_is_odd() -> None:
    law = noise_law("rgb")
    clean = np.stack([local_clues(noise("rgb", seed, (240, 320)), law) for seed in range(40)])
    assert clean.shape == (40, 5 * 6 * 8)
    assert 0.7 < clean.std() < 1.5
    # Given a frame whose upper left cell is half as bright as the others
    frame = noise("rgb", 99, (240, 320))
    frame[:40, :40] //= 2
    assert np.abs(local_clues(frame, law)).argmax() % 48 == 0


def test_a_frame_too_small_for_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        frame_leak(np.zeros((3, 40, 3), dtype=np.uint8), noise_law("binary"))
