"""The start dialog in a real window, by the keyboard alone: it says what is wrong, and starts what is
right.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from experiment.journal import read_journal
from experiment.participants import read_participants
from experiment.records import Resumed
from experiment.session_store import read_session
from tests.experiment.driven_dialog import DrivenDialog
from tests.experiment.material import write_noise_clips
from tests.experiment.sessions import run

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not os.environ.get("DISPLAY"),
    reason="presses keys on an X display (apt-get install xvfb)",
)


@pytest.fixture(scope="module")
def noise(tmp_path_factory) -> Path:
    """Small videos of noise, enough for the pilot."""
    return write_noise_clips(tmp_path_factory.mktemp("noise"), 4, 3)


def test_without_confirmation_nothing_starts_and_nothing_is_written(tmp_path):
    data = tmp_path / "data"
    with DrivenDialog("--data", data) as dialog:
        before = dialog.picture()
        dialog.type("P001")
        dialog.press("Return")
        # the dialog stays, and has grown by the sentence
        assert dialog.picture().height > before.height
        dialog.press("Escape")
        code, out, error = dialog.ended()
    assert (code, error) == (3, "")
    assert out.splitlines()[-1] == "The start dialog was left; nothing was started."
    assert not data.exists()


def test_a_pilot_starts_from_the_keyboard_alone_and_is_recorded_as_entered(noise, tmp_path):
    data = tmp_path / "data"
    with DrivenDialog("--data", data, "--stimuli", noise, "--windowed") as dialog:
        # given a code that is none, which is said
        dialog.type("P 1")
        dialog.press("Return")
        # when the field is mended and the protocol and the language are chosen, without a pointer
        dialog.press("a", control=True)
        dialog.type("Q7")
        dialog.press("p", alt=True)
        dialog.press("Down")
        dialog.press("l", alt=True)
        dialog.press("Down")
        time.sleep(0.2)
        dialog.press("Return")
        # then the session of that pilot begins in German; stop it on its first screen
        dialog.window = dialog.wait_for("Action recognition")
        time.sleep(1.0)
        dialog.press("Escape")
        time.sleep(0.6)
        dialog.press("s")
        code, out, error = dialog.ended()
    assert (code, error) == (3, "")
    assert "run_session.py --participant Q7 --session 1" in out
    assert "ok       participant    Q7, session 1, pilot participant 1" in out
    record = read_session(data / "sessions" / "Q7_01")
    assert (record.language, record.protocol.name, record.pilot) == ("de", "pilot", True)
    assert {check.name for check in record.checks} >= {"disk", "processor", "refresh rate", "display size"}
    assert "warning" in {check.status for check in record.checks}
    assert record.machine is not None
    assert record.machine.cores > 0
    assert read_participants(data)[0].participant == "Q7"
    journal = read_journal(data / "sessions" / "Q7_01" / "journal.jsonl")
    assert journal.entries[-1].event.kind == "paused"
    # when the same participant and session are entered again, going on is offered, and one key takes it
    with DrivenDialog("--data", data, "--windowed") as dialog:
        dialog.type("Q7")
        dialog.press("p", alt=True)
        dialog.press("Down")
        time.sleep(0.2)
        dialog.press("Return")
        time.sleep(0.5)
        dialog.press("Return")
        dialog.window = dialog.wait_for("Action recognition")
        time.sleep(1.0)
        dialog.press("Escape")
        time.sleep(0.6)
        dialog.press("s")
        code, out, error = dialog.ended()
    assert (code, error) == (3, "")
    journal = read_journal(data / "sessions" / "Q7_01" / "journal.jsonl")
    resumed = [entry.event for entry in journal.entries if isinstance(entry.event, Resumed)]
    assert len(resumed) == 1
    assert any(told.startswith("refresh rate: ") for told in resumed[0].warnings)


def test_what_is_refused_later_is_asked_again(noise, tmp_path):
    # given a confirmed session of the study, and a set that holds too few clips for it
    data = tmp_path / "data"
    with DrivenDialog("--data", data, "--stimuli", noise) as dialog:
        dialog.type("P001")
        dialog.press("i", alt=True)
        plain = dialog.picture()
        dialog.press("Return")
        dialog.wait_until_closed()
        # then the dialog comes back with the sentence
        dialog.window = dialog.wait_for("Start a session")
        assert dialog.picture().height > plain.height
        dialog.press("Escape")
        code, out, _ = dialog.ended()
    assert code == 3
    assert "asks for 18 test clips of JumpingJack, but the set holds 4" in out
    assert not data.exists()


def test_without_a_display_one_sentence_says_so(tmp_path):
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    ended = run("--data", tmp_path / "data", env=env)
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "There is no display" in ended.stderr
    assert not (tmp_path / "data").exists()


def test_the_dialog_is_gone_once_the_program_was_ended_from_outside(tmp_path):
    with DrivenDialog("--data", tmp_path / "data", "--windowed") as dialog:
        dialog.process.terminate()
        # the dialog's own process holds the other end of these pipes: they close when it ends
        assert dialog.process.communicate(timeout=60) == ("", "")
    assert not (tmp_path / "data").exists()
