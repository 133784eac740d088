"""What is drawn and what noise is made stays what it was, or its version is raised.

A failure here after a wanted change: raise RENDERER_VERSION or GENERATOR_VERSION by one, and put what is
found into the tables below. Sets of the version before can then be read, and are no longer gone on with.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from stimuli.appearance_free import GENERATOR_VERSION, Generator, appearance_free_frames
from stimuli.noise import NoiseLevels
from stimuli.synthetic import ACTIONS, RENDERER_VERSION, prepare, render_frames

LEVELS = NoiseLevels((100.0, 110.0, 90.0), (40.0, 30.0, 50.0))
GENERATORS = {
    "advect": Generator(),
    "recursive": Generator("recursive"),
    "recursive, initial": Generator("recursive", "initial", "gray"),
    "first-frame": Generator("first-frame", "initial", "binary"),
    "matched": Generator(noise="matched", levels=LEVELS),
    "dots": Generator(dots=2),
}
NOISE = {
    2: {
        "advect": "af55330196fffc9f",
        "recursive": "dc47985643f88951",
        "recursive, initial": "a804a2ae5c776b42",
        "first-frame": "b25560125043d5a0",
        "matched": "88001f7372cca3b4",
        "dots": "fd5f9ee2b2a9cd6c",
    },
}
DRAWN = {
    1: {
        "JumpingJack": [99.064, 109.252, 69.203, 0.097, 0.257, 3.716, 6.468],
        "Lunges": [157.861, 127.339, 110.196, 0.322, 0.346, 3.413, 5.64],
        "PullUps": [101.459, 126.403, 76.06, 0.045, 0.175, 4.253, 9.081],
        "PushUps": [153.448, 134.673, 109.471, 0.383, 0.057, 3.113, 4.353],
        "Swing": [151.48, 139.039, 121.661, 0.371, 0.093, 3.648, 8.851],
    },
}


def noise_of(generator: Generator) -> str:
    """The first 16 digits of the sha256 of six frames over flow that shears and spreads, with depth."""
    y, x = np.mgrid[0:24, 0:32].astype(np.float32)
    flows = [np.stack([(y - 12) / 8 + step / 4, (16 - x) / 8], axis=-1) for step in range(5)]
    depths = [np.where(x > 12 + step, 1.0, np.inf).astype(np.float32) for step in range(5)]
    digest = hashlib.sha256()
    for frame in appearance_free_frames(flows, np.random.default_rng(3), generator, depths):
        digest.update(frame.tobytes())
    return digest.hexdigest()[:16]


def drawing_of(action: str) -> list[float]:
    """Means of a frame's picture, flow and depth: processors differ in the last digits of single pixels."""
    frame = next(render_frames(prepare(action, group=9, clip=1, seed=4)))
    assert frame.flow is not None
    near = frame.depth[np.isfinite(frame.depth)]
    means = [*frame.picture.mean((0, 1)), *np.abs(frame.flow).mean((0, 1)), near.mean(), near.size / 1e3]
    return [round(float(mean), 3) for mean in means]


@pytest.mark.parametrize("name", GENERATORS)
def test_noise_is_that_of_its_version(name: str) -> None:
    assert noise_of(GENERATORS[name]) == NOISE[GENERATOR_VERSION][name]


@pytest.mark.parametrize("action", ACTIONS)
def test_drawings_are_those_of_their_version(action: str) -> None:
    assert drawing_of(action) == pytest.approx(DRAWN[RENDERER_VERSION][action], abs=0.004)
