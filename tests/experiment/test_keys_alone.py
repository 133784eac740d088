"""Every screen of every option can be used with the keys alone, and shows which key does what."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from experiment.backends.clock import SessionClock
from experiment.backends.psychopy import open_psychopy
from experiment.choices import DEFAULT_OBSERVER
from experiment.footage import DecodedFootage
from experiment.frame_log import FRAMES_NAME, FrameLog
from experiment.journal import JOURNAL_NAME, Journal, read_journal
from experiment.observers import ObservedDisplay, read_observer
from experiment.phases.layout import BACKGROUND, BUTTON_OFF, RETURN_SIGN, Layout
from experiment.phases.stage import Stage
from experiment.plan import make_plan
from experiment.records import Answers, BreakTaken, Paused, RoundFinished, SessionFinished, TrialFinished
from experiment.runner import replay, run_session
from experiment.scene import Box, QuestionCue, Scene, Target, Text
from experiment.seat import Seat
from stimuli.manifest import read_stimulus_set
from tests.experiment.material import ACTIONS, protocol_with, write_noise_clips
from tests.experiment.virtual_session import VirtualSession, obliging

PHASES = [
    {"kind": "slides", "slides": "introduction"},
    {
        "kind": "training",
        "condition": "UCF5",
        "clips_per_action": 1,
        "answer": "after",
        "criterion": {"correct": 5, "of": 5, "rounds": 2},
    },
    {"kind": "test", "condition": "AFD5", "clips_per_action": 1, "attention_checks": 1, "break_every": 3},
    {"kind": "rest", "duration_s": 2},
    {"kind": "questionnaire", "questionnaire": "ilic2022"},
]
RESPONSE = {"mode": "select-then-confirm", "minimum_viewing_s": 0.5, "time_limit_s": 12.0}


def with_all_options():
    return protocol_with(phases=PHASES, response=RESPONSE)


class Keys(ObservedDisplay):
    """A participant who has no mouse, and asks for a pause on the first screen.

    A free text is written without touching its box first.
    """

    paused = False

    def _press(self, target: Target, at_s: float, _generator: np.random.Generator) -> None:
        assert target.keys, target.name
        if not self.paused:
            self.paused = True
            self._injector.press_key("escape", at_s)
            return
        self._injector.press_key(target.keys[0], at_s)


@pytest.mark.skipif(
    sys.platform.startswith("linux") and not os.environ.get("DISPLAY"),
    reason="needs a display (apt-get install xvfb)",
)
def test_a_session_with_all_options_is_done_by_keys_alone_in_a_real_window(tmp_path):
    stimuli = read_stimulus_set(write_noise_clips(tmp_path / "noise", 4, 8))
    plan = make_plan(with_all_options(), stimuli, Seat("T001", 1, 1, 7))
    observer = read_observer(DEFAULT_OBSERVER, ("UCF5", "AFD5"), ACTIONS)
    clock = SessionClock(factor=20)
    footage = DecodedFootage(stimuli)
    with (
        open_psychopy(clock, full_screen=False, background=BACKGROUND, simulated_input=True) as backend,
        Journal(tmp_path / JOURNAL_NAME) as journal,
    ):
        stage = Stage(
            plan,
            Keys(backend.display, observer, backend.injector, Seat.of(plan)),
            backend.responses,
            clock,
            footage,
            journal,
            FrameLog(Path(tmp_path, FRAMES_NAME), simulated=True),
            observer.name,
            False,
            Layout(*backend.display.record.size_px),
        )
        run_session(stage, replay(()))
    footage.close()
    events = [entry.event for entry in read_journal(tmp_path / JOURNAL_NAME).entries]
    trials = [event for event in events if isinstance(event, TrialFinished)]
    assert len(trials) in (11, 16)
    assert {trial.input for trial in trials} <= {"key", None}
    assert sum(trial.input == "key" for trial in trials) > len(trials) / 2
    assert all(trial.confirmed_at_s for trial in trials if trial.response)
    assert [event.decision for event in events if isinstance(event, Paused)] == ["continue"]
    assert [event.trial for event in events if isinstance(event, BreakTaken)] == [3]
    assert any(isinstance(event, RoundFinished) for event in events)
    pages = [event for event in events if isinstance(event, Answers)]
    assert "answered by the simulated" in pages[-1].answers["remarks"]
    assert isinstance(events[-1], SessionFinished)


def test_every_button_shows_the_key_that_presses_it(tmp_path):
    session = VirtualSession(tmp_path, with_all_options())
    session.responses.press_key("escape", 0.4)
    session.run()
    seen = {(scene.name, scene.elements): scene for scene, _ in session.flips}
    for scene in seen.values():
        for target in scene.targets:
            if _can_be_pressed(scene, target):
                assert _shown_keys(scene, target) & set(target.keys), (scene.name, target.name)


def _can_be_pressed(scene: Scene, target: Target) -> bool:
    """Whether a key belongs to it just now; the key of the experimenter is shown nowhere."""
    return bool(target.keys) and target.name != "experimenter" and scene.name != "fixation"


def _shown_keys(scene: Scene, target: Target) -> set[str]:
    """The keys that stand on a button; one that is greyed shows none for the time being."""
    on_it = [e for e in scene.elements if isinstance(e, Text) and target.rect.contains(e.x, e.y) and e.text]
    shown = {e.text[0].lower() for e in on_it}
    if RETURN_SIGN in {e.text for e in on_it} or _is_greyed(scene, target):
        shown |= {"return"}
    return shown


def _is_greyed(scene: Scene, target: Target) -> bool:
    return any(isinstance(e, Box) and e.rect == target.rect and e.fill == BUTTON_OFF for e in scene.elements)


def test_all_questions_are_reached_and_changed_by_keys(tmp_path):
    """Down and tab go on, up goes back; what has the frame is what the number keys answer."""
    protocol = protocol_with(phases=[{"kind": "questionnaire", "questionnaire": "ilic2022"}])

    def answer(session, scene, flip_s):
        if isinstance(scene.cue, QuestionCue) and scene.cue.place == 1 and "vision" in scene.cue.screen:
            # Back to the first question, another answer to it, and on.
            session.responses.press_key("up", flip_s + 0.2)
            session.responses.press_key("2", flip_s + 0.4)
            session.responses.press_key("1", flip_s + 0.6)
        else:
            obliging(session, scene, flip_s)

    session = VirtualSession(tmp_path, protocol, answer).run()
    vision = next(event for event in session.of_kind(Answers) if event.page == "vision")
    assert list(vision.answers.values())[:2] == ["no", "yes"]
