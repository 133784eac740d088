"""The screens of this machine, in the order in which ``--screen`` counts them."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from experiment.backends.x_screens import XMonitors
from experiment.errors import InputRefused


@dataclass(frozen=True)
class FoundScreen:
    """``place_px`` and ``size_px`` are in the system's units, which on high-resolution screens may be two
    pixels or more.

    ``reported_width_cm`` is what the monitor says of itself, ``None`` where it says nothing.
    """

    name: str
    place_px: tuple[int, int]
    size_px: tuple[int, int]
    reported_width_cm: float | None = None

    def __str__(self) -> str:
        return f"{self.name}, {self.size_px[0]} x {self.size_px[1]} px"


def found_screens() -> tuple[FoundScreen, ...]:
    """All screens; needs a display."""
    import pyglet

    found = []
    said, screens = _said_by_x(), pyglet.canvas.get_display().get_screens()
    for number, screen in enumerate(screens):
        place, size = (int(screen.x), int(screen.y)), (int(screen.width), int(screen.height))
        name, width_cm = said.get((place, size), (f"screen-{number}", None))
        found.append(FoundScreen(name, place, size, width_cm))
    return tuple(found)


def screen_number(wanted: int) -> FoundScreen:
    """The screen of that number. Raises InputRefused, naming those found, where there is none."""
    screens = found_screens()
    if 0 <= wanted < len(screens):
        return screens[wanted]
    named = "; ".join(f"screen {number} ({screen})" for number, screen in enumerate(screens))
    only = "only " if len(screens) == 1 else ""
    raise InputRefused(f"--screen {wanted}: there is no such screen; this display has {only}{named}.")


def _said_by_x() -> dict[tuple[tuple[int, int], tuple[int, int]], tuple[str, float | None]]:
    if not sys.platform.startswith("linux"):
        return {}
    try:
        monitors = XMonitors()
        said = {(m.place_px, m.size_px): (m.name, m.width_cm) for m in monitors.monitors()}
    except OSError:
        return {}
    monitors.close()
    return said
