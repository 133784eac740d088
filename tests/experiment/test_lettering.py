from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from experiment.lettering import LINE_PITCH, draw_text, font_path, measure_text, set_lines
from experiment.scene import Text

INK = (0, 0, 0)


def test_every_sign_that_screens_use_is_in_the_font() -> None:
    """A sign the font lacks would be drawn as the same box as any other that it lacks."""
    for bold in (False, True):
        font = ImageFont.truetype(str(font_path(bold)), 40)
        lacking = font.getmask("\U000f0000").getbbox(), bytes(font.getmask("\U000f0000"))
        for sign in "äöüÄÖÜßé–—→←↑↓✓…„“”’×·":
            assert (font.getmask(sign).getbbox(), bytes(font.getmask(sign))) != lacking, sign


@given(
    words=st.lists(st.text("abcdefgWMil", min_size=1, max_size=30), min_size=1, max_size=30),
    wrap_px=st.integers(60, 600),
)
def test_wrapped_lines_fit_and_lose_no_letter(words: list[str], wrap_px: int) -> None:
    text = Text(" ".join(words), 0, 0, 20, INK, wrap_px=wrap_px)
    lines = set_lines(text)
    assert "".join(lines).replace(" ", "") == "".join(words)
    width, height = measure_text(text)
    assert width <= wrap_px
    assert height == pytest.approx(len(lines) * LINE_PITCH * 20)


def test_lines_break_between_words_and_where_the_text_says_so() -> None:
    narrow = Text("one two\n\nthree", 0, 0, 20, INK, wrap_px=70)
    assert set_lines(narrow) == ("one", "two", "", "three")


def test_a_space_just_typed_is_kept() -> None:
    assert set_lines(Text("a ", 0, 0, 20, INK, wrap_px=500)) == ("a ",)


@pytest.mark.parametrize(("align", "edge"), [("left", "left"), ("right", "right")])
def test_a_text_ends_at_its_anchor(align: str, edge: str) -> None:
    drawn = draw_text(Text("HHH", 100, 0, 40, INK, align))  # type: ignore[arg-type]
    columns = np.flatnonzero(drawn.mask.max(axis=0)) + drawn.left
    ends = {"left": columns[0], "right": columns[-1] + 1}
    assert ends[edge] == pytest.approx(100, abs=6)


def test_a_label_stands_in_the_middle_of_its_button() -> None:
    """Capitals have as much space above as below, to within a pixel at this size."""
    drawn = draw_text(Text("HHH", 0, 0, 40, INK))
    rows = drawn.top - np.flatnonzero(drawn.mask.max(axis=1))
    columns = drawn.left + np.flatnonzero(drawn.mask.max(axis=0))
    assert (rows[0] + rows[-1] - 1) / 2 == pytest.approx(0, abs=1.5)
    assert (columns[0] + columns[-1] + 1) / 2 == pytest.approx(0, abs=1.0)


def test_a_text_anchored_at_the_top_hangs_below_its_point() -> None:
    drawn = draw_text(Text("Hg\nHg", 0, 300, 40, INK, anchor="top"))
    rows = drawn.top - np.flatnonzero(drawn.mask.max(axis=1))
    assert rows[0] <= 300
    assert rows[-1] >= 300 - 2 * LINE_PITCH * 40


def test_no_letter_is_cut_off_at_the_edge_of_its_picture() -> None:
    for bold in (False, True):
        mask = draw_text(Text("jÄWfÅgy,\nQjW|fß", 0, 0, 37, INK, bold=bold)).mask
        border = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
        assert border.max() == 0
        assert mask.max() == 255
