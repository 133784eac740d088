"""A person calibrates a screen: by keys alone, by mouse, back and forth, and stops half-way."""

from __future__ import annotations

import doctest
from datetime import datetime, timezone
from pathlib import Path

import pytest

import experiment.calibration
from experiment.backends.virtual import VirtualClock, VirtualDisplay, VirtualResponses
from experiment.calibration import CARD_WIDTH_CM, CardOnScreen, TypedDistance, read_calibration_words
from experiment.calibration_screens import CalibrationScreens, Measured
from experiment.display_store import KnownScreen
from experiment.lettering import measure_text
from experiment.phases.stage import StopRequested
from experiment.ports import CloseRequest
from experiment.scene import Box, Scene, Text

WORDS = Path(__file__).parents[2] / "protocols" / "calibration"
SIZES = [(1280, 800), (1920, 1080), (2560, 1440)]


class Calibration:
    """The screens on a virtual display, given a list of what is done on each of them."""

    def __init__(self, *doings, size_px=(1920, 1080), language="en", first_width_cm=48.0) -> None:
        self.clock = VirtualClock()
        self.display = VirtualDisplay(self.clock, size_px)
        self.responses = VirtualResponses(self.clock)
        self.doings = list(doings)
        self.shown: list[Scene] = []
        self.flips = 0
        self.screens = CalibrationScreens(
            self, self.responses, read_calibration_words(WORDS, language), first_width_cm, 50.0, 47.6
        )

    @property
    def record(self):
        return self.display.record

    def show(self, scene: Scene) -> float:
        self.shown.append(scene)
        self.flips += 1
        flip_s = self.display.show(scene)
        # One thing every half second, as a person does.
        if self.flips % 30 == 0:
            assert self.doings, "nothing more was going to be done, and the screens go on"
            doing = self.doings.pop(0)
            if callable(doing):
                self.responses.inject(doing(scene, flip_s))
            elif isinstance(doing, str):
                self.responses.press_key(doing, flip_s)
            else:
                self.responses.press_pointer(*doing, flip_s)
        return flip_s

    def card(self) -> Box:
        scene = next(scene for scene in reversed(self.shown) if scene.name == "calibration-card")
        return next(element for element in scene.elements if isinstance(element, Box))


def width_cm(card_px: int, screen_px: int = 1920) -> float:
    return round(screen_px * CARD_WIDTH_CM / card_px, 2)


def test_the_examples_in_the_text_hold():
    results = doctest.testmod(experiment.calibration)
    assert (results.attempted > 0, results.failed) == (True, 0)


def test_with_the_keys_alone():
    # 48 cm of 1920 px make a card of 342 px; then 342 + 50 - 10 - 1 - 1
    done = Calibration(
        "pageup", "down", "left", "left", "return", "backspace", "left", "6", "5", "up", "return", "return"
    )
    assert done.screens.measure() == Measured(width_cm(380), 66.0)
    assert not done.doings


def test_with_the_mouse():
    done = Calibration()
    card = done.screens.card_rect(CardOnScreen(342, round(53 * 10.8 * 8.56 / 5.398)))
    layout = done.screens.layout
    wider, following = (
        layout.wide_button("b", (), x * layout.unit, -40.5 * layout.unit).rect for x in (0, 46)
    )
    keep = layout.wide_button("b", (), 23 * layout.unit, -40.5 * layout.unit).rect
    done.doings = [
        (card.left + 400, card.y),
        (wider.x, wider.y),
        (following.x, following.y),
        (wider.x, wider.y),
        (following.x, following.y),
        (keep.x, keep.y),
    ]
    assert done.screens.measure() == Measured(width_cm(401), 51.0)


def test_what_was_measured_can_be_measured_again():
    done = Calibration("return", "return", "backspace", "right", "return", "return", "return")
    assert done.screens.measure() == Measured(width_cm(343), 50.0)
    assert [scene.name for scene in done.shown if scene.name == "calibration-result"]


def test_a_distance_that_cannot_be_is_not_taken():
    done = Calibration("return", "left", "return", "left", "return", "6", "0", "return", "return")
    assert done.screens.measure().distance_cm == 60.0
    said = [e.text for s in done.shown for e in s.elements if isinstance(e, Text)]
    assert "Allowed are 10 to 1000 cm." in said


@pytest.mark.parametrize("how", ["escape", lambda _scene, flip_s: CloseRequest(flip_s)])
@pytest.mark.parametrize("before", [(), ("return",), ("return", "return")])
def test_it_can_be_left_on_every_screen(before, how):
    with pytest.raises(StopRequested):
        Calibration(*before, how).screens.measure()


def test_a_key_held_from_the_screen_before_does_not_leave_the_next():
    done = Calibration("return", "return", "return")
    pressed = []

    def show(scene: Scene) -> float:
        flip_s = Calibration.show(done, scene)
        if scene.name == "calibration-distance" and not pressed:
            pressed.append(flip_s)
            done.responses.press_key("return", flip_s + 0.02)
        return flip_s

    done.screens = CalibrationScreens(
        type("Display", (), {"record": done.record, "show": staticmethod(show)})(),
        done.responses,
        done.screens.words,
        48.0,
        50.0,
        None,
    )
    done.screens.measure()
    assert sum(scene.name == "calibration-distance" for scene in done.shown) > 20


@pytest.mark.parametrize("size_px", SIZES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_everything_stands_on_the_screen_and_apart_from_the_card(size_px, language):
    done = Calibration(
        "pageup", *["pageup"] * 30, "return", "return", "return", size_px=size_px, language=language
    )
    done.screens.measure()
    for scene in {scene.name: scene for scene in done.shown}.values():
        texts = [element for element in scene.elements if isinstance(element, Text)]
        for text in texts:
            width, height = measure_text(text)
            left = {"left": text.x, "center": text.x - width / 2, "right": text.x - width}[text.align]
            top = text.y if text.anchor == "top" else text.y + height / 2
            assert -size_px[0] / 2 <= left
            assert left + width <= size_px[0] / 2
            assert top <= size_px[1] / 2
            assert top - height >= -size_px[1] / 2
    card = done.card().rect
    for text in (e for e in done.shown[100].elements if isinstance(e, Text)):
        height = measure_text(text)[1]
        top = text.y if text.anchor == "top" else text.y + height / 2
        assert top - height >= card.top or top <= card.bottom


def test_the_card_has_the_shape_of_a_real_one():
    card = CardOnScreen(856, 2000)
    assert (card.width_px, card.height_px) == (856, 540)
    assert card.screen_width_cm(1000) == pytest.approx(10)
    assert CardOnScreen(100, 120).changed(50).width_px == 120
    assert CardOnScreen(100, 120).changed(-90).width_px == 60


@pytest.mark.parametrize("size_px", [(3840, 2160), (7680, 4320)])
def test_the_narrowest_card_on_a_screen_of_many_pixels_gives_a_width_that_can_be_kept(size_px):
    done = Calibration(*["pagedown"] * 40, "return", "return", "return", size_px=size_px)
    measured = done.screens.measure()
    kept = KnownScreen(
        host="lab",
        screen="DP-1",
        size_px=size_px,
        width_cm=measured.width_cm,
        distance_cm=measured.distance_cm,
        calibrated_at=datetime.now(timezone.utc),
    )
    assert 490 < kept.width_cm <= 500


def test_typing():
    assert TypedDistance("").key("0").digits == ""
    assert TypedDistance("5").key("7").distance_cm == 57
    assert TypedDistance("5").key("x").digits == "5"
    assert TypedDistance("5").distance_cm is None
    assert TypedDistance("1000").key("up").distance_cm == 1000
    assert TypedDistance("1001").distance_cm is None
