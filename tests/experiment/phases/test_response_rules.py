"""How a trial is answered: by a press or by selecting and confirming, within times that a rule gives."""

from __future__ import annotations

import pytest

from experiment.backends.virtual import VirtualResponses
from experiment.phases.answering import CONFIRM
from experiment.phases.layout import BUTTON_CHOSEN, BUTTON_OFF
from experiment.phases.stage import StopRequested
from experiment.phases.trials import TIME_OVER_S
from experiment.ports import InputEvent
from experiment.records import Paused
from experiment.scene import Box, ChoiceCue, ContinueCue, Scene, Text
from tests.experiment.material import protocol_with
from tests.experiment.virtual_session import VirtualSession, in_trials, obliging, press

SELECT = {"mode": "select-then-confirm"}
FRAME_S = 1 / 60


def protocol(kind="test", *, response, **fields):
    phase = {"kind": kind, "condition": "UCF5", "clips_per_action": 1, **fields}
    return protocol_with(phases=[phase], response=response)


def texts(scene: Scene) -> list[str]:
    return [element.text for element in scene.elements if isinstance(element, Text)]


def box_of(scene: Scene, name: str) -> Box:
    rect = next(target.rect for target in scene.targets if target.name == name)
    return next(e for e in scene.elements if isinstance(e, Box) and e.rect == rect)


def changing_their_mind(confirm_after_s: float = 0.4, wrong_first: bool = True):
    """Selects a wrong action, then the right one (or the other way round), then confirms."""

    def answer(session, scene, flip_s):
        cue = scene.cue
        if isinstance(cue, ChoiceCue):
            wrong = next(target.name for target in scene.targets if target.name != cue.action)
            order = (wrong, cue.action) if wrong_first else (cue.action, wrong)
            press(order[0], 0.5)(session, scene, flip_s)
            press(order[1], 1.1)(session, scene, flip_s)
            session.responses.press_key("return", flip_s + 1.1 + confirm_after_s)
        elif not (isinstance(cue, ContinueCue) and cue.screen.startswith("confirm")):
            obliging(session, scene, flip_s)

    return answer


@pytest.mark.parametrize("wrong_first", [True, False])
def test_what_is_selected_when_it_is_confirmed_is_the_response(tmp_path, wrong_first):
    answer = changing_their_mind(wrong_first=wrong_first)
    session = VirtualSession(tmp_path, protocol(response=SELECT), answer).run()
    assert len(session.trials) == 5
    for trial in session.trials:
        assert trial.correct is wrong_first
        assert trial.response == trial.presses[-1].action
        assert [p.at_s for p in trial.presses] == pytest.approx([0.5 + FRAME_S, 1.1 + FRAME_S])
        assert trial.time_to_choose_s == trial.presses[-1].at_s
        assert trial.confirmed_at_s == pytest.approx(1.5 + FRAME_S)


def test_a_selection_is_marked_by_frame_and_sign_and_opens_the_button_that_confirms(tmp_path):
    session = VirtualSession(tmp_path, protocol(response=SELECT), changing_their_mind()).run()
    trial = session.trials[0]
    wrong = trial.presses[0].action
    flips = [(scene, at - trial.onset_s) for scene, at in session.shown("test")]
    for scene, at_s in flips:
        if not 0.6 < at_s < 1.1:
            continue
        assert [text for text in texts(scene) if "●" in text] == [f"{session.plan.label_of(wrong)}  ●"]
        assert box_of(scene, wrong).line_px > box_of(scene, trial.action).line_px
        assert box_of(scene, wrong).fill == BUTTON_CHOSEN
        assert box_of(scene, CONFIRM).fill != BUTTON_OFF
        break
    else:
        raise AssertionError("no flip between the two selections")
    before = next(scene for scene, at_s in flips if at_s < 0.5)
    assert box_of(before, CONFIRM).fill == BUTTON_OFF
    assert not [text for text in texts(before) if "●" in text]


@pytest.mark.parametrize("key", ["return", "space"])
def test_confirming_without_a_selection_does_nothing(tmp_path, key):
    def eager(session, scene, flip_s):
        if isinstance(scene.cue, ChoiceCue):
            session.responses.press_key(key, flip_s + 0.3)
        obliging(session, scene, flip_s)

    session = VirtualSession(tmp_path, protocol(response=SELECT), eager).run()
    assert all(trial.correct and len(trial.presses) == 1 for trial in session.trials)
    assert all(trial.early_presses == 0 for trial in session.trials)


def test_the_mouse_selects_and_confirms(tmp_path):
    def click(session, scene, flip_s):
        cue = scene.cue
        if isinstance(cue, ChoiceCue | ContinueCue):
            name = cue.action if isinstance(cue, ChoiceCue) else cue.target
            rect = next(target.rect for target in scene.targets if target.name == name)
            session.responses.press_pointer(rect.x, rect.y, flip_s + 0.7)

    session = VirtualSession(tmp_path, protocol(response=SELECT), click).run()
    assert [(trial.correct, trial.input) for trial in session.trials] == [(True, "mouse")] * 5
    assert all(t.confirmed_at_s > t.time_to_choose_s for t in session.trials)


def confirms_wrong_first(session, scene, flip_s):
    """In trial 2 of a training with the answer marked: confirms a wrong action, then pauses once."""
    cue = scene.cue
    if isinstance(cue, ChoiceCue) and (cue.trial, cue.attempt) == (2, 1):
        if cue.presses:
            session.responses.press_key("escape", flip_s + 0.3)
        else:
            wrong = next(target.name for target in scene.targets if target.name != cue.action)
            press(wrong, 0.5)(session, scene, flip_s)
    elif scene.name == "pause":
        press(session.decision, 0.5)(session, scene, flip_s)
    else:
        obliging(session, scene, flip_s)


@pytest.mark.parametrize("decision", ["continue", "stop"])
def test_a_wrong_answer_confirmed_before_a_pause_stays_the_response(tmp_path, decision):
    given = VirtualSession(tmp_path, protocol("training", response=SELECT), confirms_wrong_first)
    given.decision = decision
    if decision == "stop":
        with pytest.raises(StopRequested):
            given.run()
        given = VirtualSession(tmp_path, protocol("training", response=SELECT))
    session = given.run()
    trial = next(trial for trial in session.trials if trial.trial == 2)
    (pause,) = session.of_kind(Paused)
    assert pause.confirmed_at_s == pytest.approx(1.0, abs=0.2)
    assert (trial.attempt, trial.correct) == (2, False)
    assert trial.response == pause.presses[0].action
    assert trial.confirmed_at_s == pause.confirmed_at_s
    assert [p.action for p in trial.presses] == [pause.presses[0].action, trial.action]


def test_presses_within_the_minimum_viewing_time_are_counted_and_are_no_answers(tmp_path):
    @in_trials
    def early(session, scene, flip_s):
        wrong = next(target.name for target in scene.targets if target.name != scene.cue.action)
        press(wrong, 0.5)(session, scene, flip_s)
        press(wrong, 1.9)(session, scene, flip_s)
        press(scene.cue.action, 2.3)(session, scene, flip_s)

    rule = {"minimum_viewing_s": 2.0}
    session = VirtualSession(tmp_path, protocol(response=rule), early).run()
    for trial in session.trials:
        assert (trial.too_soon_presses, trial.early_presses, len(trial.presses)) == (2, 0, 1)
        assert trial.correct
        assert trial.time_to_choose_s == pytest.approx(2.3 + FRAME_S)
    # The menu is greyed until then, and the screen says what to do.
    onset_s = session.trials[0].onset_s
    words = session.plan.words
    for scene, at_s in session.shown("test"):
        if at_s - onset_s > 2.3:
            break
        closed = at_s - onset_s < 2.0 - 0.6 * FRAME_S
        greyed = {box_of(scene, target.name).fill for target in scene.targets} == {BUTTON_OFF}
        assert closed is greyed is (words.watch_first in texts(scene))


@pytest.mark.parametrize(("after_s", "counts"), [(1.9999, False), (2.0001, True)])
def test_the_minimum_viewing_time_ends_when_it_says(tmp_path, after_s, counts):
    rule = {"minimum_viewing_s": 2.0}
    onset_s = VirtualSession(tmp_path, protocol(response=rule)).run().trials[0].onset_s
    (tmp_path / "pressed").mkdir()
    session = VirtualSession(tmp_path / "pressed", protocol(response=rule))
    session.responses.press_key("1", onset_s + after_s)
    trial = session.run().trials[0]
    assert trial.too_soon_presses == (not counts)
    assert (trial.time_to_choose_s == pytest.approx(after_s)) is counts


def silent_in_trial_2(session, scene, flip_s):
    cue = scene.cue
    if not (isinstance(cue, ChoiceCue) and cue.trial == 2):
        obliging(session, scene, flip_s)


def test_where_the_time_is_over_the_trial_ends_without_a_response(tmp_path):
    rule = {"time_limit_s": 3.0}
    session = VirtualSession(tmp_path, protocol(response=rule), silent_in_trial_2).run()
    first, second, third = session.trials[:3]
    assert (second.response, second.correct, second.input) == (None, False, None)
    assert (second.time_to_choose_s, second.presses) == (None, ())
    assert second.loops == pytest.approx(1.5)
    assert first.correct
    assert third.correct
    # The clip is there for the time of the limit, then a message, then the interval as always.
    shown_s = [
        at - second.onset_s
        for s, at in session.shown("test")
        if s.videos[0].footage.clip_id == second.clip_id
    ]
    assert shown_s[-1] == pytest.approx(3.0, abs=1.5 * FRAME_S)
    message = session.shown("time over")
    assert all(session.plan.words.time_over in texts(scene) for scene, _ in message)
    assert message[-1][1] - message[0][1] == pytest.approx(TIME_OVER_S, abs=3 * FRAME_S)
    assert third.onset_s - message[-1][1] == pytest.approx(session.phase().interval_s, abs=2 * FRAME_S)


@pytest.mark.parametrize(("after_s", "counts"), [(2.9999, True), (3.0001, False)])
def test_the_time_limit_is_kept_by_the_time_of_the_press(tmp_path, after_s, counts):
    rule = {"time_limit_s": 3.0}

    def nobody(session, scene, flip_s):
        if isinstance(scene.cue, ContinueCue):
            obliging(session, scene, flip_s)

    onset_s = VirtualSession(tmp_path, protocol(response=rule), nobody).run().trials[0].onset_s
    (tmp_path / "pressed").mkdir()
    session = VirtualSession(tmp_path / "pressed", protocol(response=rule), nobody)
    session.responses.press_key("1", onset_s + after_s)
    trial = session.run().trials[0]
    assert (trial.response is not None) is counts
    assert len(session.trials) == 5


def test_a_selection_that_nobody_confirms_is_no_response(tmp_path):
    def selects_only(session, scene, flip_s):
        if isinstance(scene.cue, ChoiceCue):
            press(scene.cue.action, 1.0)(session, scene, flip_s)
        elif scene.name == "thanks":
            obliging(session, scene, flip_s)

    rule = {**SELECT, "time_limit_s": 2.0}
    session = VirtualSession(tmp_path, protocol(response=rule), selects_only).run()
    assert len(session.trials) == 5
    for trial in session.trials:
        assert (trial.response, trial.correct, trial.confirmed_at_s) == (None, False, None)
        assert [press.action for press in trial.presses] == [trial.action]


def test_an_attention_check_says_what_is_shown_and_is_named_to_nobody_else(tmp_path):
    given = protocol(response={"mode": "press"}, attention_checks=2)
    session = VirtualSession(tmp_path, given).run()
    checks = {t.trial: t for t in session.phase().trials if t.attention_check}
    assert len(checks) == 2
    assert len(session.trials) == 7
    for scene, _ in session.shown("test"):
        if not isinstance(scene.cue, ChoiceCue):
            continue
        check = checks.get(scene.cue.trial)
        label = session.plan.label_of(scene.cue.action)
        said = session.plan.words.check.format(action=label)
        assert (said in texts(scene)) is (check is not None)
        assert scene.cue.answer_shown is (check is not None)


def test_a_press_whose_time_is_told_late_is_an_answer_where_it_came_within_the_limit(tmp_path):
    """A second source of times may take a few frames to say when a press happened."""

    def last_moment(session, scene, flip_s):
        press(scene.cue.action, scene.cue.closes_s - 0.01 - flip_s)(session, scene, flip_s)

    session = VirtualSession(tmp_path, protocol(response={"time_limit_s": 2.0}), in_trials(last_moment))
    session.responses = TellingLate(session.clock)
    session.run()
    assert [trial.response for trial in session.trials] == [trial.action for trial in session.trials]
    assert [trial.time_to_choose_s for trial in session.trials] == pytest.approx([1.99] * 5)


class TellingLate(VirtualResponses):
    """Presses come in when they happen, and are told 25 ms later."""

    @property
    def holds_back(self) -> bool:
        return bool(self._queue) and self._queue[0][0] <= self._clock.now()

    def poll(self) -> tuple[InputEvent, ...]:
        if self._queue and self._queue[0][0] + 0.025 > self._clock.now():
            return ()
        return super().poll()
