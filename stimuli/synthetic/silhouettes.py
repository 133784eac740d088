"""Everything the renderer needs of the solids of a clip, worked out for all frames at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stimuli.synthetic.camera import CameraPath
from stimuli.synthetic.kinematics import Array
from stimuli.synthetic.shapes import Solid

MARGIN_PX = 0.36
"""How far beyond its outline a solid's spans reach: the rays of the 2x2 grid lie up to 0.354 px off the
centre.
"""

_DIRECTIONS = 6
_THIN_PX = 1.6


@dataclass(frozen=True)
class Tracks:
    """Solids over the frames of a clip, `(T, n, ...)`, single precision except for whole numbers.

    `rays (T, 20, n)`: for every solid the 3x3 matrix from a pixel to a ray in the solid's unsquashed
    frame, row by row, the camera's place there, the depth of the solid's middle, and the seven numbers of
    the round cone. `to_pixels (T, n, 3, 4)`: unsquashed points to homogeneous pixels. `normals (T, n, 6,
    2)`, `lows`, `highs`: the outline lies where `low <= normal . pixel <= high`. `rows (T, n, 2)`: first
    and last row touched. `thin (T, n)`: solids so thin that rays through pixel centres may miss them.
    `shape`: of the picture.
    """

    rays: NDArray[np.float32]
    to_pixels: NDArray[np.float32]
    normals: NDArray[np.float32]
    lows: NDArray[np.float32]
    highs: NDArray[np.float32]
    rows: NDArray[np.int64]
    thin: NDArray[np.bool_]
    shape: tuple[int, int]


def track(solids: Sequence[Solid], camera: CameraPath) -> Tracks:
    """The solids as seen by the camera. Every solid must stay in front of it."""
    frames, count = len(camera.focal_px), len(solids)
    rotation = np.stack([np.broadcast_to(s.rotation, (frames, 3, 3)) for s in solids], axis=1)
    origin = np.stack([np.broadcast_to(s.origin, (frames, 3)) for s in solids], axis=1)
    scale = np.array([s.scale for s in solids])
    cones = np.array([[s.radius_start, s.radius_end, s.length] for s in solids])
    to_pixels = camera.to_pixels[:, None]
    squashed = rotation * scale[None, :, None, :]

    rays = np.empty((frames, 20, count))
    unproject = (np.swapaxes(rotation, -1, -2) / scale[None, :, :, None]) @ np.linalg.inv(to_pixels)
    rays[:, :9] = np.moveaxis(unproject.reshape(frames, count, 9), 1, 2)
    offset = camera.position - origin
    rays[:, 9:12] = np.moveaxis((np.swapaxes(rotation, -1, -2) @ offset[..., None])[..., 0] / scale, 1, 2)
    middle = origin + rotation[..., 2] * (cones[:, 2] / 2 * scale[:, 2])[:, None]
    rays[:, 12] = ((middle - camera.position) * camera.rotation[:, None, 2]).sum(-1)
    rays[:, 13:] = _cone_numbers(cones)

    points = np.concatenate([squashed, -offset[..., None]], axis=-1)
    projection = to_pixels @ points
    ends = _outlines(projection, cones)
    normals, lows, highs, rows, thin = _bounds(*ends, camera.shape[0])
    return Tracks(
        rays.astype(np.float32),
        projection.astype(np.float32),
        normals.astype(np.float32),
        lows.astype(np.float32),
        highs.astype(np.float32),
        rows,
        thin,
        camera.shape,
    )


def _cone_numbers(cones: Array) -> Array:
    """Per solid `(7, n)`: both radii, length, slant and rim of the side (radius = rim - slant z), and its z
    range.
    """
    start, end, length = cones.T
    sine = np.divide(start - end, length, out=np.zeros_like(length), where=length > 0)
    cosine = np.sqrt(1 - sine**2)
    return np.stack([start, end, length, sine / cosine, start / cosine, start * sine, length + end * sine])


def _outlines(projection: Array, cones: Array) -> tuple[Array, Array]:
    """Centres `(T, n, 2, 2)` and shape matrices `(T, n, 2, 2, 2)` of the ellipses in which the end spheres
    appear.

    A sphere of radius r about c has the dual quadric (c c' - r^2 I, c; c', 1); a camera takes it to the
    dual conic of its outline (Hartley and Zisserman, *Multiple View Geometry*, section 8.3).
    """
    start, end, length = cones.T
    linear = projection[..., :3]
    conics = []
    for radius, height in ((start, 0 * length), (end, length)):
        centre = projection[..., 3] + linear[..., 2] * height[:, None]
        spread = linear * radius[:, None, None]
        conics.append(centre[..., :, None] * centre[..., None, :] - spread @ np.swapaxes(spread, -1, -2))
    conic = np.stack(conics, axis=2)
    conic /= conic[..., 2:, 2:]
    centre = conic[..., :2, 2]
    return centre, centre[..., :, None] * centre[..., None, :] - conic[..., :2, :2]


def _bounds(
    centres: Array, shapes: Array, picture_rows: int
) -> tuple[Array, Array, Array, NDArray[np.int64], NDArray[np.bool_]]:
    """Lines that enclose the hull of two ellipses, tight across the solid's axis, and the rows they span."""
    axis = centres[..., 1, :] - centres[..., 0, :]
    angle = np.arctan2(axis[..., 1], axis[..., 0])[..., None] + np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
    normals = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    # A line must cut a row in one point: horizontal outlines are left to the row limits below.
    flat = np.abs(normals[..., 0]) < 1e-4
    normals[..., 0] = np.where(flat, 1e-4, normals[..., 0])
    normals *= np.sign(normals[..., :1])

    def extent(directions: Array) -> tuple[Array, Array]:
        middle = np.einsum("tnki,tnei->tnek", directions, centres)
        squared = np.einsum("tnki,tneij,tnkj->tnek", directions, shapes, directions)
        reach = np.sqrt(np.maximum(squared, 0.0))
        return (middle - reach).min(2), (middle + reach).max(2)

    margin = MARGIN_PX * np.linalg.norm(normals, axis=-1)
    low, high = extent(normals)
    vertical = np.broadcast_to(np.array([0.0, 1.0]), (*normals.shape[:2], 1, 2))
    top, bottom = extent(vertical)
    limits = np.stack([np.ceil(top[..., 0] - MARGIN_PX), np.floor(bottom[..., 0] + MARGIN_PX)], axis=-1)
    limits[..., 0] = np.clip(limits[..., 0], 0, picture_rows)
    limits[..., 1] = np.clip(limits[..., 1], -1, picture_rows - 1)
    thin = (high - low).min(-1) < _THIN_PX * 2
    return normals, low - margin, high + margin, limits.astype(np.int64), thin
