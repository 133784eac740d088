from __future__ import annotations

import math

import numpy as np
import pytest

from stimuli.appearance_free import Generator, appearance_free_video
from stimuli.motion_fidelity import FidelityMeter, motion_fidelity

SHAPE = (120, 160)
ADVECT, RECURSIVE = Generator("advect"), Generator("recursive", "fresh")
FIRST = Generator("first-frame", "initial")


def translation(speed_px: float, steps: int = 12) -> np.ndarray:
    flow = np.zeros((steps, *SHAPE, 2), dtype=np.float32)
    flow[..., 0] = speed_px
    return flow


def swaying(steps: int = 12) -> np.ndarray:
    """Two halves that move against one another, to and fro."""
    flow = np.zeros((steps, *SHAPE, 2), dtype=np.float32)
    for step in range(steps):
        flow[step, :60, :, 0] = 3 * math.cos(step)
        flow[step, 60:, :, 0] = -3 * math.cos(step)
    return flow


def test_noise_that_moves_as_its_source_is_found_to() -> None:
    for generator in (ADVECT, RECURSIVE):
        found = motion_fidelity(appearance_free_video(swaying(), 0, generator), swaying())
        assert found.r > 0.9
        assert found.epe_px < 0.5
        assert found.gain == pytest.approx(0.9, abs=0.15)


def test_the_published_generator_moves_against_its_source() -> None:
    found = motion_fidelity(appearance_free_video(swaying(), 0, FIRST), swaying())
    assert found.r < 0
    assert found.epe_px > 1


def test_slow_motion_is_kept_by_dots_that_carry_their_position_and_lost_by_rounding() -> None:
    slow = translation(0.3, 20)
    kept = motion_fidelity(appearance_free_video(slow, 0, ADVECT), slow)
    lost = motion_fidelity(appearance_free_video(slow, 0, RECURSIVE), slow)
    assert kept.slow_gain == pytest.approx(1.0, abs=0.05)
    assert lost.slow_gain == pytest.approx(0.0, abs=0.05)
    assert kept.slow_values == 2 * 104 * 144 * 6
    # Below half a pixel per frame nothing counts as moving.
    assert kept.moving_values == 0
    assert math.isnan(kept.r)
    assert math.isnan(kept.epe_px)


def test_what_does_not_move_has_no_slow_motion_either() -> None:
    still = translation(0.0)
    found = motion_fidelity(appearance_free_video(still, 0), still)
    assert math.isnan(found.slow_gain)
    assert found.slow_values == 0


def test_more_dots_to_a_pixel_are_measured_in_pixels_of_the_source() -> None:
    # Given noise of 2 x 2 dots a pixel that moves by half a source pixel more than whole ones
    flow = translation(2.5)
    fine = np.repeat(np.repeat(2 * flow, 2, axis=1), 2, axis=2)
    found = motion_fidelity(appearance_free_video(fine, 0, RECURSIVE), flow, dots=2)
    assert found.epe_px < 0.2
    assert found.gain == pytest.approx(1.0, abs=0.1)


def test_every_other_pair_is_half_the_pairs() -> None:
    flow = swaying()
    video = appearance_free_video(flow, 0)
    meter = FidelityMeter(every=2)
    for index, frame in enumerate(video):
        meter.add(frame, flow[index - 1] if index else None)
    whole = motion_fidelity(video, flow)
    assert meter.result().moving_values == pytest.approx(whole.moving_values / 2, rel=0.3)
    assert meter.result().r == pytest.approx(whole.r, abs=0.05)


def test_frames_that_do_not_fit_their_flow_are_refused() -> None:
    video = appearance_free_video(translation(1.0), 0)
    with pytest.raises(ValueError, match="does not fit"):
        motion_fidelity(video, translation(1.0)[:, :60])
    with pytest.raises(ValueError, match="zip"):
        motion_fidelity(video[:-1], translation(1.0))
