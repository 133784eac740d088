"""Texts as pictures: set in DejaVu Sans, which comes with matplotlib, so that they look alike on every
machine.

Pillow draws the letters; nothing here needs a screen. The font holds umlauts, dashes, arrows and check marks.
"""

from __future__ import annotations

import importlib.util
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from experiment.errors import InputRefused
from experiment.scene import Text

LINE_PITCH = 1.4
"""Distance of two lines of text in letter heights."""

# How far a letter may reach beyond the space that is set aside for it (the tail of a j, a bold W), in
# letter heights.
_OVERHANG = 0.15


@dataclass(frozen=True, eq=False)
class Lettering:
    """A text as drawn: ``mask`` uint8 ``(H, W)``, 0 paper .. 255 ink, top row first.

    ``left`` and ``top`` say where its upper left corner stands, px from the middle of the screen, y
    upwards; they are not rounded.
    """

    mask: NDArray[np.uint8]
    left: float
    top: float


def measure_text(text: Text) -> tuple[float, float]:
    """Width and height of the block that a text fills, px: the longest line, and ``LINE_PITCH`` letter
    heights a line.
    """
    font = _font(text.height_px, text.bold)
    lines = set_lines(text)
    return max(font.getlength(line) for line in lines), len(lines) * _pitch(text.height_px)


def set_lines(text: Text) -> tuple[str, ...]:
    """The lines of a text: broken where it says so and, with ``wrap_px``, between words, within a word if
    it must be.
    """
    paragraphs = text.text.split("\n")
    if text.wrap_px is None:
        return tuple(paragraphs)
    font = _font(text.height_px, text.bold)
    return tuple(line for paragraph in paragraphs for line in _wrapped(paragraph, font, text.wrap_px))


def draw_text(text: Text) -> Lettering:
    """The picture of a text and its place."""
    font = _font(text.height_px, text.bold)
    lines = set_lines(text)
    lengths = [font.getlength(line) for line in lines]
    width, pitch = max(lengths), _pitch(text.height_px)
    margin = math.ceil(_OVERHANG * text.height_px) + 1
    image = Image.new("L", (math.ceil(width) + 2 * margin, math.ceil(len(lines) * pitch) + 2 * margin))
    pen = ImageDraw.Draw(image)
    share = {"left": 0.0, "center": 0.5, "right": 1.0}[text.align]
    ascent, descent = font.getmetrics()
    for number, (line, length) in enumerate(zip(lines, lengths, strict=True)):
        # Whole pixels: letters then have the same sharpness wherever a line begins.
        x = margin + round(share * (width - length))
        baseline = margin + round((number + 0.5) * pitch + (ascent - descent) / 2)
        pen.text((x, baseline), line, fill=255, font=font, anchor="ls")
    height = len(lines) * pitch
    left = text.x - share * width - margin
    top = text.y + margin + (height / 2 if text.anchor == "center" else 0.0)
    return Lettering(np.asarray(image), left, top)


def _wrapped(paragraph: str, font: ImageFont.FreeTypeFont, wrap_px: float) -> list[str]:
    lines = [""]
    for word in paragraph.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if font.getlength(longer) <= wrap_px:
            lines[-1] = longer
            continue
        pieces = _pieces(word, font, wrap_px)
        lines = [*lines, *pieces] if lines[-1] else pieces
    return lines


def _pieces(word: str, font: ImageFont.FreeTypeFont, wrap_px: float) -> list[str]:
    """A word cut where it is wider than a line; every piece holds at least one letter."""
    pieces = [word[:1]]
    for letter in word[1:]:
        if font.getlength(pieces[-1] + letter) <= wrap_px:
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def _pitch(height_px: float) -> float:
    return round(LINE_PITCH * height_px)


@lru_cache(maxsize=64)
def _font(height_px: float, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path(bold)), height_px, layout_engine=ImageFont.Layout.BASIC)


def font_path(bold: bool) -> Path:
    """The file of the font. Looks for matplotlib without importing it, which would take longer than all
    texts together.

    Raises
    ------
    InputRefused
        If matplotlib or its fonts are not installed.
    """
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    found = importlib.util.find_spec("matplotlib")
    folders = found.submodule_search_locations if found is not None else None
    for folder in folders or ():
        path = Path(folder, "mpl-data", "fonts", "ttf", name)
        if path.is_file():
            return path
    raise InputRefused(f"The font {name}, a part of matplotlib, is missing; install the packages again.")
