"""Procedural patterns: smooth noise, mixtures of colours, and the surfaces of rooms and gardens."""

from __future__ import annotations

import colorsys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stimuli.synthetic.kinematics import Array

Colour = tuple[float, float, float]
"""Red, green, blue, each 0-1."""


def colour_from_hsv(hue: float, saturation: float, value: float) -> Colour:
    """A colour from hue (wraps at 1), saturation and value."""
    return colorsys.hsv_to_rgb(hue % 1.0, saturation, value)


def mix(first: Array, second: Array, share: NDArray[Any]) -> Array:
    """`first` where `share (...)` is 0, `second` where it is 1; colours `(..., 3)`."""
    weight = np.asarray(share, dtype=np.float64)[..., None]
    return np.asarray(first + (second - first) * weight)


def blotches(points: Array, rng: np.random.Generator, octaves: int = 3) -> Array:
    """Smooth solid noise of about unit size at `points (..., n)`: a few plane waves per octave, finer and
    weaker.
    """
    total = np.zeros(points.shape[:-1])
    for octave in range(octaves):
        waves = rng.normal(size=(4, points.shape[-1])) * 2.0**octave
        phases = rng.uniform(0, 2 * np.pi, 4)
        total += np.sin(points @ waves.T + phases).sum(-1) * 0.35 / 1.6**octave
    return total


class Noise:
    """Tiling value noise, drawn once and read at many places."""

    def __init__(self, rng: np.random.Generator, size: int = 256) -> None:
        spectrum = np.fft.rfft2(rng.normal(size=(size, size)))
        radius = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :])
        self._fine = self._unit(np.fft.irfft2(spectrum * (radius > 0.02) * np.exp(-((radius / 0.22) ** 2))))
        falloff = np.where(radius > 0, 1 / np.maximum(radius, 1 / size) ** 1.6, 0)
        self._cloudy = self._unit(np.fft.irfft2(spectrum * falloff))
        self._size = size

    @staticmethod
    def _unit(values: Array) -> NDArray[np.float32]:
        return np.asarray((values - values.mean()) / values.std(), dtype=np.float32)

    def fine(self, x: Array, y: Array) -> Array:
        """Grainy noise, mean 0 and deviation 1; one grain is about two units."""
        return self._read(self._fine, x, y)

    def cloudy(self, x: Array, y: Array) -> Array:
        """Noise with most power in the large, mean 0 and deviation 1; repeats every 256 units."""
        return self._read(self._cloudy, x, y)

    def _read(self, table: NDArray[np.float32], x: Array, y: Array) -> Array:
        column, row = np.floor(x), np.floor(y)
        fx, fy = x - column, y - row
        i, j = column.astype(np.int64) % self._size, row.astype(np.int64) % self._size
        i1, j1 = (i + 1) % self._size, (j + 1) % self._size
        above = table[j, i] * (1 - fx) + table[j, i1] * fx
        below = table[j1, i] * (1 - fx) + table[j1, i1] * fx
        return np.asarray(above * (1 - fy) + below * fy, dtype=np.float64)


def joints(x: Array, pitch: float, width: float) -> NDArray[np.bool_]:
    """Where the gaps of `width` between boards, bricks or tiles `pitch` wide lie."""
    return np.asarray((x / pitch) % 1.0 < width / pitch)


def cell_tint(x: Array, y: Array) -> Array:
    """A fixed pseudo-random number in [-1, 1] for each whole-numbered cell (the usual sine hash)."""
    return np.asarray(2 * ((np.sin(np.floor(x) * 12.9898 + np.floor(y) * 78.233) * 43758.5453) % 1.0) - 1)
