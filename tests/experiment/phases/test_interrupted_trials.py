"""Trials that do not run smoothly: presses at the wrong moment, pauses, flips that come late."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from experiment.phases.stage import StopRequested
from experiment.records import Paused, TrialStarted
from experiment.scene import ChoiceCue, FixationCue, Scene
from tests.experiment.material import protocol_with
from tests.experiment.virtual_session import (
    Answer,
    VirtualSession,
    in_trials,
    obliging,
    press,
    short_protocol,
)


def wrong_press_then_pause(decision: str) -> Answer:
    """In trial 2 of a training a wrong press, then a pause; everything else is answered obligingly."""

    def answer(session: VirtualSession, scene: Scene, flip_s: float) -> None:
        cue = scene.cue
        if isinstance(cue, ChoiceCue) and (cue.trial, cue.attempt) == (2, 1):
            wrong = next(target for target in scene.targets if target.name != cue.action)
            if not cue.presses:
                session.responses.press_key(wrong.keys[0], flip_s + 0.7)
                session.responses.press_key("escape", flip_s + 1.1)
        elif scene.name == "pause":
            press(decision, 0.5)(session, scene, flip_s)
        else:
            obliging(session, scene, flip_s)

    return answer


def paused_and_continued(folder) -> VirtualSession:
    return VirtualSession(folder, short_protocol("training"), wrong_press_then_pause("continue")).run()


def stopped_and_resumed(folder) -> VirtualSession:
    with pytest.raises(StopRequested):
        VirtualSession(folder, short_protocol("training"), wrong_press_then_pause("stop")).run()
    return VirtualSession(folder, short_protocol("training")).run()


@pytest.mark.parametrize("interrupted", [paused_and_continued, stopped_and_resumed])
def test_a_wrong_press_before_a_pause_stays_the_response(tmp_path, interrupted: Callable):
    session = interrupted(tmp_path)
    trial = next(trial for trial in session.trials if trial.trial == 2)
    (pause,) = session.of_kind(Paused)
    assert (pause.trial, len(pause.presses)) == (2, 1)
    assert trial.presses[0] == pause.presses[0]
    assert trial.response == trial.presses[0].action != trial.action
    assert not trial.correct
    assert trial.time_to_choose_s == trial.presses[0].at_s == pytest.approx(0.7 + 1 / 60)
    assert [p.action for p in trial.presses[1:]] == [trial.action]
    assert trial.attempt == 2
    assert [len(other.presses) for other in session.trials if other.trial != 2] == [1] * 4


@pytest.mark.parametrize(("after_onset_s", "early"), [(-0.005, 1), (0.0, 1), (0.001, 0)])
def test_a_press_at_the_flip_of_the_first_frame_is_early_and_one_after_it_an_answer(
    tmp_path, after_onset_s, early
):
    onset_s = VirtualSession(tmp_path, short_protocol()).run().trials[0].onset_s
    # Given the same session once more, with one press around the onset of its first trial
    (tmp_path / "pressed").mkdir()
    session = VirtualSession(tmp_path / "pressed", short_protocol())
    session.responses.press_key("1", onset_s + after_onset_s)
    session.run()
    trial = session.trials[0]
    assert trial.onset_s == onset_s
    assert trial.early_presses == early
    assert trial.time_to_choose_s == pytest.approx(1.5 + 1 / 60 if early else 0.001)


def test_a_pause_during_the_fixation_mark_is_no_showing_of_the_clip(tmp_path):
    session = VirtualSession(tmp_path, short_protocol())
    session.responses.press_key("escape", 0.3)
    session.run()
    assert session.phase().interval_s > 0.5
    assert [pause.trial for pause in session.of_kind(Paused)] == [1]
    assert [(event.trial, event.attempt) for event in session.of_kind(TrialStarted)] == [
        (n, 1) for n in range(1, 6)
    ]
    assert {trial.attempt for trial in session.trials} == {1}


@pytest.mark.parametrize("decision", ["continue", "stop"])
def test_presses_that_were_no_answers_before_a_pause_are_counted_in_the_trial(tmp_path, decision):
    # Given a press during the fixation mark of trial 2, one too soon after its first frame, then a pause
    def answer(session: VirtualSession, scene: Scene, flip_s: float) -> None:
        cue = scene.cue
        if isinstance(cue, FixationCue) and cue.place == 2 and not session.of_kind(Paused):
            session.responses.press_key("1", flip_s + 0.1)
        if isinstance(cue, ChoiceCue) and (cue.trial, cue.attempt) == (2, 1):
            session.responses.press_key("1", cue.onset_s + 0.2)
            session.responses.press_key("escape", cue.onset_s + 0.4)
        elif scene.name == "pause":
            press(decision, 0.5)(session, scene, flip_s)
        else:
            obliging(session, scene, flip_s)

    phases = [{"kind": "test", "condition": "UCF5", "clips_per_action": 1}]
    protocol = protocol_with(phases=phases, response={"minimum_viewing_s": 0.5})
    session = VirtualSession(tmp_path, protocol, answer)
    if decision == "stop":
        with pytest.raises(StopRequested):
            session.run()
        session = VirtualSession(tmp_path, protocol)
    session.run()
    (pause,) = session.of_kind(Paused)
    assert (pause.early_presses, pause.too_soon_presses, pause.presses) == (1, 1, ())
    counted = [(trial.early_presses, trial.too_soon_presses) for trial in session.trials]
    assert counted == [(0, 0), (1, 1), (0, 0), (0, 0), (0, 0)]


def test_each_late_flip_is_counted_and_widens_the_intervals(tmp_path):
    # Given a display that comes a period late with five flips of the first clip, none of the second one
    late = frozenset({3, 10, 11, 12, 40})
    session = VirtualSession(tmp_path, short_protocol(), late_flips=late).run()
    first, second = session.trials[:2]
    assert (first.dropped_frames, second.dropped_frames) == (5, 0)
    period_ms, intervals = 1000 / 60, first.flips - 1
    share = 5 / intervals
    assert first.interval_ms == pytest.approx(period_ms * (1 + share))
    assert first.interval_sd_ms == pytest.approx(period_ms * (share * (1 - share)) ** 0.5)
    assert second.interval_ms == pytest.approx(period_ms)
    assert second.interval_sd_ms == pytest.approx(0, abs=1e-6)


def test_after_a_late_flip_playback_is_where_time_is(tmp_path):
    # Given flips of the first clip that come late, then the frames shown are those due by the clock
    @in_trials
    def after_a_while(session, scene, flip_s):
        press(scene.cue.action, 1.0)(session, scene, flip_s)

    late = frozenset(range(5, 25))
    session = VirtualSession(tmp_path, short_protocol(), after_a_while, late_flips=late).run()
    trial = session.trials[0]
    assert trial.dropped_frames == 20
    shown = [
        (s.videos[0].index, at - trial.onset_s)
        for s, at in session.shown("test")
        if s.videos[0].footage.clip_id == trial.clip_id
    ]
    for index, elapsed_s in shown:
        # A late flip could not be foreseen: it may show the frame due a period before it.
        assert index <= elapsed_s * 25 + 0.5
        assert index >= int((elapsed_s - 1 / 60) * 25)
