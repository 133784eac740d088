"""Setting and putting back a display's ramp, on the one that a virtual X server keeps and does not use."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from experiment.backends.clock import SessionClock
from experiment.backends.gamma_ramp import apply_gamma
from experiment.backends.psychopy import open_psychopy
from experiment.backends.x_screens import XMonitors
from experiment.gamma_table import GammaTable
from experiment.scene import Scene

ROOT = Path(__file__).parents[3]
TABLE = GammaTable(Path("measured.csv"), (2.2, 2.0, 2.4), "0" * 64)
EVEN = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (3, 1))
ORIGIN = (0, 0)

HOLD = """
import sys, time
from pathlib import Path
from experiment.backends.gamma_ramp import apply_gamma
from experiment.gamma_table import GammaTable
from experiment.scene import Scene
ramp = apply_gamma(GammaTable(Path("measured.csv"), (2.2, 2.2, 2.2), ""), None, (0, 0))
print(ramp.refused, flush=True)
time.sleep(60)
"""


@pytest.fixture
def monitors(display: str) -> Iterator[XMonitors]:
    """The virtual display with an even ramp, as a real one has; without it again at the end."""
    monitors = XMonitors()
    crtc = monitors.monitors()[0].crtc
    before = monitors.ramp(crtc)
    monitors.set_ramp(crtc, EVEN)
    yield monitors
    monitors.set_ramp(crtc, before)
    monitors.close()


def ramp_now(monitors: XMonitors) -> np.ndarray:
    return monitors.ramp(monitors.monitors()[0].crtc)


def test_a_ramp_is_set_gun_by_gun_and_put_back(monitors: XMonitors) -> None:
    ramp = apply_gamma(TABLE, None, ORIGIN)
    assert ramp.refused is None
    middle = ramp_now(monitors)[:, 128] / 65535
    np.testing.assert_allclose(middle, [(128 / 255) ** (1 / gamma) for gamma in TABLE.gamma], atol=1e-4)
    ramp.close()
    np.testing.assert_array_equal(ramp_now(monitors), EVEN)
    ramp.close()


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_ramp_is_put_back_however_the_program_ends(monitors: XMonitors, ending: signal.Signals) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "None"
    assert not np.array_equal(ramp_now(monitors), EVEN)
    holder.send_signal(ending)
    holder.wait()
    holder.stdout.close()
    until_s = time.monotonic() + 30
    while not np.array_equal(ramp_now(monitors), EVEN) and time.monotonic() < until_s:
        time.sleep(0.05)
    np.testing.assert_array_equal(ramp_now(monitors), EVEN)


def test_a_session_on_a_display_with_a_ramp_takes_the_background_of_a_linear_one(
    monitors: XMonitors, tmp_path: Path
) -> None:

    with open_psychopy(
        SessionClock(), background=(150, 150, 150), gamma=TABLE, linear_background=(128, 128, 128)
    ) as backend:
        assert backend.ramp.refused is None
        backend.display.show(Scene("blank", ()))
        assert backend.display._drawing.background == (128, 128, 128)
    np.testing.assert_array_equal(ramp_now(monitors), EVEN)


FALLING = EVEN[:, ::-1]
LEFTOVERS = np.zeros_like(EVEN)
LEFTOVERS[:, [0, 128]] = 8496, 64512


@pytest.mark.parametrize("senseless", [np.zeros_like(EVEN), LEFTOVERS, FALLING])
def test_a_virtual_display_is_seen_to_use_no_ramp(monitors: XMonitors, senseless: np.ndarray) -> None:
    """Xvfb begins with what stood in its memory, through which nothing could be seen."""
    monitors.set_ramp(monitors.monitors()[0].crtc, senseless)
    ramp = apply_gamma(TABLE, None, ORIGIN)
    assert ramp.refused == "the ramp of screen is without effect, as on virtual displays"
    np.testing.assert_array_equal(ramp_now(monitors), senseless)


def test_where_the_ramp_is_refused_the_background_is_the_one_without_it(display: str) -> None:
    table, grey, linear = TABLE, (150, 150, 150), (128, 128, 128)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAYLAND_DISPLAY", "wayland-0")
        backend = open_psychopy(SessionClock(), background=grey, gamma=table, linear_background=linear)
    with backend:
        assert backend.ramp.refused is not None
        assert backend.display._drawing.background == grey


def test_wayland_is_named(display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    ramp = apply_gamma(TABLE, None, ORIGIN)
    assert ramp.refused == "Wayland lets no program set the ramp; log in to an X session"


def test_where_no_monitor_stands_nothing_is_set(monitors: XMonitors) -> None:
    ramp = apply_gamma(TABLE, None, (5000, 0))
    assert ramp.refused == "no monitor shows the place 5000, 0 of the picture"
    np.testing.assert_array_equal(ramp_now(monitors), EVEN)


def test_without_a_table_the_ramp_stays(monitors: XMonitors) -> None:
    ramp = apply_gamma(None, None, ORIGIN)
    assert ramp.refused == "there is no gamma table"
    np.testing.assert_array_equal(ramp_now(monitors), EVEN)
