"""Opening, pacing and closing a real window on the virtual display."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import psutil
import pytest

from experiment.backends.clock import SessionClock
from experiment.backends.psychopy import PsychopyBackend, open_psychopy
from experiment.errors import InputRefused
from experiment.scene import Box, Footage, Rect, Scene, Text, VideoFrame

GREY = (128, 128, 128)
BLANK = Scene("blank", ())
ROOT = Path(__file__).parents[3]

OPEN_AND_SHOW = """
from experiment.backends.clock import SessionClock
from experiment.backends.psychopy import open_psychopy
from experiment.scene import Scene
backend = open_psychopy(SessionClock(), full_screen=False, size_px=(320, 240), background=(128, 128, 128))
backend.display.show(Scene("blank", ()))
backend.close()
"""


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_display_says_what_it_is(backend: PsychopyBackend) -> None:
    record = backend.display.record
    assert record.backend == "psychopy"
    assert record.full_screen
    assert record.size_px == (1920, 1200)
    assert record.renderer
    assert record.response_source == "X11 server time; injected by XTEST"


def test_a_display_without_vertical_sync_is_paced_at_60_hz_and_says_so(backend: PsychopyBackend) -> None:
    assert backend.display.record.pacing == "software"
    assert backend.display.record.refresh_hz == 60.0
    assert backend.display.frame_period_s == pytest.approx(1 / 60)


def test_flips_are_whole_periods_apart_and_come_when_they_were_foretold(backend: PsychopyBackend) -> None:
    period_s = backend.display.frame_period_s
    backend.display.show(BLANK)
    last_s = -1.0
    for _ in range(20):
        foretold_s = backend.display.next_flip_s()
        flip_s = backend.display.show(BLANK)
        assert flip_s > last_s
        assert flip_s >= foretold_s
        last_s = flip_s
        assert backend.display.next_flip_s() > flip_s
        assert (backend.display.next_flip_s() - foretold_s) / period_s == pytest.approx(
            round((backend.display.next_flip_s() - foretold_s) / period_s), abs=1e-6
        )


def test_time_runs_faster_in_a_simulation(display: str) -> None:
    """Ten times as fast, a flip is ten times as long in session time."""
    clock = SessionClock(factor=10.0)
    with open_psychopy(clock, full_screen=False, size_px=(320, 240), background=GREY) as backend:
        assert backend.display.frame_period_s == pytest.approx(10 / 60)
        first_s, second_s = backend.display.show(BLANK), backend.display.show(BLANK)
        assert second_s - first_s > 0.05


def test_a_window_can_be_closed_twice_and_another_opened(display: str, tmp_path: Path) -> None:
    threads = set(threading.enumerate())
    for number in range(3):
        backend = open_psychopy(
            SessionClock(), full_screen=False, size_px=(320, 240), background=GREY, simulated_input=True
        )
        backend.display.show(Scene("menu", (Box(Rect(0, 0, 10, 10), (255, 0, 0)),)))
        backend.screenshot(tmp_path / f"{number}.png")
        backend.close()
        backend.close()
        assert backend.responses.poll() is not None
    assert set(threading.enumerate()) == threads
    assert (tmp_path / "0.png").read_bytes() == (tmp_path / "2.png").read_bytes()


def test_without_a_size_a_window_is_1280_by_800(display: str) -> None:
    with open_psychopy(SessionClock(), full_screen=False, background=GREY) as backend:
        assert backend.display.record.size_px == (1280, 800)
        assert not backend.display.record.full_screen


def test_a_screenshot_needs_something_shown(display: str, tmp_path: Path) -> None:
    with (
        open_psychopy(SessionClock(), full_screen=False, size_px=(320, 240), background=GREY) as backend,
        pytest.raises(ValueError, match="nothing has been shown"),
    ):
        backend.screenshot(tmp_path / "shot.png")


def test_without_a_display_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(InputRefused, match=r"DISPLAY is not set.*xvfb-run.*--simulate data"):
        open_psychopy(SessionClock(), background=GREY)


def test_a_display_that_cannot_be_opened_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    with pytest.raises(InputRefused, match=r":4711 .*cannot be opened.*xvfb-run"):
        open_psychopy(SessionClock(), background=GREY)


def test_a_screen_that_is_not_there_is_refused(display: str) -> None:
    with pytest.raises(
        InputRefused, match=r"--screen 3: there is no such screen; this display has only screen 0"
    ):
        open_psychopy(SessionClock(), screen=3, background=GREY)


def test_a_window_larger_than_the_screen_is_refused(display: str) -> None:
    with pytest.raises(
        InputRefused, match=r"4000 x 300 px does not fit on screen 0, which has 1920 x 1200 px"
    ):
        open_psychopy(SessionClock(), full_screen=False, size_px=(4000, 300), background=GREY)


def test_a_display_of_16_bits_is_refused_instead_of_waiting_for_ever(display: str) -> None:
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x16", "-nolisten", "tcp"],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as numbers:
            number = numbers.readline().strip()
        result = run_python(OPEN_AND_SHOW, DISPLAY=f":{number}")
    finally:
        server.terminate()
        server.wait()
    assert result.returncode != 0
    assert "has 16 bits a pixel, and 24 are needed" in result.stderr


def test_a_home_folder_that_cannot_be_written_is_no_obstacle_and_nothing_is_printed(display: str) -> None:
    result = run_python(OPEN_AND_SHOW, HOME="/proc/no-home")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_importing_the_backend_needs_no_display_and_does_not_import_psychopy() -> None:
    code = (
        "import sys, experiment.backends.psychopy; print('psychopy' in sys.modules, 'pyglet' in sys.modules)"
    )
    assert run_python(code, DISPLAY="").stdout.split() == ["False", "False"]


def test_textures_of_letters_are_bounded(backend: PsychopyBackend) -> None:
    """Thirty words of 1.2 MB each are more than is kept."""
    for number in range(30):
        backend.display.show(Scene("slide", (Text(f"{number} WWWWWWW", 0, 0, 300, (0, 0, 0)),)))
    assert 2_000_000 < backend.display._drawing.kept_bytes < 5_000_000


def test_two_hundred_clips_do_not_stay_in_memory(backend: PsychopyBackend) -> None:
    process = psutil.Process()

    def show_clips(count: int) -> None:
        for number in range(count):
            clip = Footage(str(number), np.full((12, 240, 320, 3), number, dtype=np.uint8), 25.0)
            backend.display.show(Scene("trial", (), (VideoFrame(clip, 5, Rect(0, 0, 320, 240)),)))

    show_clips(10)
    before = process.memory_info().rss
    show_clips(200)
    assert process.memory_info().rss - before < 60_000_000, "all of them together are 550 MB"
