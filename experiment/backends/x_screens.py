"""What an X server says of the monitors at it, and the ramps that it sends every level through (RandR)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiment.backends.x_connection import broken_told, connect_to_x


@dataclass(frozen=True)
class XMonitor:
    """A monitor: its connector's name, its place in the whole picture, and its width in cm as it says itself.

    ``width_cm`` is ``None`` where there is no EDID (the monitor's own description): what the server then
    says is made up.
    """

    name: str
    place_px: tuple[int, int]
    size_px: tuple[int, int]
    width_cm: float | None
    crtc: int


class XMonitors:
    """A connection to an X server. Raises OSError where there is none, it breaks or it has no RandR 1.2."""

    def __init__(self, display_name: str | None = None) -> None:
        self._display: Any = connect_to_x(display_name)
        with broken_told():
            has_randr = self._display.has_extension("RANDR")
        if not has_randr:
            self._display.close()
            raise OSError("the X server has no RandR")

    def monitors(self) -> tuple[XMonitor, ...]:
        """The monitors that show something. Raises OSError where the connection breaks."""
        with broken_told():
            return self._monitors()

    def _monitors(self) -> tuple[XMonitor, ...]:
        root = self._display.screen().root
        resources = root.xrandr_get_screen_resources()
        found = []
        for output in resources.outputs:
            said = self._display.xrandr_get_output_info(output, resources.config_timestamp)
            if not said.crtc:
                continue
            crtc = self._display.xrandr_get_crtc_info(said.crtc, resources.config_timestamp)
            # Turned by a quarter, the picture is as wide as the monitor is high.
            upright = crtc.rotation & (2 | 8)
            width_mm = said.mm_height if upright else said.mm_width
            width_cm = width_mm / 10 if width_mm and self._has_edid(output) else None
            place, size = (crtc.x, crtc.y), (crtc.width, crtc.height)
            found.append(XMonitor(str(said.name), place, size, width_cm, int(said.crtc)))
        return tuple(found)

    def ramp(self, crtc: int) -> NDArray[np.uint16]:
        """The ramp in use: uint16 ``(3, length)``; of length 0 where there is none."""
        # The library's own reply leaves its three lists apart, without their common length.
        now = self._display.xrandr_get_crtc_gamma(crtc)
        return np.array([now.red, now.green, now.blue], dtype=np.uint16)

    def set_ramp(self, crtc: int, ramp: NDArray[np.uint16]) -> None:
        """Use another ramp, of the length that ``ramp`` told."""
        red, green, blue = (channel.tolist() for channel in ramp)
        self._display.xrandr_set_crtc_gamma(crtc, ramp.shape[1], red, green, blue)
        self._display.sync()

    def close(self) -> None:
        """End the connection."""
        self._display.close()

    def _has_edid(self, output: int) -> bool:
        listed = self._display.xrandr_list_output_properties(output).atoms
        return any(self._display.get_atom_name(atom) == "EDID" for atom in listed)
