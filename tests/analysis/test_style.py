"""Colours that can be told apart, letters that can be read."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from analysis.style import SMALLEST_PT, action_colours, condition_mark, observer_colour

STUDY = ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")

# Machado, Oliveira & Fernandes (2009), IEEE Transactions on Visualization and Computer Graphics 15, 1291:
# matrices for linear RGB at full severity.
MACHADO = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "common vision": np.eye(3).tolist(),
}


def as_seen(colour: str, vision: str) -> np.ndarray:
    """CIE L*a*b* of a colour as it looks with a kind of colour vision."""
    encoded = np.array(to_rgb(colour))
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(MACHADO[vision]) @ linear, 0, 1)
    shown = np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)
    return cv2.cvtColor(shown.astype(np.float32).reshape(1, 1, 3), cv2.COLOR_RGB2LAB).reshape(3)


@pytest.mark.parametrize("vision", MACHADO)
def test_the_colours_of_the_actions_differ_for_every_common_colour_vision(vision: str) -> None:
    # A difference of 10 in CIE76 is seen at a glance; 2.3 is just noticeable.
    for one, other in combinations(action_colours(STUDY).values(), 2):
        assert np.linalg.norm(as_seen(one, vision) - as_seen(other, vision)) > 10, (one, other)


def test_the_simulation_takes_red_and_green_together_as_people_do() -> None:
    def distance(vision: str) -> float:
        return float(np.linalg.norm(as_seen("#b07070", vision) - as_seen("#808a60", vision)))

    assert distance("deuteranopia") < distance("common vision") / 3


def test_an_action_of_ones_own_never_takes_the_colour_of_another() -> None:
    colours = action_colours([*STUDY, "Juggle", "Bowl"])
    assert len(set(colours.values())) == 7
    assert colours["Bowl"] == action_colours(["Bowl", "Juggle"])["Bowl"]


def test_more_actions_than_colours_are_all_grey() -> None:
    assert len(set(action_colours([f"a{number}" for number in range(16)]).values())) == 1


def test_kinds_of_observers_and_conditions_are_told_apart() -> None:
    assert len({observer_colour(kind) for kind in ("human", "simulated", "model")}) == 3
    assert len({(mark.marker, mark.fill) for mark in map(condition_mark, range(6))}) == 6
    assert SMALLEST_PT >= 6
