"""Estimated flow says where things went."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from stimuli.flow import DisFlow, FarnebackFlow, FlowEstimator


@pytest.mark.parametrize("estimator", [DisFlow(), FarnebackFlow()], ids=lambda estimator: estimator.name)
@pytest.mark.parametrize("step", [-3, 1, 2])
def test_a_translation_is_found(
    drifting_texture: Callable[..., np.ndarray], estimator: FlowEstimator, step: int
) -> None:
    frames = drifting_texture(count=4, height=96, width=128, step=abs(step))
    frames = frames if step > 0 else frames[::-1]

    flow = np.stack(list(estimator.flows(frames)))

    assert flow.shape == (3, 96, 128, 2)
    assert flow.dtype == np.float32
    inside = flow[:, 16:-16, 16:-16]
    assert np.median(inside[..., 0]) == pytest.approx(step, abs=0.15)
    assert np.median(inside[..., 1]) == pytest.approx(0, abs=0.15)


def test_a_pair_does_not_remember_the_pairs_before(drifting_texture: Callable[..., np.ndarray]) -> None:
    frames = drifting_texture(count=4, height=96, width=128, step=3)
    used = DisFlow()
    list(used.flows(frames[::-1]))

    assert np.array_equal(used.estimate(frames[0], frames[1]), DisFlow().estimate(frames[0], frames[1]))


def test_frames_too_small_for_the_method_are_refused(drifting_texture: Callable[..., np.ndarray]) -> None:
    tiny = drifting_texture(count=2, height=8, width=8)

    with pytest.raises(ValueError, match="8x8 pixels are too small for DIS"):
        DisFlow().estimate(tiny[0], tiny[1])
