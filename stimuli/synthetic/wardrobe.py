"""Skin, hair and clothes: colours and patterns fixed to the limbs they are painted on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stimuli.synthetic.kinematics import Array
from stimuli.synthetic.patterns import Colour, blotches, colour_from_hsv, mix
from stimuli.synthetic.shapes import Solid, surface_grid

SKINS: tuple[Colour, ...] = (
    (0.96, 0.80, 0.69),
    (0.90, 0.70, 0.55),
    (0.78, 0.57, 0.42),
    (0.60, 0.41, 0.28),
    (0.42, 0.28, 0.20),
)
HAIRS: tuple[Colour, ...] = (
    (0.10, 0.08, 0.07),
    (0.25, 0.16, 0.10),
    (0.45, 0.28, 0.14),
    (0.75, 0.58, 0.30),
    (0.50, 0.48, 0.46),
)
WEAVES = ("plain", "hoops", "stripes", "checks", "dots", "halves")


@dataclass(frozen=True)
class Garment:
    """Two colours, a pattern and its size in metres."""

    first: Colour
    second: Colour
    weave: str
    size_m: float


@dataclass(frozen=True)
class Outfit:
    """What an actor wears. `sleeve` and `leg` say how far down the limb the cloth goes: 1 to elbow or knee, 2
    all the way.
    """

    skin: Colour
    hair: Colour
    top: Garment
    bottom: Garment
    shoes: Colour
    sole: Colour
    socks: Colour
    sleeve: float
    leg: float
    grain_seed: int


def draw_outfit(rng: np.random.Generator) -> Outfit:
    """Clothes for one actor; top and bottom differ in brightness, to tell the trunk from the legs."""
    bright_top = rng.random() < 0.5
    top_value, bottom_value = (rng.uniform(0.65, 0.95), rng.uniform(0.22, 0.45))
    if not bright_top:
        top_value, bottom_value = rng.uniform(0.30, 0.55), rng.uniform(0.55, 0.85)
    return Outfit(
        skin=SKINS[int(rng.integers(len(SKINS)))],
        hair=HAIRS[int(rng.integers(len(HAIRS)))],
        top=_draw_garment(rng, top_value, WEAVES, 0.85),
        bottom=_draw_garment(rng, bottom_value, ("plain", "stripes", "checks", "plain"), 0.5),
        shoes=colour_from_hsv(rng.uniform(), rng.uniform(0.0, 0.8), rng.uniform(0.2, 0.95)),
        sole=colour_from_hsv(0.1, 0.05, rng.uniform(0.75, 0.95)),
        socks=colour_from_hsv(rng.uniform(), rng.uniform(0.0, 0.4), rng.uniform(0.5, 0.95)),
        sleeve=float(rng.choice([0.25, 0.62, 0.75, 2.0], p=[0.2, 0.3, 0.3, 0.2])),
        leg=float(rng.choice([0.55, 0.8, 1.15, 2.0], p=[0.3, 0.3, 0.15, 0.25])),
        grain_seed=int(rng.integers(2**31)),
    )


def _draw_garment(
    rng: np.random.Generator, value: float, weaves: tuple[str, ...], saturation: float
) -> Garment:
    hue = rng.uniform()
    first = colour_from_hsv(hue, rng.uniform(0.25, saturation), value)
    other_value = value * rng.uniform(0.45, 0.7) if value > 0.5 else min(1.0, value * rng.uniform(1.6, 2.4))
    second = colour_from_hsv(hue + rng.choice([0.0, 0.5, 0.33]), rng.uniform(0.1, saturation), other_value)
    return Garment(first, second, str(rng.choice(weaves)), float(rng.uniform(0.07, 0.12)))


def dress(solids: tuple[Solid, ...], outfit: Outfit) -> tuple[Solid, ...]:
    """The solids of a figure with their paint on."""
    rng = np.random.default_rng(outfit.grain_seed)
    return tuple(replace(solid, albedo=_paint(solid, outfit, rng)) for solid in solids)


@dataclass(frozen=True)
class _Canvas:
    """Local points `(48, 80, 3)` of a solid that is to be painted."""

    points: Array
    solid: Solid
    outfit: Outfit

    @property
    def share(self) -> Array:
        """How far along the axis each point lies: 0 at the first joint, 1 at the second."""
        return np.asarray(self.points[..., 2] / self.solid.length)


def _paint(solid: Solid, outfit: Outfit, rng: np.random.Generator) -> NDArray[np.float32]:
    points, _ = surface_grid(solid)
    part = solid.name.removeprefix("left_").removeprefix("right_")
    colour = _PAINTS.get(part, _paint_skin)(_Canvas(points, solid, outfit))
    grain = blotches(points * 22, rng, octaves=2)
    strength = 0.10 if part in ("head", "hand", "neck", "nose") else 0.18
    return np.asarray(colour * (1 + strength * grain)[..., None], dtype=np.float32)


def _paint_skin(on: _Canvas) -> Array:
    return _flat(on.outfit.skin, on.points)


def _paint_pelvis(on: _Canvas) -> Array:
    return cloth(on.outfit.bottom, on.points)


def _paint_abdomen(on: _Canvas) -> Array:
    share = on.share
    colour = mix(cloth(on.outfit.bottom, on.points), cloth(on.outfit.top, on.points), share > 0.15)
    # The waistband: a narrow dark line where the shirt ends.
    return mix(colour, colour * 0.55, np.abs(share - 0.15) < 0.12)


def _paint_chest(on: _Canvas) -> Array:
    return cloth(on.outfit.top, on.points)


def _sleeved(points: Array, share: Array, garment: Garment, ends_at: float, skin: Colour) -> Array:
    """Cloth down to a hem, skin below it."""
    colour = mix(_flat(skin, points), cloth(garment, points), share < ends_at)
    return mix(colour, colour * 0.7, np.abs(share - ends_at) < 0.035)


def _paint_upper_arm(on: _Canvas) -> Array:
    return _sleeved(on.points, on.share, on.outfit.top, on.outfit.sleeve, on.outfit.skin)


def _paint_forearm(on: _Canvas) -> Array:
    return _sleeved(on.points, on.share + 1, on.outfit.top, on.outfit.sleeve, on.outfit.skin)


def _paint_thigh(on: _Canvas) -> Array:
    return _sleeved(on.points, on.share, on.outfit.bottom, on.outfit.leg, on.outfit.skin)


def _paint_shin(on: _Canvas) -> Array:
    share = on.share
    colour = _sleeved(on.points, share + 1, on.outfit.bottom, on.outfit.leg, on.outfit.skin)
    return colour if on.outfit.leg >= 2 else mix(colour, _flat(on.outfit.socks, on.points), share > 0.78)


def _paint_foot(on: _Canvas) -> Array:
    # The foot's local x on.points up: the sole is what lies low.
    return mix(
        _flat(on.outfit.shoes, on.points), _flat(on.outfit.sole, on.points), on.points[..., 0] < -0.016
    )


def _paint_hair(on: _Canvas) -> Array:
    streaks = 1 + 0.22 * np.sin(14 * np.arctan2(on.points[..., 1], on.points[..., 0]))
    return np.asarray(_flat(on.outfit.hair, on.points) * streaks[..., None])


def _paint_hat(on: _Canvas) -> Array:
    return _flat(on.outfit.top.second, on.points)


def _flat(colour: Colour, points: Array) -> Array:
    return np.broadcast_to(np.array(colour), points.shape)


def cloth(garment: Garment, points: Array) -> Array:
    """Colours of a garment at local points `(..., 3)` of a limb; edges are soft, so that they survive
    resampling.
    """
    first, second = _flat(garment.first, points), _flat(garment.second, points)
    z = points[..., 2] * (2 * np.pi / garment.size_m)
    around = np.arctan2(points[..., 1], points[..., 0])
    match garment.weave:
        case "hoops":
            wave = np.sin(z)
        case "stripes":
            wave = np.sin(around * 8)
        case "checks":
            wave = np.sin(z) + 0.8 * np.sin(around * 8)
        case "dots":
            wave = 1.6 * np.sin(z) * np.sin(around * 6) - 0.5
        case "halves":
            wave = 2 * np.sin(around + 0.5)
        case _:
            return first
    return mix(first, second, 0.5 + 0.5 * np.tanh(2.2 * wave))


def _paint_face(on: _Canvas) -> Array:
    depth, width, height = on.solid.scale
    x, y, z = on.points[..., 0] / depth, on.points[..., 1] / width, on.points[..., 2] / height
    colour = _flat(on.outfit.skin, on.points)
    front = x > 0.3

    def spot(at_y: float, at_z: float, half_y: float, half_z: float) -> NDArray[np.bool_]:
        inside = ((np.abs(y) - at_y) / half_y) ** 2 + ((z - at_z) / half_z) ** 2 < 1
        return np.asarray(inside & front)

    colour = mix(colour, np.array((0.97, 0.97, 0.95)), spot(0.38, 0.12, 0.18, 0.10))
    colour = mix(colour, np.array((0.12, 0.09, 0.08)), spot(0.38, 0.12, 0.09, 0.09))
    colour = mix(colour, np.array(on.outfit.hair) * 0.8, spot(0.38, 0.30, 0.22, 0.05))
    return mix(colour, np.array((0.62, 0.25, 0.25)), spot(0.0, -0.48, 0.30, 0.07))


_PAINTS: dict[str, Callable[[_Canvas], Array]] = {
    "pelvis": _paint_pelvis,
    "abdomen": _paint_abdomen,
    "chest": _paint_chest,
    "upper_arm": _paint_upper_arm,
    "forearm": _paint_forearm,
    "thigh": _paint_thigh,
    "shin": _paint_shin,
    "foot": _paint_foot,
    "head": _paint_face,
    "hair": _paint_hair,
    "hair_knot": _paint_hair,
    "hair_tail": _paint_hair,
    "hat": _paint_hat,
    "brim": _paint_hat,
}
