"""Everything stands on the screen, on the pixel grid and apart from everything else, at any usual size."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiment.lettering import measure_text
from experiment.phases.layout import Button, Layout, fitted
from experiment.scene import Rect, Text

ACTIONS = ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")
SIZES = st.tuples(st.integers(1024, 4000), st.integers(720, 2400)).filter(
    lambda size: 1.2 <= size[0] / size[1] <= 2.4
)


@pytest.mark.parametrize(("size", "scale"), [((1280, 800), 2), ((1920, 1080), 4), ((2560, 1440), 5)])
def test_clips_are_shown_at_a_whole_multiple(size, scale):
    rect = Layout(*size).clip_rect(320, 240)
    assert (rect.width, rect.height) == (320 * scale, 240 * scale)


@given(SIZES)
def test_menu_and_clip_are_on_the_screen_and_apart(size):
    layout = Layout(*size)
    clip = layout.clip_rect(320, 240)
    rects = [target.rect for target in layout.menu(ACTIONS)] + [clip]
    for rect in rects:
        assert -size[0] / 2 <= rect.left < rect.right <= size[0] / 2
        assert -size[1] / 2 <= rect.bottom < rect.top <= size[1] / 2
    for one, other in combinations(rects, 2):
        assert (
            one.right <= other.left
            or other.right <= one.left
            or one.top <= other.bottom
            or other.top <= one.bottom
        )


@given(SIZES, st.floats(-300, 300), st.floats(-300, 300), st.integers(1, 700), st.integers(1, 500))
def test_rectangles_on_the_grid_have_their_edges_between_pixels(size, x, y, width, height):
    rect = Layout(*size).on_grid(Rect(x, y, width, height))
    for edge, length in ((rect.left, size[0]), (rect.bottom, size[1])):
        assert edge + length / 2 == pytest.approx(round(edge + length / 2), abs=1e-6)
    assert abs(rect.x - x) <= 0.5 + 1e-6
    assert abs(rect.y - y) <= 0.5 + 1e-6


@pytest.mark.parametrize("label", ["5 expert", "Ausfallschritte", "far too long for any button of this kind"])
def test_a_label_stays_inside_its_button(label):
    layout = Layout(1280, 800)
    for target, number in ((layout.menu(ACTIONS)[0], "1"), (layout.wide_button("next", ()), "")):
        texts = [
            e
            for e in layout.draw_button(Button(target, label, marked=True), number=number)
            if isinstance(e, Text)
        ]
        width = measure_text(texts[-1])[0]
        left = texts[-1].x if texts[-1].align == "left" else texts[-1].x - width / 2
        assert target.rect.left < left
        assert left + width < target.rect.right


def test_a_label_that_fits_keeps_its_size():
    text = Text("Swing", 0, 0, 24, (0, 0, 0))
    assert fitted(text, 500) is text


def test_a_clip_larger_than_its_place_is_noticed():
    assert Layout(1280, 800).fits(360, 640)
    assert not Layout(1280, 800).fits(1920, 1080)
