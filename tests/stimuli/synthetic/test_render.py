"""Solids appear where projection puts them, and their flow is where their points go."""

from __future__ import annotations

import numpy as np
import pytest

from stimuli.synthetic.camera import CENTRE_PX, CameraPath, View, fixed, place
from stimuli.synthetic.kinematics import about_z, vector
from stimuli.synthetic.render import Backdrop, depth_map, flow_between, surface_map, trace
from stimuli.synthetic.shapes import Solid, ellipsoid, limb
from stimuli.synthetic.silhouettes import track

FOCAL_PX = 300.0
HINT = vector(0.3, 0.2, 1.0)[None]


def _camera(frames: int = 1) -> CameraPath:
    """Five metres behind the origin, looking along x: the picture's right is -y, its down is -z."""
    still = fixed(View(vector(-5, 0, 0), 0.0, 0.0, 0.0, FOCAL_PX))
    return CameraPath(
        still.position, np.repeat(still.rotation, frames, axis=0), np.repeat(still.focal_px, frames)
    )


def _ball(centre: np.ndarray[tuple[int, ...], np.dtype[np.float64]], radius: float = 0.5) -> Solid:
    return ellipsoid("ball", (radius,) * 3, np.eye(3)[None], np.atleast_2d(centre))


def test_a_ball_covers_the_disc_that_perspective_gives_it() -> None:
    tracks = track([_ball(vector(0, 0, 0))], _camera())
    hits, _ = trace(tracks, 0)
    # The outline of a ball of radius r at distance d has the tangent r / sqrt(d^2 - r^2).
    radius_px = FOCAL_PX * 0.5 / np.sqrt(25 - 0.25)
    assert len(hits.pixel) == pytest.approx(np.pi * radius_px**2, rel=0.01)
    assert depth_map(hits).min() == pytest.approx(4.5, abs=1e-3)
    columns = np.flatnonzero((surface_map(hits) == 0).any(0))
    assert columns.mean() == pytest.approx(CENTRE_PX[0])


def test_the_nearer_of_two_solids_is_seen() -> None:
    tracks = track([_ball(vector(2, 0, 0), 0.8), _ball(vector(0, 0, 0), 0.3)], _camera())
    surface = surface_map(trace(tracks, 0)[0])
    assert surface[120, 160] == 1
    assert 0 in surface


def test_no_ray_that_hits_is_left_out_by_the_spans() -> None:
    # Against brute force: every pixel of the frame for a slanted, squashed round cone.
    cone = limb(
        "cone", vector(-1, -0.9, -0.6)[None], vector(1.2, 0.8, 0.9)[None], 0.35, 0.12, HINT, (0.5, 1.0)
    )
    camera = _camera()
    tracks = track([cone], camera)
    hits, rays = trace(tracks, 0)
    wide = track([cone], camera)
    wide.rows[...] = [0, 239]
    wide.lows[...], wide.highs[...] = -1e6, 1e6
    everywhere, tried = trace(wide, 0)
    assert len(tried.pixel) == 240 * 320
    assert len(rays.pixel) < 0.15 * len(tried.pixel)
    np.testing.assert_array_equal(np.sort(hits.pixel), np.sort(everywhere.pixel))


def test_flow_of_a_moving_ball_is_the_projection_of_its_motion() -> None:
    # Given a ball that moves 0.1 m to the left of the picture (y) while it turns about the upright,
    turn = about_z(np.array([0.0, 0.05]))
    ball = ellipsoid("ball", (0.5, 0.5, 0.5), turn, vector(0, np.array([0.0, 0.1]), 0))
    camera = _camera(2)
    tracks = track([ball], camera)
    backdrop = Backdrop(np.zeros((4, 4, 3), np.uint8), np.repeat(np.eye(3)[None], 2, axis=0))
    hits, _ = trace(tracks, 0)
    flow = flow_between(tracks, backdrop, hits, 0, 1)
    # when a pixel's point is found, turned, moved and projected by hand,
    row, column = 110, 165
    index = int(np.flatnonzero(hits.pixel == row * 320 + column)[0])
    point = hits.point[:, index].astype(np.float64) * 0.5
    moved = turn[1] @ point + [0, 0.1, 0]
    np.testing.assert_allclose(
        flow[row, column] + [column, row], camera.project(moved[None])[0, 0], atol=1e-3
    )
    # then that is its flow, and the background stays.
    np.testing.assert_array_equal(flow[5, 5], [0, 0])


def test_the_camera_is_placed_so_that_everything_fits() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        points = rng.uniform([-1, -0.4, 0], [0.5, 0.4, 2.3], (50, 3))
        pixels = fixed(place(points, rng.uniform(0, 6.28), 0.9, rng)).project(points)[0]
        assert (pixels > 0).all()
        assert (pixels < [319, 239]).all()
