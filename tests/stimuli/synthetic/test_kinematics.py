"""Limbs keep their lengths, bend where they are told to, and reach what they can."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimuli.synthetic.kinematics import about_y, about_z, apply, frame_along, two_bone, vector

coordinates = st.floats(-1.0, 1.0)


def test_a_chain_bends_at_the_right_angle_towards_its_pole() -> None:
    # Bones of 3 and 4 that span 5 meet in a right angle, 2.4 off the line between the ends.
    joint, end, hinge = two_bone(vector(0, 0, 0), vector(5, 0, 0), 3.0, 4.0, pole=vector(0.7, 0, 1))
    np.testing.assert_allclose(joint, [1.8, 0, 2.4], atol=1e-9)
    np.testing.assert_allclose(end, [5, 0, 0], atol=1e-9)
    np.testing.assert_allclose(hinge, [0, -1, 0], atol=1e-9)


@given(coordinates, coordinates, coordinates)
def test_bones_keep_their_lengths_wherever_the_target_lies(x: float, y: float, z: float) -> None:
    target = vector(x, y, z - 1.5)
    joint, end, _ = two_bone(vector(0, 0, 0), target, 0.4, 0.3, pole=vector(0.3, 1.0, 0.02))
    assert np.linalg.norm(joint) == pytest.approx(0.4)
    assert np.linalg.norm(end - joint) == pytest.approx(0.3)
    assert np.linalg.norm(end) <= 0.7


def test_rotations_turn_as_their_names_say() -> None:
    quarter = np.pi / 2
    np.testing.assert_allclose(apply(about_y(quarter), [0, 0, 1]), [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(apply(about_z(quarter), [1, 0, 0]), [0, 1, 0], atol=1e-12)


def test_a_frame_along_an_axis_is_a_rotation() -> None:
    frame = frame_along(vector(1, 2, 3), vector(1, 0, 0))
    np.testing.assert_allclose(frame @ frame.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(frame) == pytest.approx(1.0)
    np.testing.assert_allclose(frame[:, 2], np.array([1, 2, 3]) / np.sqrt(14))
