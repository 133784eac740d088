"""A mouse that is not there, or goes away: everything can be done with the keys, and nothing waits for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiment.backends.clock import SessionClock
from experiment.backends.psychopy import open_psychopy
from experiment.choices import DEFAULT_OBSERVER
from experiment.footage import DecodedFootage
from experiment.frame_log import FRAMES_NAME, FrameLog
from experiment.journal import JOURNAL_NAME, Journal, read_journal
from experiment.observers import ObservedDisplay, read_observer
from experiment.phases.layout import BACKGROUND, Layout
from experiment.phases.stage import Stage
from experiment.plan import make_plan
from experiment.ports import PointerMove
from experiment.records import Answers, TrialFinished
from experiment.runner import replay, run_session
from experiment.scene import ChoiceCue, Scene, Target
from experiment.seat import Seat
from stimuli.manifest import read_stimulus_set
from tests.experiment.material import ACTIONS, protocol_with, write_noise_clips
from tests.experiment.virtual_session import VirtualSession, obliging


def test_a_session_of_all_phases_needs_no_pointer_and_survives_its_loss_over_a_button(tmp_path):
    phases = [
        {**phase, "clips_per_action": 1} if phase["kind"] in ("training", "test") else phase
        for phase in protocol_with().file.model_dump()["phases"]
    ]
    moved: list[float] = []

    def answer(session: VirtualSession, scene: Scene, flip_s: float) -> None:
        # Given a pointer that is seen over a button of the third clip, and then never again
        if isinstance(scene.cue, ChoiceCue) and scene.cue.trial == 3 and not moved:
            moved.append(flip_s)
            at = scene.targets[1].rect
            session.responses.inject(PointerMove(flip_s + 0.2, at.x, at.y))
        obliging(session, scene, flip_s)

    session = VirtualSession(tmp_path, protocol_with(phases=phases), answer).run()
    assert moved
    assert {trial.input for trial in session.trials} == {"key"}
    assert all(trial.correct for trial in session.trials)
    assert [page.page for page in session.of_kind(Answers)] == [
        "vision",
        "familiarity",
        "difficulty",
        "remarks",
    ]
    assert session.entries[-1].event.kind == "session_finished"


@contextmanager
def mouse_unplugged() -> Iterator[None]:
    """The X server's mouse switched off; of the pointer that injects events, no button does anything."""
    from Xlib import X, Xatom, display
    from Xlib.ext import xinput

    x: Any = display.Display()
    enabled = x.intern_atom("Device Enabled")
    mice = [
        device.deviceid
        for device in x.xinput_query_device(xinput.AllDevices).devices
        if device.use == xinput.SlavePointer and "XTEST" not in device.name
    ]
    assert mice
    buttons = x.get_pointer_mapping()

    def switch(on: bool) -> None:
        for mouse in mice:
            xinput.change_device_property(x, mouse, enabled, Xatom.INTEGER, X.PropModeReplace, (8, [int(on)]))
        assert x.set_pointer_mapping(buttons if on else [0] * len(buttons)) == X.MappingSuccess
        x.sync()

    switch(False)
    try:
        yield
    finally:
        switch(True)
        x.close()


class KeysAlone(ObservedDisplay):
    """A participant who presses keys, after clicking in vain."""

    def _press(self, target: Target, at_s: float, _generator: np.random.Generator) -> None:
        self._injector.press_pointer(target.rect.x, target.rect.y, max(0.0, at_s - 0.2))
        self._injector.press_key(target.keys[0], at_s)


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not os.environ.get("DISPLAY"), reason="needs an X server"
)
def test_with_the_mouse_unplugged_in_a_real_window_the_keys_still_work(tmp_path):
    stimuli = read_stimulus_set(write_noise_clips(tmp_path / "noise", 4, 3))
    phases = [{"kind": "test", "condition": "UCF5", "clips_per_action": 1}]
    plan = make_plan(protocol_with(phases=phases), stimuli, Seat("T001", 1, 1, 7))
    observer = read_observer(DEFAULT_OBSERVER, ("UCF5",), ACTIONS)
    clock = SessionClock(factor=6)
    footage = DecodedFootage(stimuli)
    with (
        open_psychopy(clock, full_screen=False, background=BACKGROUND, simulated_input=True) as backend,
        Journal(tmp_path / JOURNAL_NAME) as journal,
        mouse_unplugged(),
    ):
        stage = Stage(
            plan,
            KeysAlone(backend.display, observer, backend.injector, Seat.of(plan)),
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
    assert len(trials) == 5
    assert {trial.input for trial in trials} == {"key"}
