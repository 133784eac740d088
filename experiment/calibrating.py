"""``--calibrate``: opens the screen, lets a person measure it, and keeps the result on this machine."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from experiment.calibration import read_calibration_words
from experiment.calibration_screens import CalibrationScreens
from experiment.choices import Choices
from experiment.display_store import (
    KnownScreen,
    read_known_screens,
    store_path,
    write_known_screens,
)
from experiment.errors import NotKept, SessionStopped
from experiment.gamma_table import read_gamma_table
from experiment.opening import Ports, open_ports
from experiment.phases.stage import StopRequested
from experiment.project import PROJECT
from experiment.screen import STUDY_DISTANCE_CM, Screen

WORDS_FOLDER = PROJECT / "protocols" / "calibration"


@dataclass(frozen=True)
class Calibrated:
    """What was kept, and in which file."""

    screen: KnownScreen
    path: Path

    def __str__(self) -> str:
        known = self.screen
        seen = Screen(known.size_px, known.width_cm, known.distance_cm)
        return (
            f"Screen {known.screen}, {known.size_px[0]} x {known.size_px[1]} px: {known.width_cm:.2f} cm "
            f"wide, seen from {known.distance_cm:g} cm, {seen.px_per_degree:.1f} px per degree. "
            f"Kept in {self.path}"
        )


def calibrate(choices: Choices) -> Calibrated:
    """Let a person measure the screen and keep what was measured, for all sessions on it.

    Raises
    ------
    InputRefused
        Where there is no display, the gamma table cannot be used, or what was kept before is damaged.
    SessionStopped
        Where the person stopped; nothing is written then.
    NotKept
        Where the file cannot be written.
    """
    path = store_path()
    read_known_screens(path)
    if choices.gamma_table is not None:
        read_gamma_table(choices.gamma_table)
    with open_ports(choices, 1.0, lambda: 0.0) as ports:
        measured = _measured(choices, ports, path)
    # Read again: another screen may have been calibrated meanwhile.
    known = read_known_screens(path).with_screen(measured)
    try:
        write_known_screens(path, known)
    except OSError as error:
        raise NotKept(f"{path}: what was measured cannot be kept ({error})") from None
    return Calibrated(measured, path)


def _measured(choices: Choices, ports: Ports, path: Path) -> KnownScreen:
    language = choices.language or "en"
    record = ports.display.record
    size_px = record.screen_px or record.size_px
    known = read_known_screens(path).of(record.screen_name)
    before = next((screen for screen in known if screen.size_px == size_px), None)
    known_distance_cm = known[0].distance_cm if known else STUDY_DISTANCE_CM
    known_table = next((screen.gamma_table for screen in known if screen.gamma_table), None)
    screens = CalibrationScreens(
        ports.display,
        ports.responses,
        read_calibration_words(WORDS_FOLDER, language),
        first_width_cm=choices.monitor_width_cm or (before.width_cm if before else ports.reported_width_cm),
        first_distance_cm=choices.distance_cm or known_distance_cm,
        reported_width_cm=ports.reported_width_cm,
        decimal_comma=language == "de",
    )
    try:
        measured = screens.measure()
    except StopRequested:
        raise SessionStopped("The calibration was stopped; nothing was written.") from None
    table = choices.gamma_table.absolute() if choices.gamma_table else known_table
    return KnownScreen(
        host=platform.node(),
        screen=record.screen_name,
        size_px=size_px,
        width_cm=measured.width_cm,
        distance_cm=measured.distance_cm,
        calibrated_at=datetime.now(timezone.utc),
        gamma_table=table,
    )
