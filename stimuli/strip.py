"""Pictures put together: side by side, under one another, in labelled rows.

Nothing is ever interpolated: a picture is enlarged by whole multiples, every pixel to a square, so that noise
stays the noise it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Picture = npt.NDArray[np.uint8]

GAP_PX = 8
CAPTION_PX = 22
_PAPER = (255, 255, 255)
_INK = (32, 32, 32)
_LETTER_PX = 14


@dataclass(frozen=True)
class LabelledRow:
    """Pictures, uint8 (H, W, 3), of one kind, such as all flows of a clip, and the name of that kind."""

    label: str
    pictures: tuple[Picture, ...]


def enlarged(picture: Picture, times: int) -> Picture:
    """Every pixel of a picture (H, W, 3) as a square of `times` pixels."""
    return picture.repeat(times, axis=0).repeat(times, axis=1)


def at_one_scale(pictures: Sequence[Picture]) -> list[Picture]:
    """Each picture enlarged by the largest whole multiple that the largest height and width leave room for.

    240x320 beside 480x640 becomes 480x640; 240x320 beside 360x480 stays what it is.
    """
    height, width = _largest(pictures)
    return [enlarged(each, max(1, min(height // each.shape[0], width // each.shape[1]))) for each in pictures]


def side_by_side(pictures: Sequence[Picture], gap_px: int = GAP_PX) -> Picture:
    """Pictures (H, W, 3) from left to right at one scale, each in the middle of the height, on white.

    Raises ValueError when there is none.
    """
    scaled = at_one_scale(pictures)
    height, _ = _largest(scaled)
    columns: list[Picture] = []
    for picture in scaled:
        columns += [_paper(height, gap_px), _padded(picture, height, picture.shape[1])]
    return np.concatenate(columns[1:], axis=1)


def under_one_another(pictures: Sequence[Picture]) -> Picture:
    """Pictures (H, W, 3) from top to bottom as they are, each at the left, on white.

    Raises ValueError when there is none.
    """
    _, width = _largest(pictures)
    rows: list[Picture] = []
    for picture in pictures:
        room = _paper(picture.shape[0], width - picture.shape[1])
        rows += [_paper(GAP_PX, width), np.concatenate([picture, room], axis=1)]
    return np.concatenate(rows[1:], axis=0)


def captioned(picture: Picture, caption: str) -> Picture:
    """The picture (H, W, 3) under a line of text, CAPTION_PX taller; what is too long for it is cut."""
    return np.concatenate([_lettered(caption, picture.shape[1]), picture], axis=0)


def labelled_strip(rows: Sequence[LabelledRow], columns: Sequence[str] = ()) -> Picture:
    """Rows of pictures, each under its label, all at one scale; `columns` name the pictures of every row.

    Raises ValueError when there is no picture, the rows differ in length or the columns are not as many.
    """
    lengths = {len(row.pictures) for row in rows} | ({len(columns)} if columns else set())
    if len(lengths) != 1:
        raise ValueError(f"Rows and names of columns must be equally many each, not {sorted(lengths)}.")
    scaled = at_one_scale([picture for row in rows for picture in row.pictures])
    height, width = _largest(scaled)
    cells = [_padded(picture, height, width) for picture in scaled]
    (length,) = lengths
    parts = [side_by_side([_lettered(name, width) for name in columns])] if columns else []
    for index, row in enumerate(rows):
        line = side_by_side(cells[index * length : (index + 1) * length])
        parts.append(captioned(line, row.label))
    return under_one_another(parts)


def _largest(pictures: Sequence[Picture]) -> tuple[int, int]:
    if not pictures:
        raise ValueError("There is no picture to put anywhere.")
    return max(each.shape[0] for each in pictures), max(each.shape[1] for each in pictures)


def _paper(height: int, width: int) -> Picture:
    return np.full((height, width, 3), _PAPER, np.uint8)


def _padded(picture: Picture, height: int, width: int) -> Picture:
    """The picture in the middle of white paper of the given size."""
    paper = _paper(height, width)
    top, left = (height - picture.shape[0]) // 2, (width - picture.shape[1]) // 2
    paper[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return paper


def _lettered(text: str, width: int) -> Picture:
    line = Image.new("RGB", (width, CAPTION_PX), _PAPER)
    ImageDraw.Draw(line).text((2, CAPTION_PX // 2), text, _INK, _font(), anchor="lm")
    return np.asarray(line)


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(_LETTER_PX)
