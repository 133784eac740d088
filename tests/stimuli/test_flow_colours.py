"""Flow as colours: known directions, the scale, and torchvision's picture of the same flow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from stimuli.errors import StimulusError
from stimuli.flow_colours import flow_colours, largest_speed
from stimuli.torchvision_import import require_torchvision


@pytest.mark.parametrize(
    ("direction", "colour"),
    [
        ((1, 0), (255, 0, 0)),
        ((0, 1), (255, 229, 0)),
        ((-1, 0), (0, 209, 255)),
        ((0, -1), (88, 0, 255)),
    ],
    ids=["right-is-red", "down-is-yellow", "left-is-cyan", "up-is-violet"],
)
def test_a_direction_has_its_hue(direction: tuple[float, float], colour: tuple[int, int, int]) -> None:
    shown = flow_colours(np.full((2, 3, 2), direction, dtype=np.float32))
    assert shown.shape == (2, 3, 3)
    assert np.abs(shown.astype(int) - colour).max() <= 2


def test_no_motion_is_white() -> None:
    assert (flow_colours(np.zeros((4, 5, 2), np.float32)) == 255).all()


def test_half_the_speed_is_half_the_way_from_white_and_what_is_too_fast_is_darker() -> None:
    right = np.array([[[3.0, 0.0]]])
    assert flow_colours(right, largest_px=3).tolist() == [[[255, 0, 0]]]
    assert flow_colours(right, largest_px=6).tolist() == [[[255, 127, 127]]]
    assert flow_colours(right, largest_px=2).tolist() == [[[191, 0, 0]]]


def test_the_largest_speed_is_that_of_the_fastest_pixel() -> None:
    assert largest_speed(np.array([[[3.0, -4.0], [1.0, 1.0]]])) == 5.0
    assert largest_speed(np.zeros((0, 4, 2))) == 0.0


@pytest.mark.parametrize("largest_px", [0.0, -1.0, float("nan"), float("inf")])
def test_a_scale_that_is_none_is_refused(largest_px: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        flow_colours(np.zeros((2, 2, 2)), largest_px)


def test_what_is_no_flow_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(2, 2, 3\)"):
        flow_colours(np.zeros((2, 2, 3)))
    with pytest.raises(ValueError, match="no finite numbers"):
        flow_colours(np.full((2, 2, 2), np.nan))


def test_torchvision_shows_the_same_flow_in_the_same_colours(torchvision_flow_to_image: Any) -> None:
    import torch

    flow = np.random.default_rng(3).normal(0, 5, (40, 50, 2)).astype(np.float32)
    flow[:5] = 0
    theirs = torchvision_flow_to_image(torch.from_numpy(flow.transpose(2, 0, 1))).numpy().transpose(1, 2, 0)
    # Single against double precision: a value at a whole number may fall to either side.
    assert np.abs(flow_colours(flow).astype(int) - theirs).max() <= 1


@pytest.fixture
def torchvision_flow_to_image() -> Any:
    try:
        require_torchvision("The comparison")
    except StimulusError as error:
        pytest.skip(str(error))
    from torchvision.utils import flow_to_image

    return flow_to_image
