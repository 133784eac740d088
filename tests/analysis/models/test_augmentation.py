from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.models.augmentation import (
    AS_TESTED,
    Variation,
    drawn_variation,
    jittered,
    largest_short_side,
    shown_fields,
    shown_pictures,
    strength_at,
)
from analysis.models.spec import StreamSpec

PLAIN = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
RGB = StreamSpec("rgb", 2, 12, 56, 64, *PLAIN)
FLOW = StreamSpec("flow", 2, 12, 56, 64, (0.0, 0.0), (1.0, 1.0))


def test_augmentation_weakens_every_twenty_epochs_up_to_eighty() -> None:
    assert [strength_at(epoch) for epoch in (0, 19, 20, 40, 60, 79, 80, 200)] == [
        1.0,
        1.0,
        0.75,
        0.5,
        0.25,
        0.25,
        0.0,
        0.0,
    ]


def test_sizes_reach_from_the_crop_to_the_studys_320_px() -> None:
    wide = StreamSpec("rgb", 16, 5, 224, 256, *PLAIN)
    assert largest_short_side(wide) == 320
    assert Variation(strength=1.0, size=0.0).short_side_px(wide) == 224
    assert Variation(strength=1.0, size=1.0).short_side_px(wide) == 320
    assert Variation(strength=0.5, size=1.0).short_side_px(wide) == 288
    assert AS_TESTED.short_side_px(wide) == 256


@given(st.integers(0, 10**6), st.floats(0, 1))
def test_what_is_drawn_stays_within_the_studys_bounds(seed: int, strength: float) -> None:
    drawn = drawn_variation(np.random.default_rng(seed), strength)
    assert 0 <= drawn.position <= 1
    for factor in (drawn.brightness, drawn.contrast, drawn.saturation, 1 + drawn.hue):
        assert abs(factor - 1) <= 0.1 * strength + 1e-9
    assert RGB.crop_px <= drawn.short_side_px(RGB) <= largest_short_side(RGB)


def test_without_strength_clips_are_seen_as_in_the_tests_but_at_any_moment() -> None:
    drawn = [drawn_variation(np.random.default_rng(seed), 0.0) for seed in range(20)]
    assert not any(each.flipped for each in drawn)
    assert {each.short_side_px(RGB) for each in drawn} == {64}
    assert len({each.position for each in drawn}) == 20


def test_half_of_the_clips_are_flipped() -> None:
    flipped = [drawn_variation(np.random.default_rng(seed), 1.0).flipped for seed in range(400)]
    assert 160 < sum(flipped) < 240


def test_a_flip_turns_pictures_round_and_negates_horizontal_flow() -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (2, 64, 80, 3), dtype=np.uint8)
    flow = rng.normal(size=(2, 64, 80, 2)).astype(np.float32) / 8
    turned = Variation(flipped=True)
    np.testing.assert_array_equal(
        shown_pictures(pictures, RGB, turned), shown_pictures(pictures, RGB, AS_TESTED)[..., ::-1]
    )
    straight, mirrored = shown_fields(flow, FLOW, AS_TESTED), shown_fields(flow, FLOW, turned)
    np.testing.assert_array_equal(mirrored[0], -straight[0, ..., ::-1])
    np.testing.assert_array_equal(mirrored[1], straight[1, ..., ::-1])


def test_flow_colours_of_a_flipped_clip_are_those_of_the_flipped_flow() -> None:
    colours = StreamSpec("flow-colours", 2, 12, 56, 64, *PLAIN)
    right = np.zeros((2, 64, 80, 2), dtype=np.float32)
    right[..., 0] = 1
    straight, mirrored = (shown_fields(right, colours, Variation(flipped=flip)) for flip in (False, True))
    assert straight[:, 0, 0, 0] == pytest.approx((1, 0, 0), abs=0.02)  # red: to the right
    assert mirrored[0, 0, 0, 0] < 0.05  # cyan: to the left
    assert mirrored[2, 0, 0, 0] > 0.95


def test_what_is_shown_larger_moves_faster() -> None:
    flow = np.full((2, 64, 80, 2), 0.1, dtype=np.float32)
    near, far = (shown_fields(flow, FLOW, Variation(strength=1.0, size=size)) for size in (1.0, 0.0))
    assert float(near.mean() / far.mean()) == pytest.approx(largest_short_side(FLOW) / 56)


def test_colours_vary_in_pictures_and_alike_in_all_of_a_clip() -> None:
    grey = np.full((3, 4, 4, 3), 100, dtype=np.uint8)
    assert (jittered(grey, Variation(brightness=1.1)) == 110).all()
    red = np.zeros((3, 4, 4, 3), dtype=np.uint8)
    red[..., 0] = 200
    turned = jittered(red, Variation(hue=0.1))
    assert (turned == turned[0, 0, 0]).all()
    # A tenth of the circle from red is three fifths of the way to yellow.
    assert turned[0, 0, 0].tolist() == pytest.approx([200, 120, 0], abs=6)
    half = jittered(red, Variation(saturation=0.9))[0, 0, 0]
    assert half.tolist() == pytest.approx([200 * (0.9 + 0.1 * 0.299)] + [200 * 0.1 * 0.299] * 2, abs=1)
    assert jittered(red, AS_TESTED) is red
