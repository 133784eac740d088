"""Noise on the glass, pixel for pixel, at the usual sizes of screens; windows whose system counts two pixels
as one; and calibrating in a real window.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from experiment.backends.clock import SessionClock
from experiment.backends.found_screens import found_screens
from experiment.backends.psychopy import in_framebuffer_px, open_psychopy
from experiment.backends.psychopy_window import open_window
from experiment.display_store import STORE_NAME, read_known_screens
from experiment.errors import InputRefused
from experiment.phases.layout import Layout
from experiment.scene import Footage, Scene, VideoFrame

ROOT = Path(__file__).parents[3]
SURROUND = (150, 150, 150)
LARGEST = (2560, 1440)

PHOTOGRAPH = """
import sys
from pathlib import Path
import numpy as np
from experiment.backends.clock import SessionClock
from experiment.backends.psychopy import open_psychopy
from experiment.phases.layout import Layout
from experiment.scene import Footage, Scene, VideoFrame
clip = Footage("noise", np.load(sys.argv[1]), 25.0)
for size in ((1280, 800), (1920, 1080), (2560, 1440)):
    with open_psychopy(
        SessionClock(), full_screen=size == (2560, 1440), size_px=size, background=(150, 150, 150)
    ) as backend:
        assert backend.display.record.size_px == size
        backend.display.show(Scene("test", (), (VideoFrame(clip, 0, Layout(*size).clip_rect(320, 240)),)))
        backend.screenshot(Path(sys.argv[2]) / f"{size[0]}.png")
"""

MEASURE_BY_HAND = """
import sys
from experiment.backends.xtest import XTestInjector
from experiment.calibration_screens import CalibrationScreens
from experiment import cli, opening
keys = dict(zip(("calibration-card", "calibration-distance", "calibration-result"), sys.argv[1].split(",")))
measure = CalibrationScreens.measure
def measured(self):
    seen, show = {}, self.display.show
    def shown(scene):
        flip_s = show(scene)
        seen[scene.name] = seen.get(scene.name, 0) + 1
        if seen[scene.name] in (25, 50):
            key = keys[scene.name] if seen[scene.name] == 25 else "return"
            injector.press_key(key, flip_s + 0.01)
        return flip_s
    self.display.show = shown
    injector = XTestInjector(self.display._window.winHandle._window, self.display.record.size_px, clock(self))
    self.display._injector = injector
    try:
        return measure(self)
    finally:
        injector.close()
def clock(self):
    return self.display._clock
CalibrationScreens.measure = measured
sys.argv = ["run_session.py", "--calibrate", *sys.argv[2:]]
cli.main()
"""


@pytest.fixture(scope="module")
def large_display() -> Iterator[str]:
    """A virtual display as large as the largest usual screen."""
    if not sys.platform.startswith("linux"):
        pytest.skip("needs Xvfb, which is there on Linux only")
    read, write = os.pipe()
    geometry = f"{LARGEST[0]}x{LARGEST[1]}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", geometry, "-nolisten", "tcp"],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as numbers:
        number = numbers.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


def run_python(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_each_dot_of_noise_is_a_square_of_equal_pixels_on_every_usual_screen(
    large_display: str, tmp_path: Path
) -> None:
    noise = np.random.default_rng(3).integers(0, 256, size=(1, 240, 320, 3), dtype=np.uint8)
    np.save(tmp_path / "noise.npy", noise)
    ended = run_python(PHOTOGRAPH, str(tmp_path / "noise.npy"), str(tmp_path), DISPLAY=large_display)
    assert ended.returncode == 0, ended.stderr
    for size, scale in (((1280, 800), 2), ((1920, 1080), 4), ((2560, 1440), 5)):
        screen = np.asarray(Image.open(tmp_path / f"{size[0]}.png"))
        assert screen.shape == (size[1], size[0], 3)
        rect = Layout(*size).clip_rect(320, 240)
        left, top = round(rect.left + size[0] / 2), round(size[1] / 2 - rect.top)
        inside = screen[top : top + 240 * scale, left : left + 320 * scale]
        dots = inside.reshape(240, scale, 320, scale, 3)
        for row in range(scale):
            for column in range(scale):
                np.testing.assert_array_equal(dots[:, row, :, column], noise[0])
        around = np.ones(size[::-1], dtype=bool)
        around[top : top + 240 * scale, left : left + 320 * scale] = False
        assert np.all(screen[around] == SURROUND)


def test_where_the_system_counts_two_pixels_as_one_all_is_told_in_pixels(display: str) -> None:
    """A window whose framebuffer has twice the pixels that the system tells, as on many laptops."""
    from experiment.ports import PointerPress

    def opener(**asked: Any) -> Any:
        window = open_window(**asked)
        handle = window.winHandle
        # 1280 x 800 pixels which the system takes for 640 x 400.
        told = SimpleNamespace(width=640, height=400, handlers={})
        told.push_handlers = told.handlers.update
        told.remove_handlers = lambda **_handlers: None
        told.dispatch_events = lambda: None
        return SimpleNamespace(
            winHandle=told,
            frameBufferSize=(handle.width, handle.height),
            backend=window.backend,
            flip=window.flip,
            close=window.close,
        )

    with open_psychopy(
        SessionClock(), full_screen=False, background=SURROUND, input_choice="pyglet", opener=opener
    ) as backend:
        record = backend.display.record
        assert (record.size_px, record.window_scale) == ((1280, 800), 2.0)
        assert record.screen_px == (3840, 2400)
        clip = Footage("grey", np.zeros((1, 240, 320, 3), dtype=np.uint8), 25.0)
        rect = Layout(*record.size_px).clip_rect(320, 240)
        assert (rect.width, rect.height) == (640, 480)
        backend.display.show(Scene("test", (), (VideoFrame(clip, 0, rect),)))
        handle = backend.display._window.winHandle
        # A press in the system's units, on the lower left and the upper right pixel of the clip.
        for x, y in ((rect.left, rect.bottom), (rect.right - 1, rect.top - 1)):
            handle.handlers["on_mouse_press"]((x + 640) / 2, (y + 400) / 2, 1, 0)
        backend.display.show(Scene("test", (), ()))
        presses = [event for event in backend.responses.poll() if isinstance(event, PointerPress)]
        assert [(press.x, press.y) for press in presses] == [
            (rect.left, rect.bottom),
            (rect.right - 1, rect.top - 1),
        ]


def test_sizes_in_the_systems_units_are_told_in_pixels() -> None:
    assert in_framebuffer_px((1440, 900), 2.0) == (2880, 1800)
    assert in_framebuffer_px((1920, 1080), 1.0) == (1920, 1080)


def test_a_screen_that_is_not_there_is_answered_with_those_that_are(display: str) -> None:
    (only,) = found_screens()
    assert only.size_px == (1920, 1200)
    assert only.reported_width_cm is None
    with pytest.raises(InputRefused) as refused:
        open_psychopy(SessionClock(), screen=2, background=SURROUND)
    assert str(refused.value) == (
        "--screen 2: there is no such screen; this display has only screen 0 (screen, 1920 x 1200 px)."
    )


def test_what_is_calibrated_in_a_window_is_kept(display: str, tmp_path: Path) -> None:
    ended = run_python(
        MEASURE_BY_HAND, "up,up,return", "--monitor-width-cm", "48", XDG_CONFIG_HOME=str(tmp_path)
    )
    assert ended.returncode == 0, ended.stderr
    kept = read_known_screens(tmp_path / "appearance-free-actions" / STORE_NAME).screens
    assert [(screen.size_px, screen.distance_cm) for screen in kept] == [((1920, 1200), 51.0)]
    # 342 px of 48 cm and 10 more.
    assert kept[0].width_cm == pytest.approx(1920 * 8.56 / 352, abs=0.01)
    assert "46.69 cm wide, seen from 51 cm" in ended.stdout


def test_a_calibration_that_is_left_keeps_nothing(display: str, tmp_path: Path) -> None:
    ended = run_python(MEASURE_BY_HAND, "up,escape,return", "--windowed", XDG_CONFIG_HOME=str(tmp_path))
    assert (ended.returncode, ended.stderr) == (3, "")
    assert "nothing was written" in ended.stdout
    assert not (tmp_path / "appearance-free-actions").exists()


def test_calibrating_runs_no_session(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "run_session.py", "--calibrate", "--participant", "P001"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("--calibrate runs no session; of the other options it takes --screen")
