"""Rotations and two-bone inverse kinematics on stacks of frames.

World axes: x is where the actor faces, y is the actor's left, z is up; metres and radians. A rotation is a
matrix whose columns are the images of the three axes, so `rotation @ local` is a world vector. Leading
axes broadcast.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def unit(vectors: ArrayLike) -> Array:
    """Vectors `(..., 3)` scaled to length one."""
    stack = np.asarray(vectors, dtype=np.float64)
    return np.asarray(stack / np.linalg.norm(stack, axis=-1, keepdims=True))


def vector(x: ArrayLike, y: ArrayLike, z: ArrayLike) -> Array:
    """Three broadcastable components as one array `(..., 3)`."""
    return np.stack(np.broadcast_arrays(*(np.asarray(c, dtype=np.float64) for c in (x, y, z))), axis=-1)


def _rotation(angle_rad: ArrayLike, axis: int) -> Array:
    angle = np.asarray(angle_rad, dtype=np.float64)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros((*angle.shape, 3, 3))
    matrix[..., axis, axis] = 1.0
    matrix[..., first, first] = matrix[..., second, second] = np.cos(angle)
    matrix[..., second, first] = np.sin(angle)
    matrix[..., first, second] = -np.sin(angle)
    return matrix


def about_y(angle_rad: ArrayLike) -> Array:
    """Rotations `(..., 3, 3)` about y; a positive angle turns z towards x (an upright body bows forward)."""
    return _rotation(angle_rad, 1)


def about_z(angle_rad: ArrayLike) -> Array:
    """Rotations `(..., 3, 3)` about z; a positive angle turns x towards y (an upright body turns left)."""
    return _rotation(angle_rad, 2)


def apply(rotation: Array, vectors: ArrayLike) -> Array:
    """`rotation (..., 3, 3)` times `vectors (..., 3)`, broadcast over the leading axes."""
    return np.asarray((rotation @ np.asarray(vectors, dtype=np.float64)[..., None])[..., 0])


def frame_along(axis: ArrayLike, x_hint: ArrayLike) -> Array:
    """Rotations whose third column is `axis` and whose first column is as near to `x_hint` as that allows."""
    third = unit(axis)
    second = unit(np.cross(third, np.broadcast_to(np.asarray(x_hint, dtype=np.float64), third.shape)))
    return np.stack([np.cross(second, third), second, third], axis=-1)


def two_bone(
    root: Array, target: Array, upper_m: float, lower_m: float, pole: Array
) -> tuple[Array, Array, Array]:
    """Middle joint, end and hinge axis of a chain from `root` that reaches for `target`, bent towards `pole`.

    All arrays `(..., 3)`. The hinge is square to both bones, whatever the bend. A target out of reach is
    approached as far as the bones go, so the end that is returned is the one to draw; a caller for whom
    the contact matters compares it with the target.
    """
    offset = target - root
    wanted = np.linalg.norm(offset, axis=-1, keepdims=True)
    along = offset / wanted
    reach = np.clip(wanted, abs(upper_m - lower_m) * 1.001 + 1e-6, (upper_m + lower_m) * 0.9999)
    foot = (reach**2 + upper_m**2 - lower_m**2) / (2 * reach)
    height = np.sqrt(np.maximum(upper_m**2 - foot**2, 0.0))
    sideways = unit(pole - (pole * along).sum(-1, keepdims=True) * along)
    return root + along * foot + sideways * height, root + along * reach, np.cross(along, sideways)
