"""Makes a display linear by a lab's gamma table, and gives it back as it was.

The ramp stands in the graphics card and holds for everything on the monitor. It is read back after it was
set: a system that takes it and ignores it says so mostly in this way.
"""

from __future__ import annotations

import atexit
import os
import sys
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from experiment.backends.ramp_guard import RampGuard
from experiment.backends.x_screens import XMonitor, XMonitors
from experiment.gamma_table import GammaTable

# A ramp of 8 bits in the card keeps a value to within a 255th.
_KEPT_TO_WITHIN = 1.5 / 255
_RAMP_LEVELS = 65535


class RampRefused(Exception):
    """Half a sentence: why the ramp of this display cannot be set."""


class Ramp(Protocol):
    """The ramp of a display until ``close``.

    ``refused`` says why it is as it was, ``None`` where it was set.
    """

    @property
    def refused(self) -> str | None: ...

    def close(self) -> None: ...


class UntouchedRamp:
    """A ramp that was left as it is."""

    def __init__(self, refused: str) -> None:
        self.refused: str | None = refused

    def close(self) -> None:
        """Nothing to put back."""


def apply_gamma(table: GammaTable | None, window: Any, place_px: tuple[int, int]) -> Ramp:
    """Set the ramp of the monitor at a place in the whole picture, where the window stands."""
    if table is None:
        return UntouchedRamp("there is no gamma table")
    try:
        if sys.platform.startswith("linux"):
            return _XRamp(table, place_px)
        else:
            return _WindowRamp(table, window)
    except RampRefused as refused:
        return UntouchedRamp(str(refused))


class _XRamp:
    """The ramp of one monitor at an X server; a process of its own puts the old one back."""

    refused: str | None = None

    def __init__(self, table: GammaTable, place_px: tuple[int, int]) -> None:
        if os.environ.get("WAYLAND_DISPLAY"):
            raise RampRefused("Wayland lets no program set the ramp; log in to an X session")
        try:
            monitors = XMonitors()
        except OSError as error:
            raise RampRefused(str(error)) from error
        try:
            self._guard = self._set(table, monitors, _monitor_at(monitors, place_px))
        finally:
            monitors.close()

    @staticmethod
    def _set(table: GammaTable, monitors: XMonitors, monitor: XMonitor) -> RampGuard:
        before = monitors.ramp(monitor.crtc)
        if before.size == 0:
            raise RampRefused(f"the monitor {monitor.name} has no ramp")
        if not _shows_pictures(before):
            # Nothing could be seen through it: whatever shows the picture does not look at it.
            raise RampRefused(f"the ramp of {monitor.name} is without effect, as on virtual displays")
        try:
            guard = RampGuard(os.environ["DISPLAY"], monitor.crtc, before)
        except OSError as error:
            raise RampRefused(str(error)) from error
        wanted = np.rint(_RAMP_LEVELS * table.ramp(before.shape[1])).astype(np.uint16)
        monitors.set_ramp(monitor.crtc, wanted)
        if not _kept(wanted / _RAMP_LEVELS, monitors.ramp(monitor.crtc) / _RAMP_LEVELS):
            guard.close()
            raise RampRefused(f"the monitor {monitor.name} did not keep the ramp")
        return guard

    def close(self) -> None:
        self._guard.close()


class _WindowRamp:
    """The ramp as PsychoPy sets it, on Windows and macOS; put back when the interpreter ends at the latest.

    macOS puts it back by itself after a crash, Windows does not.
    """

    refused: str | None = None

    def __init__(self, table: GammaTable, window: Any) -> None:
        self._ramps = window.backend
        # By default PsychoPy goes on without a word where a ramp cannot be set or read.
        self._ramps._gammaErrorPolicy = "raise"
        try:
            self._before: NDArray[np.float64] | None = np.array(self._ramps.getGammaRamp(), dtype=np.float64)
            wanted = table.ramp(int(self._ramps.getGammaRampSize()))
            self._ramps.gammaRamp = wanted
            kept = _kept(wanted, np.array(self._ramps.getGammaRamp(), dtype=np.float64))
        except (OSError, TypeError, ValueError) as error:
            self._ramps._gammaErrorPolicy = "ignore"
            raise RampRefused(f"the system does not let it be set ({error})") from error
        atexit.register(self.close)
        if not kept:
            self.close()
            raise RampRefused("the system did not keep the ramp")

    def close(self) -> None:
        if self._before is not None:
            before, self._before = self._before, None
            atexit.unregister(self.close)
            self._ramps.gammaRamp = before


def _monitor_at(monitors: XMonitors, place_px: tuple[int, int]) -> XMonitor:
    for monitor in monitors.monitors():
        if monitor.place_px == place_px:
            return monitor
    raise RampRefused(f"no monitor shows the place {place_px[0]}, {place_px[1]} of the picture")


def _shows_pictures(ramp: NDArray[np.uint16]) -> bool:
    """Whether a higher level is never darker, and the highest is brighter than the lowest.

    A virtual X server begins with whatever stood in its memory, mostly zeros.
    """
    levels = ramp.astype(np.int64)
    return bool(np.all(np.diff(levels) >= 0) and np.all(levels[:, -1] > levels[:, 0]))


def _kept(wanted: NDArray[np.float64], found: NDArray[np.float64]) -> bool:
    return wanted.shape == found.shape and bool(np.max(np.abs(wanted - found)) <= _KEPT_TO_WITHIN)
