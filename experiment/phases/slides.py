"""Slides: text and looping clips, with a button to go on."""

from __future__ import annotations

from collections.abc import Callable

from experiment.phases.layout import FAINT_INK, INK, PANEL, Button
from experiment.phases.stage import Stage
from experiment.records import Slide
from experiment.scene import Box, ContinueCue, Element, Footage, Rect, Scene, Text, VideoFrame


def show_slides(
    stage: Stage, slides: tuple[Slide, ...], last_label: str, pause: Callable[[], None], place: str
) -> None:
    """Show slides one after the other; ``last_label`` stands on the last one's button, ``place`` tells
    screens apart.
    """
    for number, slide in enumerate(slides):
        last = number == len(slides) - 1
        following = slides[number + 1].media if not last else ()
        _show_slide(stage, slide, last_label if last else stage.words.next, pause, f"{place} {number}")
        kept = {medium.clip_id for medium in following}
        for medium in slide.media:
            if medium.clip_id not in kept:
                stage.footage.release(medium.clip_id)


def _show_slide(stage: Stage, slide: Slide, label: str, pause: Callable[[], None], screen: str) -> None:
    footage = [stage.footage.get(medium.clip_id) for medium in slide.media]
    static, rects = _elements(stage, slide, footage)
    button = Button(stage.layout.wide_button("next", ("space", "return", "right")), label)
    words = sum(len(paragraph.split()) for paragraph in slide.paragraphs)
    cue = ContinueCue(screen, "next", words)
    began_s = stage.clock.now()

    def build(hovered: str | None) -> Scene:
        elapsed_s = max(0.0, stage.display.next_flip_s() - began_s)
        videos = tuple(
            VideoFrame(f, f.frame_at(elapsed_s), rect) for f, rect in zip(footage, rects, strict=True)
        )
        elements = (*static, *stage.layout.draw_button(button, hovered=hovered == "next"), *stage.badge())
        return Scene("slide", elements, videos, (button.target,), cue)

    stage.wait_for((button.target,), build, pause)


def _elements(stage: Stage, slide: Slide, footage: list[Footage]) -> tuple[tuple[Element, ...], list[Rect]]:
    """Heading and text on a panel above, the clips in rows below them, each with its caption."""
    layout, unit = stage.layout, stage.layout.unit
    top = layout.height / 2 - 4 * unit
    bottom = -layout.height / 2 + 16 * unit
    width = min(layout.width * 0.94, 170 * unit)
    text_px = layout.text_px
    wrap = min(width - 10 * unit, 118 * unit)
    heights = [_lines(paragraph, wrap, text_px) * text_px * 1.45 for paragraph in slide.paragraphs]
    needed = 12 * unit + sum(heights) + len(heights) * 1.2 * unit
    panel_bottom = max(bottom, top - needed) if footage else bottom
    panel = layout.on_grid(Rect(0, (top + panel_bottom) / 2, width, top - panel_bottom))
    left = -wrap / 2
    elements: list[Element] = [
        Box(panel, PANEL),
        Text(slide.heading, left, top - 6 * unit, 4.6 * unit, INK, "left", bold=True),
    ]
    y = top - 11 * unit
    for paragraph, height in zip(slide.paragraphs, heights, strict=True):
        elements.append(Text(paragraph, left, y, text_px, INK, "left", "top", wrap_px=wrap))
        y -= height + 1.2 * unit
    rects = []
    if footage:
        area = Rect(0, (panel_bottom + bottom) / 2, width, panel_bottom - bottom)
        for cell, clip, medium in zip(_cells(area, len(footage)), footage, slide.media, strict=True):
            inner = Rect(cell.x, cell.y + 2 * unit, cell.width - 2 * unit, cell.height - 6 * unit)
            height_px, width_px = clip.pixels.shape[1:3]
            rect = layout.clip_rect(width_px, height_px, inner)
            if rect.height > inner.height or rect.width > inner.width:
                share = min(inner.width / width_px, inner.height / height_px)
                rect = layout.on_grid(Rect(inner.x, inner.y, int(width_px * share), int(height_px * share)))
            rects.append(rect)
            elements.append(Text(medium.caption, cell.x, rect.bottom - 2.4 * unit, 2.4 * unit, FAINT_INK))
    return tuple(elements), rects


def _lines(paragraph: str, wrap_px: float, text_px: float) -> int:
    """How many lines a paragraph will take; a letter is about 0.54 of the font size wide."""
    letters = max(1, int(wrap_px / (0.54 * text_px)))
    lines, used = 1, 0
    for word in paragraph.split():
        if used and used + 1 + len(word) > letters:
            lines, used = lines + 1, len(word)
        else:
            used += len(word) + (1 if used else 0)
    return lines


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
