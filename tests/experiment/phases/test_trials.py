"""Trials: what is recorded, what is shown when, what does not count."""

from __future__ import annotations

import gzip

import pytest

from experiment.phases.stage import StopRequested
from experiment.ports import KeyPress, PointerPress
from experiment.records import Paused, TrialStarted
from experiment.scene import ChoiceCue
from tests.experiment.material import counted_clips
from tests.experiment.virtual_session import VirtualSession, in_trials, obliging, press, short_protocol


def test_the_time_to_choose_runs_from_the_flip_of_the_first_frame_to_the_press(tmp_path):
    session = VirtualSession(tmp_path, short_protocol()).run()
    assert len(session.trials) == 5
    for trial in session.trials:
        first_flip_s = next(
            at for scene, at in session.flips if trial.clip_id in (v.footage.clip_id for v in scene.videos)
        )
        # The observer pressed 1.5 s after the flip on which the menu's cue first stood, one frame after the
        # onset.
        assert trial.time_to_choose_s == pytest.approx(1.5 + 1 / 60)
        assert trial.onset_s == first_flip_s
        assert trial.loops == pytest.approx(trial.time_to_choose_s / 2.0)
        assert (trial.correct, trial.response, trial.input) == (True, trial.action, "key")


@pytest.mark.parametrize("refresh_hz", [60.0, 75.0, 120.0, 144.0])
@pytest.mark.parametrize("fps", [25.0, 30000 / 1001])
def test_every_flip_shows_the_frame_whose_time_is_nearest(tmp_path, refresh_hz, fps):
    clips = tuple(type(c)(**{**c.__dict__, "fps": fps}) for c in counted_clips(2, 2))
    session = VirtualSession(tmp_path, short_protocol(), clips=clips, refresh_hz=refresh_hz).run()
    half_period_s = 0.5 / refresh_hz
    for trial in session.trials:
        clip_flips = [
            (scene.videos[0].index, at - trial.onset_s)
            for scene, at in session.shown("test")
            if scene.videos[0].footage.clip_id == trial.clip_id
        ]
        assert len(clip_flips) == trial.flips
        for index, elapsed_s in clip_flips:
            due_s = index / fps + round((elapsed_s - index / fps) * fps / 50) * 50 / fps  # of this loop
            # Shown no earlier than half a flip before its time and gone before half a flip before its
            # successor's.
            assert -half_period_s - 1e-9 <= elapsed_s - due_s <= 1 / fps - half_period_s + 1e-9


def test_the_clip_runs_in_a_loop_until_a_choice_is_made(tmp_path):
    @in_trials
    def slow(session, scene, flip_s):
        press(scene.cue.action, 7.3)(session, scene, flip_s)

    session = VirtualSession(tmp_path, short_protocol(), answer=slow).run()
    indices = [scene.videos[0].index for scene, _ in session.shown("test")]
    assert set(indices) == set(range(50))
    assert session.trials[0].loops == pytest.approx(7.3 / 2, abs=0.02)


def test_between_the_press_and_the_next_first_frame_is_the_programmed_interval(tmp_path):
    session = VirtualSession(tmp_path, short_protocol()).run()
    for before, after in zip(session.trials, session.trials[1:], strict=False):
        gap_s = after.onset_s - (before.onset_s + before.time_to_choose_s)
        assert gap_s == pytest.approx(session.phase().interval_s, abs=1 / 60)


def test_nothing_is_chosen_before_a_press_and_no_press_before_the_onset_counts(tmp_path):
    @in_trials
    def early_and_late(session, scene, flip_s):
        press(scene.cue.action, 1.5)(session, scene, flip_s)
        # During the next fixation mark: after the answer, before the following clip.
        session.responses.press_key("2", flip_s + 1.9)

    session = VirtualSession(tmp_path, short_protocol(), answer=early_and_late).run()
    assert [trial.response for trial in session.trials] == [trial.action for trial in session.trials]
    assert [trial.early_presses for trial in session.trials] == [0, 1, 1, 1, 1]
    assert [len(trial.presses) for trial in session.trials] == [1] * 5


def test_training_records_the_first_press_and_goes_on_at_the_right_one(tmp_path):
    @in_trials
    def wrong_then_right(session, scene, flip_s):
        cue = scene.cue
        wrong = next(target.name for target in scene.targets if target.name != cue.action)
        press(cue.action if cue.presses else wrong, 1.0)(session, scene, flip_s)

    session = VirtualSession(tmp_path, short_protocol("training"), answer=wrong_then_right).run()
    for trial in session.trials:
        assert not trial.correct
        assert trial.response == trial.presses[0].action != trial.action
        assert [p.action for p in trial.presses][-1] == trial.action
        assert trial.time_to_choose_s == trial.presses[0].at_s < trial.presses[1].at_s


def test_training_marks_the_right_answer_from_the_first_frame_and_the_test_marks_none(tmp_path):
    training = VirtualSession(tmp_path, short_protocol("training")).run()
    for scene, _ in training.shown("training"):
        labels = [
            element.text
            for element in scene.elements
            if hasattr(element, "text") and element.text.endswith("✓")
        ]
        action = scene.videos[0].footage.clip_id.split("_")[1]
        label = training.plan.label_of(action)
        assert labels == [f"{label}  ✓"]
    (tmp_path / "test").mkdir()
    tested = VirtualSession(tmp_path / "test", short_protocol()).run()
    for scene, _ in tested.shown("test"):
        assert not [e for e in scene.elements if hasattr(e, "text") and "✓" in e.text]


def test_the_mouse_chooses_and_lights_up_what_it_points_at(tmp_path):
    @in_trials
    def click(session, scene, flip_s):
        target = next(t for t in scene.targets if t.name == scene.cue.action)
        session.responses.press_pointer(target.rect.x + 5, target.rect.y - 5, flip_s + 1.0)

    session = VirtualSession(tmp_path, short_protocol(), answer=click).run()
    assert [(trial.correct, trial.input) for trial in session.trials] == [(True, "mouse")] * 5


def test_a_press_beside_the_menu_is_no_answer(tmp_path):
    @in_trials
    def beside_then_right(session, scene, flip_s):
        session.responses.inject(PointerPress(flip_s + 0.5, 900.0, -500.0))
        session.responses.inject(KeyPress(flip_s + 0.6, "9"))
        press(scene.cue.action, 1.0)(session, scene, flip_s)

    session = VirtualSession(tmp_path, short_protocol(), answer=beside_then_right).run()
    assert [len(trial.presses) for trial in session.trials] == [1] * 5


def test_a_trial_cut_off_by_a_pause_is_shown_again_and_marked(tmp_path):
    paused = []

    def pause_once(session, scene, flip_s):
        if isinstance(scene.cue, ChoiceCue) and scene.cue.trial == 2 and not paused:
            paused.append(flip_s)
            session.responses.press_key("escape", flip_s + 0.4)
        else:
            obliging(session, scene, flip_s)

    session = VirtualSession(tmp_path, short_protocol(), answer=pause_once).run()
    assert [(trial.trial, trial.attempt) for trial in session.trials] == [
        (1, 1),
        (2, 2),
        (3, 1),
        (4, 1),
        (5, 1),
    ]
    assert [(event.trial, event.decision) for event in session.of_kind(Paused)] == [(2, "continue")]


def test_a_stopped_session_goes_on_with_the_trial_that_was_on_the_screen(tmp_path):
    def stop(session, scene, flip_s):
        if isinstance(scene.cue, ChoiceCue) and scene.cue.trial == 3:
            session.responses.press_key("escape", flip_s + 0.4)
        elif scene.name == "pause":
            press("stop", 0.5)(session, scene, flip_s)
        else:
            obliging(session, scene, flip_s)

    with pytest.raises(StopRequested):
        VirtualSession(tmp_path, short_protocol(), answer=stop).run()
    resumed = VirtualSession(tmp_path, short_protocol()).run()
    assert [(trial.trial, trial.attempt) for trial in resumed.trials] == [
        (1, 1),
        (2, 1),
        (3, 2),
        (4, 1),
        (5, 1),
    ]


def test_every_flip_of_every_attempt_is_in_the_frame_log(tmp_path):
    session = VirtualSession(tmp_path, short_protocol()).run()
    text = gzip.decompress((tmp_path / "frames.tsv.gz").read_bytes()).decode()
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    started = {e.seq: e.event for e in session.entries if isinstance(e.event, TrialStarted)}
    for trial in session.trials:
        flips = [row for row in rows if int(row[0]) == trial.trial_seq]
        assert [int(row[1]) for row in flips] == list(range(trial.flips))
        assert float(flips[0][3]) == pytest.approx(trial.onset_s, abs=1e-5)
        assert started[trial.trial_seq].trial == trial.trial
