from __future__ import annotations

import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.models.noise_flow import READERS, reader, ready
from stimuli.appearance_free import appearance_free_frames
from stimuli.flow import Flow, Frame

SHIFT = (2.0, -1.0)


def moving_noise() -> tuple[Frame, Frame]:
    """Two frames of noise that moves by SHIFT as a whole."""
    flow = np.broadcast_to(np.float32(SHIFT), (3, 120, 160, 2))
    frames = list(appearance_free_frames(flow, np.random.default_rng(0)))
    return frames[1], frames[2]


def middle(flow: Flow) -> list[float]:
    """The median motion, away from the border."""
    found: list[float] = np.median(flow[20:-20, 20:-20], axis=(0, 1)).tolist()
    return found


@pytest.mark.parametrize("name", ["dis", "dis-blurred", "farneback", "farneback-blurred"])
def test_noise_that_moves_as_a_whole_is_read(name: str) -> None:
    assert middle(ready(reader(name)).flow(*moving_noise())) == pytest.approx(SHIFT, abs=0.2)


def test_a_blur_is_what_lets_dis_read_a_fast_limb() -> None:
    # A limb 16 px wide that moves by 5: without a blur DIS says that nothing moves.
    flow = np.zeros((2, 120, 160, 2), dtype=np.float32)
    flow[:, 30:90, 60:76] = (5, 0)
    frames = list(appearance_free_frames(flow, np.random.default_rng(0)))
    error_px = {
        name: float(
            np.linalg.norm(ready(reader(name)).flow(*frames[1:])[40:80, 62:74] - (5, 0), axis=-1).mean()
        )
        for name in ("dis", "dis-blurred")
    }
    assert error_px["dis"] > 4
    assert error_px["dis-blurred"] < 1


def test_each_pair_gives_the_same_whatever_came_before() -> None:
    first, second = moving_noise()
    used = ready(reader("dis-blurred"))
    used.flow(second, first)
    np.testing.assert_array_equal(used.flow(first, second), ready(reader("dis-blurred")).flow(first, second))


def test_an_unknown_reader_is_refused_with_the_names() -> None:
    with pytest.raises(AnalysisError, match=f"no flow 'lucas-kanade'; choose one of {', '.join(READERS)}"):
        reader("lucas-kanade")


def test_frames_too_small_for_flow_are_refused_in_a_sentence() -> None:
    frame = np.zeros((4, 4, 3), dtype=np.uint8)
    with pytest.raises(AnalysisError, match="4x4 pixels are too small"):
        ready(reader("dis")).flow(frame, frame)


def test_weights_of_raft_are_asked_for_and_not_downloaded() -> None:
    with pytest.raises(AnalysisError, match=r"raft-large needs weights.*name the file with --flow-weights"):
        ready(reader("raft-large"))
