"""Pictures and exact flow of moving solids before a background that only the camera moves.

Per frame, all solids go through one flat batch: the rows each covers, the span of pixels in each row, one
ray per pixel. `np.minimum.at` is the depth buffer. The ray through the pixel's centre decides which
surface point the pixel shows; that point, moved with its solid and the next camera, is the pixel's flow.
Borders between surfaces, and parts about a pixel thin, are coloured from 2x2 rays; the flow is not touched
by that. Single precision throughout.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from stimuli.synthetic.camera import FRAME_SHAPE
from stimuli.synthetic.silhouettes import Tracks
from stimuli.synthetic.texture_atlas import Atlas

Float = NDArray[np.float32]
Index = NDArray[np.int64]

BACKGROUND = -1
"""Surface number of everything that is not a solid."""

_ROWS, _COLUMNS = FRAME_SHAPE
_OFFSETS = np.array([[-0.25, -0.25], [0.25, -0.25], [-0.25, 0.25], [0.25, 0.25]], dtype=np.float32)


@dataclass(frozen=True)
class Backdrop:
    """A picture of everything that stands behind the solids, and where it lies in every frame.

    `to_picture (T, 3, 3)` takes homogeneous pixels of a frame to pixels of `picture (H, W, 3)`.
    """

    picture: NDArray[np.uint8]
    to_picture: NDArray[np.float64]


@dataclass(frozen=True)
class Hits:
    """Ray hits: the pixel (row * columns + column), the solid, the depth along the camera's axis in metres,
    and the point `(3, n)` in the solid's unsquashed frame.
    """

    pixel: Index
    solid: Index
    depth: Float
    point: Float


@dataclass(frozen=True)
class _Rays:
    """Candidate rays, one per solid and pixel of its spans; structure of arrays for contiguous arithmetic."""

    solid: Index
    column: Index
    row: Index
    pixel: Index


def trace(tracks: Tracks, frame: int) -> tuple[Hits, _Rays]:
    """What the rays through the pixel centres of a frame hit first, and all rays that were tried."""
    rays = _candidate_rays(tracks, frame)
    depth, point = _intersect(
        tracks, frame, rays.solid, rays.column.astype(np.float32), rays.row.astype(np.float32)
    )
    pixel = rays.pixel
    nearest = np.full(tracks.shape[0] * tracks.shape[1], np.inf, dtype=np.float32)
    np.minimum.at(nearest, pixel, depth)
    first = np.flatnonzero((depth == nearest[pixel]) & np.isfinite(depth))
    return Hits(pixel[first], rays.solid[first], depth[first], point[:, first]), rays


def surface_map(hits: Hits) -> NDArray[np.int16]:
    """Number of the solid each pixel `(240, 320)` shows, `BACKGROUND` where none."""
    surface = np.full(_ROWS * _COLUMNS, BACKGROUND, dtype=np.int16)
    surface[hits.pixel] = hits.solid
    return surface.reshape(FRAME_SHAPE)


def depth_map(hits: Hits) -> Float:
    """Depth in metres of the solids in a frame `(240, 320)`, infinite at the background."""
    depth = np.full(_ROWS * _COLUMNS, np.inf, dtype=np.float32)
    depth[hits.pixel] = hits.depth
    return depth.reshape(FRAME_SHAPE)


def flow_between(tracks: Tracks, backdrop: Backdrop, hits: Hits, frame: int, other: int) -> Float:
    """Exact displacement `(240, 320, 2)`, x then y in pixels, of what `frame` shows at its pixel centres to
    `other`.
    """
    back = np.linalg.inv(backdrop.to_picture[other]) @ backdrop.to_picture[frame]
    flow = _plane_flow(back)
    matrix = np.take(tracks.to_pixels[other].reshape(-1, 12), hits.solid, axis=0).T
    x, y, z = hits.point
    u, v, w = (
        matrix[4 * i] * x + matrix[4 * i + 1] * y + matrix[4 * i + 2] * z + matrix[4 * i + 3]
        for i in range(3)
    )
    flat = flow.reshape(-1, 2)
    flat[hits.pixel, 0] = u / w - (hits.pixel % _COLUMNS)
    flat[hits.pixel, 1] = v / w - (hits.pixel // _COLUMNS)
    return flow


def _plane_flow(homography: NDArray[np.float64]) -> Float:
    h = homography / homography[2, 2]
    # Differences first: single precision then resolves the small displacements, not the large coordinates.
    x, y = np.arange(_COLUMNS, dtype=np.float64), np.arange(_ROWS, dtype=np.float64)[:, None]
    across = ((h[:, 0:1] * x)[:, None] + (h[:, 1, None] * y.T)[:, :, None] + h[:, 2][:, None, None]).astype(
        np.float64
    )
    flow = np.empty((_ROWS, _COLUMNS, 2), dtype=np.float32)
    flow[..., 0] = across[0] / across[2] - x
    flow[..., 1] = across[1] / across[2] - y
    return flow


def paint(
    tracks: Tracks, atlas: Atlas, backdrop: Backdrop, hits: Hits, rays: _Rays, frame: int
) -> NDArray[np.uint8]:
    """The picture `(240, 320, 3)` of a frame."""
    picture = cv2.warpPerspective(
        backdrop.picture,
        backdrop.to_picture[frame],
        (_COLUMNS, _ROWS),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    flat = picture.reshape(-1, 3)
    edges = _edges(surface_map(hits), tracks.thin[frame], rays)
    behind = flat[edges].astype(np.float32)
    flat[hits.pixel] = atlas.colours(hits.solid, hits.point)
    flat[edges] = _antialias(tracks, atlas, rays, frame, edges, behind)
    return np.asarray(picture, dtype=np.uint8)


def _edges(surface: NDArray[np.int16], thin: NDArray[np.bool_], rays: _Rays) -> Index:
    """Pixels where surfaces meet, and all pixels of thin solids."""
    edge = np.zeros(FRAME_SHAPE, dtype=bool)
    beside, below = surface[:, 1:] != surface[:, :-1], surface[1:] != surface[:-1]
    edge[:, 1:] |= beside
    edge[:, :-1] |= beside
    edge[1:] |= below
    edge[:-1] |= below
    if thin.any():
        edge.reshape(-1)[rays.pixel[thin[rays.solid]]] = True
    return np.flatnonzero(edge)


def _antialias(
    tracks: Tracks, atlas: Atlas, rays: _Rays, frame: int, edges: Index, behind: Float
) -> NDArray[np.uint8]:
    """Colours `(n, 3)` of edge pixels: means of four rays each, `behind (n, 3)` where a ray hits nothing."""
    rank = np.full(_ROWS * _COLUMNS, -1, dtype=np.int64)
    rank[edges] = np.arange(len(edges))
    rays_rank = rank[rays.pixel]
    near = np.flatnonzero(rays_rank >= 0)
    solid = np.repeat(rays.solid[near], 4)
    column = (rays.column[near].astype(np.float32)[:, None] + _OFFSETS[:, 0]).ravel()
    row = (rays.row[near].astype(np.float32)[:, None] + _OFFSETS[:, 1]).ravel()
    target = (rays_rank[near][:, None] * 4 + np.arange(4)).ravel()
    depth, point = _intersect(tracks, frame, solid, column, row)
    nearest = np.full(len(edges) * 4, np.inf, dtype=np.float32)
    np.minimum.at(nearest, target, depth)
    first = np.flatnonzero((depth == nearest[target]) & np.isfinite(depth))
    colours = np.repeat(behind, 4, axis=0)
    colours[target[first]] = atlas.colours(solid[first], point[:, first])
    mean = colours.reshape(-1, 4, 3).mean(1)
    return np.asarray(np.rint(mean), dtype=np.uint8)


def _candidate_rays(tracks: Tracks, frame: int) -> _Rays:
    columns = tracks.shape[1]
    top, bottom = tracks.rows[frame].T
    per_solid = np.maximum(bottom - top + 1, 0)
    solid = np.repeat(np.arange(len(per_solid)), per_solid)
    row = np.arange(len(solid)) - np.repeat(np.cumsum(per_solid) - per_solid - top, per_solid)
    # Each solid's outline lies between pairs of parallel lines; a row's span is what all of them leave of it.
    normal, low, high = tracks.normals[frame][solid], tracks.lows[frame][solid], tracks.highs[frame][solid]
    level = normal[..., 1] * row[:, None].astype(np.float32)
    left = ((low - level) / normal[..., 0]).max(1)
    right = ((high - level) / normal[..., 0]).min(1)
    start = np.ceil(np.clip(left, 0, columns)).astype(np.int64)
    stop = np.floor(np.clip(right, -1, columns - 1)).astype(np.int64)
    per_row = np.maximum(stop - start + 1, 0)
    total = int(per_row.sum())
    column = np.arange(total) - np.repeat(np.cumsum(per_row) - per_row - start, per_row)
    row = np.repeat(row, per_row)
    return _Rays(np.repeat(solid, per_row), column, row, row * columns + column)


def _intersect(tracks: Tracks, frame: int, solid: Index, column: Float, row: Float) -> tuple[Float, Float]:
    """Depth (infinite for a miss) and point `(3, n)` where rays meet their solids' unsquashed round cones."""
    table = np.take(tracks.rays[frame], solid, axis=1)
    ax, bx, cx, ay, by, cy, az, bz, cz, ox, oy, oz, base, r0, r1, length, slant, rim, low, high = table
    dx, dy, dz = ax * column + bx * row + cx, ay * column + by * row + cy, az * column + bz * row + cz
    # Start near the solid: from the camera, the quadratics below would lose half their digits.
    px, py, pz = ox + base * dx, oy + base * dy, oz + base * dz
    radial_dd, radial_pd, radial_pp = dx * dx + dy * dy, px * dx + py * dy, px * px + py * py
    dd, pd, pp = radial_dd + dz * dz, radial_pd + pz * dz, radial_pp + pz * pz
    with np.errstate(invalid="ignore", divide="ignore"):
        start_cap = (-pd - np.sqrt(pd * pd - dd * (pp - r0 * r0))) / dd
        beyond = pz - length
        pd1 = radial_pd + beyond * dz
        pp1 = radial_pp + beyond * beyond
        end_cap = (-pd1 - np.sqrt(pd1 * pd1 - dd * (pp1 - r1 * r1))) / dd
        # The cone between the spheres: radius rim - slant * z, for z between the circles where they touch it.
        wide, shrink = rim - slant * pz, -slant * dz
        a, b, c = radial_dd - shrink * shrink, radial_pd - wide * shrink, radial_pp - wide * wide
        side = (-b - np.sqrt(b * b - a * c)) / a
        z = pz + side * dz
        side = np.where((z >= low) & (z <= high), side, np.nan)
    ahead = np.fmin(np.fmin(start_cap, end_cap), side)
    depth = base + ahead
    depth[np.isnan(depth)] = np.inf
    return depth, np.stack([px + ahead * dx, py + ahead * dy, pz + ahead * dz])
