"""Where an action takes place. Scenes are drawn alike for every action: no background gives one away."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stimuli.synthetic.backdrop import Setting
from stimuli.synthetic.camera import FRAME_SHAPE, View
from stimuli.synthetic.clutter import INDOOR_THINGS, OUTDOOR_THINGS, build_thing
from stimuli.synthetic.kinematics import Array, unit, vector
from stimuli.synthetic.patterns import Colour, colour_from_hsv
from stimuli.synthetic.shapes import Solid, surface_grid
from stimuli.synthetic.surfaces import (
    INDOOR_FLOORS,
    INDOOR_WALLS,
    OUTDOOR_FLOORS,
    OUTDOOR_WALLS,
    Floor,
    Wall,
)
from stimuli.synthetic.texture_atlas import Light

_WALL_ROWS = (28.0, 72.0)
_SKYLINE_ROWS = (10.0, 26.0)
_NEAREST_ROW = 95.0
"""Rows below the horizon at which a room's wall, the far edge of the ground and the nearest clutter stand."""


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
    """A scene seen from `view`, around an action whose solids stay within the points `(N, 3)`.

    Distances are drawn as rows of the picture below the horizon, where wall and clutter meet the floor.
    Drawn in metres they would differ in the picture between actions filmed from near and from far, and
    tell them apart.
    """
    heading = vector(np.cos(view.yaw_rad), np.sin(view.yaw_rad), 0.0)
    behind = float(((points - view.position) @ heading).max())
    metre_rows = view.focal_px * float(view.position[2])
    distance = max(metre_rows / rng.uniform(*(_WALL_ROWS if indoor else _SKYLINE_ROWS)), behind + 0.9)
    turn = float(rng.uniform(-0.3, 0.3) if indoor else 0.0)
    normal = vector(np.cos(view.yaw_rad + turn), np.sin(view.yaw_rad + turn), 0.0)
    return Scene(
        indoor=indoor,
        setting=Setting(
            floor=_draw_floor(rng, indoor),
            wall=_draw_wall(rng, indoor, distance),
            wall_distance_m=float((view.position + heading * distance) @ normal),
            wall_turn_rad=turn,
        ),
        clutter=tuple(_draw_clutter(rng, indoor, view, behind + 0.35, distance)),
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
    rng: np.random.Generator, indoor: bool, view: View, nearest_m: float, wall_m: float
) -> list[Solid]:
    """Three to six things between `nearest_m` and the wall, both from the camera; never in front."""
    heading = vector(np.cos(view.yaw_rad), np.sin(view.yaw_rad), 0.0)
    aside = vector(-heading[1], heading[0], 0.0)
    metre_rows = view.focal_px * float(view.position[2])
    farthest = max(wall_m - 0.6, nearest_m)
    rows = metre_rows / farthest, max(metre_rows / nearest_m, metre_rows / farthest)
    floor = view.position * [1, 1, 0]
    parts: list[Solid] = []
    for _ in range(int(rng.integers(3, 7))):
        away = float(
            np.clip(metre_rows / rng.uniform(rows[0], min(rows[1], _NEAREST_ROW)), nearest_m, farthest)
        )
        # As far to the side as the camera can see at that distance.
        spot = (
            floor + heading * away + aside * away * rng.uniform(-0.45, 0.45) * FRAME_SHAPE[1] / view.focal_px
        )
        parts += build_thing(str(rng.choice(INDOOR_THINGS if indoor else OUTDOOR_THINGS)), spot, rng)
    return parts
