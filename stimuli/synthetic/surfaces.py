"""What floors and walls look like: colours at points of a plane, in metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stimuli.synthetic.kinematics import Array
from stimuli.synthetic.patterns import Colour, Noise, cell_tint, colour_from_hsv, joints, mix

INDOOR_FLOORS = ("boards", "tiles", "carpet", "mats")
OUTDOOR_FLOORS = ("grass", "sand", "asphalt", "paving")
INDOOR_WALLS = ("plaster", "bricks", "panels", "paper")
OUTDOOR_WALLS = ("hills", "trees", "fence", "houses")


@dataclass(frozen=True)
class Floor:
    """A floor: its kind, its colour and a second one, and the seed of its noise."""

    kind: str
    colour: Colour
    accent: Colour
    seed: int

    def colours(self, x: Array, y: Array) -> NDArray[np.float32]:
        """Colours `(..., 3)` at points of the floor."""
        noise = Noise(np.random.default_rng(self.seed))
        base, accent = np.broadcast_to(self.colour, (*x.shape, 3)), np.array(self.accent)
        coarse, fine = noise.cloudy(x * 25, y * 25), noise.fine(x * 60, y * 60)
        match self.kind:
            case "boards":
                tint = cell_tint(y / 0.14, x / 1.3 + np.floor(y / 0.14) * 0.37)
                grain = noise.fine(x * 12, y * 130)
                colour = base * (1 + 0.12 * tint + 0.06 * grain)[..., None]
                colour = mix(colour, base * 0.55, joints(y, 0.14, 0.012))
            case "tiles":
                chequer = (np.floor(x / 0.5) + np.floor(y / 0.5)) % 2
                colour = mix(base, accent, chequer) * (1 + 0.04 * coarse + 0.03 * fine)[..., None]
                colour = mix(colour, base * 0.6, joints(x, 0.5, 0.02) | joints(y, 0.5, 0.02))
            case "carpet":
                colour = mix(base, accent, 0.5 + 0.5 * np.tanh(1.5 * noise.cloudy(x * 60, y * 60)))
                colour = colour * (1 + 0.10 * fine)[..., None]
            case "mats":
                colour = mix(base, accent, (np.floor(x / 1.0) + np.floor(y / 1.0)) % 2 * 0.5)
                colour = colour * (1 + 0.05 * fine)[..., None]
                colour = mix(colour, base * 0.5, joints(x, 1.0, 0.02) | joints(y, 1.0, 0.02))
            case "grass":
                colour = mix(base, accent, np.clip(0.5 + 0.4 * coarse, 0, 1)) * (1 + 0.16 * fine)[..., None]
            case "paving":
                tint = cell_tint(x / 0.6 + np.floor(y / 0.4) * 0.5, y / 0.4)
                colour = base * (1 + 0.10 * tint + 0.05 * fine)[..., None]
                gap = joints(x + np.floor(y / 0.4) * 0.3, 0.6, 0.025) | joints(y, 0.4, 0.025)
                colour = mix(colour, base * 0.6, gap)
            case _:  # sand, asphalt
                colour = base * (1 + 0.10 * coarse + 0.10 * fine)[..., None]
        return np.asarray(colour, dtype=np.float32)


@dataclass(frozen=True)
class Wall:
    """A wall of a room, or the painted distance of an outdoor scene.

    `coarseness` is how many metres one metre of pattern covers: far distances are painted large.
    """

    kind: str
    colour: Colour
    accent: Colour
    sky: Colour
    coarseness: float
    seed: int

    def colours(self, along: Array, height: Array) -> NDArray[np.float32]:
        """Colours `(..., 3)` at points of the wall: metres along it and above the floor."""
        noise = Noise(np.random.default_rng(self.seed))
        if self.kind in OUTDOOR_WALLS:
            return self._distance(along / self.coarseness, height / self.coarseness, noise)
        base, accent = np.broadcast_to(self.colour, (*along.shape, 3)), np.array(self.accent)
        worn = 1 + 0.05 * noise.cloudy(along * 20, height * 20) + 0.02 * noise.fine(along * 50, height * 50)
        match self.kind:
            case "bricks":
                row = np.floor(height / 0.09)
                tint = cell_tint(along / 0.26 + row * 0.5, height / 0.09)
                colour = base * (1 + 0.14 * tint)[..., None]
                colour = mix(
                    colour, accent, joints(along + row * 0.13, 0.26, 0.018) | joints(height, 0.09, 0.016)
                )
            case "panels":
                tint = cell_tint(along / 0.9, height * 0)
                colour = base * (1 + 0.06 * tint + 0.05 * noise.fine(along * 60, height * 6))[..., None]
                colour = mix(colour, base * 0.6, joints(along, 0.9, 0.02))
            case "paper":
                wave = np.sin(along * 2 * np.pi / 0.36)
                colour = mix(base, accent, 0.35 + 0.35 * np.tanh(3 * wave))
            case _:
                colour = mix(base, accent, height < 1.0) if self.seed % 2 else base
        colour = colour * worn[..., None]
        colour = _pictures(colour, along, height, self.seed)
        return np.asarray(mix(colour, np.array(self.accent) * 0.5, height < 0.10), dtype=np.float32)

    def _distance(self, along: Array, height: Array, noise: Noise) -> NDArray[np.float32]:
        sky = mix(
            np.broadcast_to(self.sky, (*along.shape, 3)), np.ones(3), np.clip(0.75 - height / 5, 0, 1) * 0.6
        )
        cloud = np.clip(noise.cloudy(along * 9 + 40, height * 22) * 0.8 - 0.2, 0, 1)
        colour = mix(sky, np.array((0.97, 0.97, 0.98)), cloud * 0.8)
        still = np.zeros_like(along)
        far = 1.5 + 0.22 * noise.cloudy(along * 14, still)
        hazy = 0.55 * np.array(self.accent) + 0.45 * np.array(self.sky)
        colour = mix(colour, hazy * (1 + 0.06 * noise.fine(along * 30, height * 30))[..., None], height < far)
        texture = (
            1 + 0.16 * noise.fine(along * 16, height * 16) + 0.14 * noise.cloudy(along * 40, height * 40)
        )[..., None]
        near = np.array(self.accent) * texture
        match self.kind:
            case "trees":
                crowns = 1.75 + 0.5 * noise.cloudy(along * 30, still) + 0.10 * noise.fine(along * 16, still)
                colour = mix(colour, near, height < crowns)
            case "fence":
                colour = mix(colour, near, height < 1.4 + 0.2 * noise.cloudy(along * 30, still))
                board = np.array(self.colour) * (1 + 0.12 * cell_tint(along / 0.16, still))[..., None]
                board = mix(board, np.array(self.colour) * 0.5, joints(along, 0.16, 0.02))
                colour = mix(colour, board, height < 1.0)
            case "houses":
                cell = np.floor(along / 1.6)
                roof = 1.5 + 0.5 * cell_tint(cell, still + 3)
                front = np.array(self.colour) * (1 + 0.25 * cell_tint(cell, still))[..., None]
                window = (np.abs((along / 0.4) % 1 - 0.5) < 0.22) & (np.abs((height / 0.5) % 1 - 0.5) < 0.25)
                colour = mix(colour, mix(front, front * 0.45, window), height < roof)
                colour = mix(colour, near, height < 0.35 + 0.12 * noise.cloudy(along * 40, still))
            case _:
                colour = mix(colour, near, height < 0.75 + 0.2 * noise.cloudy(along * 20, still))
        return np.asarray(colour, dtype=np.float32)


def _pictures(colour: Array, along: Array, height: Array, seed: int) -> Array:
    """Doors, windows and posters on a wall: two or three framed rectangles."""
    rng = np.random.default_rng(seed)
    left = -3.2 + rng.uniform(0, 1.0)
    for _ in range(int(rng.integers(2, 5))):
        kind = str(rng.choice(["poster", "window", "door"], p=[0.5, 0.3, 0.2]))
        width = {"poster": rng.uniform(0.5, 0.9), "window": rng.uniform(0.9, 1.5), "door": 0.95}[kind]
        bottom, top = {"poster": (1.2, rng.uniform(1.7, 2.1)), "window": (0.95, 2.15), "door": (0.0, 2.05)}[
            kind
        ]
        inside = (along > left) & (along < left + width) & (height > bottom) & (height < top)
        rim = 0.06
        glass = (
            inside
            & (along > left + rim)
            & (along < left + width - rim)
            & (height > bottom + rim)
            & (height < top - rim)
        )
        frame = np.array(colour_from_hsv(rng.uniform(), 0.2, rng.uniform(0.25, 0.95)))
        first, second = (
            np.array(colour_from_hsv(rng.uniform(), rng.uniform(0.1, 0.6), rng.uniform(0.35, 0.95)))
            for _ in range(2)
        )
        slope = rng.uniform(-0.6, 0.6)
        split = np.tanh(12 * (height - (bottom + top) / 2 - slope * (along - left - width / 2)))
        colour = mix(colour, frame, inside)
        colour = mix(colour, mix(np.broadcast_to(first, colour.shape), second, 0.5 + 0.5 * split), glass)
        left += width + rng.uniform(0.4, 1.6)
    return colour
