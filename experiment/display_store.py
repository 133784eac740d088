"""What is known of the screens of a machine, kept in the user's settings: ``displays.json``.

A screen is known by the machine's name, its connector's name and its size in pixels. Home folders can be
shared by many machines, so the machine's name is part of it. None of this goes into the data.
"""

from __future__ import annotations

import platform
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import Field, ValidationError

from experiment.checked_yaml import Checked
from experiment.errors import InputRefused
from experiment.screen import DISTANCE_RANGE_CM, WIDTH_RANGE_CM
from experiment.text_file import read_text
from stimuli.durable import write_durably
from stimuli.validation import first_problem

STORE_NAME = "displays.json"

WidthCm = Annotated[float, Field(ge=WIDTH_RANGE_CM[0], le=WIDTH_RANGE_CM[1])]
DistanceCm = Annotated[float, Field(ge=DISTANCE_RANGE_CM[0], le=DISTANCE_RANGE_CM[1])]


class KnownScreen(Checked):
    """One screen as calibrated. ``size_px`` are framebuffer pixels of the whole screen, ``width_cm`` is the
    width of its picture.
    """

    host: str
    screen: str
    size_px: tuple[int, int]
    width_cm: WidthCm
    distance_cm: DistanceCm
    calibrated_at: datetime
    gamma_table: Path | None = None


class KnownScreens(Checked):
    """The whole file."""

    format: Literal[1] = 1
    screens: tuple[KnownScreen, ...] = ()

    def of(self, screen: str, host: str | None = None) -> tuple[KnownScreen, ...]:
        """What is known of a screen of this machine, at any resolution; the latest first."""
        here = host or platform.node()
        found = [known for known in self.screens if (known.host, known.screen) == (here, screen)]
        return tuple(sorted(found, key=lambda known: known.calibrated_at, reverse=True))

    def with_screen(self, new: KnownScreen) -> KnownScreens:
        """The same with this screen in the place of its earlier calibration at this resolution."""
        key = (new.host, new.screen, new.size_px)
        others = [known for known in self.screens if (known.host, known.screen, known.size_px) != key]
        return KnownScreens(screens=(*others, new))


def store_path() -> Path:
    """Where the file of this user is: ``~/.config/appearance-free-actions/displays.json`` on Linux."""
    return platformdirs.user_config_path("appearance-free-actions", appauthor=False) / STORE_NAME


def read_known_screens(path: Path) -> KnownScreens:
    """What the file holds; nothing where there is none. Raises ``InputRefused`` where it cannot be
    understood.
    """
    if not path.exists():
        return KnownScreens()
    try:
        return KnownScreens.model_validate_json(read_text(path))
    except ValidationError as error:
        raise InputRefused(
            f"{path}: {first_problem(error)}; mend the field, or remove the file and calibrate again "
            "(--calibrate)"
        ) from None


def write_known_screens(path: Path, known: KnownScreens) -> None:
    """Write the file as a whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, (known.model_dump_json(indent=2) + "\n").encode())
