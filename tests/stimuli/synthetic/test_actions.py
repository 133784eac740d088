"""Hands and feet stay where an action needs them, for any actor."""

from __future__ import annotations

import numpy as np
import pytest

from stimuli.errors import StimulusError
from stimuli.synthetic import ACTIONS
from stimuli.synthetic.actions import action_named
from stimuli.synthetic.body import draw_proportions, figure
from stimuli.synthetic.kinematics import Array
from stimuli.synthetic.shapes import Solid

TOLERANCE_M = 0.01


def _perform(action: str, actor: int) -> dict[str, Solid]:
    rng = np.random.default_rng(actor)
    body = draw_proportions(rng)
    kind = action_named(action)
    motion = kind.perform(body, kind.draw_style(rng), np.linspace(0, 1, 40, endpoint=False))
    return {solid.name: solid for solid in (*figure(body, motion.pose), *motion.props)}


def _ends(solid: Solid) -> tuple[Array, Array]:
    return solid.origin, solid.origin + solid.rotation[..., 2] * solid.length * solid.scale[2]


def _lowest(solid: Solid) -> Array:
    """Height of a solid's lowest point, per frame."""
    reach = np.sqrt(((solid.rotation[:, 2, :] * np.array(solid.scale)) ** 2).sum(-1))
    start, end = _ends(solid)
    return np.minimum(start[:, 2] - solid.radius_start * reach, end[:, 2] - solid.radius_end * reach)


def _distance_to_axis(points: Array, rod: Solid) -> Array:
    start, end = _ends(rod)
    axis = end - start
    share = np.clip(((points - start) * axis).sum(-1) / (axis**2).sum(-1), 0, 1)
    return np.linalg.norm(points - start - share[..., None] * axis, axis=-1)


actors = pytest.mark.parametrize("actor", range(12))


@actors
@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_passes_through_the_floor(action: str, actor: int) -> None:
    solids = _perform(action, actor)
    assert min(_lowest(solid).min() for solid in solids.values()) > -TOLERANCE_M


@actors
def test_pull_ups_hang_from_the_bar_and_rise_to_it(actor: int) -> None:
    solids = _perform("PullUps", actor)
    for hand in ("left_hand", "right_hand"):
        assert _distance_to_axis(solids[hand].origin, solids["bar"]).max() < TOLERANCE_M
    chin = solids["head"].origin[:, 2] - solids["head"].scale[2]
    assert chin.max() > solids["bar"].origin[0, 2] - 0.15
    assert np.ptp(chin) > 0.3


@actors
def test_push_ups_keep_hands_and_hinge_on_the_floor(actor: int) -> None:
    solids = _perform("PushUps", actor)
    for hand in ("left_hand", "right_hand"):
        assert np.abs(_lowest(solids[hand])).max() < TOLERANCE_M
        assert np.ptp(solids[hand].origin, axis=0).max() < TOLERANCE_M
    hinges = [np.abs(_lowest(solids[f"left_{part}"])).max() for part in ("foot", "shin")]
    assert min(hinges) < TOLERANCE_M
    assert np.ptp(_lowest(solids["chest"])) > 0.15


@actors
def test_a_lunge_always_stands_on_a_foot_and_brings_a_knee_down(actor: int) -> None:
    solids = _perform("Lunges", actor)
    lower_foot = np.minimum(_lowest(solids["left_foot"]), _lowest(solids["right_foot"]))
    assert np.abs(lower_foot).max() < TOLERANCE_M
    knees = [_lowest(solids[f"{side}_shin"]).min() for side in ("left", "right")]
    assert min(knees) < 0.12


@actors
def test_jumping_jacks_leave_the_floor_twice_a_cycle(actor: int) -> None:
    solids = _perform("JumpingJack", actor)
    airborne = np.minimum(_lowest(solids["left_foot"]), _lowest(solids["right_foot"])) > TOLERANCE_M
    takeoffs = airborne & ~np.roll(airborne, 1)
    assert takeoffs.sum() == 2


@actors
def test_hands_hold_the_ropes_of_a_swing(actor: int) -> None:
    solids = _perform("Swing", actor)
    for side in ("left", "right"):
        assert _distance_to_axis(solids[f"{side}_hand"].origin, solids[f"{side}_rope"]).max() < TOLERANCE_M


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("actor", range(6))
def test_no_limb_flips_between_frames(action: str, actor: int) -> None:
    for solid in _perform(action, actor).values():
        if len(solid.rotation) == 1:
            continue
        step = np.swapaxes(solid.rotation[:-1], -1, -2) @ solid.rotation[1:]
        cosine = (np.trace(step, axis1=1, axis2=2) - 1) / 2
        assert np.degrees(np.arccos(np.clip(cosine, -1, 1))).max() < 45, solid.name


def test_an_unknown_action_is_named_with_those_there_are() -> None:
    with pytest.raises(StimulusError, match=r'"Juggling".*JumpingJack, Lunges, PullUps, PushUps, Swing'):
        action_named("Juggling")
