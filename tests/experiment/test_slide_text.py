"""Slides in Markdown."""

from __future__ import annotations

import pytest

from experiment.slide_text import ClipPlace, SlideText, parse_slides


def test_slides_hold_heading_paragraphs_points_and_clips():
    one = "# One\nA line\nthat goes on.\n\n- first\n- second\n"
    two = "# Two\n![ordinary](clip:UCF5/Swing)\n![](clip:AFD5/*)\n"
    assert parse_slides(f"{one}\n---\n\n{two}") == (
        SlideText("One", ("A line that goes on.", "•  first", "•  second"), ()),
        SlideText("Two", (), (ClipPlace("UCF5", "Swing", "ordinary"), ClipPlace("AFD5", "*", ""))),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: no slide found"),
        ("just text\n", "line 1: found 0 headings"),
        ("# One\n# Two\n", "line 1: found 2 headings"),
        ("# One\n\n## Small\n", "line 3: '## Small' is not allowed"),
        ("# One\n---\n# Two\n![x](http://example.org/a.png)\n", "line 4:"),
    ],
)
def test_what_is_no_slide_is_named_with_its_line(text, said):
    with pytest.raises(ValueError, match="line") as refused:
        parse_slides(text)
    assert said in str(refused.value)
