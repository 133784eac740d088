"""Paint of all solids of a clip in one picture, with the shading baked in.

Shading is fixed to the surface: each solid is lit as in its mean orientation over the clip. Light that
stayed put in the world would wander over a turning limb, and pixels would no longer move as the surface
does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from stimuli.synthetic.kinematics import Array
from stimuli.synthetic.shapes import TILE_SHAPE, Solid, surface_grid

_COLUMNS = 8
_GREY = 0.6


@dataclass(frozen=True)
class Light:
    """Unit vectors towards the lamp (or sun) and the camera, and how strong the lamp is against the
    surroundings.
    """

    towards: Array
    viewer: Array
    contrast: float


@dataclass(frozen=True)
class Atlas:
    """Tiles with one wrapped column on either side; `lookup (4, n)`: left, top, lowest height, texels per
    height.
    """

    picture: NDArray[np.uint8]
    lookup: NDArray[np.float32]

    def colours(self, solid: NDArray[np.int64], point: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Colours `(n, 3)` at unsquashed points `(3, n)` of solids, bilinear between texels."""
        left, top, low, per_height = np.take(self.lookup, solid, axis=1)
        columns = TILE_SHAPE[1]
        u = (
            left
            + np.arctan2(point[1], point[0]) * np.float32(columns / (2 * np.pi))
            + np.float32(columns / 2 + 0.5)
        )
        v = top + (point[2] - low) * per_height
        # OpenCV maps pictures, not lists: fold the list into lines shorter than its limit of 32767.
        width = 512
        lines = -(-len(u) // width)
        folded = np.zeros((2, lines * width), dtype=np.float32)
        folded[0, : len(u)], folded[1, : len(u)] = u, v
        maps = folded.reshape(2, lines, width)
        colours = cv2.remap(self.picture, maps[0], maps[1], cv2.INTER_LINEAR)
        return np.asarray(colours.reshape(-1, 3)[: len(u)], dtype=np.uint8)


def bake(solids: Sequence[Solid], light: Light) -> Atlas:
    """The atlas of some solids."""
    rows, columns = TILE_SHAPE
    lines = -(-len(solids) // _COLUMNS)
    picture = np.zeros((lines * rows, _COLUMNS * (columns + 2), 3), dtype=np.uint8)
    lookup = np.zeros((4, len(solids)), dtype=np.float32)
    for i, solid in enumerate(solids):
        top, left = i // _COLUMNS * rows, i % _COLUMNS * (columns + 2)
        _, normals = surface_grid(solid)
        paint = (
            solid.albedo if solid.albedo is not None else np.full((rows, columns, 3), _GREY, dtype=np.float32)
        )
        tile = np.clip(paint * shade(normals, solid.rotation.mean(0), light)[..., None], 0, 1) * 255
        tile = np.concatenate([tile[:, -1:], tile, tile[:, :1]], axis=1)
        picture[top : top + rows, left : left + columns + 2] = np.rint(tile)
        low, high = solid.axis_range
        # Half a texel in from the tile's ends, so that no colour of a neighbouring tile bleeds in.
        lookup[:, i] = left, top + 0.02, low, (rows - 1.04) / (high - low)
    return Atlas(picture, lookup)


def shade(normals: Array, mean_rotation: Array, light: Light) -> Array:
    """Brightness of surface elements with local unit normals `(..., 3)`; about 1 where lamp and viewer both
    see them.

    `mean_rotation` need not be a rotation: the mean over a turning limb is shorter, and its shading is
    milder.
    """
    lamp, viewer = mean_rotation.T @ light.towards, mean_rotation.T @ light.viewer
    wrapped = 0.5 + 0.5 * (normals @ lamp)
    facing = np.clip(normals @ viewer, 0, 1)
    return np.asarray((1 - light.contrast + light.contrast * 1.25 * wrapped**1.3) * (0.80 + 0.22 * facing))
