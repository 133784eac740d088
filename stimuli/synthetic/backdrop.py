"""The room or garden behind the actor: floor, wall or sky, and clutter, painted once per group.

The camera only turns and zooms, so one picture, a little larger than the frame, holds all it will ever see
of what stands still; every frame is a warp of it. It is drawn at twice its size and reduced, so far floor
does not shimmer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from stimuli.synthetic.camera import CENTRE_PX, FRAME_SHAPE, CameraPath, View, fixed
from stimuli.synthetic.kinematics import Array
from stimuli.synthetic.render import Backdrop, trace
from stimuli.synthetic.shapes import Solid
from stimuli.synthetic.silhouettes import track
from stimuli.synthetic.surfaces import Floor, Wall
from stimuli.synthetic.texture_atlas import Light, bake

BORDER_PX = 28
"""How far the picture reaches beyond the frame: more than pan, shake and zoom ever need."""

_ZOOM = 1.25
_SUPERSAMPLE = 2


@dataclass(frozen=True)
class Setting:
    """Geometry of a scene: a level floor, and an upright wall or a painted distance.

    The wall lies `wall_distance_m` from the origin, along the camera's heading turned by `wall_turn_rad`.
    No shadow falls on the floor: a moving one would not move as the floor does, and a still one would
    outline the action in a background of its own.
    """

    floor: Floor
    wall: Wall
    wall_distance_m: float
    wall_turn_rad: float


def picture_shape() -> tuple[int, int]:
    """Rows and columns of a backdrop's picture."""
    rows, columns = FRAME_SHAPE
    return round((rows + 2 * BORDER_PX) * _ZOOM), round((columns + 2 * BORDER_PX) * _ZOOM)


def _picture_to_frame() -> NDArray[np.float64]:
    """Homogeneous picture pixels to pixels of the view's own frame."""
    return np.array([[1 / _ZOOM, 0, -BORDER_PX], [0, 1 / _ZOOM, -BORDER_PX], [0, 0, 1.0]])


def _fine_camera(view: View) -> CameraPath:
    """The view's camera with the picture's field and twice its resolution."""
    rows, columns = picture_shape()
    factor = _ZOOM * _SUPERSAMPLE
    centre = tuple((c + BORDER_PX) * factor + (_SUPERSAMPLE - 1) / 2 for c in CENTRE_PX)
    return replace(
        fixed(view),
        focal_px=np.array([view.focal_px * factor]),
        shape=(rows * _SUPERSAMPLE, columns * _SUPERSAMPLE),
        centre_px=(centre[0], centre[1]),
    )


def paint_backdrop(view: View, setting: Setting, clutter: Sequence[Solid], light: Light) -> NDArray[np.uint8]:
    """Floor, wall and clutter as the view sees them."""
    camera = _fine_camera(view)
    colour = _paint_planes(view, setting, camera)
    if clutter:
        hits, _ = trace(track(clutter, camera), 0)
        colour.reshape(-1, 3)[hits.pixel] = bake(clutter, light).colours(hits.solid, hits.point) / np.float32(
            255
        )
    size = picture_shape()
    small = cv2.resize(np.clip(colour, 0, 1), (size[1], size[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(np.rint(small * 255), dtype=np.uint8)


def _paint_planes(view: View, setting: Setting, camera: CameraPath) -> NDArray[np.float32]:
    rows, columns = camera.shape
    x, y = np.arange(columns), np.arange(rows)
    to_ray = np.linalg.inv(camera.to_pixels[0])
    ray = [to_ray[i, 0] * x[None, :] + to_ray[i, 1] * y[:, None] + to_ray[i, 2] for i in range(3)]

    heading = view.yaw_rad + setting.wall_turn_rad
    normal, along = (
        np.array([np.cos(heading), np.sin(heading)]),
        np.array([-np.sin(heading), np.cos(heading)]),
    )
    approach = ray[0] * normal[0] + ray[1] * normal[1]
    reach = (setting.wall_distance_m - float(view.position[:2] @ normal)) / np.maximum(approach, 1e-6)
    drop = np.where(ray[2] < -1e-6, -view.position[2] / np.minimum(ray[2], -1e-6), np.inf)
    on_floor = drop < reach
    colour = np.empty((rows, columns, 3), dtype=np.float32)

    def spot(depth: Array, mask: NDArray[np.bool_]) -> list[Array]:
        return [view.position[i] + ray[i][mask] * depth[mask] for i in range(3)]

    fx, fy, _ = spot(drop, on_floor)
    colour[on_floor] = setting.floor.colours(fx, fy)
    wx, wy, wz = spot(reach, ~on_floor)
    colour[~on_floor] = setting.wall.colours(wx * along[0] + wy * along[1], wz)
    return colour


def hang(picture: NDArray[np.uint8], view: View, camera: CameraPath) -> Backdrop:
    """The picture as a camera path sees it that starts from the same place as the view."""
    frame_to_picture = np.linalg.inv(_picture_to_frame()) @ fixed(view).to_pixels[0]
    return Backdrop(picture, np.asarray(frame_to_picture @ np.linalg.inv(camera.to_pixels)))
