"""A lab's measurement of a display, luminance by grey level, and the gamma that follows from it.

The file is a CSV with a head line: ``level,luminance``, or ``level,red,green,blue`` for guns that were
measured alone. Levels are 0..255, luminances in cd/m² or any other linear unit.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiment.errors import InputRefused
from experiment.text_file import read_text

GammaTriple = tuple[float, float, float]

_HEADS = (["level", "luminance"], ["level", "red", "green", "blue"])
_FEWEST_ROWS = 5
_ALLOWED_GAMMA = (0.8, 5.0)
_WORST_FIT = 0.05


@dataclass(frozen=True)
class GammaTable:
    """What was measured: ``gamma`` of R, G and B, and the ``sha256`` of the file it comes from."""

    path: Path
    gamma: GammaTriple
    sha256: str

    def ramp(self, length: int) -> NDArray[np.float64]:
        """The ramp that makes luminance grow evenly with the level: float64 ``(3, length)``, 0..1.

        Level v is sent as v^(1/gamma): at a gamma of 2 the middle is sent as 0.707.
        """
        evenly = np.linspace(0.0, 1.0, length)
        return np.stack([evenly ** (1.0 / gamma) for gamma in self.gamma])


def read_gamma_table(path: Path) -> GammaTable:
    """Read a measurement and fit a gamma to each gun.

    The model is L = Lmin + (Lmax - Lmin) v^gamma with v the level of 0..1 (Brainard, Pelli and Robson, 2002,
    "Display characterization", equation for a gun with its black level taken away).

    Raises
    ------
    InputRefused
        One sentence: the file, the line, what was found and what is allowed.
    """
    text = read_text(path)
    try:
        rows = list(csv.reader(text.splitlines()))
    except csv.Error as error:
        raise InputRefused(f"{path}: cannot be read as CSV ({error})") from None
    head = [name.strip().lower() for name in rows[0]] if rows else []
    if head not in _HEADS:
        raise InputRefused(
            f"{path}: line 1: found {','.join(head) or 'nothing'!r}, allowed is level,luminance or "
            "level,red,green,blue"
        )
    measured = np.array([_numbers(path, number, row, len(head)) for number, row in _lines(rows)])
    if len(measured) < _FEWEST_ROWS:
        raise InputRefused(f"{path}: found {len(measured)} levels, at least {_FEWEST_ROWS} are needed")
    levels = measured[:, 0]
    if np.any(np.diff(levels) <= 0) or levels[0] != 0 or levels[-1] != 255:
        raise InputRefused(
            f"{path}: found levels {levels[0]:g} to {levels[-1]:g}; allowed are rising levels from 0 to 255"
        )
    fitted = [
        _fit(path, name, levels / 255, column) for name, column in zip(head[1:], measured.T[1:], strict=True)
    ]
    red, green, blue = fitted if len(fitted) == 3 else fitted * 3
    return GammaTable(path, (red, green, blue), hashlib.sha256(text.encode()).hexdigest())


def _lines(rows: list[list[str]]) -> list[tuple[int, list[str]]]:
    return [(number, row) for number, row in enumerate(rows[1:], start=2) if row]


def _numbers(path: Path, number: int, row: list[str], columns: int) -> list[float]:
    try:
        values = [float(cell) for cell in row]
    except ValueError:
        values = []
    if len(values) != columns or not all(np.isfinite(values)) or min(values) < 0:
        raise InputRefused(
            f"{path}: line {number}: found {','.join(row)!r}, allowed are {columns} numbers, none below 0"
        )
    return values


def _fit(path: Path, name: str, levels: NDArray[np.float64], measured: NDArray[np.float64]) -> float:
    from scipy.optimize import least_squares

    span = measured[-1] - measured[0]
    if span <= 0:
        raise InputRefused(
            f"{path}: {name}: found {measured[0]:g} at level 0 and {measured[-1]:g} at 255; a display is "
            "brighter at 255"
        )
    relative = (measured - measured[0]) / span
    found = least_squares(lambda gamma: levels ** gamma[0] - relative, [2.2], bounds=_ALLOWED_GAMMA)
    worst = float(np.max(np.abs(found.fun)))
    if worst > _WORST_FIT:
        raise InputRefused(
            f"{path}: {name}: no gamma describes what was measured; the best, {found.x[0]:.2f}, is off by "
            f"{worst:.0%} of the brightest, allowed are {_WORST_FIT:.0%}; measure again in the dark"
        )
    return round(float(found.x[0]), 4)
