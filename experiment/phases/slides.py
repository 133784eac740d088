"""Slides: text and looping clips, with a button to go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from experiment.lettering import measure_text
from experiment.phases.layout import INK, PANEL, Button, Layout
from experiment.phases.stage import Stage
from experiment.records import Slide
from experiment.scene import Box, ContinueCue, Element, Footage, Rect, Scene, Text, VideoFrame

LONGEST_CLIP_S = 4.0
"""Clips on slides are cut off here: several are in memory at once, and a few repetitions show the action."""

_CAPTION = 4.0
_BUTTON_SPACE = 14.0


def show_slides(
    stage: Stage, slides: tuple[Slide, ...], last_label: str, pause: Callable[[], None], place: str
) -> None:
    """Show slides one after the other; ``last_label`` stands on the last one's button.

    ``place`` tells the screens of several slide shows apart.
    """
    for number, slide in enumerate(slides):
        footage = [stage.footage.beginning(medium.clip_id, LONGEST_CLIP_S) for medium in slide.media]
        pages = _pages(stage.layout, slide, footage)
        for part, (page, clips) in enumerate(pages):
            last = number == len(slides) - 1 and part == len(pages) - 1
            label = last_label if last else stage.words.next
            _show_page(stage, page, clips, label, pause, f"{place} {number} {part}")


def _pages(layout: Layout, slide: Slide, footage: list[Footage]) -> list[tuple[Slide, list[Footage]]]:
    """A slide, or several with the same text where its clips do not fit at their own size side by side."""
    if not footage:
        return [(slide, footage)]
    sizes = [clip.shown_as for clip in footage]
    width, height = max(size[0] for size in sizes), max(size[1] for size in sizes)
    area = _clip_area(layout, slide)
    count = next((n for n in range(len(footage), 0, -1) if _fit(layout, area, n, width, height)), 0)
    if count == 0:
        # Not even one stands beside the text: the text has a page of its own, and every clip as well.
        alone = [
            (Slide("", (), (medium,)), [clip]) for medium, clip in zip(slide.media, footage, strict=True)
        ]
        return [(replace(slide, media=()), []), *alone]
    pages = -(-len(footage) // count)
    bounds = [len(footage) * page // pages for page in range(pages + 1)]
    return [
        (replace(slide, media=slide.media[start:end]), footage[start:end]) for start, end in pairwise(bounds)
    ]


def _fit(layout: Layout, area: Rect, count: int, width: int, height: int) -> bool:
    """Whether ``count`` clips of this size have room in an area."""
    cell = _inner(_cells(area, count)[0], layout.unit)
    return cell.width >= width and cell.height >= height


def _show_page(
    stage: Stage, slide: Slide, footage: list[Footage], label: str, pause: Callable[[], None], screen: str
) -> None:
    rects = _clip_rects(stage.layout, slide, footage)
    static = (*_text(stage.layout, slide), *_captions(stage.layout, slide, rects))
    button = Button(stage.layout.wide_button("next", ("space", "return", "right")), label, focused=True)
    words = sum(len(paragraph.split()) for paragraph in slide.paragraphs)
    cue = ContinueCue(screen, "next", words)
    began_s = stage.clock.now()

    def build(hovered: str | None) -> Scene:
        elapsed_s = max(0.0, stage.display.next_flip_s() - began_s)
        videos = tuple(VideoFrame(f, f.frame_at(elapsed_s), r) for f, r in zip(footage, rects, strict=True))
        elements = (*static, *stage.layout.draw_button(button, hovered=hovered == "next"), *stage.badge())
        return Scene("slide", elements, videos, (button.target,), cue)

    stage.wait_for((button.target,), build, pause)


def _text_width(layout: Layout) -> float:
    return min(layout.width * 0.94 - 10 * layout.unit, 118 * layout.unit)


def _text_height(layout: Layout, slide: Slide) -> float:
    """Height of the panel with heading and paragraphs."""
    texts = sum(measure_text(_paragraph(layout, paragraph, 0))[1] for paragraph in slide.paragraphs)
    return 10.5 * layout.unit + texts + 1.2 * layout.unit * len(slide.paragraphs)


def _paragraph(layout: Layout, paragraph: str, y: float) -> Text:
    width = _text_width(layout)
    return Text(paragraph, -width / 2, y, layout.text_px, INK, "left", "top", wrap_px=width)


def _panel(layout: Layout, slide: Slide) -> Rect:
    """The panel the text stands on: at the top above clips, else in the middle."""
    height = _text_height(layout, slide)
    width = _text_width(layout) + 14 * layout.unit
    if slide.media:
        return layout.on_grid(Rect(0, layout.height / 2 - 2 * layout.unit - height / 2, width, height))
    return layout.on_grid(Rect(0, 4 * layout.unit, width, height + 4 * layout.unit))


def _clip_area(layout: Layout, slide: Slide) -> Rect:
    """What is left for clips between the text and the button."""
    top = _panel(layout, slide).bottom - layout.unit if slide.heading else layout.height / 2 - layout.unit
    bottom = -layout.height / 2 + _BUTTON_SPACE * layout.unit
    return Rect(0, (top + bottom) / 2, layout.width * 0.94, top - bottom)


def _text(layout: Layout, slide: Slide) -> list[Element]:
    if not slide.heading:
        return []
    unit, panel = layout.unit, _panel(layout, slide)
    left = -_text_width(layout) / 2
    y = panel.top - (5.5 if slide.media else 7.5) * unit
    elements: list[Element] = [
        Box(panel, PANEL),
        Text(slide.heading, left, y, 4.6 * unit, INK, "left", bold=True),
    ]
    y -= 4.5 * unit
    for paragraph in slide.paragraphs:
        text = _paragraph(layout, paragraph, y)
        elements.append(text)
        y -= measure_text(text)[1] + 1.2 * unit
    return elements


def _clip_rects(layout: Layout, slide: Slide, footage: list[Footage]) -> list[Rect]:
    """Where the clips stand, each at the largest whole multiple of its pixels that fits."""
    if not footage:
        return []
    cells = _cells(_clip_area(layout, slide), len(footage))
    return [
        layout.clip_rect(*clip.shown_as, _inner(cell, layout.unit))
        for cell, clip in zip(cells, footage, strict=True)
    ]


def _captions(layout: Layout, slide: Slide, rects: list[Rect]) -> list[Element]:
    return [
        Text(medium.caption, rect.x, rect.bottom - 2.1 * layout.unit, 2.6 * layout.unit, INK)
        for medium, rect in zip(slide.media, rects, strict=True)
    ]


def _inner(cell: Rect, unit: float) -> Rect:
    """The part of a cell that a clip may fill, its caption being below."""
    return Rect(cell.x, cell.y + _CAPTION / 2 * unit, cell.width - unit, cell.height - _CAPTION * unit)


def _cells(area: Rect, count: int) -> list[Rect]:
    """``count`` equal cells of an area, in the number of rows that makes them largest for pictures of 4:3."""

    def size(rows: int) -> float:
        columns = -(-count // rows)
        return min(area.width / columns / 4, area.height / rows / 3)

    rows = max(range(1, count + 1), key=size)
    columns = -(-count // rows)
    width, height = area.width / columns, area.height / rows
    cells = []
    for index in range(count):
        row, column = divmod(index, columns)
        in_row = min(columns, count - row * columns)
        x = area.x + (column - (in_row - 1) / 2) * width
        cells.append(Rect(x, area.top - (row + 0.5) * height, width, height))
    return cells
