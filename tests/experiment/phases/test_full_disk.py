"""A disk that is full in the middle of a session: it waits on a screen, goes on, and loses nothing."""

from __future__ import annotations

import errno
import gzip
import os
from collections import Counter
from pathlib import Path

import pytest

from experiment import append_only
from experiment.backends.virtual import VirtualDisplay
from experiment.errors import NotWritten
from experiment.frame_log import FRAMES_NAME
from experiment.journal import Journal, read_journal
from experiment.phases.stage import StopRequested
from experiment.ports import CloseRequest
from experiment.records import HeldUp, RestTaken, Resumed
from experiment.scene import ChoiceCue, Scene, Text
from tests.experiment.full_disks import limited_files, small_disk
from tests.experiment.material import protocol_with
from tests.experiment.virtual_session import Answer, VirtualSession, obliging, press, short_protocol

pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits and mounts of POSIX")


class FullFor:
    """In the place of ``os.write``: one write of the session, counted from 0, does not get through whole,
    and the following attempts fail.
    """

    def __init__(self, number: int, attempts: int, through: int) -> None:
        self.number, self.attempts, self.through = number, attempts, through
        self.writes = 0

    def __call__(self, descriptor: int, data: bytes, write=os.write) -> int:
        number, self.writes = self.writes, self.writes + 1
        if number == self.number and self.through:
            return write(descriptor, bytes(data)[: self.through])
        if number - self.number - bool(self.through) in range(self.attempts):
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data)


def patient(session: VirtualSession, scene: Scene, flip_s: float) -> None:
    """Answers everything but the screen of the full disk."""
    if scene.name != "disk":
        obliging(session, scene, flip_s)


def flips_by_trial(session: VirtualSession) -> Counter[int]:
    with gzip.open(session.folder / FRAMES_NAME, "rt") as file:
        return Counter(int(line.split("\t")[0]) for line in list(file)[1:])


def check_complete(session: VirtualSession) -> None:
    """Every trial once, shown once, answered, with all its flips."""
    assert not read_journal(session.folder / "journal.jsonl").damage
    planned = [trial.trial for trial in session.phase().trials]
    assert [(t.trial, t.attempt) for t in session.trials] == [(number, 1) for number in planned]
    assert all(trial.correct for trial in session.trials)
    flips = flips_by_trial(session)
    assert {trial.trial_seq: trial.flips for trial in session.trials} == flips


def test_whichever_write_meets_the_full_disk_the_session_goes_on_and_nothing_is_lost(tmp_path, monkeypatch):
    undisturbed = FullFor(-9, 0, 0)
    (tmp_path / "undisturbed").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(append_only.os, "write", undisturbed)
        expected = VirtualSession(tmp_path / "undisturbed", short_protocol()).run()
    assert undisturbed.writes > 15
    for number in range(undisturbed.writes):
        folder = tmp_path / str(number)
        folder.mkdir()
        with monkeypatch.context() as patch:
            patch.setattr(append_only.os, "write", FullFor(number, 3, 5 * number % 37))
            session = VirtualSession(folder, short_protocol(), patient).run()
        check_complete(session)
        events = [entry.event.kind for entry in session.entries if entry.event.kind != "held_up"]
        assert events == [entry.event.kind for entry in expected.entries]
        (held,) = session.of_kind(HeldUp)
        assert held.reason == "No space left on device"
        # Three attempts failed, a second apart; the fourth got through.
        assert held.duration_s == pytest.approx(3, abs=0.2)
        times = [entry.t_s for entry in session.entries if entry.event.kind != "held_up"]
        assert times == sorted(times)


@pytest.mark.parametrize("kind", ["a small disk", "a limit on files"])
def test_a_disk_that_fills_up_during_a_trial_and_is_cleared(tmp_path, kind):
    with small_disk(tmp_path, 128) if kind == "a small disk" else limited_files(tmp_path) as disk:
        if disk is None:
            pytest.skip("mounting a disk needs the rights of the administrator")
        shown: list[str] = []

        def answer(session: VirtualSession, scene: Scene, flip_s: float) -> None:
            shown.append(scene.name)
            if isinstance(scene.cue, ChoiceCue) and scene.cue.trial == 2:
                disk.fill()
            if scene.name == "disk":
                disk.make_room()
            patient(session, scene, flip_s)

        # Twenty trials: the small disk gives a file its room in pages of 4 kB.
        phases = [{"kind": "test", "condition": "UCF5", "clips_per_action": 4}]
        session = VirtualSession(disk.folder, protocol_with(phases=phases), answer).run()
        assert shown.count("disk") == 1
        assert len(session.of_kind(HeldUp)) == 1
        check_complete(session)


def test_after_the_wait_the_clip_comes_a_whole_interval_later(tmp_path, monkeypatch):
    # Given a disk that takes neither the second trial's beginning nor its end at first
    for number in (4, 5):
        folder = tmp_path / str(number)
        folder.mkdir()
        with monkeypatch.context() as patch:
            patch.setattr(append_only.os, "write", FullFor(number, 2, 0))
            session = VirtualSession(folder, short_protocol(), patient).run()
        back_s = next(entry.t_s for entry in session.entries if isinstance(entry.event, HeldUp))
        onset_s = next(trial.onset_s for trial in session.trials if trial.onset_s > back_s)
        assert onset_s - back_s == pytest.approx(session.phase().interval_s, abs=2 / 60)


def stopping(session: VirtualSession, scene: Scene, flip_s: float) -> None:
    if scene.name == "disk":
        press("stop", 1.4)(session, scene, flip_s)
    else:
        obliging(session, scene, flip_s)


def closing(session: VirtualSession, scene: Scene, flip_s: float) -> None:
    if scene.name == "disk":
        session.responses.inject(CloseRequest(flip_s + 0.5))
    else:
        obliging(session, scene, flip_s)


@pytest.mark.parametrize("answer", [stopping, closing])
def test_who_stops_there_leaves_an_intact_journal_and_can_go_on(tmp_path, answer: Answer):
    with limited_files(tmp_path) as disk:

        def full_in_the_third_trial(session, scene, flip_s):
            if isinstance(scene.cue, ChoiceCue) and scene.cue.trial == 3:
                disk.fill()
            answer(session, scene, flip_s)

        with pytest.raises(NotWritten, match=r"could not be written \(File too large\).*--resume"):
            VirtualSession(tmp_path, short_protocol(), full_in_the_third_trial).run()
    reading = read_journal(tmp_path / "journal.jsonl")
    assert not reading.damage
    assert [trial.event.trial for trial in reading.entries if trial.event.kind == "trial"] == [1, 2]
    resumed = VirtualSession(tmp_path, short_protocol()).run()
    assert [(t.trial, t.attempt) for t in resumed.trials] == [(1, 1), (2, 1), (3, 2), (4, 1), (5, 1)]


def test_the_screen_says_what_is_the_matter_and_a_press_meant_for_the_clip_does_not_stop_it(
    tmp_path, monkeypatch
):
    # Given somebody who presses the key of the button just before and after the screen appears
    def answer(session: VirtualSession, scene: Scene, flip_s: float) -> None:
        if scene.name == "disk":
            session.responses.press_key("s", flip_s + 0.1)
        else:
            obliging(session, scene, flip_s)

    monkeypatch.setattr(append_only.os, "write", FullFor(5, 2, 0))
    session = VirtualSession(tmp_path, short_protocol(), answer).run()
    said = {e.text for scene, _ in session.shown("disk") for e in scene.elements if isinstance(e, Text)}
    words = session.plan.words
    assert {words.disk_heading, words.disk_text, words.stop_here} <= said
    check_complete(session)


REST = protocol_with(phases=[{"kind": "rest", "duration_s": 60}])


def rests(session: VirtualSession) -> list[RestTaken]:
    return [entry.event for entry in session.entries if isinstance(entry.event, RestTaken)]


def resting(folder: Path, escape_after_s: float | None = None) -> VirtualSession:
    """A session of one rest, begun or resumed 100 s after its last record; stopped after a time where one is
    given.
    """

    def answer(session: VirtualSession, scene: Scene, flip_s: float) -> None:
        (press("stop", 2.0) if scene.name == "pause" else obliging)(session, scene, flip_s)

    session = VirtualSession(folder, REST, answer)
    if (folder / "journal.jsonl").exists():
        session.clock.time_s = session.entries[-1].t_s + 100
        with Journal(folder / "journal.jsonl") as journal:
            display = VirtualDisplay(session.clock).record
            journal.append(Resumed(100.0, (), display, "a test"), session.clock.now())
    if escape_after_s is not None:
        session.responses.press_key("escape", session.clock.time_s + escape_after_s)
    return session


def test_a_rest_that_was_stopped_goes_on_with_what_was_left(tmp_path):
    # Given a rest of a minute, stopped after 15 s and again after further 20 s
    for part_s in (15.0, 20.0):
        with pytest.raises(StopRequested):
            resting(tmp_path, part_s).run()
    last = resting(tmp_path)
    began_s = last.clock.now()
    last.run()
    # Then 25 s are left, and the record holds the minute
    (rest,) = rests(last)
    ended_s = next(entry.t_s for entry in last.entries if entry.event == rest)
    assert (rest.duration_s, ended_s - began_s) == pytest.approx((60, 25), abs=0.2)


def test_a_rest_that_was_paused_and_then_killed_counts_only_what_the_journal_knows(tmp_path):
    # Given a rest that was stopped after 15 s, resumed, and killed some time later
    with pytest.raises(StopRequested):
        resting(tmp_path, 15.0).run()
    resting(tmp_path)
    again = resting(tmp_path)
    began_s = again.clock.now()
    again.run()
    (rest,) = rests(again)
    ended_s = next(entry.t_s for entry in again.entries if entry.event == rest)
    assert (rest.duration_s, ended_s - began_s) == pytest.approx((60, 45), abs=0.2)
