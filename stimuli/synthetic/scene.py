"""Where an action takes place. Scenes are drawn alike for every action, so a background gives no action away."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stimuli.synthetic.backdrop import Setting
from stimuli.synthetic.camera import View
from stimuli.synthetic.kinematics import Array, unit, vector
from stimuli.synthetic.patterns import Colour, blotches, colour_from_hsv
from stimuli.synthetic.shapes import Solid, ellipsoid, limb, surface_grid
from stimuli.synthetic.surfaces import (
    INDOOR_FLOORS,
    INDOOR_WALLS,
    OUTDOOR_FLOORS,
    OUTDOOR_WALLS,
    Floor,
    Wall,
)
from stimuli.synthetic.texture_atlas import Light

_UPRIGHT = np.eye(3)[None]


@dataclass(frozen=True)
class Scene:
    """A place to act in: the planes, the clutter that stands on the floor, the light, and what props are made
    of.
    """

    indoor: bool
    setting: Setting
    clutter: tuple[Solid, ...]
    light: Light
    metal: Colour
    wood: Colour


def draw_scene(rng: np.random.Generator, indoor: bool, view: View, points: Array) -> Scene:
    """A scene seen from `view` around an action whose solids stay within the points `(N, 3)`."""
    behind = -unit((view.position - points.mean(0)) * [1, 1, 0])
    depth = float(((points - points.mean(0)) @ behind).max() + points.mean(0) @ behind)
    distance = depth + (rng.uniform(0.8, 2.2) if indoor else rng.uniform(14, 22))
    low, high = points.min(0)[:2], points.max(0)[:2]
    centre, half = (low + high) / 2, (high - low) / 2
    setting = Setting(
        floor=_draw_floor(rng, indoor),
        wall=_draw_wall(rng, indoor, distance),
        wall_distance_m=distance,
        wall_turn_rad=float(rng.uniform(-0.3, 0.3) if indoor else 0.0),
        shade_xy=(float(centre[0]), float(centre[1])),
        shade_size=(float(half[0] * 0.8 + 0.15), float(half[1] * 0.8 + 0.15)),
    )
    return Scene(
        indoor=indoor,
        setting=setting,
        clutter=tuple(_draw_clutter(rng, indoor, view, points.mean(0) * [1, 1, 0], behind, depth, distance)),
        light=_draw_light(rng, view),
        metal=colour_from_hsv(rng.uniform(), rng.uniform(0.0, 0.5), rng.uniform(0.25, 0.75)),
        wood=colour_from_hsv(rng.uniform(0.05, 0.10), rng.uniform(0.35, 0.65), rng.uniform(0.35, 0.7)),
    )


def paint_prop(solid: Solid, scene: Scene) -> Solid:
    """A prop in the scene's materials: rope, wooden seat, metal for the rest."""
    points, _ = surface_grid(solid)
    z = points[..., 2]
    if solid.name.endswith("rope"):
        colour, wave = (0.72, 0.62, 0.45), 0.22 * np.sin(z * 2 * np.pi / 0.12)
    elif solid.name == "seat":
        colour, wave = scene.wood, 0.2 * np.sin(z * 2 * np.pi / 0.09)
    else:
        colour, wave = scene.metal, 0.16 * np.tanh(4 * np.sin(z * 2 * np.pi / 0.5))
    albedo = np.array(colour) * (1 + wave)[..., None]
    return replace(solid, albedo=albedo.astype(np.float32))


def _draw_light(rng: np.random.Generator, view: View) -> Light:
    viewer = unit(vector(-np.cos(view.yaw_rad), -np.sin(view.yaw_rad), 0.25))
    beside = vector(-viewer[1], viewer[0], 0.0) * rng.choice([-1.0, 1.0])
    towards = unit(0.6 * viewer + rng.uniform(0.4, 0.9) * beside + vector(0, 0, rng.uniform(0.7, 1.2)))
    return Light(towards, viewer, float(rng.uniform(0.5, 0.68)))


def _draw_floor(rng: np.random.Generator, indoor: bool) -> Floor:
    kind = str(rng.choice(INDOOR_FLOORS if indoor else OUTDOOR_FLOORS))
    value = rng.uniform(0.42, 0.72)
    match kind:
        case "boards":
            colour = colour_from_hsv(rng.uniform(0.05, 0.10), rng.uniform(0.3, 0.6), value)
            accent = colour
        case "grass":
            colour = colour_from_hsv(rng.uniform(0.22, 0.30), rng.uniform(0.35, 0.6), value)
            accent = colour_from_hsv(rng.uniform(0.15, 0.25), 0.5, value * 0.8)
        case "sand" | "paving":
            colour = colour_from_hsv(rng.uniform(0.06, 0.14), rng.uniform(0.1, 0.4), value)
            accent = colour
        case "asphalt":
            colour = colour_from_hsv(0.6, rng.uniform(0, 0.1), value * 0.85)
            accent = colour
        case _:
            colour = colour_from_hsv(rng.uniform(), rng.uniform(0.05, 0.4), value)
            accent = colour_from_hsv(rng.uniform(), rng.uniform(0.05, 0.4), value * rng.uniform(0.7, 1.2))
    return Floor(kind, colour, accent, int(rng.integers(2**31)))


def _draw_wall(rng: np.random.Generator, indoor: bool, distance: float) -> Wall:
    kind = str(rng.choice(INDOOR_WALLS if indoor else OUTDOOR_WALLS))
    sky = colour_from_hsv(rng.uniform(0.54, 0.62), rng.uniform(0.15, 0.5), rng.uniform(0.75, 0.95))
    if not indoor:
        green = colour_from_hsv(rng.uniform(0.18, 0.36), rng.uniform(0.25, 0.5), rng.uniform(0.3, 0.55))
        front = colour_from_hsv(rng.uniform(0.02, 0.12), rng.uniform(0.15, 0.5), rng.uniform(0.5, 0.8))
        return Wall(kind, front, green, sky, distance / 7, int(rng.integers(2**31)))
    hue = rng.uniform(0.0, 0.06) if kind == "bricks" else rng.uniform()
    saturation = rng.uniform(0.25, 0.5) if kind == "bricks" else rng.uniform(0.05, 0.35)
    colour = colour_from_hsv(hue, saturation, rng.uniform(0.55, 0.88))
    accent = colour_from_hsv(rng.uniform(), rng.uniform(0.05, 0.3), rng.uniform(0.5, 0.85))
    return Wall(kind, colour, accent, sky, 1.0, int(rng.integers(2**31)))


def _draw_clutter(
    rng: np.random.Generator,
    indoor: bool,
    view: View,
    centre: Array,
    behind: Array,
    depth: float,
    wall_distance: float,
) -> list[Solid]:
    """Three to six things behind the actor, near enough to be seen and never in front of the action."""
    aside = vector(-behind[1], behind[0], 0.0)
    start = depth - float(centre @ behind) + 0.25
    room = wall_distance - depth - 0.5 if indoor else 6.0
    parts: list[Solid] = []
    for _ in range(int(rng.integers(3, 7))):
        away = start + rng.uniform(0.1, max(room, 0.15))
        # As far to the side as the camera can see at that distance.
        half_field = (
            0.45 * 320 / view.focal_px * (float(np.linalg.norm(view.position[:2] - centre[:2])) + away)
        )
        spot = centre + behind * away + aside * rng.uniform(-half_field, half_field)
        names = _INDOOR_THINGS if indoor else _OUTDOOR_THINGS
        parts += _thing(str(rng.choice(names)), spot[None], rng)
    return parts


_INDOOR_THINGS = ("ball", "plant", "rack", "stool", "lamp", "goal")
_OUTDOOR_THINGS = ("ball", "bush", "tree", "rock", "lamp", "goal")


def _thing(kind: str, spot: Array, rng: np.random.Generator) -> list[Solid]:
    """The solids of one piece of clutter standing at `spot (1, 3)` on the floor."""
    # Any direction does that no part of a thing lies along.
    x = vector(0.36, 0.48, 0.80)[None]

    def up(height: float, dx: float = 0.0, dy: float = 0.0) -> Array:
        return spot + vector(dx, dy, height)

    def tint(low: float, high: float, hue: float | None = None, saturation: float = 0.6) -> Colour:
        return colour_from_hsv(rng.uniform() if hue is None else hue, saturation, rng.uniform(low, high))

    def painted(solid: Solid, colour: Colour, grain: float = 0.15) -> Solid:
        points, _ = surface_grid(solid)
        speckle = 1 + grain * blotches(points * 12, rng)
        return replace(solid, albedo=(np.array(colour) * speckle[..., None]).astype(np.float32))

    def post(start: Array, end: Array, radius: float, colour: Colour) -> Solid:
        return painted(limb("post", start, end, radius, radius, x), colour, 0.06)

    green = tint(0.3, 0.55, rng.uniform(0.2, 0.36), 0.5)
    match kind:
        case "ball":
            radius = rng.uniform(0.11, 0.33)
            return [painted(ellipsoid("ball", (radius,) * 3, _UPRIGHT, up(radius)), tint(0.5, 0.9))]
        case "plant":
            pot = limb("pot", up(0.13), up(0.28), 0.13, 0.17, x)
            leaves = [
                ellipsoid(
                    "leaves",
                    (0.22, 0.22, 0.3),
                    _UPRIGHT,
                    up(rng.uniform(0.6, 0.9), *rng.uniform(-0.15, 0.15, 2)),
                )
                for _ in range(3)
            ]
            return [painted(pot, tint(0.4, 0.7, 0.05)), *(painted(leaf, green, 0.3) for leaf in leaves)]
        case "bush":
            return [
                painted(
                    ellipsoid("bush", (0.5, 0.5, 0.42), _UPRIGHT, up(0.3, *rng.uniform(-0.4, 0.4, 2))),
                    green,
                    0.3,
                )
                for _ in range(3)
            ]
        case "tree":
            height = rng.uniform(1.6, 2.4)
            trunk = limb("trunk", up(0.14), up(height), 0.14, 0.10, x)
            crowns = [
                ellipsoid("crown", (0.8, 0.8, 0.65), _UPRIGHT, up(height + 0.3, *rng.uniform(-0.6, 0.6, 2)))
                for _ in range(3)
            ]
            return [painted(trunk, tint(0.25, 0.45, 0.07)), *(painted(crown, green, 0.3) for crown in crowns)]
        case "rock":
            size = rng.uniform(0.2, 0.45)
            return [
                painted(
                    ellipsoid("rock", (size, size * 1.3, size * 0.7), _UPRIGHT, up(size * 0.4)),
                    tint(0.4, 0.7, 0.1, 0.1),
                )
            ]
        case "stool":
            seat = ellipsoid("stool", (0.19, 0.19, 0.04), _UPRIGHT, up(0.5))
            legs = [
                post(up(0.03, 1.3 * dx, 1.3 * dy), up(0.48, dx, dy), 0.02, tint(0.3, 0.6))
                for dx, dy in ((0.12, 0.1), (-0.12, 0.1), (0, -0.13))
            ]
            return [painted(seat, tint(0.4, 0.8)), *legs]
        case "lamp":
            shade = limb("shade", up(1.5), up(1.68), 0.2, 0.12, x)
            return [
                post(up(0.03), up(1.5), 0.025, tint(0.2, 0.5)),
                painted(shade, tint(0.8, 0.95, 0.12, 0.2), 0.05),
            ]
        case "rack":
            colour = tint(0.25, 0.6)
            rails = [post(up(h, -0.45), up(h, 0.45), 0.025, colour) for h in (0.4, 0.9, 1.4)]
            sides = [post(up(0.03, dx), up(1.45, dx), 0.03, colour) for dx in (-0.45, 0.45)]
            weights = [
                painted(ellipsoid("weight", (0.09, 0.13, 0.09), _UPRIGHT, up(h + 0.11, dx)), tint(0.3, 0.8))
                for h in (0.4, 0.9)
                for dx in (-0.25, 0.05, 0.3)
            ]
            return [*rails, *sides, *weights]
        case _:
            # A frame of posts and a crossbar: what pull-up bars and swings also look like, in scenes of any action.
            colour, width, height = tint(0.3, 0.85), rng.uniform(0.7, 1.2), rng.uniform(1.9, 2.4)
            turn = rng.uniform(0, np.pi)
            dx, dy = width * np.cos(turn), width * np.sin(turn)
            sides = [
                post(up(0.04, s * dx, s * dy), up(height, s * dx, s * dy), 0.045, colour) for s in (-1.0, 1.0)
            ]
            return [post(up(height, -dx, -dy), up(height, dx, dy), 0.035, colour), *sides]
