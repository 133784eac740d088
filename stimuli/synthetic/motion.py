"""What an action is made of: a style fixed per group, the pose over time and the props that move with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stimuli.synthetic.body import SIDES, Pose, Proportions
from stimuli.synthetic.kinematics import Array, about_y, apply, vector
from stimuli.synthetic.shapes import Solid

GRAVITY_M_S2 = 9.81


@dataclass(frozen=True)
class Style:
    """How one actor performs one action.

    `traits` are uniform in [0, 1) and mean something else in every action (grip, arms, knees ...);
    `amplitude` (0.8-1) scales the movement. `azimuth_rad` is the direction the camera films from: 0 in
    front, a quarter turn on the actor's left.
    """

    period_s: float
    amplitude: float
    traits: tuple[float, ...]
    azimuth_rad: float

    @property
    def camera_on_left(self) -> bool:
        """Whether the camera stands on the actor's left."""
        return float(np.sin(self.azimuth_rad)) > 0

    def pick(self, trait: int, low: float, high: float) -> float:
        """Trait number `trait`, mapped to `[low, high)`."""
        return low + (high - low) * self.traits[trait]


@dataclass(frozen=True)
class Motion:
    """An action over T frames: the actor's pose, and the solids that stand, hang or swing with it."""

    pose: Pose
    props: tuple[Solid, ...] = ()


def stroke(phase: Array, sharpness: float = 1.2) -> Array:
    """0 at whole phases, 1 at half ones, with rests at both ends and a finite speed between them.

    `phase` counts cycles. The hyperbolic tangent flattens a cosine; a power would move infinitely fast in
    mid-stroke.
    """
    return np.asarray(0.5 - 0.5 * np.tanh(sharpness * np.cos(2 * np.pi * phase)) / np.tanh(sharpness))


def ramp(low: float, high: float, x: Array) -> Array:
    """Smooth step (quintic, so that speed and acceleration are continuous) from 0 at `low` to 1 at `high`."""
    s = np.clip((x - low) / (high - low), 0.0, 1.0)
    return np.asarray(s**3 * (s * (6 * s - 15) + 10))


def still(rotation: Array, frames: int) -> Array:
    """One rotation repeated for every frame."""
    return np.array(np.broadcast_to(rotation, (frames, 3, 3)))


def pairs(left: Array, right: Array) -> Array:
    """Stacks a left and a right array along a new side axis, the second one."""
    return np.stack([left, right], axis=1)


def leg_chain(body: Proportions, hips: Array, frame: Array, thigh_rad: Array, knee_rad: Array) -> Array:
    """Ankles `(T, 2, 3)` of legs swung forward by `thigh_rad` and bent by `knee_rad`, in the plane of
    `frame`.
    """
    shin = thigh_rad - knee_rad
    local = body.thigh_m * vector(np.sin(thigh_rad), 0, -np.cos(thigh_rad)) + body.shin_m * vector(
        np.sin(shin), 0, -np.cos(shin)
    )
    return hips + apply(frame, local)[:, None]


def foot_below_shin(frame: Array, shin_rad: Array, pointed_rad: Array | float) -> Array:
    """Foot rotations `(T, 2, 3, 3)` square to a shin at `shin_rad` from `frame`'s downward axis, toes
    pointed.
    """
    foot = np.asarray(frame @ about_y(-shin_rad + pointed_rad))
    return np.stack([foot, foot], axis=1)


def mirrored(x: Array | float, y: Array | float, z: Array | float, frames: int) -> Array:
    """Vectors `(T, 2, 3)` that are mirror images of one another; `y` points away from the body."""
    x, y, z = (np.broadcast_to(np.asarray(c, dtype=np.float64), (frames,))[:, None] for c in (x, y, z))
    return vector(x, y * SIDES, z)
