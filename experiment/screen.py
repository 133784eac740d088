"""Pixels, centimetres and degrees of visual angle of a flat screen; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

STUDY_DISTANCE_CM = 50.0
"""Viewing distance of the published study, 0.5 m."""

WIDTH_RANGE_CM = (5, 500)
DISTANCE_RANGE_CM = (10, 1000)
"""How wide a screen's picture and how far the eye from it can be, on the command line and as measured."""


@dataclass(frozen=True)
class Screen:
    """A flat screen of ``size_px`` framebuffer pixels, ``width_cm`` wide, seen from ``distance_cm``.

    Pixels are taken to be square, as those of flat panels are. Raises ValueError where a length is not above
    zero.

    >>> screen = Screen(size_px=(1920, 1080), width_cm=48.0, distance_cm=50.0)
    >>> screen.cm_of(1280)
    32.0
    >>> round(screen.degrees_of(1280), 2)  # 2 atan(16 / 50)
    35.49
    >>> round(screen.px_per_degree, 1)  # 2 * 50 * tan(0.5 degrees) / 0.025
    34.9
    """

    size_px: tuple[int, int]
    width_cm: float
    distance_cm: float

    def __post_init__(self) -> None:
        lengths = (*self.size_px, self.width_cm, self.distance_cm)
        if not all(math.isfinite(length) and length > 0 for length in lengths):
            raise ValueError(
                f"A screen of {self.size_px[0]} x {self.size_px[1]} px, {self.width_cm} cm wide and "
                f"{self.distance_cm} cm away is none: each must be above zero."
            )

    @property
    def px_cm(self) -> float:
        """Side of a pixel, cm: 0.025 for 1920 px on 48 cm."""
        return self.width_cm / self.size_px[0]

    @property
    def height_cm(self) -> float:
        """Height of the picture, cm: 27 for 1080 px of 0.025 cm."""
        return self.size_px[1] * self.px_cm

    def cm_of(self, length_px: float) -> float:
        """Length of so many pixels on the glass, cm."""
        return length_px * self.px_cm

    def degrees_of(self, length_px: float) -> float:
        """Visual angle of a length whose middle is straight before the eye, degrees.

        V = 2 atan(S / 2D) for a length S at distance D (P. K. Kaiser, "The Joy of Visual Perception", York
        University, "Calculating the visual angle"). Exact for the middle of the line of sight; what stands
        beside it, or is seen from nearer, has another angle.
        """
        return math.degrees(2 * math.atan(self.cm_of(length_px) / 2 / self.distance_cm))

    @property
    def px_per_degree(self) -> float:
        """Pixels of the one degree that is straight before the eye."""
        return 2 * self.distance_cm * math.tan(math.radians(0.5)) / self.px_cm
