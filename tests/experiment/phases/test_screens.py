"""What stands on the screens: where the pointer is, how far the phase is, the fixation mark, the pilot's
badge; and how much one press can do.
"""

from __future__ import annotations

import pytest

from experiment.phases.layout import BUTTON, BUTTON_HOVER, BUTTON_OFF, FAINT_INK, Layout
from experiment.ports import PointerMove
from experiment.records import Answers
from experiment.scene import Box, ChoiceCue, ContinueCue, FixationCue, QuestionCue, Rect, Scene, Text
from tests.experiment.material import protocol_with
from tests.experiment.virtual_session import VirtualSession, in_trials, obliging, press, short_protocol

MENU = Layout(1920, 1080).menu(("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing"))


def box_at(scene: Scene, rect: Rect) -> Box:
    """What a button is drawn on."""
    return next(element for element in scene.elements if isinstance(element, Box) and element.rect == rect)


def texts(scene: Scene) -> list[str]:
    return [element.text for element in scene.elements if isinstance(element, Text)]


def test_the_button_under_the_pointer_is_lit_up_while_the_pointer_is_on_it(tmp_path):
    moved = {}

    @in_trials
    def pass_over_the_second(session, scene, flip_s):
        if scene.cue.trial == 1:
            moved["on"], moved["off"] = flip_s + 0.3, flip_s + 0.8
            session.responses.inject(PointerMove(moved["on"], MENU[1].rect.left + 1, MENU[1].rect.y))
            session.responses.inject(PointerMove(moved["off"], MENU[1].rect.right + 9, MENU[1].rect.y))
        press(scene.cue.action, 1.5)(session, scene, flip_s)

    session = VirtualSession(tmp_path, short_protocol(), answer=pass_over_the_second).run()
    flip_s = 1 / 60 + 1e-9  # a move is seen by the flip after the one it was polled at
    for scene, at_s in session.shown("test"):
        lit = {t.name for t in MENU if box_at(scene, t.rect).fill == BUTTON_HOVER}
        assert lit <= {"Lunges"}
        plain = box_at(scene, MENU[0].rect)
        assert (plain.fill, plain.line_px) == (BUTTON, 1.0)
        if moved["on"] + 2 * flip_s <= at_s <= moved["off"]:
            assert lit == {"Lunges"}
            assert box_at(scene, MENU[1].rect).line_px > plain.line_px
        elif not moved["on"] <= at_s <= moved["off"] + 2 * flip_s:
            assert not lit


def test_the_progress_counts_the_trials_of_the_phase(tmp_path):
    session = VirtualSession(tmp_path, short_protocol()).run()
    said = [
        next(text for text in texts(scene) if " / " in text)
        for scene, _ in session.flips
        if isinstance(scene.cue, ChoiceCue)
    ]
    assert list(dict.fromkeys(said)) == ["1 / 5", "2 / 5", "3 / 5", "4 / 5", "5 / 5"]
    third = next(scene for scene, _ in session.flips if getattr(scene.cue, "trial", 0) == 3)
    assert "3 / 5" in texts(third)


def test_between_clips_a_cross_stands_in_the_middle_of_the_clip_beside_a_greyed_menu(tmp_path):
    session = VirtualSession(tmp_path, short_protocol()).run()
    clip = session.shown("test")[0][0].videos[0].rect
    fixations = session.shown("fixation")
    assert fixations
    for scene, _ in fixations:
        assert scene.videos == ()
        assert scene.cue is None or isinstance(scene.cue, FixationCue)
        buttons = [box_at(scene, target.rect) for target in MENU]
        assert {button.fill for button in buttons} == {BUTTON_OFF}
        labels = {session.plan.label_of(target.name) for target in MENU}
        assert {e.colour for e in scene.elements if isinstance(e, Text) and e.text in labels} == {FAINT_INK}
        across, down = (e for e in scene.elements if isinstance(e, Box) and e not in buttons)
        for arm in (across, down):
            assert (arm.rect.x, arm.rect.y) == pytest.approx((clip.x, clip.y), abs=1)
        assert across.rect.width == down.rect.height > 3 * across.rect.height == 3 * down.rect.width
    # Nothing but this stands there from the choice to the next first frame.
    first, second = session.trials[:2]
    interval = (first.onset_s + first.time_to_choose_s + 1 / 60, second.onset_s - 1e-9)
    assert {s.name for s, at in session.flips if interval[0] < at < interval[1]} == {"fixation"}


def every_screen(folder, *, pilot: bool) -> VirtualSession:
    phases = [
        {**phase, "clips_per_action": 1} if phase["kind"] in ("training", "test") else phase
        for phase in protocol_with().file.model_dump()["phases"]
    ]
    session = VirtualSession(folder, protocol_with(phases=phases), pilot=pilot)
    session.responses.press_key("escape", 0.5)
    return session.run()


@pytest.mark.parametrize("pilot", [True, False])
def test_every_screen_of_a_pilot_says_so_and_no_other_does(tmp_path, pilot):
    session = every_screen(tmp_path, pilot=pilot)
    names = {scene.name for scene, _ in session.flips}
    assert names == {"slide", "fixation", "training", "test", "rest", "questionnaire", "pause", "thanks"}
    badge = session.plan.words.pilot
    for scene, _ in session.flips:
        assert texts(scene).count(badge) == int(pilot), scene.name


def twice(session: VirtualSession, scene: Scene, flip_s: float) -> None:
    """Double-clicks wherever one press would do to go on; answers everything else."""
    if isinstance(scene.cue, ContinueCue):
        target = next(target for target in scene.targets if target.name == scene.cue.target)
        session.responses.press_pointer(target.rect.x, target.rect.y, flip_s + 0.6)
        session.responses.press_pointer(target.rect.x, target.rect.y, flip_s + 0.7)
    else:
        obliging(session, scene, flip_s)


def test_a_double_click_leaves_one_slide(tmp_path):
    protocol = protocol_with(phases=[{"kind": "slides", "slides": "introduction"}])
    session = VirtualSession(tmp_path, protocol, answer=twice).run()
    stood_s: dict[str, list[float]] = {}
    for scene, at_s in session.shown("slide"):
        stood_s.setdefault(scene.cue.screen, []).append(at_s)
    assert len(stood_s) >= 3
    for screen, times in stood_s.items():
        assert times[-1] - times[0] == pytest.approx(0.6, abs=0.05), screen


def test_a_double_click_on_a_finished_page_neither_leaves_nor_scolds_the_next(tmp_path):
    protocol = protocol_with(phases=[{"kind": "questionnaire", "questionnaire": "ilic2022"}])
    session = VirtualSession(tmp_path, protocol, answer=twice).run()
    pages = session.of_kind(Answers)
    assert [page.page for page in pages] == ["vision", "familiarity", "difficulty", "remarks"]
    # The page with the free text alone could be left empty: the second click must not have done it.
    assert pages[-1].answers == {"remarks": "none"}
    assert not any(session.plan.words.answer_all in texts(s) for s, _ in session.shown("questionnaire"))


def test_a_double_click_does_not_skip_the_page_that_may_stay_empty(tmp_path):
    # Given remarks that nobody types, then the page stays until a press that came after it had settled
    def silent(session, scene, flip_s):
        if isinstance(scene.cue, QuestionCue) and scene.cue.item.is_text:
            press("next", 2.0)(session, scene, flip_s)
        else:
            twice(session, scene, flip_s)

    protocol = protocol_with(phases=[{"kind": "questionnaire", "questionnaire": "ilic2022"}])
    session = VirtualSession(tmp_path, protocol, answer=silent).run()
    open_s = [
        at for s, at in session.shown("questionnaire") if getattr(s.cue, "screen", "").startswith("0 remarks")
    ]
    assert open_s[-1] - open_s[0] == pytest.approx(2.0, abs=0.05)
