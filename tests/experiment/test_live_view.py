"""What the experimenter sees: where a session stands, when it will end, and not how well it goes."""

from __future__ import annotations

import io
import os
import re
import threading
import time
from pathlib import Path

import pytest

from experiment.live_view import TerminalView, lines
from experiment.pace import Pace
from experiment.records import Check, SessionRecord, TrialFinished
from experiment.session_store import read_session
from tests.experiment.material import protocol_with
from tests.experiment.sessions import PILOT, run_here, simulated_session
from tests.experiment.virtual_session import VirtualSession, in_trials, obliging, press

PHASES = [
    {"kind": "slides", "slides": "introduction"},
    {"kind": "test", "condition": "UCF5", "clips_per_action": 4, "break_every": 7},
    {"kind": "rest", "duration_s": 60},
    {"kind": "test", "condition": "AFD5", "clips_per_action": 4},
    {"kind": "questionnaire", "questionnaire": "demographics"},
]


@pytest.fixture(scope="module")
def session(tmp_path_factory) -> VirtualSession:
    """A session of 40 trials whose every choice takes 2.5 s."""
    folder = tmp_path_factory.mktemp("session")

    def slow(session, scene, flip_s):
        press(scene.cue.action, 2.5)(session, scene, flip_s)

    return VirtualSession(folder, protocol_with(phases=PHASES), in_trials(slow)).run()


class Terminal(io.StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def record(tmp_path_factory) -> SessionRecord:
    """Of some session; only its plan is another one's."""
    return read_session(simulated_session(tmp_path_factory.mktemp("recorded")))


def paces(session: VirtualSession) -> list[tuple[float, Pace]]:
    """The estimate of what remains after each trial, beside what really remained."""
    entries = session.entries
    told = []
    for count, entry in enumerate(entries, start=1):
        if isinstance(entry.event, TrialFinished):
            pace = Pace(session.plan)
            pace.note_all(entries[:count])
            told.append((entries[-1].t_s - entry.t_s, pace))
    return told


def test_the_time_left_is_told_from_the_pace_so_far(session):
    # given a few trials, then what is told to remain will, but for what nobody has measured yet
    for really_s, pace in paces(session)[4:]:
        unknown_s = 25.0 + 2 * 15.0 if pace.phase < 4 else 0.0
        assert abs(pace.remaining_s - really_s) < unknown_s + 10
    # and within the last trials, which hang on one guess alone, the page of questions
    really_s, pace = paces(session)[-1]
    assert abs(pace.remaining_s - really_s) < 25


def test_faster_participants_are_told_to_be_done_sooner(session, tmp_path):
    fast = VirtualSession(tmp_path, protocol_with(phases=PHASES), obliging).run()
    for (_, slow_pace), (_, fast_pace) in list(zip(paces(session), paces(fast), strict=True))[5:30]:
        assert fast_pace.remaining_s < slow_pace.remaining_s


def test_nothing_remains_at_the_end(session):
    pace = Pace(session.plan)
    pace.note_all(session.entries)
    assert pace.remaining_s == 0
    assert pace.progress.finished
    assert pace.elapsed_s == pytest.approx(session.entries[-1].t_s)


def test_the_view_tells_where_the_session_stands_and_not_how_well(session):
    pace = paces(session)[25][1]
    told = dict(lines(pace, None, shows_accuracy=False))
    assert told["phase"] == "4 of 5: test AFD5"
    assert told["trial"] == "6 of 20 done"
    assert re.fullmatch(r"2\.5\d s", told["last response"])
    assert told["dropped frames"] == "0 in the last trial, 0 in all"
    assert not any("right" in name or "right" in text for name, text in told.items())
    asked = dict(lines(pace, None, shows_accuracy=True))
    assert asked["right in tests"] == "26 of 26"


def test_wrong_and_right_answers_look_the_same(tmp_path, record):
    # given two sessions that differ in their answers alone
    shown = []
    for name in ("right", "wrong"):
        (tmp_path / name).mkdir()

        def answer(session, scene, flip_s, wrong=name == "wrong"):
            other = next(t.name for t in scene.targets if t.name != scene.cue.action)
            press(other if wrong else scene.cue.action, 1.5)(session, scene, flip_s)

        phases = [{"kind": "test", "condition": "UCF5", "clips_per_action": 2}]
        played = VirtualSession(tmp_path / name, protocol_with(phases=phases), in_trials(answer)).run()
        terminal = Terminal()
        fields = {**record.__dict__, "plan": played.plan}
        with TerminalView(file=terminal).follow(SessionRecord(**fields), ()) as told:
            for entry in played.entries:
                told(entry)
                time.sleep(0.01)
        shown.append(terminal.getvalue())
    assert len({trial.correct for trial in played.trials}) == 1
    assert shown[0] == shown[1]
    assert "10 of 10 done" in shown[0]


def test_a_terminal_that_takes_nothing_holds_up_no_session(session, record):
    # given a terminal that was stopped (Ctrl-S): a pipe that nobody reads, full
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while True:
            os.write(writing, b" " * 4096)
    except BlockingIOError:
        os.set_blocking(writing, True)
    stuck = os.fdopen(writing, "w")
    # when a session goes on
    began_s = time.monotonic()
    fields = {**record.__dict__, "plan": session.plan}
    with TerminalView(file=stuck).follow(SessionRecord(**fields), ()) as told:
        for entry in session.entries:
            told(entry)
        waited_s = time.monotonic() - began_s
    # then it has not waited for it
    assert waited_s < 5
    threading.Thread(target=lambda: Path(f"/dev/fd/{reading}").read_bytes(), daemon=True).start()
    stuck.close()


def test_plain_lines_take_the_place_of_the_panel_where_there_is_no_terminal(session, record):
    file = io.StringIO()
    fields = {**record.__dict__, "plan": session.plan}
    view = TerminalView(file=file)
    view.show_checks((Check("disk", "ok", "3 GB are free"), Check("battery", "warning", "20 % left")))
    with view.follow(SessionRecord(**fields), ()) as told:
        for entry in session.entries:
            told(entry)
    said = file.getvalue().splitlines()
    assert said[:2] == ["ok       disk           3 GB are free", "warning  battery        20 % left"]
    assert [line.split(";")[0] for line in said if " of 5" in line] == [
        "1 of 5: slides",
        "2 of 5: test UCF5",
        "3 of 5: rest",
        "4 of 5: test AFD5",
        "5 of 5: questionnaire",
    ]
    assert "\x1b" not in file.getvalue()


def test_a_simulation_without_a_window_tells_nothing_unless_asked(tmp_path):
    folder = simulated_session(tmp_path)
    given = (PILOT, "--simulate", "data", "--stimuli", tmp_path / "stimuli", "--data", tmp_path / "data")
    quiet = run_here(*given)
    assert len(quiet.stdout.splitlines()) == 1
    asked = run_here(*given, "--live-view", "--show-accuracy")
    assert re.search(r"^3 of 7: test UCF5; about \d+:\d\d min to go$", asked.stdout, re.MULTILINE)
    assert re.search(r"\d+ of 20 right in tests", asked.stdout)
    assert folder.is_dir()
