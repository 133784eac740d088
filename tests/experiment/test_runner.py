"""A whole session on the virtual backend, and where it stands after any part of it."""

from __future__ import annotations

import pytest

from experiment.phases.stage import StopRequested
from experiment.ports import KeyPress
from experiment.records import Answers, PhaseFinished, RestTaken, SessionFinished, TrialFinished
from experiment.runner import replay
from experiment.scene import ContinueCue, QuestionCue
from tests.experiment.material import protocol_with
from tests.experiment.virtual_session import VirtualSession, obliging, press


def seven_short_phases():
    counted = ("training", "test")
    phases = [
        {**phase, "clips_per_action": 1} if phase["kind"] in counted else phase
        for phase in protocol_with().file.model_dump()["phases"]
    ]
    return protocol_with(phases=phases)


def test_a_session_walks_through_its_seven_phases(tmp_path):
    session = VirtualSession(tmp_path, seven_short_phases()).run()
    assert [event.phase for event in session.of_kind(PhaseFinished)] == list(range(7))
    assert len(session.trials) == 20
    assert isinstance(session.entries[-1].event, SessionFinished)
    times = [entry.t_s for entry in session.entries]
    assert times == sorted(times)


def test_the_rest_lasts_its_time_whatever_the_participant_presses(tmp_path):
    protocol = protocol_with(phases=[{"kind": "rest", "duration_s": 20}])

    session = VirtualSession(tmp_path, protocol)
    for second in range(1, 19):
        for key in ("space", "return", "1", "right"):
            session.responses.inject(KeyPress(float(second), key))
    session.run()
    (rest,) = session.of_kind(RestTaken)
    assert rest.ended_by == "time"
    assert rest.duration_s == pytest.approx(20, abs=0.05)
    shown = [
        e.text for scene, _ in session.shown("rest") for e in scene.elements if getattr(e, "bold", False)
    ]
    assert {"0:20", "0:11", "0:01"} <= set(shown)


def test_the_experimenter_can_end_the_rest_and_it_is_recorded(tmp_path):
    protocol = protocol_with(phases=[{"kind": "rest", "duration_s": 300}])
    session = VirtualSession(tmp_path, protocol)
    session.responses.inject(KeyPress(12.0, "f8"))
    session.run()
    (rest,) = session.of_kind(RestTaken)
    assert rest.ended_by == "experimenter"
    assert rest.duration_s == pytest.approx(12, abs=0.05)


def test_a_pause_does_not_shorten_the_rest(tmp_path):
    protocol = protocol_with(phases=[{"kind": "rest", "duration_s": 20}])

    def long_pause(session, scene, flip_s):
        press(scene.cue.target, 30.0 if scene.name == "pause" else 0.5)(session, scene, flip_s)

    session = VirtualSession(tmp_path, protocol, answer=long_pause)
    session.responses.inject(KeyPress(5.0, "escape"))
    session.run()
    (rest,) = session.of_kind(RestTaken)
    assert rest.duration_s == pytest.approx(20, abs=0.1)
    assert session.clock.now() > 50


def test_a_rest_that_was_taken_is_not_asked_for_again(tmp_path):
    # Given a rest of 20 s, and a stop on the screen that says it is over
    protocol = protocol_with(phases=[{"kind": "rest", "duration_s": 20}])

    def stop_when_over(session, scene, flip_s):
        if scene.name == "rest":
            session.responses.press_key("escape", flip_s + 0.4)
        elif scene.name == "pause":
            press("stop", 0.5)(session, scene, flip_s)

    with pytest.raises(StopRequested):
        VirtualSession(tmp_path, protocol, answer=stop_when_over).run()
    # When the session is resumed, then that screen is all that is left of the rest
    resumed = VirtualSession(tmp_path, protocol).run()
    assert len(resumed.of_kind(RestTaken)) == 1
    assert {scene.cue.screen for scene, _ in resumed.shown("rest")} == {"rest over 0"}
    assert isinstance(resumed.entries[-1].event, SessionFinished)


def test_a_rest_that_was_cut_off_begins_anew(tmp_path):
    protocol = protocol_with(phases=[{"kind": "rest", "duration_s": 20}])
    stopped = VirtualSession(tmp_path, protocol, answer=press("stop", 0.5))
    stopped.responses.press_key("escape", 12.0)
    with pytest.raises(StopRequested):
        stopped.run()
    (rest,) = VirtualSession(tmp_path, protocol).run().of_kind(RestTaken)
    assert rest.duration_s == pytest.approx(20, abs=0.05)


QUESTIONS = [{"kind": "questionnaire", "questionnaire": "ilic2022"}]


def test_a_page_goes_on_only_when_every_question_is_answered(tmp_path):
    asked = []

    def hasty(session, scene, flip_s):
        if not asked:
            asked.append(scene.cue)
            session.responses.press_key("return", flip_s + 0.4)
        obliging(session, scene, flip_s)

    session = VirtualSession(tmp_path, protocol_with(phases=QUESTIONS), answer=hasty).run()
    pages = {event.page: event.answers for event in session.of_kind(Answers)}
    assert list(pages) == ["vision", "familiarity", "difficulty", "remarks"]
    assert set(pages["vision"].values()) == {"yes"}
    assert pages["remarks"] == {"remarks": "none"}
    words = [
        e.text for scene, _ in session.shown("questionnaire") for e in scene.elements if hasattr(e, "text")
    ]
    assert session.plan.words.answer_all in words


def test_answers_can_be_changed_and_remarks_corrected_before_the_page_is_left(tmp_path):
    def change_of_mind(session, scene, flip_s):
        cue = scene.cue
        if isinstance(cue, QuestionCue) and cue.item.is_text:
            session.responses.type_text("nothinh", flip_s + 0.1)
            session.responses.press_key("backspace", flip_s + 0.2)
            session.responses.type_text("g", flip_s + 0.3)
        elif isinstance(cue, ContinueCue) and "difficulty" in cue.screen:
            target = next(t for t in scene.targets if t.name == "4/3")
            session.responses.press_pointer(target.rect.x, target.rect.y, flip_s + 0.1)
            session.responses.press_key("return", flip_s + 0.5)
        else:
            obliging(session, scene, flip_s)

    session = VirtualSession(tmp_path, protocol_with(phases=QUESTIONS), answer=change_of_mind).run()
    pages = {event.page: event.answers for event in session.of_kind(Answers)}
    assert pages["difficulty"]["difficulty_Swing"] == "3"
    assert pages["difficulty"]["difficulty_Lunges"] == "1"
    assert pages["remarks"]["remarks"] == "nothing"


def test_a_resumed_questionnaire_begins_with_the_first_page_not_answered(tmp_path):
    def stop_at_second(session, scene, flip_s):
        if isinstance(scene.cue, QuestionCue) and "familiarity" in scene.cue.screen:
            session.responses.press_key("escape", flip_s + 0.2)
        elif scene.name == "pause":
            press("stop", 0.5)(session, scene, flip_s)
        else:
            obliging(session, scene, flip_s)

    with pytest.raises(StopRequested):
        VirtualSession(tmp_path, protocol_with(phases=QUESTIONS), answer=stop_at_second).run()
    resumed = VirtualSession(tmp_path, protocol_with(phases=QUESTIONS)).run()
    assert [event.page for event in resumed.of_kind(Answers)] == [
        "vision",
        "familiarity",
        "difficulty",
        "remarks",
    ]


def test_what_is_left_after_any_record_is_what_the_journal_does_not_hold(tmp_path):
    session = VirtualSession(tmp_path, seven_short_phases()).run()
    entries = session.entries
    for length in range(len(entries) + 1):
        progress = replay(entries[:length])
        held = {
            (e.event.phase, e.event.trial) for e in entries[:length] if isinstance(e.event, TrialFinished)
        }
        assert set(progress.correct) == held
        assert progress.finished == (length == len(entries))
