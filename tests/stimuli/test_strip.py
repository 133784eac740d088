"""Pictures put together: whole multiples only, gaps, captions, labelled rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from stimuli.strip import (
    CAPTION_PX,
    GAP_PX,
    LabelledRow,
    at_one_scale,
    captioned,
    labelled_strip,
    side_by_side,
    under_one_another,
)


def noise(height: int, width: int, seed: int = 0) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)


def test_noise_of_twice_the_size_is_left_alone_and_the_rest_is_doubled_pixel_by_pixel() -> None:
    clip, dots = noise(24, 32), noise(48, 64, seed=1)
    both = side_by_side([clip, dots])
    assert both.shape == (48, 64 + GAP_PX + 64, 3)
    assert (both[:, 64 + GAP_PX :] == dots).all()
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        assert (both[row::2, column:64:2] == clip).all()


def test_sizes_that_are_no_multiple_are_not_scaled_but_put_in_the_middle() -> None:
    small, large = noise(20, 30), noise(30, 30, seed=1)
    assert [picture.shape for picture in at_one_scale([small, large])] == [(20, 30, 3), (30, 30, 3)]
    both = side_by_side([small, large], gap_px=2)
    assert (both[5:25, :30] == small).all()
    assert (both[:5, :30] == 255).all()
    assert (both[:, 30:32] == 255).all()


def test_a_caption_is_written_above_and_the_picture_is_as_it_was() -> None:
    picture = noise(20, 100)
    shown = captioned(picture, "flow")
    assert (shown[CAPTION_PX:] == picture).all()
    assert shown[:CAPTION_PX].min() < 128


def test_a_caption_that_is_too_long_does_not_widen_the_picture() -> None:
    assert captioned(noise(20, 30), "much longer than thirty pixels").shape == (20 + CAPTION_PX, 30, 3)


def test_rows_stand_under_their_labels_and_columns_under_their_names() -> None:
    clip, dots = [noise(12, 16, seed) for seed in range(3)], [noise(24, 32, seed) for seed in range(3, 6)]
    rows = [LabelledRow("RGB", tuple(clip)), LabelledRow("noise", tuple(dots))]
    sheet = labelled_strip(rows, ["0 s", "1 s", "2 s"])
    cell = 24 + CAPTION_PX
    assert sheet.shape == (CAPTION_PX + 2 * (GAP_PX + cell), 3 * 32 + 2 * GAP_PX, 3)
    top = CAPTION_PX + GAP_PX + cell + GAP_PX + CAPTION_PX
    for index, picture in enumerate(dots):
        left = index * (32 + GAP_PX)
        assert (sheet[top : top + 24, left : left + 32] == picture).all()


def test_what_does_not_fit_together_is_refused() -> None:
    row = LabelledRow("RGB", (noise(4, 4),))
    with pytest.raises(ValueError, match="no picture"):
        side_by_side([])
    with pytest.raises(ValueError, match="no picture"):
        under_one_another([])
    with pytest.raises(ValueError, match="equally many"):
        labelled_strip([row], ["one", "two"])
    with pytest.raises(ValueError, match="equally many"):
        labelled_strip([row, LabelledRow("flow", ())])
