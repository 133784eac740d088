"""Actions that hang from something: pull-ups and swinging, with the bar and the swing they need."""

from __future__ import annotations

import numpy as np

from stimuli.synthetic.body import Pose, Proportions, hips_of, neck_of, pelvis_below
from stimuli.synthetic.kinematics import Array, about_y, apply, vector
from stimuli.synthetic.motion import GRAVITY_M_S2, Motion, Style, foot_below_shin, leg_chain, mirrored, stroke
from stimuli.synthetic.shapes import Solid, limb

BAR_RADIUS_M = 0.021
ROPE_RADIUS_M = 0.016


def pull_ups(body: Proportions, style: Style, phase: Array) -> Motion:
    """Hands fixed to a bar, shoulders rise nearly to it, elbows go down and out, the legs hang."""
    frames, a = len(phase), style.amplitude
    grip = body.shoulder_half_m * style.pick(0, 1.2, 1.65)
    outward = grip - body.shoulder_half_m
    hang = float(np.sqrt((0.985 * body.arm_m) ** 2 - outward**2)) + body.palm_m
    top = body.palm_m + 0.07 + 0.06 * (1 - a) * 5
    rise = stroke(phase, 0.9)
    bar_height = hang + body.torso_m + body.leg_m + body.ankle_height_m + style.pick(1, 0.16, 0.30)
    back = np.radians(style.pick(2, 8, 16)) * rise
    chest = about_y(-back)
    pelvis_rotation = about_y(-0.6 * back)
    neck = vector(-0.03 - 0.16 * rise, 0.0, bar_height - (hang - (hang - top) * rise))
    pelvis = pelvis_below(body, neck, pelvis_rotation, chest)
    hips = hips_of(body, pelvis, pelvis_rotation)
    upward = np.sin(2 * np.pi * phase)
    thigh = np.radians(style.pick(3, 4, 24) + 5 * rise + 3 * upward)
    knee = np.radians(style.pick(4, 12, 85) + 8 * rise + 3 * upward)
    ankles = leg_chain(body, hips, about_y(np.zeros(frames)), thigh, knee)
    wrists = mirrored(0.0, grip, bar_height - body.palm_m, frames)
    pose = Pose(
        pelvis=pelvis,
        pelvis_rotation=pelvis_rotation,
        chest_rotation=chest,
        head_rotation=about_y(-0.5 * back - 0.12 + 0.1 * rise),
        wrists=wrists,
        elbow_poles=mirrored(-0.25, 1.0, -0.3, frames),
        fingers=mirrored(0.0, 0.0, 1.0, frames),
        palms=mirrored(1.0, 0.0, 0.0, frames),
        ankles=ankles,
        knee_poles=mirrored(1.0, 0.06, 0.0, frames),
        foot_rotation=foot_below_shin(about_y(np.zeros(frames)), thigh - knee, np.radians(35)),
    )
    return Motion(pose, _bar(bar_height, style.pick(5, 0.78, 1.05)))


def _bar(height: float, half_width: float) -> tuple[Solid, ...]:
    ends = [vector(0.0, sign * half_width, height)[None] for sign in (-1.0, 1.0)]
    x = vector(1.0, 0.0, 0.0)[None]
    posts = [
        limb("post", vector(0.0, end[0, 1], 0.045)[None], end + vector(0, 0, 0.03), 0.045, 0.045, x)
        for end in ends
    ]
    return (limb("bar", ends[0], ends[1], BAR_RADIUS_M, BAR_RADIUS_M, x), *posts)


def swing(body: Proportions, style: Style, phase: Array) -> Motion:
    """A seated pendulum that pumps: legs stretch and the trunk leans back on the way forward."""
    frames, a = len(phase), style.amplitude
    length = swing_length(style.period_s)
    seat_half = 0.026
    seated_leg = body.shin_m + body.ankle_height_m
    pivot_height = length + seated_leg + style.pick(0, 0.10, 0.22)
    angle = np.radians(style.pick(1, 28, 44)) * a * np.sin(2 * np.pi * phase)
    pump = 0.5 + 0.5 * np.tanh(1.3 * np.cos(2 * np.pi * (phase - 0.06))) / np.tanh(1.3)
    frame = about_y(-angle)
    pivot = vector(0.0, 0.0, pivot_height)

    lean = np.radians(3 + style.pick(2, 20, 30) * pump)
    pelvis_rotation = frame @ about_y(-0.8 * lean)
    chest = frame @ about_y(-lean)
    pelvis = pivot + apply(frame, vector(0.0, 0.0, -length + seat_half + 0.105 * body.girth))
    neck = neck_of(body, pelvis, pelvis_rotation, chest)
    hips = hips_of(body, pelvis, pelvis_rotation)
    thigh = np.radians(76 + 12 * pump)
    knee = np.radians(100 - style.pick(3, 68, 82) * pump)
    rope_half = body.shoulder_half_m + 0.035
    neck_above_seat = float(np.mean(apply(np.swapaxes(frame, -1, -2), neck - pivot)[:, 2])) + length
    hold = neck_above_seat - style.pick(4, 0.06, 0.16)
    fingers = apply(frame[:, None], mirrored(0.94, 0.0, 0.342, frames))
    held = pivot + apply(frame[:, None], mirrored(0.0, rope_half, -length + hold, frames))
    pose = Pose(
        pelvis=pelvis,
        pelvis_rotation=pelvis_rotation,
        chest_rotation=chest,
        head_rotation=frame @ about_y(-0.45 * lean + 0.06),
        wrists=held - body.palm_m * fingers,
        elbow_poles=apply(frame[:, None], mirrored(-0.3, 1.0, -0.9, frames)),
        fingers=fingers,
        palms=apply(frame[:, None], mirrored(0.0, 1.0, 0.0, frames)),
        ankles=leg_chain(body, hips, frame, thigh, knee),
        knee_poles=apply(frame[:, None], mirrored(0.7, 0.04, 1.0, frames)),
        foot_rotation=foot_below_shin(frame, thigh - knee, np.radians(10) + 0.35 * pump),
    )
    props = [*_ropes_and_seat(frame, pivot, length, rope_half, seat_half), *_swing_frame(pivot_height, style)]
    return Motion(pose, tuple(props))


def swing_length(period_s: float) -> float:
    """Rope length (m) for that period at small angles; the body's centre lies a little above the seat."""
    return GRAVITY_M_S2 * (period_s / (2 * np.pi)) ** 2 + 0.1


def _ropes_and_seat(
    frame: Array, pivot: Array, length: float, rope_half: float, seat_half: float
) -> list[Solid]:
    frames = len(frame)
    x = frame[..., 0]
    parts = []
    for name, sign in (("left_rope", 1.0), ("right_rope", -1.0)):
        top = np.broadcast_to(pivot + vector(0.0, sign * rope_half, 0.0), (frames, 3))
        bottom = top + apply(frame, vector(0.0, 0.0, -length))
        parts.append(limb(name, top, bottom, ROPE_RADIUS_M, ROPE_RADIUS_M, x))
    centre = pivot + apply(frame, vector(0.0, 0.0, -length))
    across = apply(frame, vector(0.0, rope_half + 0.02, 0.0))
    seat = limb("seat", centre - across, centre + across, 0.10, 0.10, x, (1.0, seat_half / 0.10))
    return [*parts, seat]


def _swing_frame(height: float, style: Style) -> list[Solid]:
    """A-shaped struts on the side away from the camera and a beam that juts out over the swing.

    Struts on the near side would hide the actor at every pass.
    """
    near = 1.0 if style.camera_on_left else -1.0
    splay = style.pick(6, 0.45, 0.75)
    reach, far = style.pick(5, 0.40, 0.55), style.pick(5, 0.75, 0.95)
    x = vector(1.0, 0.0, 0.0)[None]
    top = vector(0.0, 0.0, height + 0.03)
    end = top + vector(0.0, -near * far, 0.0)
    parts = [limb("beam", (top + vector(0.0, near * reach, 0.0))[None], end[None], 0.04, 0.04, x)]
    for leg in (-splay, splay):
        foot = vector(leg, -near * (far + 0.12), 0.035)
        parts.append(limb("strut", foot[None], end[None], 0.035, 0.035, x))
    return parts
