"""The one solid everything is made of: a round cone, possibly squashed, that moves rigidly.

A round cone is the hull of two spheres. It lies along its local z axis: one sphere at the origin, the
other at `length`. Scaling the local x, y and z axes makes limbs of elliptical section; a length of zero
makes an ellipsoid. Because a solid is rigid, its texture and the motion of each of its points follow from
two numbers on its surface: the angle about its axis and the height along it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stimuli.synthetic.kinematics import Array, frame_along

TILE_SHAPE = (48, 80)
"""Texels of a solid's texture: along its axis, around it."""


@dataclass(frozen=True)
class Solid:
    """A squashed round cone with its path through a clip.

    `rotation (T, 3, 3)` and `origin (T, 3)` take unsquashed local metres to the world; T is 1 for what
    stands still. `scale` squashes the local axes; `length`, `radius_start` and `radius_end` are metres
    before squashing. `albedo (48, 80, 3)`, 0-1, is the paint: rows along the axis from end to end, columns
    around it.
    """

    name: str
    length: float
    radius_start: float
    radius_end: float
    rotation: Array
    origin: Array
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    albedo: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        if abs(self.radius_start - self.radius_end) > self.length and self.length > 0:
            raise ValueError(f"solid {self.name}: one end sphere swallows the other")

    @property
    def axis_range(self) -> tuple[float, float]:
        """Lowest and highest height along the axis, before squashing."""
        return -self.radius_start, self.length + self.radius_end


def ellipsoid(name: str, semi_axes_m: tuple[float, float, float], rotation: Array, centre: Array) -> Solid:
    """An ellipsoid about `centre (T, 3)` with the given half axes."""
    return Solid(name, 0.0, 1.0, 1.0, rotation, centre, semi_axes_m)


def limb(
    name: str,
    start: Array,
    end: Array,
    radius_start: float,
    radius_end: float,
    x_hint: Array,
    squash: tuple[float, float] = (1.0, 1.0),
) -> Solid:
    """A round cone between the moving points `start` and `end (T, 3)`, which keep their distance."""
    axis = end - start
    length = float(np.linalg.norm(axis[0]))
    return Solid(
        name, length, radius_start, radius_end, frame_along(axis, x_hint), start, (squash[0], squash[1], 1.0)
    )


def surface_grid(solid: Solid) -> tuple[Array, Array]:
    """Points and outward unit normals at the texels of a solid, both `(48, 80, 3)` in its local metres."""
    rows, columns = TILE_SHAPE
    low, high = solid.axis_range
    height = np.linspace(low, high, rows)[:, None]
    angle = ((np.arange(columns) + 0.5) / columns * 2 * np.pi - np.pi)[None, :]
    slope = (solid.radius_start - solid.radius_end) / solid.length if solid.length > 0 else 0.0
    cosine = float(np.sqrt(1 - slope**2))
    start_cap, end_cap = height < solid.radius_start * slope, height > solid.length + solid.radius_end * slope
    if solid.length == 0:
        end_cap = ~start_cap
    sine_axial = np.where(
        start_cap,
        height / solid.radius_start,
        np.where(end_cap, (height - solid.length) / solid.radius_end, slope),
    )
    radial = np.sqrt(np.clip(1 - sine_axial**2, 0, 1))
    radius = np.where(
        start_cap,
        radial * solid.radius_start,
        np.where(end_cap, radial * solid.radius_end, (solid.radius_start - slope * height) / cosine),
    )
    scale = np.array(solid.scale)
    ones = np.ones_like(angle)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle), height * ones], axis=-1) * scale
    normals = np.stack([radial * np.cos(angle), radial * np.sin(angle), sine_axial * ones], axis=-1) / scale
    return points, np.asarray(normals / np.linalg.norm(normals, axis=-1, keepdims=True))
