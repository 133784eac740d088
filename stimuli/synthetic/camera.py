"""The camera: placed once per group so that the whole action fits, then pans, zooms and shakes a little.

Pixel (column, row) has its centre at whole numbers, as in OpenCV. The camera turns and zooms but does not
travel: everything that stands still then moves by one homography, and there is no parallax to uncover.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stimuli.synthetic.kinematics import Array

FRAME_SHAPE = (240, 320)
"""Rows and columns of a frame."""

_STEADY_SHARE = 0.90
"""Share of the picture, about its middle, that pan, zoom and shake never push out of the frame."""

CENTRE_PX = ((FRAME_SHAPE[1] - 1) / 2, (FRAME_SHAPE[0] - 1) / 2)


@dataclass(frozen=True)
class View:
    """Where a camera stands and looks: position in metres, angles in radians, focal length in pixels."""

    position: Array
    yaw_rad: float
    pitch_rad: float
    roll_rad: float
    focal_px: float


@dataclass(frozen=True)
class CameraPath:
    """A camera over T frames: `rotation (T, 3, 3)` world to camera (x right, y down, z ahead), `focal_px
    (T,)`.

    `shape` is rows and columns of its picture, `centre_px` the column and row it looks at.
    """

    position: Array
    rotation: Array
    focal_px: Array
    shape: tuple[int, int] = FRAME_SHAPE
    centre_px: tuple[float, float] = CENTRE_PX

    @property
    def intrinsics(self) -> Array:
        """Camera to pixel matrices `(T, 3, 3)`."""
        matrix = np.zeros((len(self.focal_px), 3, 3))
        matrix[:, 0, 0] = matrix[:, 1, 1] = self.focal_px
        matrix[:, 0, 2], matrix[:, 1, 2] = self.centre_px
        matrix[:, 2, 2] = 1.0
        return matrix

    @property
    def to_pixels(self) -> Array:
        """World directions from the camera to homogeneous pixels `(T, 3, 3)`."""
        return np.asarray(self.intrinsics @ self.rotation)

    def project(self, points: Array) -> Array:
        """Pixels `(T, N, 2)` of world points `(N, 3)` or `(T, N, 3)`."""
        rays = (points - self.position) @ np.swapaxes(self.to_pixels, -1, -2)
        return np.asarray(rays[..., :2] / rays[..., 2:])


def orientation(yaw_rad: Array, pitch_rad: Array, roll_rad: Array) -> Array:
    """World-to-camera rotations: heading `yaw` from world x towards y, `pitch` up, `roll` clockwise in the
    picture.
    """
    yaw, pitch, roll = np.broadcast_arrays(
        *(np.asarray(angle, dtype=np.float64) for angle in (yaw_rad, pitch_rad, roll_rad))
    )
    ahead = np.stack([np.cos(yaw) * np.cos(pitch), np.sin(yaw) * np.cos(pitch), np.sin(pitch)], -1)
    right = np.stack([np.sin(yaw), -np.cos(yaw), np.zeros_like(yaw)], -1)
    down = np.cross(ahead, right)
    cosine, sine = np.cos(roll)[..., None], np.sin(roll)[..., None]
    return np.stack([cosine * right + sine * down, cosine * down - sine * right, ahead], axis=-2)


def fixed(view: View) -> CameraPath:
    """The camera of a view, holding still for one frame."""
    rotation = orientation(*(np.array([angle]) for angle in (view.yaw_rad, view.pitch_rad, view.roll_rad)))
    return CameraPath(view.position, rotation, np.array([view.focal_px]))


def place(points: Array, azimuth_rad: float, fill: float, rng: np.random.Generator) -> View:
    """A view from `azimuth_rad` in which all `points (N, 3)` lie inside the picture and take up the share
    `fill` of it.

    The camera's height is chosen so that the horizon lies in a row whose distribution is the same for
    every action: else the share of floor in a single frame would tell push-ups from pull-ups.
    """
    rows, columns = FRAME_SHAPE
    size = np.array([columns, rows])
    focal = float(rng.uniform(330, 430))
    horizon_row = rng.uniform(70, 120)
    aside, lowered = rng.uniform(-0.8, 0.8), rng.uniform(0.5, 1.0)
    roll = float(rng.normal(0, np.radians(0.8)))
    toward = np.array([np.cos(azimuth_rad), np.sin(azimuth_rad), 0.0])
    middle = (points.min(0) + points.max(0)) / 2
    distance, height, yaw, pitch = 4.0, float(middle[2]), azimuth_rad + np.pi, 0.0
    for _ in range(20):
        position = middle * [1, 1, 0] + toward * distance + [0, 0, height]
        view = View(position, yaw, pitch, roll, focal)
        pixels = fixed(view).project(points)[0]
        low, high = pixels.min(0), pixels.max(0)
        slack = np.maximum((_STEADY_SHARE * size - (high - low)) / 2, 0.0)
        goal = np.array(CENTRE_PX) + np.minimum(slack, 45.0) * [aside, lowered]
        miss = (low + high) / 2 - goal
        yaw -= float(np.arctan(miss[0] / focal))
        pitch -= float(np.arctan(miss[1] / focal))
        distance *= float(np.clip(((high - low) / (fill * size)).max(), 0.5, 2.0)) ** 0.8
        above = CENTRE_PX[1] + focal * np.tan(pitch) - horizon_row
        height = float(np.clip(height + 0.7 * above * distance / focal, 0.4, 2.2))
    return view


@dataclass(frozen=True)
class Handling:
    """How unsteadily a camera is held, fixed per group. Speeds stay below about 0.3 px a frame: more would
    rival the motion of a pull-up.
    """

    shake_px: float
    pan_px_s: float
    tilt_px_s: float
    zoom_per_s: float


def draw_handling(rng: np.random.Generator) -> Handling:
    """Tripod or hand; most cameras do not pan or zoom."""
    shake = float(rng.choice([0.0, rng.uniform(0.2, 0.9)], p=[0.3, 0.7]))
    pan = float(rng.uniform(-2.5, 2.5) * (rng.random() < 0.4))
    tilt = float(rng.uniform(-1.0, 1.0) * (rng.random() < 0.3))
    zoom = float(rng.uniform(-0.010, 0.010) * (rng.random() < 0.4))
    return Handling(shake, pan, tilt, zoom)


def film(view: View, handling: Handling, frames: int, fps: float, rng: np.random.Generator) -> CameraPath:
    """The view over a clip; pans and zooms pass through the group's view in mid-clip."""
    seconds: Array = (np.arange(frames, dtype=np.float64) - (frames - 1) / 2) / fps
    wander = _wander(seconds, rng) * handling.shake_px
    yaw = view.yaw_rad + (wander[0] + handling.pan_px_s * seconds) / view.focal_px
    pitch = view.pitch_rad + (wander[1] + handling.tilt_px_s * seconds) / view.focal_px
    roll = view.roll_rad + 0.4 * wander[2] / view.focal_px
    focal: Array = view.focal_px * (1 + handling.zoom_per_s * seconds)
    return CameraPath(view.position, orientation(yaw, pitch, roll), focal)


def _wander(seconds: Array, rng: np.random.Generator) -> Array:
    """Three smooth random paths `(3, T)` of about unit size: sums of sines between 0.3 and 1.5 Hz."""
    frequency = rng.uniform(0.3, 1.5, (3, 4, 1))
    phase = rng.uniform(0, 2 * np.pi, (3, 4, 1))
    weight = rng.normal(0, 1, (3, 4, 1)) / (1 + 2 * frequency)
    return np.asarray((weight * np.sin(2 * np.pi * frequency * seconds + phase)).sum(1))
