"""From a card of known size on the screen to the screen's width in cm; pure.

The card has the size that all bank cards and identity cards have: ID-1 of ISO/IEC 7810, 85.60 x 53.98 mm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from experiment.checked_yaml import Checked, read_yaml
from experiment.localized import Language
from experiment.screen import DISTANCE_RANGE_CM, WIDTH_RANGE_CM, Screen

CARD_WIDTH_CM, CARD_HEIGHT_CM = 8.560, 5.398
_NARROWEST_CARD_PX = 60
_MOST_DIGITS = 4

CARD_STEPS_PX = {"left": -1, "right": 1, "down": -10, "up": 10, "pagedown": -50, "pageup": 50}
"""By how much each key changes the width of the card; the port's names of keys."""

DISTANCE_STEPS_CM = {"down": -1, "up": 1}


class CalibrationWords(Checked):
    """The words of the screens, ``protocols/calibration/<language>.yaml``."""

    format: Literal[1]
    card_heading: str
    card_text: str
    card_keys: str
    narrower: str
    wider: str
    distance_heading: str
    distance_text: str
    distance_keys: str
    distance_range: str
    nearer: str
    farther: str
    result_heading: str
    result_screen: str
    result_degree: str
    result_clip: str
    result_reported: str
    next: str
    back: str
    keep: str
    cancel: str


def read_calibration_words(folder: Path, language: Language) -> CalibrationWords:
    """The words in one language. Raises ``InputRefused`` where the file is missing or incomplete."""
    path = folder / f"{language}.yaml"
    return read_yaml(CalibrationWords, path)


@dataclass(frozen=True)
class CardOnScreen:
    """The drawn card, ``width_px`` wide, never wider than ``widest_px`` nor narrower than ``narrowest_px``.

    >>> card = CardOnScreen(342, 1200)
    >>> card.height_px
    216
    >>> round(card.screen_width_cm(1920), 2)  # 1920 px of 8.56 cm / 342
    48.06
    """

    width_px: int
    widest_px: int
    narrowest_px: int = _NARROWEST_CARD_PX

    @property
    def height_px(self) -> int:
        """Height of the card as drawn, px."""
        return round(self.width_px * CARD_HEIGHT_CM / CARD_WIDTH_CM)

    def changed(self, by_px: int) -> CardOnScreen:
        """Wider by so much, within what can be drawn."""
        return self.as_wide_as(self.width_px + by_px)

    def as_wide_as(self, width_px: float) -> CardOnScreen:
        """Of another width, within what can be drawn."""
        return replace(self, width_px=min(max(round(width_px), self.narrowest_px), self.widest_px))

    def screen_width_cm(self, screen_width_px: int) -> float:
        """Width of a screen of so many pixels on which this card is as wide as a real one."""
        return screen_width_px * CARD_WIDTH_CM / self.width_px


def narrowest_card_px(screen_width_px: int) -> int:
    """The least width of a card on a screen of so many pixels, which no card makes wider than is believed.

    On 1920 px it is 60, on 3840 px 66: a card of 65 px would make that screen 506 cm wide.
    """
    return max(_NARROWEST_CARD_PX, math.ceil(screen_width_px * CARD_WIDTH_CM / WIDTH_RANGE_CM[1]))


@dataclass(frozen=True)
class TypedDistance:
    """The distance as typed so far, whole centimetres."""

    digits: str

    def key(self, key: str) -> TypedDistance:
        """What it is after a key: a digit, ``backspace``, ``left`` or a step up or down."""
        if key in ("backspace", "left"):
            return TypedDistance(self.digits[:-1])
        if len(key) == 1 and key.isdigit():
            return TypedDistance((self.digits + key).lstrip("0")[:_MOST_DIGITS])
        if key in DISTANCE_STEPS_CM and self.digits:
            least, most = DISTANCE_RANGE_CM
            return TypedDistance(str(min(max(int(self.digits) + DISTANCE_STEPS_CM[key], least), most)))
        return self

    @property
    def distance_cm(self) -> int | None:
        """The distance; ``None`` while it is none that is allowed."""
        least, most = DISTANCE_RANGE_CM
        distance = int(self.digits or 0)
        return distance if least <= distance <= most else None


def result_lines(
    words: CalibrationWords,
    screen: Screen,
    name: str,
    clip_scale: int,
    reported_cm: float | None,
    decimal_comma: bool,
) -> tuple[str, ...]:
    """What the measurement means, in words: the screen, a degree, a clip of 320 x 240, what was reported."""

    def said(value: float, digits: int) -> str:
        text = f"{value:.{digits}f}"
        return text.replace(".", ",") if decimal_comma else text

    width_px = 320 * clip_scale
    lines = [
        words.result_screen.format(
            screen=name,
            width_px=screen.size_px[0],
            height_px=screen.size_px[1],
            width_cm=said(screen.width_cm, 1),
            distance_cm=said(screen.distance_cm, 0),
        ),
        words.result_degree.format(px_per_degree=said(screen.px_per_degree, 1)),
        words.result_clip.format(
            clip_cm=said(screen.cm_of(width_px), 1),
            clip_deg=said(screen.degrees_of(width_px), 1),
            dot_deg=said(screen.degrees_of(clip_scale), 3),
        ),
    ]
    if reported_cm is not None:
        lines.append(words.result_reported.format(reported_cm=said(reported_cm, 1)))
    return tuple(lines)
