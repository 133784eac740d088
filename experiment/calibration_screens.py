"""The screens of the calibration: match the card, type the distance, look at the result, keep it.

Everything can be done with the keys alone, and all but typing digits with the mouse alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from experiment.calibration import (
    CARD_HEIGHT_CM,
    CARD_STEPS_PX,
    CARD_WIDTH_CM,
    CalibrationWords,
    CardOnScreen,
    TypedDistance,
    narrowest_card_px,
    result_lines,
)
from experiment.phases.layout import BUTTON_HOVER, INK, Button, Layout
from experiment.phases.stage import SETTLING_S, StopRequested, choice, wants_pause
from experiment.ports import Display, InputEvent, KeyPress, PointerMove, PointerPress, Responses
from experiment.scene import Box, Element, Rect, Scene, Text
from experiment.screen import DISTANCE_RANGE_CM, Screen

_CLIP_PX = (320, 240)
# What systems take a screen for where they know nothing: 96 pixels in an inch.
_USUAL_PX_CM = 96 / 2.54
# Where the card begins below the text, and how high it can be above the hint; in units of the layout.
_CARD_TOP, _CARD_ROOM = 23.0, 53.0

NARROWER, WIDER, NEXT, BACK = "narrower", "wider", "next", "back"


@dataclass(frozen=True)
class Measured:
    """What the person measured."""

    width_cm: float
    distance_cm: float


@dataclass(frozen=True)
class CalibrationScreens:
    """The screens on a display; ``first_width_cm`` and ``first_distance_cm`` are what they begin with."""

    display: Display
    responses: Responses
    words: CalibrationWords
    first_width_cm: float | None
    first_distance_cm: float
    reported_width_cm: float | None
    decimal_comma: bool = False

    def measure(self) -> Measured:
        """Go through the screens, back and forth, until the result is kept.

        Raises
        ------
        StopRequested
            Where Escape was pressed or the window closed.
        """
        layout, record = self.layout, self.display.record
        screen_px = record.screen_px or record.size_px
        px_cm = (
            _USUAL_PX_CM * record.window_scale
            if self.first_width_cm is None
            else (screen_px[0] / self.first_width_cm)
        )
        room = round(_CARD_ROOM * layout.unit * CARD_WIDTH_CM / CARD_HEIGHT_CM)
        card = CardOnScreen(0, room, narrowest_card_px(screen_px[0])).as_wide_as(CARD_WIDTH_CM * px_cm)
        typed = TypedDistance(str(round(self.first_distance_cm)))
        while True:
            card = self._match_card(card)
            typed = self._type_distance(typed)
            if typed.distance_cm is None:
                continue
            screen = Screen(screen_px, card.screen_width_cm(screen_px[0]), float(typed.distance_cm))
            if self._keep(screen):
                return Measured(round(screen.width_cm, 2), screen.distance_cm)

    @property
    def layout(self) -> Layout:
        """Where things stand on this display."""
        return Layout(*self.display.record.size_px)

    def card_rect(self, card: CardOnScreen) -> Rect:
        """Where the card stands: its upper left corner stays where it is, whatever its width."""
        left, top = -card.widest_px / 2, _CARD_TOP * self.layout.unit
        rect = Rect(left + card.width_px / 2, top - card.height_px / 2, card.width_px, card.height_px)
        return self.layout.on_grid(rect)

    def _match_card(self, card: CardOnScreen) -> CardOnScreen:
        buttons = self._buttons(
            (NARROWER, self.words.narrower, ()), (WIDER, self.words.wider, ()), (NEXT, self.words.next, None)
        )

        def take(event: InputEvent, chosen: str | None) -> str | None:
            nonlocal card
            if chosen == NEXT:
                return NEXT
            if chosen is not None:
                card = card.changed(1 if chosen == WIDER else -1)
            elif isinstance(event, KeyPress):
                card = card.changed(CARD_STEPS_PX.get(event.key, 0))
            elif isinstance(event, PointerPress):
                card = card.as_wide_as(event.x - self.card_rect(card).left)
            return None

        def elements() -> tuple[Element, ...]:
            return (
                *self._head(self.words.card_heading, self.words.card_text),
                Box(self.card_rect(card), BUTTON_HOVER, INK, 1.0),
                self._line(self.words.card_keys, -33.5),
            )

        self._run("calibration-card", elements, buttons, take)
        return card

    def _type_distance(self, typed: TypedDistance) -> TypedDistance:
        buttons = self._buttons(
            (NARROWER, self.words.nearer, ()), (WIDER, self.words.farther, ()), (NEXT, self.words.next, None)
        )

        def take(event: InputEvent, chosen: str | None) -> str | None:
            nonlocal typed
            if chosen == NEXT:
                return NEXT if typed.distance_cm is not None else None
            if chosen is not None:
                typed = typed.key("up" if chosen == WIDER else "down")
            elif isinstance(event, KeyPress):
                typed = typed.key(event.key)
            return None

        def elements() -> tuple[Element, ...]:
            least, most = DISTANCE_RANGE_CM
            hint = self.words.distance_keys
            if typed.distance_cm is None:
                hint = self.words.distance_range.format(least=least, most=most)
            return (
                *self._head(self.words.distance_heading, self.words.distance_text),
                Text(f"{typed.digits}| cm", 0, 4 * self.layout.unit, 8 * self.layout.unit, INK, bold=True),
                self._line(hint, -14),
            )

        self._run("calibration-distance", elements, buttons, take)
        return typed

    def _keep(self, screen: Screen) -> bool:
        buttons = self._buttons((BACK, self.words.back, ("backspace",)), (NEXT, self.words.keep, None))
        rect = self.layout.clip_rect(*_CLIP_PX)
        name = self.display.record.screen_name
        lines = result_lines(
            self.words,
            screen,
            name,
            round(rect.width) // _CLIP_PX[0],
            self.reported_width_cm,
            self.decimal_comma,
        )

        def take(_event: InputEvent, chosen: str | None) -> str | None:
            return chosen

        def elements() -> tuple[Element, ...]:
            unit = self.layout.unit
            texts = [
                Text(
                    line,
                    -65 * unit,
                    (22 - 10 * row) * unit,
                    self.layout.text_px,
                    INK,
                    "left",
                    "top",
                    130 * unit,
                )
                for row, line in enumerate(lines)
            ]
            return (*self._head(self.words.result_heading, ""), *texts)

        return self._run("calibration-result", elements, buttons, take) == NEXT

    def _run(
        self,
        name: str,
        elements: Callable[[], tuple[Element, ...]],
        buttons: tuple[Button, ...],
        take: Callable[[InputEvent, str | None], str | None],
    ) -> str:
        """Show a screen until ``take`` returns how it was left."""
        targets = tuple(button.target for button in buttons)
        opened_s: float | None = None
        pointer: tuple[float, float] | None = None
        while True:
            drawn = list(elements())
            for button in buttons:
                hovered = pointer is not None and button.target.rect.contains(*pointer)
                drawn += self.layout.draw_button(button, hovered=hovered)
            drawn.append(self._line(self.words.cancel, -46.5))
            shown_s = self.display.show(Scene(name, tuple(drawn), targets=targets))
            opened_s = shown_s if opened_s is None else opened_s
            for event in self.responses.poll():
                if wants_pause(event):
                    raise StopRequested
                if isinstance(event, PointerMove | PointerPress):
                    pointer = (event.x, event.y)
                if event.t_s < opened_s + SETTLING_S:
                    continue
                chosen = choice(targets, event)
                if (left := take(event, chosen[0].name if chosen else None)) is not None:
                    return left

    def _buttons(self, *named: tuple[str, str, tuple[str, ...] | None]) -> tuple[Button, ...]:
        """Buttons side by side; the one without keys of its own is pressed with the return key."""
        unit = self.layout.unit
        middle = (len(named) - 1) / 2
        return tuple(
            Button(
                self.layout.wide_button(
                    name, ("return",) if keys is None else keys, (place - middle) * 46 * unit, -40.5 * unit
                ),
                label,
                focused=keys is None,
            )
            for place, (name, label, keys) in enumerate(named)
        )

    def _head(self, heading: str, text: str) -> tuple[Element, ...]:
        unit = self.layout.unit
        elements: tuple[Element, ...] = (Text(heading, 0, 42 * unit, 4.6 * unit, INK, bold=True),)
        if text:
            elements += (
                Text(text, 0, 37 * unit, self.layout.text_px, INK, anchor="top", wrap_px=145 * unit),
            )
        return elements

    def _line(self, text: str, y: float) -> Text:
        unit = self.layout.unit
        return Text(text, 0, y * unit, 2.6 * unit, INK, wrap_px=150 * unit)
