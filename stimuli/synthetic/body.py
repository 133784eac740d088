"""The actor: proportions, pose and the eighteen or so solids of an articulated figure.

Segment lengths follow the usual fractions of stature (Drillis and Contini 1966, as tabulated by Winter,
*Biomechanics and Motor Control of Human Movement*), jittered per actor. Radii are a little generous: thin
figures proved hard to name at 320x240.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stimuli.synthetic.kinematics import Array, apply, frame_along, two_bone, vector
from stimuli.synthetic.shapes import Solid, ellipsoid, limb

SIDES = np.array([1.0, -1.0])
"""Sign of y for the left and the right side; every array with a side axis is in this order."""


@dataclass(frozen=True)
class Proportions:
    """Lengths of an actor in metres; `girth` multiplies every radius."""

    stature_m: float
    girth: float
    shoulder_half_m: float
    hip_half_m: float
    torso_m: float
    upper_arm_m: float
    forearm_m: float
    hand_m: float
    thigh_m: float
    shin_m: float
    ankle_height_m: float
    foot_m: float
    head_m: float
    hair: str

    @property
    def arm_m(self) -> float:
        """Shoulder to wrist, stretched."""
        return self.upper_arm_m + self.forearm_m

    @property
    def leg_m(self) -> float:
        """Hip to ankle, stretched."""
        return self.thigh_m + self.shin_m

    @property
    def toe_radius_m(self) -> float:
        """Radius of the toe sphere, before it is flattened."""
        return 0.040 * self.stature_m / 1.75

    @property
    def toe_centre_m(self) -> Array:
        """Centre of the toe sphere from the ankle in the foot's frame (forward, left, up)."""
        flat = self.toe_radius_m * FOOT_FLATNESS
        return vector(0.75 * self.foot_m - self.toe_radius_m, 0.0, flat - self.ankle_height_m)

    @property
    def palm_m(self) -> float:
        """Wrist to the middle of the hand."""
        return 0.45 * self.hand_m


FOOT_FLATNESS = 0.8
HAIR_STYLES = ("short", "full", "bun", "ponytail", "cap")


def draw_proportions(rng: np.random.Generator) -> Proportions:
    """An actor: stature 1.55-1.92 m, girth 0.95-1.2, segments within about 5 % of the average for the
    stature.
    """
    stature = rng.uniform(1.55, 1.92)

    def part(fraction: float, spread: float = 0.04) -> float:
        return float(stature * fraction * rng.uniform(1 - spread, 1 + spread))

    return Proportions(
        stature_m=float(stature),
        girth=float(rng.uniform(0.95, 1.2) * stature / 1.75),
        shoulder_half_m=part(0.112, 0.08),
        hip_half_m=part(0.054, 0.1),
        torso_m=part(0.288),
        upper_arm_m=part(0.184),
        forearm_m=part(0.150),
        hand_m=part(0.100),
        thigh_m=part(0.243),
        shin_m=part(0.243),
        ankle_height_m=part(0.045),
        foot_m=part(0.150),
        head_m=part(0.142),
        hair=str(rng.choice(HAIR_STYLES)),
    )


@dataclass(frozen=True)
class Pose:
    """What an action prescribes, over T frames. Rotations have the columns forward, left, up of their
    segment.

    `pelvis (T, 3)` lies midway between the hip joints. `wrists`, `ankles`, the poles (where elbows and
    knees point), `fingers` (wrist to finger tips) and `palms` (palm normal) are `(T, 2, 3)`,
    `foot_rotation` `(T, 2, 3, 3)`.
    """

    pelvis: Array
    pelvis_rotation: Array
    chest_rotation: Array
    head_rotation: Array
    wrists: Array
    elbow_poles: Array
    fingers: Array
    palms: Array
    ankles: Array
    knee_poles: Array
    foot_rotation: Array


@dataclass(frozen=True)
class Joints:
    """World positions that follow from a pose: `(T, 3)` on the midline, `(T, 2, 3)` for pairs; and the unit
    axes about which elbows and knees bend.
    """

    waist: Array
    neck: Array
    shoulders: Array
    elbows: Array
    wrists: Array
    elbow_hinges: Array
    hips: Array
    knees: Array
    ankles: Array
    knee_hinges: Array


_INSET_M = 0.0008
"""How much slimmer a limb's second segment begins: joint balls of one size would show through one another."""

LUMBAR_SHARE = 0.3
"""Where the back bends: share of the torso below the waist."""


def hips_of(body: Proportions, pelvis: Array, pelvis_rotation: Array) -> Array:
    """Hip joints `(T, 2, 3)`."""
    return pelvis[:, None] + apply(pelvis_rotation[:, None], vector(0, SIDES * body.hip_half_m, 0))


def neck_of(body: Proportions, pelvis: Array, pelvis_rotation: Array, chest_rotation: Array) -> Array:
    """Midpoint `(T, 3)` of the shoulder joints."""
    lower = apply(pelvis_rotation, vector(0, 0, LUMBAR_SHARE * body.torso_m))
    return pelvis + lower + apply(chest_rotation, vector(0, 0, (1 - LUMBAR_SHARE) * body.torso_m))


def pelvis_below(body: Proportions, neck: Array, pelvis_rotation: Array, chest_rotation: Array) -> Array:
    """The pelvis that puts the midpoint of the shoulders at `neck (T, 3)`."""
    origin = np.zeros_like(neck)
    return neck - neck_of(body, origin, pelvis_rotation, chest_rotation)


def shoulders_of(body: Proportions, neck: Array, chest_rotation: Array) -> Array:
    """Shoulder joints `(T, 2, 3)`."""
    return neck[:, None] + apply(chest_rotation[:, None], vector(0, SIDES * body.shoulder_half_m, 0))


def solve(body: Proportions, pose: Pose) -> Joints:
    """Joint positions; wrists and ankles come as near to the pose's targets as the limbs reach."""
    neck = neck_of(body, pose.pelvis, pose.pelvis_rotation, pose.chest_rotation)
    shoulders = shoulders_of(body, neck, pose.chest_rotation)
    hips = hips_of(body, pose.pelvis, pose.pelvis_rotation)
    arms = two_bone(shoulders, pose.wrists, body.upper_arm_m, body.forearm_m, pose.elbow_poles)
    legs = two_bone(hips, pose.ankles, body.thigh_m, body.shin_m, pose.knee_poles)
    waist = pose.pelvis + apply(pose.pelvis_rotation, vector(0, 0, LUMBAR_SHARE * body.torso_m))
    return Joints(waist, neck, shoulders, *arms, hips, *legs)


def figure(body: Proportions, pose: Pose) -> tuple[Solid, ...]:
    """The unpainted solids of the actor in a pose."""
    joints = solve(body, pose)
    return (
        *_trunk(body, pose, joints),
        *_head(body, pose, joints),
        *_arms(body, pose, joints),
        *_legs(body, pose, joints),
    )


def _trunk(body: Proportions, pose: Pose, joints: Joints) -> list[Solid]:
    g, torso = body.girth, body.torso_m
    forward = pose.pelvis_rotation[..., 0]
    chest_up, chest_forward = pose.chest_rotation[..., 2], pose.chest_rotation[..., 0]
    hip_width, chest_width = body.hip_half_m + 0.075 * g, body.shoulder_half_m - 0.028 * g
    pelvis_up = pose.pelvis_rotation[..., 2]
    return [
        ellipsoid(
            "pelvis", (0.115 * g, hip_width, 0.115 * g), pose.pelvis_rotation, pose.pelvis + 0.02 * pelvis_up
        ),
        limb(
            "abdomen",
            pose.pelvis + 0.06 * pelvis_up,
            joints.waist + 0.02 * pelvis_up,
            hip_width * 0.94,
            hip_width * 0.9,
            forward,
            (0.72, 1.0),
        ),
        limb(
            "chest",
            joints.waist + 0.02 * chest_up,
            joints.waist + chest_up * ((1 - LUMBAR_SHARE) * torso - 0.5 * chest_width),
            hip_width * 0.9,
            chest_width,
            chest_forward,
            (0.70, 1.0),
        ),
        limb("neck", joints.neck, joints.neck + 0.085 * chest_up, 0.066 * g, 0.052 * g, chest_forward),
    ]


def _head(body: Proportions, pose: Pose, joints: Joints) -> list[Solid]:
    half = body.head_m / 2
    rotation = pose.head_rotation
    # The head turns about the top of the neck, which belongs to the chest.
    pivot = joints.neck + apply(pose.chest_rotation, vector(0.0, 0, 0.075))
    centre = pivot + apply(rotation, vector(0.12 * half, 0, 0.95 * half))

    def at(x: float, z: float) -> Array:
        return centre + apply(rotation, vector(x * half, 0, z * half))

    parts = [
        ellipsoid("head", (0.82 * half, 0.70 * half, half), rotation, centre),
        ellipsoid("nose", (0.16 * half, 0.12 * half, 0.17 * half), rotation, at(0.82, -0.12)),
    ]
    match body.hair:
        case "short":
            parts.append(
                ellipsoid("hair", (0.84 * half, 0.78 * half, 0.80 * half), rotation, at(-0.16, 0.33))
            )
        case "cap":
            parts.append(ellipsoid("hat", (0.90 * half, 0.80 * half, 0.62 * half), rotation, at(-0.04, 0.52)))
            parts.append(ellipsoid("brim", (0.55 * half, 0.60 * half, 0.08 * half), rotation, at(0.80, 0.48)))
        case _:
            parts.append(ellipsoid("hair", (0.86 * half, 0.84 * half, 1.0 * half), rotation, at(-0.22, 0.16)))
    if body.hair == "bun":
        parts.append(
            ellipsoid("hair_knot", (0.36 * half, 0.36 * half, 0.36 * half), rotation, at(-0.75, 0.95))
        )
    if body.hair == "ponytail":
        tail = apply(rotation, vector(-0.45, 0, -0.9))
        start = at(-0.9, 0.35)
        parts.append(
            limb("hair_tail", start, start + half * 1.3 * tail, 0.26 * half, 0.15 * half, rotation[..., 1])
        )
    return parts


def _arms(body: Proportions, pose: Pose, joints: Joints) -> list[Solid]:
    g = body.girth
    parts = []
    for side, name in enumerate(("left", "right")):
        shoulder, elbow, wrist = joints.shoulders[:, side], joints.elbows[:, side], joints.wrists[:, side]
        hinge = joints.elbow_hinges[:, side]
        fingers = pose.fingers[:, side]
        parts += [
            limb(f"{name}_upper_arm", shoulder, elbow, 0.060 * g, 0.046 * g, hinge),
            limb(f"{name}_forearm", elbow, wrist, 0.046 * g - _INSET_M, 0.033 * g, hinge),
            ellipsoid(
                f"{name}_hand",
                (0.026 * g, 0.044 * g, 0.58 * body.hand_m),
                frame_along(fingers, pose.palms[:, side]),
                wrist + body.palm_m * fingers,
            ),
        ]
    return parts


def _legs(body: Proportions, pose: Pose, joints: Joints) -> list[Solid]:
    g = body.girth
    parts = []
    toe = body.toe_centre_m
    heel = vector(-0.25 * body.foot_m + body.toe_radius_m, 0.0, toe[2])
    for side, name in enumerate(("left", "right")):
        hip, knee, ankle = joints.hips[:, side], joints.knees[:, side], joints.ankles[:, side]
        foot = pose.foot_rotation[:, side]
        hinge = joints.knee_hinges[:, side]
        parts += [
            limb(f"{name}_thigh", hip, knee, 0.088 * g, 0.060 * g, hinge),
            limb(f"{name}_shin", knee, ankle, 0.060 * g - _INSET_M, 0.041 * g, hinge),
            limb(
                f"{name}_foot",
                ankle + apply(foot, heel),
                ankle + apply(foot, toe),
                body.toe_radius_m,
                body.toe_radius_m,
                foot[..., 2],
                (FOOT_FLATNESS, 1.05),
            ),
        ]
    return parts
