"""Clips on slides stand at a whole multiple of their pixels, beside the text or on pages of their own."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from experiment.scene import Box, Rect, Scene, Text
from experiment.slide_text import ClipPlace, SlideText
from tests.experiment.material import counted_clips, protocol_with
from tests.experiment.virtual_session import VirtualSession

WORDS = " ".join(["words"] * 12)


def pages_of(folder, size_px: tuple[int, int], clip_px: tuple[int, int], paragraphs: int) -> list[tuple]:
    """The pages that one slide with five clips is shown on: its clips' places and what else stands there."""
    width, height = clip_px
    clips = tuple(replace(clip, width=width, height=height) for clip in counted_clips(4, 3))
    protocol = protocol_with(phases=[{"kind": "slides", "slides": "introduction"}])
    slide = SlideText("Five actions", (WORDS,) * paragraphs, (ClipPlace("UCF5", "*", ""),))
    protocol = replace(protocol, slides={"introduction": (slide,)})
    session = VirtualSession(folder, protocol, clips=clips, size_px=size_px).run()
    first_of = {scene.cue.screen: scene for scene, _ in reversed(session.shown("slide"))}
    pages = [first_of[screen] for screen in sorted(first_of)]
    shown = [video.footage.clip_id for scene in pages for video in scene.videos]
    assert len(shown) == len(set(shown)) == 5
    for scene in pages:
        rects = [video.rect for video in scene.videos]
        for rect in rects:
            scale = rect.width / width
            assert scale == int(scale) >= 1
            assert rect.height == scale * height
            assert -size_px[0] / 2 <= rect.left < rect.right <= size_px[0] / 2
            assert -size_px[1] / 2 <= rect.bottom < rect.top <= size_px[1] / 2
        others = [element.rect for element in scene.elements if isinstance(element, Box)]
        for one, other in [*combinations(rects, 2), *((r, o) for r in rects for o in others)]:
            assert apart(one, other)
    return [(len(scene.videos), "Five actions" in texts_of(scene)) for scene in pages]


def texts_of(scene: Scene) -> list[str]:
    return [element.text for element in scene.elements if isinstance(element, Text)]


def apart(one: Rect, other: Rect) -> bool:
    return (
        one.right <= other.left
        or other.right <= one.left
        or one.top <= other.bottom
        or other.top <= one.bottom
    )


@pytest.mark.parametrize(
    ("size_px", "clip_px", "paragraphs", "pages"),
    [
        # Small clips stand together under the text.
        ((1920, 1080), (320, 240), 1, [(5, True)]),
        # Three of these fit beside each other, five do not: two pages, both with the text.
        ((1280, 800), (320, 240), 2, [(2, True), (3, True)]),
        # Not one fits under the text: the text first, then every clip alone.
        ((1280, 800), (640, 480), 4, [(0, True), (1, False), (1, False), (1, False), (1, False), (1, False)]),
    ],
)
def test_clips_that_do_not_fit_beside_the_text_get_pages_of_their_own(
    tmp_path, size_px, clip_px, paragraphs, pages
):
    assert pages_of(tmp_path, size_px, clip_px, paragraphs) == pages
