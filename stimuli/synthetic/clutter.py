"""Things that stand about: furniture, plants, balls, frames. The same ones turn up behind every action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from stimuli.synthetic.kinematics import Array, vector
from stimuli.synthetic.patterns import Colour, blotches, colour_from_hsv
from stimuli.synthetic.shapes import Solid, ellipsoid, limb, surface_grid

_UPRIGHT = np.eye(3)[None]
# A direction that no part of a thing lies along.
_HINT = vector(0.36, 0.48, 0.80)[None]


@dataclass(frozen=True)
class _Workshop:
    """Builds painted parts about a spot on the floor; draws whatever varies from `rng`."""

    spot: Array
    rng: np.random.Generator

    def at(self, height: float, dx: float = 0.0, dy: float = 0.0) -> Array:
        return (self.spot + vector(dx, dy, height))[None]

    def about(self, height: float, spread: float) -> Array:
        """A place at some height, up to `spread` metres off the middle."""
        dx, dy = self.rng.uniform(-spread, spread, 2)
        return self.at(height, float(dx), float(dy))

    def tint(self, low: float, high: float, hue: float | None = None, saturation: float = 0.6) -> Colour:
        drawn = float(self.rng.uniform())
        return colour_from_hsv(drawn if hue is None else hue, saturation, float(self.rng.uniform(low, high)))

    def green(self) -> Colour:
        return self.tint(0.3, 0.55, float(self.rng.uniform(0.2, 0.36)), 0.5)

    def painted(self, solid: Solid, colour: Colour, grain: float = 0.15) -> Solid:
        points, _ = surface_grid(solid)
        speckle = 1 + grain * blotches(points * 12, self.rng)
        return replace(solid, albedo=(np.array(colour) * speckle[..., None]).astype(np.float32))

    def blob(
        self, semi_axes: tuple[float, float, float], centre: Array, colour: Colour, grain: float
    ) -> Solid:
        return self.painted(ellipsoid("blob", semi_axes, _UPRIGHT, centre), colour, grain)

    def post(self, start: Array, end: Array, radii: tuple[float, float], colour: Colour) -> Solid:
        return self.painted(limb("post", start, end, *radii, _HINT), colour, 0.06)


def _ball(shop: _Workshop) -> list[Solid]:
    radius = float(shop.rng.uniform(0.11, 0.30))
    return [shop.blob((radius, radius, radius), shop.at(radius), shop.tint(0.5, 0.9), 0.15)]


def _plant(shop: _Workshop) -> list[Solid]:
    green = shop.green()
    pot = shop.post(shop.at(0.13), shop.at(0.28), (0.13, 0.17), shop.tint(0.4, 0.7, 0.05))
    leaves = [
        shop.blob((0.22, 0.22, 0.3), shop.about(float(shop.rng.uniform(0.6, 0.9)), 0.15), green, 0.3)
        for _ in range(3)
    ]
    return [pot, *leaves]


def _bush(shop: _Workshop) -> list[Solid]:
    green = shop.green()
    return [shop.blob((0.5, 0.5, 0.42), shop.about(0.3, 0.4), green, 0.3) for _ in range(3)]


def _tree(shop: _Workshop) -> list[Solid]:
    green, height = shop.green(), float(shop.rng.uniform(1.9, 2.7))
    trunk = shop.post(shop.at(0.13), shop.at(height), (0.13, 0.09), shop.tint(0.25, 0.45, 0.07))
    crowns = [shop.blob((0.7, 0.7, 0.6), shop.about(height + 0.4, 0.5), green, 0.3) for _ in range(3)]
    return [trunk, *crowns]


def _rock(shop: _Workshop) -> list[Solid]:
    size = float(shop.rng.uniform(0.2, 0.45))
    return [
        shop.blob((size, size * 1.3, size * 0.7), shop.at(size * 0.4), shop.tint(0.4, 0.7, 0.1, 0.1), 0.2)
    ]


def _stool(shop: _Workshop) -> list[Solid]:
    colour = shop.tint(0.3, 0.6)
    corners = ((0.12, 0.1), (-0.12, 0.1), (0.0, -0.13))
    legs = [
        shop.post(shop.at(0.03, 1.3 * x, 1.3 * y), shop.at(0.48, x, y), (0.02, 0.02), colour)
        for x, y in corners
    ]
    return [shop.blob((0.19, 0.19, 0.04), shop.at(0.5), shop.tint(0.4, 0.8), 0.15), *legs]


def _lamp(shop: _Workshop) -> list[Solid]:
    stand = shop.post(shop.at(0.03), shop.at(1.5), (0.025, 0.025), shop.tint(0.2, 0.5))
    return [stand, shop.blob((0.15, 0.15, 0.15), shop.at(1.6), shop.tint(0.7, 0.95, None, 0.3), 0.03)]


def _rack(shop: _Workshop) -> list[Solid]:
    colour = shop.tint(0.25, 0.6)
    rails = [shop.post(shop.at(h, -0.45), shop.at(h, 0.45), (0.025, 0.025), colour) for h in (0.4, 0.9, 1.4)]
    sides = [shop.post(shop.at(0.03, dx), shop.at(1.45, dx), (0.03, 0.03), colour) for dx in (-0.45, 0.45)]
    weights = [
        shop.blob((0.09, 0.13, 0.09), shop.at(h + 0.11, dx), shop.tint(0.3, 0.8), 0.15)
        for h in (0.4, 0.9)
        for dx in (-0.25, 0.05, 0.3)
    ]
    return [*rails, *sides, *weights]


def _goal(shop: _Workshop) -> list[Solid]:
    """Two posts and a crossbar: much like a pull-up bar or a swing, so that those give no action away."""
    colour = shop.tint(0.3, 0.85)
    width, height = float(shop.rng.uniform(0.7, 1.2)), float(shop.rng.uniform(1.9, 2.4))
    turn = float(shop.rng.uniform(0, np.pi))
    dx, dy = width * float(np.cos(turn)), width * float(np.sin(turn))
    sides = [
        shop.post(shop.at(0.04, s * dx, s * dy), shop.at(height, s * dx, s * dy), (0.045, 0.045), colour)
        for s in (-1.0, 1.0)
    ]
    return [shop.post(shop.at(height, -dx, -dy), shop.at(height, dx, dy), (0.035, 0.035), colour), *sides]


_THINGS: dict[str, Callable[[_Workshop], list[Solid]]] = {
    "ball": _ball,
    "plant": _plant,
    "bush": _bush,
    "tree": _tree,
    "rock": _rock,
    "stool": _stool,
    "lamp": _lamp,
    "rack": _rack,
    "goal": _goal,
}
INDOOR_THINGS = ("ball", "plant", "rack", "stool", "lamp", "goal")
OUTDOOR_THINGS = ("ball", "bush", "tree", "rock", "lamp", "goal")


def build_thing(kind: str, spot: Array, rng: np.random.Generator) -> list[Solid]:
    """The painted solids of one thing, of `INDOOR_THINGS` or `OUTDOOR_THINGS`, standing at `spot (3,)`."""
    return _THINGS[kind](_Workshop(spot, rng))
