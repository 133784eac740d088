"""Where things stand on a screen of any size; pure arithmetic in pixels, origin in the middle, y upwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from experiment.lettering import measure_text
from experiment.scene import Box, Colour, Element, Rect, Target, Text

# Where no clips are shown; around clips it is what experiment.surround tells.
BACKGROUND: Colour = (128, 128, 128)
INK: Colour = (12, 12, 12)
FAINT_INK: Colour = (40, 40, 40)
PANEL: Colour = (206, 206, 206)
BUTTON: Colour = (232, 232, 232)
BUTTON_HOVER: Colour = (255, 255, 255)
BUTTON_CHOSEN: Colour = (188, 214, 240)
# Between the usual surround of clips, 150, and a panel: seen as a button on either, and darker than others.
BUTTON_OFF: Colour = (178, 178, 178)
MARK: Colour = (0, 84, 166)

Sign = Literal["", "✓", "✗", "●", "✓ ●"]
"""Stands behind a label: the right answer, a wrong one, what is selected."""

RETURN_SIGN = "⏎"


@dataclass(frozen=True)
class Button:
    """A target with its label; ``marked`` points out a right or chosen one by frame and ``sign``, not by
    colour alone. The return key presses the one that is ``focused``, which shows it.
    """

    target: Target
    label: str
    marked: bool = False
    enabled: bool = True
    sign: Sign | None = None
    focused: bool = False

    @property
    def text(self) -> str:
        """The label with its sign, which is a check mark where none was given."""
        sign = ("✓" if self.marked else "") if self.sign is None else self.sign
        return f"{self.label}  {sign}" if sign else self.label


@dataclass(frozen=True)
class Layout:
    """A screen of ``width`` x ``height`` px divided into a menu on the left and a stage for the clip on the
    right.
    """

    width: int
    height: int

    @property
    def unit(self) -> float:
        """A hundredth of the height, but no more than the width allows: the measure of letters and gaps,
        px.
        """
        return min(self.height / 100, self.width / 160)

    @property
    def text_px(self) -> float:
        """Height of the letters of a text."""
        return round(3.0 * self.unit)

    @property
    def menu_width(self) -> float:
        """Of the column of answers, px."""
        return self.width * 0.25

    @property
    def menu_x(self) -> float:
        """Middle of the column of answers."""
        return -self.width / 2 + self.width * 0.03 + self.menu_width / 2

    @property
    def clip_area(self) -> Rect:
        """The part of the screen a clip may fill."""
        left = self.menu_x + self.menu_width / 2 + self.width * 0.02
        right = self.width / 2 - self.width * 0.02
        return Rect((left + right) / 2, 0, right - left, self.height * 0.92)

    def clip_rect(self, width: int, height: int, inside: Rect | None = None) -> Rect:
        """The largest whole multiple of a clip's size that fits, its edges on the pixel grid.

        On 1280 x 800 a clip of 320 x 240 is shown at 2 x, on 1920 x 1080 at 4 x. A clip larger than the
        area keeps its own size; ``fits`` tells beforehand.
        """
        area = inside or self.clip_area
        scale = max(1, int(min(area.width // width, area.height // height)))
        return self.on_grid(Rect(area.x, area.y, width * scale, height * scale))

    def fits(self, width: int, height: int) -> bool:
        """Whether a clip can be shown in its own size beside the menu, and above the button of a slide."""
        return width <= self.clip_area.width and height <= min(
            self.clip_area.height, self.height - 19 * self.unit
        )

    def on_grid(self, rect: Rect) -> Rect:
        """The same rectangle moved by less than a pixel so that its edges lie between screen pixels."""
        left = round(rect.left + self.width / 2) - self.width / 2
        bottom = round(rect.bottom + self.height / 2) - self.height / 2
        width, height = round(rect.width), round(rect.height)
        return Rect(left + width / 2, bottom + height / 2, width, height)

    def menu(self, names: tuple[str, ...], *, with_button: bool = False) -> tuple[Target, ...]:
        """One button per answer in a column on the left; key ``n`` chooses the n-th.

        ``with_button`` leaves the place of ``menu_button`` free below them.
        """
        rows = self._rows(len(names), with_button)
        return tuple(
            Target(name, rect, (str(place),))
            for place, (name, rect) in enumerate(zip(names, rows, strict=False), start=1)
        )

    def menu_button(self, name: str, keys: tuple[str, ...], answers: int) -> Target:
        """The button below a menu of so many answers, to confirm or to go on."""
        return Target(name, self._rows(answers, with_button=True)[-1], keys)

    def _rows(self, answers: int, with_button: bool) -> tuple[Rect, ...]:
        """The places of a column of buttons."""
        count = answers + with_button
        # Five buttons stand at ease; up to nine move together to stay clear of heading and hint. With a
        # button below them the hint is longer.
        gap = (3.0 if count <= 6 else 1.5) * self.unit
        most, middle = (61 * self.unit, 5.5 * self.unit) if with_button else (70 * self.unit, 0.0)
        height = min(9.5 * self.unit, (most - (count - 1) * gap) / count)
        top = middle + (count * height + (count - 1) * gap) / 2
        return tuple(
            self.on_grid(
                Rect(self.menu_x, top - height / 2 - place * (height + gap), self.menu_width, height)
            )
            for place in range(count)
        )

    def wide_button(self, name: str, keys: tuple[str, ...], x: float = 0.0, y: float | None = None) -> Target:
        """A button to go on, at the bottom of the screen unless ``y`` says otherwise."""
        at = -self.height / 2 + 8 * self.unit if y is None else y
        return Target(name, self.on_grid(Rect(x, at, 42 * self.unit, 8 * self.unit)), keys)

    def draw_button(self, button: Button, *, hovered: bool = False, number: str = "") -> tuple[Element, ...]:
        """The elements of a button; ``number`` is the key that chooses it, shown at its left."""
        rect = button.target.rect
        if not button.enabled:
            fill, ink = BUTTON_OFF, FAINT_INK
        else:
            fill, ink = (BUTTON_HOVER if hovered else BUTTON), INK
        if button.marked:
            fill = BUTTON_CHOSEN
        framed = button.marked or button.focused or (hovered and button.enabled)
        line_px = max(2.0, round(0.7 * self.unit)) if framed else 1.0
        elements: list[Element] = [Box(rect, fill, MARK if button.marked else INK, line_px)]
        edge = min(6 * self.unit, 0.2 * rect.width)
        if number:
            x, left = rect.left + edge / 2, rect.left + edge
            elements.append(Text(number, x, rect.y, self.text_px, FAINT_INK))
            text = Text(button.text, left, rect.y, self.text_px, ink, "left", bold=button.marked)
            room = rect.right - left
        else:
            text = Text(button.text, rect.x, rect.y, self.text_px, ink, bold=button.marked)
            room = rect.width
        if button.focused:
            elements.append(Text(RETURN_SIGN, rect.right - edge / 2, rect.y, self.text_px, FAINT_INK))
            room -= edge if number else 2 * edge
        elements.append(fitted(text, room - 1.5 * self.unit))
        return tuple(elements)

    def cross(self, at: Rect) -> tuple[Element, ...]:
        """A fixation mark in the middle of a rectangle."""
        arm, thick = round(3 * self.unit), max(2, round(0.5 * self.unit))
        return (
            Box(self.on_grid(Rect(at.x, at.y, arm, thick)), INK),
            Box(self.on_grid(Rect(at.x, at.y, thick, arm)), INK),
        )


def fitted(text: Text, width: float) -> Text:
    """A text of one line, its letters made smaller where it would be wider than ``width`` px."""
    measured = measure_text(text)[0]
    if measured <= width:
        return text
    return replace(text, height_px=max(1.0, text.height_px * width / measured))
