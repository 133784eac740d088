"""All that stands on a screen can be read at 0.5 m and by those who do not tell colours apart."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path

import pytest
from PIL import ImageFont

from experiment.lettering import font_path, measure_text
from experiment.phases.layout import (
    BACKGROUND,
    BUTTON,
    BUTTON_CHOSEN,
    BUTTON_HOVER,
    BUTTON_OFF,
    FAINT_INK,
    INK,
    MARK,
    PANEL,
    Layout,
)
from experiment.ports import PointerMove
from experiment.protocol import read_protocol
from experiment.scene import Box, ChoiceCue, Colour, Scene, Text
from tests.experiment.material import PROTOCOLS, clips_named, counted_clips, protocol_with
from tests.experiment.virtual_session import VirtualSession, obliging, press

SIZES = [(1280, 800), (1920, 1080), (2560, 1440)]
LANGUAGES = ["en", "de"]

DISTANCE_M = 0.5
SCREEN_HEIGHT_M = 0.299
"""Of a 24 inch display of 16:9."""

SMALLEST_ARCMIN = 20.0
"""Height of a capital letter that is read with ease, by ISO 9241-303 (20 to 22; 16 is its least)."""


def luminance(colour: Colour) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [value / 255 for value in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of WCAG 2: 21 for black on white."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_of_black_on_white_is_21_and_of_mid_grey_on_white_4_54():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.005)


def ground_of(scene: Scene, text: Text) -> Colour:
    """The colour under the middle of a text: that of the last box drawn there before it."""
    width, height = measure_text(text)
    x = text.x + {"left": width / 2, "center": 0.0, "right": -width / 2}[text.align]
    y = text.y if text.anchor == "center" else text.y - height / 2
    ground = BACKGROUND
    for element in scene.elements:
        if element is text:
            return ground
        if isinstance(element, Box) and element.fill is not None and element.rect.contains(x, y):
            ground = element.fill
    raise AssertionError("the text is not in the scene")


def capital_px(text: Text) -> float:
    """Height of a capital letter, px."""
    _, top, _, bottom = ImageFont.truetype(str(font_path(text.bold)), text.height_px).getbbox("H")
    return bottom - top


def every_screen(folder: Path, size_px: tuple[int, int], language: str) -> list[Scene]:
    """A session with all options on, in which everything is hovered once, and one trial has no answer."""
    phases = list(protocol_with().file.model_dump()["phases"])
    for phase in phases:
        if phase["kind"] in ("training", "test"):
            phase |= {"clips_per_action": 1, "attention_checks": 1, "break_every": 2}
        if phase["kind"] == "training" and phase["condition"] == "UCF5":
            phase |= {"answer": "after", "criterion": {"correct": 5, "of": 5, "rounds": 2}}
        if phase["kind"] == "rest":
            phase["duration_s"] = 3
    phases.append({"kind": "questionnaire", "questionnaire": "demographics"})
    rule = {"mode": "select-then-confirm", "minimum_viewing_s": 0.5, "time_limit_s": 4.0}
    protocol = protocol_with(phases=phases, response=rule)
    spoken = read_protocol(PROTOCOLS / "afd5.yaml", language)
    fields = {"file": protocol.file, "questionnaires": protocol.questionnaires}
    protocol = type(protocol)(**{**spoken.__dict__, **fields})

    def answer(session, scene, flip_s):
        for number, target in enumerate(scene.targets):
            session.responses.inject(PointerMove(flip_s + 0.02 * (number + 1), target.rect.x, target.rect.y))
        if isinstance(scene.cue, ChoiceCue) and scene.cue.trial == 2:
            return
        if isinstance(scene.cue, ChoiceCue) and scene.cue.trial == 3:
            wrong = next(target.name for target in scene.targets if target.name != scene.cue.action)
            press(wrong, 1.0)(session, scene, flip_s)
            return
        obliging(session, scene, flip_s)

    session = VirtualSession(folder, protocol, answer, counted_clips(4, 8), size_px=size_px, pilot=True)
    session.responses.press_key("escape", 0.5)
    seen = {(scene.name, scene.elements): scene for scene, _ in session.run().flips}
    return list(seen.values())


def all_texts(scenes: list[Scene]) -> dict[tuple[Text, Colour], str]:
    """Each text with what it stands on, and a screen that shows it."""
    return {
        (element, ground_of(scene, element)): scene.name
        for scene in scenes
        for element in scene.elements
        if isinstance(element, Text) and element.text.strip()
    }


@pytest.fixture(scope="module", params=[(size, lang) for size in SIZES for lang in LANGUAGES], ids=str)
def screens(request, tmp_path_factory) -> tuple[tuple[int, int], list[Scene]]:
    size_px, language = request.param
    return size_px, every_screen(tmp_path_factory.mktemp("session"), size_px, language)


def test_the_session_shows_every_kind_of_screen(screens):
    assert {scene.name for scene in screens[1]} == {
        *("slide", "fixation", "training", "test", "answer", "time over", "break", "round", "rest"),
        *("questionnaire", "pause", "thanks"),
    }


def test_every_text_stands_out_from_what_it_stands_on(screens):
    """4.5 to 1 is what WCAG 2.2 asks of text (success criterion 1.4.3)."""
    for (text, ground), name in all_texts(screens[1]).items():
        assert contrast(text.colour, ground) >= 4.5, (name, text.text, text.colour, ground)


def test_the_smallest_letters_are_large_enough_at_half_a_metre(screens):
    size_px, scenes = screens
    for (text, _), name in all_texts(scenes).items():
        height_m = capital_px(text) / size_px[1] * SCREEN_HEIGHT_M
        arcmin = math.degrees(2 * math.atan(height_m / 2 / DISTANCE_M)) * 60
        assert arcmin >= SMALLEST_ARCMIN, (name, text.text, arcmin)


def test_no_text_runs_out_of_the_screen_or_of_the_box_it_stands_on(screens):
    size_px, scenes = screens
    for scene in scenes:
        boxes = [element.rect for element in scene.elements if isinstance(element, Box)]
        for text in (element for element in scene.elements if isinstance(element, Text)):
            width, height = measure_text(text)
            left = text.x - {"left": 0.0, "center": 0.5, "right": 1.0}[text.align] * width
            top = text.y + (height / 2 if text.anchor == "center" else 0.0)
            inside = [box for box in boxes if box.contains(left + width / 2, top - height / 2)]
            right, bottom = size_px[0] / 2, -size_px[1] / 2
            low, high = (inside[-1].bottom, inside[-1].top) if inside else (bottom, -bottom)
            start, end = (inside[-1].left, inside[-1].right) if inside else (-right, right)
            assert start <= left, (scene.name, text.text)
            assert left + width <= end, (scene.name, text.text)
            # The pitch of a line is more than its letters need.
            assert low - 0.3 * text.height_px <= top - height, (scene.name, text.text)
            assert top <= high + 0.3 * text.height_px, (scene.name, text.text)


def test_what_is_chosen_right_or_focused_is_told_by_more_than_colour(screens):
    """A filled button of another colour has a thick frame as well, and a sign behind its label."""
    marked = [
        (scene, place)
        for scene in screens[1]
        for place, element in enumerate(scene.elements)
        if isinstance(element, Box) and element.fill == BUTTON_CHOSEN
    ]
    assert {scene.name for scene, _ in marked} >= {"training", "test", "answer", "questionnaire"}
    for scene, place in marked:
        box = scene.elements[place]
        plain = [e for e in scene.elements if isinstance(e, Box) and e.line_px == 1.0]
        label = next(e for e in scene.elements[place + 1 :] if isinstance(e, Text) and not e.text.isdigit())
        assert isinstance(box, Box)
        assert box.line_px > 1.0
        assert plain
        assert set("✓●") & set(label.text)


def test_a_scale_of_five_stands_in_one_row_and_no_option_is_hard_to_hit(screens):
    size_px, scenes = screens
    unit = Layout(*size_px).unit
    options = [t for s in scenes if s.name == "questionnaire" for t in s.targets if t.name[1] == "/"]
    assert min(option.rect.height for option in options) >= 5.4 * unit
    rows = [
        {option.rect.y for option in s.targets if option.name in ("0/1", "0/5")}
        for s in scenes
        if any(option.name == "0/5" for option in s.targets)
    ]
    assert rows
    assert all(len(row) == 1 for row in rows)


def test_frames_and_states_differ_in_lightness():
    """Without hue: open differs from closed by 1.5 to 1, a frame from its button by 3 to 1."""
    for button in (BUTTON, BUTTON_HOVER):
        assert contrast(button, BUTTON_OFF) >= 1.5
        assert contrast(button, BACKGROUND) >= 3
    assert contrast(MARK, BUTTON_CHOSEN) >= 3
    assert contrast(MARK, PANEL) >= 3
    assert contrast(INK, BUTTON) >= 3
    assert contrast(FAINT_INK, BUTTON_OFF) >= 4.5


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("actions", range(2, 10))
def test_a_menu_with_a_button_below_it_stays_clear_of_heading_and_hint(tmp_path, actions, language):
    names = [f"Action{number}" for number in range(1, actions + 1)]
    protocol = protocol_with(
        actions=[{"name": name, "label": {"en": name}} for name in names],
        phases=[{"kind": "test", "condition": "UCF5", "clips_per_action": 1}],
        response={"mode": "select-then-confirm"},
    )
    words = read_protocol(PROTOCOLS / "afd5.yaml", language).words
    protocol = type(protocol)(**{**protocol.__dict__, "words": words})
    clips = clips_named({name: [(1, 1, "test")] for name in names})
    session = VirtualSession(tmp_path, protocol, clips=clips, size_px=(1280, 800)).run()
    assert sorted(trial.response for trial in session.trials) == names
    scene = session.shown("test")[0][0]
    rects = [target.rect for target in scene.targets]
    assert all(one.bottom >= other.top or other.bottom >= one.top for one, other in combinations(rects, 2))
    lines = {e.text: e for e in scene.elements if isinstance(e, Text)}
    hint, heading = lines[words.select.format(count=actions)], lines[words.test]
    half = measure_text(hint)[1] / 2
    assert hint.y + half <= min(rect.bottom for rect in rects)
    assert hint.y - half >= -400
    assert heading.y - measure_text(heading)[1] / 2 >= max(rect.top for rect in rects)
