"""Sessions in a real window on a virtual display, answered by real input events."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageGrab

from experiment.backends.clock import SessionClock
from experiment.backends.psychopy import open_psychopy
from experiment.choices import DEFAULT_OBSERVER
from experiment.footage import DecodedFootage
from experiment.frame_log import FRAMES_NAME, FrameLog
from experiment.journal import JOURNAL_NAME, Journal, read_journal
from experiment.observers import ObservedDisplay, read_observer
from experiment.phases.layout import BACKGROUND, Layout
from experiment.phases.stage import Stage
from experiment.plan import Seat, make_plan
from experiment.records import Resumed, TrialFinished, TrialStarted
from experiment.runner import replay, run_session
from experiment.scene import Scene
from experiment.session_store import read_session
from stimuli.manifest import read_stimulus_set
from stimuli.video import read_video
from tests.experiment.material import ACTIONS, write_noise_clips
from tests.experiment.sessions import PILOT, command
from tests.experiment.virtual_session import short_protocol

pytestmark = pytest.mark.skipif(
    sys.platform.startswith("linux") and not os.environ.get("DISPLAY"),
    reason="needs a display (apt-get install xvfb)",
)


@pytest.fixture(scope="module")
def noise(tmp_path_factory) -> Path:
    """Small videos of noise, enough for the pilot."""
    return write_noise_clips(tmp_path_factory.mktemp("noise"), 4, 3)


class ComparedDisplay(ObservedDisplay):
    """Compares what the X server shows, at every flip with a clip, with the frame in the clip's file."""

    def __init__(self, *arguments: object, frames: dict[str, np.ndarray]) -> None:
        super().__init__(*arguments)
        self._frames = frames
        self.compared: list[tuple[str, int]] = []

    def show(self, scene: Scene) -> float:
        flip_s = super().show(scene)
        for video in scene.videos:
            picture = np.asarray(ImageGrab.grab(xdisplay=os.environ["DISPLAY"]))
            height, width = self.record.size_px[1], self.record.size_px[0]
            left, top = round(width / 2 + video.rect.left), round(height / 2 - video.rect.top)
            shown = picture[top : top + int(video.rect.height), left : left + int(video.rect.width)]
            frame = self._frames[video.footage.clip_id][video.index]
            scale = shown.shape[0] // frame.shape[0]
            assert scale >= 2
            np.testing.assert_array_equal(shown, frame.repeat(scale, 0).repeat(scale, 1))
            self.compared.append((video.footage.clip_id, video.index))
        return flip_s


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="compares with the picture of an X server")
@pytest.mark.parametrize("condition", ["UCF5", "AFD5"])
def test_each_shown_frame_is_the_frame_in_the_file(noise, tmp_path, condition):
    stimuli = read_stimulus_set(noise)
    plan = make_plan(short_protocol("test", condition), stimuli, Seat("T001", 1, 1, 7))
    frames = {clip.clip_id: read_video(stimuli.path_of(clip)) for clip in stimuli.clips}
    observer = read_observer(DEFAULT_OBSERVER, (condition,), ACTIONS)
    clock = SessionClock(factor=4)
    footage = DecodedFootage(stimuli)
    with (
        open_psychopy(clock, background=BACKGROUND, simulated_input=True) as backend,
        Journal(tmp_path / JOURNAL_NAME) as journal,
    ):
        display = ComparedDisplay(backend.display, observer, backend.injector, Seat.of(plan), frames=frames)
        layout = Layout(*backend.display.record.size_px)
        log = FrameLog(tmp_path / FRAMES_NAME, simulated=True)
        run_session(
            Stage(
                plan, display, backend.responses, clock, footage, journal, log, observer.name, False, layout
            ),
            replay(()),
        )
    footage.close()
    trials = [
        e.event for e in read_journal(tmp_path / JOURNAL_NAME).entries if isinstance(e.event, TrialFinished)
    ]
    assert len(trials) == 5
    assert len(display.compared) == sum(trial.flips for trial in trials)
    assert len({index for _, index in display.compared}) == 12


def test_a_killed_window_session_goes_on_where_it_was_and_finishes(noise, tmp_path):
    simulated = ("--simulate", "visual", "--windowed", "--speed", 12)
    given = command(PILOT, *simulated, "--stimuli", noise, "--participant", "V001", "--data", tmp_path)
    folder = tmp_path / "sessions" / "V001_01"
    process = subprocess.Popen(given, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        if (folder / JOURNAL_NAME).exists() and b'"trial":3,"attempt":1' in (
            folder / JOURNAL_NAME
        ).read_bytes():
            time.sleep(0.2)
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.01)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    before = read_journal(folder / JOURNAL_NAME)
    resumed = subprocess.run([*given, "--resume"], capture_output=True, text=True, check=False, timeout=200)
    assert resumed.returncode == 0, resumed.stderr
    reading = read_journal(folder / JOURNAL_NAME)
    events = [entry.event for entry in reading.entries]
    assert reading.entries[: len(before.entries)] == before.entries
    assert sum(isinstance(event, Resumed) for event in events) == 1
    finished = [(e.phase, e.trial) for e in events if isinstance(e, TrialFinished)]
    assert len(finished) == len(set(finished)) == 30
    again = {(e.phase, e.trial) for e in events if isinstance(e, TrialStarted) and e.attempt == 2}
    begun = {(e.event.phase, e.event.trial) for e in before.entries if isinstance(e.event, TrialStarted)}
    ended = {(e.event.phase, e.event.trial) for e in before.entries if isinstance(e.event, TrialFinished)}
    assert again == begun - ended
    record = read_session(folder)
    assert record.display.backend == "psychopy"
    assert record.display.pacing in ("software", "vsync")
    assert "inject" in record.display.response_source
    assert json.loads((folder / "session.json").read_text())["simulated"] == "published-human"
