"""Actions on the floor: jumping jacks, lunges, push-ups.

Each takes an actor, a style and the phase in cycles, `(T,)`, and gives a `Motion` about the world's
origin, facing x.
"""

from __future__ import annotations

import numpy as np

from stimuli.synthetic.body import (
    FOOT_FLATNESS,
    SIDES,
    Pose,
    Proportions,
    hips_of,
    neck_of,
    shoulders_of,
)
from stimuli.synthetic.kinematics import Array, about_y, about_z, apply, unit, vector
from stimuli.synthetic.motion import Motion, Style, mirrored, pairs, ramp, still, stroke


def jumping_jack(body: Proportions, style: Style, phase: Array) -> Motion:
    """Arms rise sideways overhead while the feet jump apart and back: two hops a cycle."""
    frames, a = len(phase), style.amplitude
    open_ = stroke(phase)
    arm = np.radians(style.pick(0, 8, 17) + (style.pick(1, 150, 172) * a - 15) * open_)
    spread = np.radians(style.pick(2, 1, 3) + style.pick(3, 19, 28) * a * open_)
    airborne = np.sin(2 * np.pi * phase) ** 2
    hop = style.pick(4, 0.05, 0.11) * a * airborne
    leg = body.leg_m * (0.965 + 0.02 * airborne)
    upright = still(np.eye(3), frames)
    ankles = mirrored(0.0, body.hip_half_m + leg * np.sin(spread), body.ankle_height_m + hop, frames)
    pelvis = vector(0.0, 0.0, body.ankle_height_m + hop + leg * np.cos(spread))
    shoulders = shoulders_of(body, neck_of(body, pelvis, upright, upright), upright)
    direction = mirrored(0.0, np.sin(arm), -np.cos(arm), frames)
    # Toes may point down by no more than the hop leaves room for.
    pointed = np.arcsin(np.clip(0.7 * hop / (0.75 * body.foot_m), 0, 0.6))
    turned_out = about_z(SIDES * np.radians(12))
    return Motion(
        Pose(
            pelvis=pelvis,
            pelvis_rotation=upright,
            chest_rotation=upright,
            head_rotation=upright,
            wrists=shoulders + direction * body.arm_m * 0.975,
            elbow_poles=mirrored(-1.0, 0.25, 0.0, frames),
            fingers=direction,
            palms=mirrored(1.0, 0.0, 0.0, frames),
            ankles=ankles,
            knee_poles=mirrored(1.0, 0.3, 0.0, frames),
            foot_rotation=turned_out[None] @ about_y(pointed)[:, None],
        )
    )


def lunges(body: Proportions, style: Style, phase: Array) -> Motion:
    """A long step forward, both knees to about a right angle, and back to standing; always the same leg
    leads.
    """
    frames, a = len(phase), style.amplitude
    cycle = phase % 1.0
    step_share = ramp(0.06, 0.34, cycle) - ramp(0.68, 0.96, cycle)
    lifted = np.where(cycle < 0.5, ramp(0.06, 0.34, cycle), step_share)
    sink = ramp(0.20, 0.50, cycle) - ramp(0.52, 0.80, cycle)
    step = style.pick(0, 0.92, 1.08) * a * body.leg_m

    front_ankle = vector(
        step * step_share,
        0.0,
        body.ankle_height_m + 0.10 * np.sin(np.pi * np.clip(lifted, 0, 1)) ** 2,
    )
    toe = body.toe_centre_m
    heel_rise = np.radians(62) * np.clip(0.45 * step_share + 0.55 * sink, 0, 1)
    rear_foot = about_y(heel_rise)
    # The rear foot rolls over its toes, which stay where they are.
    rear_ankle = toe - apply(rear_foot, toe) + vector(0.0, 0.0, body.ankle_height_m)
    # The flattened toe stands higher on its edge than on its sole.
    on_edge = np.hypot(FOOT_FLATNESS * np.cos(heel_rise), np.sin(heel_rise)) - FOOT_FLATNESS
    rear_ankle[:, 2] += on_edge * body.toe_radius_m

    pelvis_x = (0.50 * step_share + 0.02 * sink) * step
    knee_drop = 0.40 * body.leg_m * a
    reach = 0.972 * body.leg_m
    tops = [
        foot[:, 2] + np.sqrt(np.maximum(reach**2 - (foot[:, 0] - pelvis_x) ** 2, 0.01))
        for foot in (front_ankle, rear_ankle)
    ]
    # A smooth minimum: with a hard one the pelvis would jerk where the other leg becomes the shorter one.
    softness = 0.02
    highest = -softness * np.log(sum(np.exp(-top / softness) for top in tops) / 2) - 0.01
    bottom = body.ankle_height_m + body.shin_m * 1.02
    drop = np.minimum(knee_drop, np.maximum(highest - bottom, 0.0))
    pelvis = vector(pelvis_x, 0.0, highest - drop * sink)

    side = 1 if style.traits[1] < 0.5 else -1
    apart = vector(0.0, SIDES * body.hip_half_m * 1.15, 0.0)
    front_is_left = side > 0
    ankles = pairs(front_ankle, rear_ankle) if front_is_left else pairs(rear_ankle, front_ankle)
    flat = still(np.eye(3), frames)
    feet = pairs(flat, rear_foot) if front_is_left else pairs(rear_foot, flat)
    upright = still(np.eye(3), frames)
    chest = about_y(np.radians(style.pick(2, 1, 7)) * (0.3 + sink))
    shoulders = shoulders_of(body, neck_of(body, pelvis, upright, chest), chest)
    wrists, poles, fingers, palms = _lunge_arms(body, style, pelvis, shoulders, sink)
    return Motion(
        Pose(
            pelvis=pelvis,
            pelvis_rotation=upright,
            chest_rotation=chest,
            head_rotation=upright,
            wrists=wrists,
            elbow_poles=poles,
            fingers=fingers,
            palms=palms,
            ankles=ankles + apart,
            knee_poles=mirrored(1.0, 0.06, 0.0, frames),
            foot_rotation=feet,
        )
    )


def _lunge_arms(
    body: Proportions, style: Style, pelvis: Array, shoulders: Array, sink: Array
) -> tuple[Array, Array, Array, Array]:
    """Wrists, elbow poles, fingers and palms: hands on the hips, or hanging by the sides."""
    frames = len(sink)
    if style.traits[3] < 0.6:
        beside = body.hip_half_m + 0.105 * body.girth
        wrists = pelvis[:, None] + mirrored(-0.01, beside, 0.12, frames)
        return (
            wrists,
            mirrored(-0.5, 1.0, 0.0, frames),
            unit(mirrored(0.85, -0.15, -0.45, frames)),
            mirrored(0.0, 1.0, 0.0, frames),
        )
    swing = np.radians(8 + 16 * sink)
    down = mirrored(np.sin(swing), 0.14, -np.cos(swing), frames)
    down = unit(down)
    return (
        shoulders + down * body.arm_m * 0.955,
        mirrored(-1.0, 0.3, 0.0, frames),
        down,
        mirrored(0.0, 1.0, 0.0, frames),
    )


def push_ups(body: Proportions, style: Style, phase: Array) -> Motion:
    """A plank that turns about the toes (or the knees) while the hands stay on the floor."""
    frames, a = len(phase), style.amplitude
    kneeling = style.traits[0] < 0.3
    hinge_height, to_neck = _plank(body, kneeling)
    # Neck height follows from the plank's angle; `lead` is the angle of the neck above the plank's axis.
    radius, lead = np.hypot(to_neck[0], to_neck[2]), np.arctan2(to_neck[0], to_neck[2])
    wrist_height = 0.035 * body.girth + 0.03
    grip = body.shoulder_half_m * style.pick(1, 1.25, 1.65)
    outward = grip - body.shoulder_half_m
    top = wrist_height + np.sqrt((0.975 * body.arm_m) ** 2 - outward**2)
    low = 0.175 * body.girth + 0.05
    heights = top - (top - low) * a * stroke(phase, 1.0)
    tilt = lead + np.arcsin((heights - hinge_height) / radius)
    top_tilt = lead + np.arcsin((top - hinge_height) / radius)
    trunk = about_y(np.pi / 2 - tilt)
    hinge = vector(0.0, 0.0, hinge_height)
    neck = hinge + apply(trunk, to_neck)
    hands_x = float((about_y(np.pi / 2 - top_tilt) @ to_neck)[0]) - 0.02
    # The figure is centred on the origin so that cameras find it there.
    shift = vector(-0.5 * hands_x, 0.0, 0.0)
    pelvis = neck - apply(trunk, vector(0, 0, body.torso_m)) + shift
    hips = hips_of(body, pelvis, trunk)
    if kneeling:
        raised = np.radians(style.pick(2, 12, 50))
        ankles = hips + apply(trunk, vector(0, 0, -body.thigh_m))[:, None]
        ankles = ankles + body.shin_m * vector(-np.cos(raised), 0.0, np.sin(raised))
        sole = about_y(np.pi / 2 + raised - 0.0) @ about_y(np.radians(35))
        feet = np.broadcast_to(sole, (frames, 2, 3, 3)).copy()
    else:
        ankles = hips + apply(trunk, vector(0, 0, -_STRAIGHT * body.leg_m))[:, None]
        feet = np.stack([trunk @ about_y(_ON_TOES_RAD)] * 2, axis=1)
    wrists = np.broadcast_to(
        vector(hands_x - body.palm_m, SIDES * grip, wrist_height) + shift, (frames, 2, 3)
    )
    flare = style.pick(3, 0.35, 1.0)
    return Motion(
        Pose(
            pelvis=pelvis,
            pelvis_rotation=trunk,
            chest_rotation=trunk,
            head_rotation=trunk @ about_y(-np.radians(style.pick(4, 10, 40))),
            wrists=wrists.copy(),
            elbow_poles=mirrored(-1.0, flare, 0.45, frames),
            fingers=unit(mirrored(1.0, 0.0, -0.32, frames)),
            palms=mirrored(0.0, 0.0, 1.0, frames),
            ankles=ankles,
            knee_poles=apply(trunk[:, None], mirrored(1.0, 0.05, 0.0, frames)),
            foot_rotation=feet,
        )
    )


_STRAIGHT = 0.995
"""How far legs are stretched that pass for straight: at 1 the knee would have no side to bend to."""
_ON_TOES_RAD = float(np.radians(28))


def _plank(body: Proportions, kneeling: bool) -> tuple[float, Array]:
    """Height of the hinge above the floor, and the neck seen from it in the trunk's frame."""
    if kneeling:
        return 0.062 * body.girth, vector(0.0, 0.0, body.thigh_m + body.torso_m)
    to_ankle = -apply(about_y(_ON_TOES_RAD), body.toe_centre_m)
    return body.toe_radius_m, to_ankle + vector(0.0, 0.0, _STRAIGHT * body.leg_m + body.torso_m)
