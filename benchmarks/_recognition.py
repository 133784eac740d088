"""A small classifier of motion and of single frames: how much of an action a clip, its noise or a frame
tells.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from scipy import stats

Array = npt.NDArray[np.float64]

_DIRECTIONS = 8
_CELLS = 5


def motion_histogram(flow: npt.NDArray[np.float32]) -> Array:
    """What moves where and in which direction, of flow `(T, H, W, 2)`: the features `(5 * 5 * 8 + 8,)` of a
    clip.

    The camera's motion (each frame's median) is taken off. Directions are weighted by speed and counted in
    a grid about the moving pixels' centre over the whole clip, two standard deviations to each side.
    """
    moving = flow - np.median(flow, axis=(1, 2), keepdims=True)
    speed = np.hypot(moving[..., 0], moving[..., 1])
    speed[speed < 0.4] = 0
    energy = speed.sum(0, dtype=np.float64) + 1e-9
    y, x = np.mgrid[: energy.shape[0], : energy.shape[1]]
    centre = [float((axis * energy).sum() / energy.sum()) for axis in (y, x)]
    spread = max(
        float(np.sqrt(((axis - middle) ** 2 * energy).sum() / energy.sum()))
        for axis, middle in zip((y, x), centre, strict=True)
    )
    cells = [
        np.clip(np.floor(((axis - middle) / (4 * spread + 1e-9) + 0.5) * _CELLS), 0, _CELLS - 1).astype(
            np.int64
        )
        for axis, middle in zip((y, x), centre, strict=True)
    ]
    direction = np.arctan2(moving[..., 1], moving[..., 0]) / (2 * np.pi) * _DIRECTIONS
    number = np.rint(direction).astype(np.int64) % _DIRECTIONS
    index = (cells[0] * _CELLS + cells[1]) * _DIRECTIONS + number
    counts = np.bincount(index.ravel(), weights=speed.ravel(), minlength=_CELLS**2 * _DIRECTIONS)
    directions = counts.reshape(-1, _DIRECTIONS).sum(0)
    features = np.concatenate([counts, directions])
    return np.asarray(np.sqrt(features / (directions.sum() + 1e-9)))


def mirrored_histogram(flow: npt.NDArray[np.float32]) -> Array:
    """`motion_histogram` of the clip seen in a mirror."""
    return motion_histogram(flow[:, :, ::-1] * np.array([-1, 1], dtype=np.float32))


def match_blocks(
    first: npt.NDArray[np.uint8],
    second: npt.NDArray[np.uint8],
    reach: int = 6,
    block: int = 13,
    step: int = 4,
) -> npt.NDArray[np.float32]:
    """Whole-pixel motion `(H / step, W / step, 2)`: the shift at which most dots of a block are found
    unchanged.

    Ties go to the smaller shift.
    """
    packed = [frame.astype(np.int32) @ np.array([1, 256, 65536], dtype=np.int32) for frame in (first, second)]
    padded = np.pad(packed[1], reach, constant_values=-1)
    rows, columns = packed[0].shape
    shifts = sorted(
        ((dx, dy) for dy in range(-reach, reach + 1) for dx in range(-reach, reach + 1)),
        key=lambda shift: shift[0] ** 2 + shift[1] ** 2,
    )
    best = np.full((-(-rows // step), -(-columns // step)), 0.5 / block**2, dtype=np.float32)
    flow = np.zeros((*best.shape, 2), dtype=np.float32)
    for dx, dy in shifts:
        shifted = padded[reach + dy : reach + dy + rows, reach + dx : reach + dx + columns]
        same = (packed[0] == shifted).astype(np.float32)
        found = cv2.boxFilter(same, -1, (block, block))[::step, ::step]
        better = found > best
        best[better] = found[better]
        flow[better] = dx, dy
    return flow


def cross_validated(
    features: Array,
    labels: npt.NDArray[np.int64],
    groups: npt.NDArray[np.int64],
    folds: int = 5,
    ridge: float = 1.0,
) -> npt.NDArray[np.bool_]:
    """Which items `(n,)` ridge regression on one-of-K labels names when their whole group was held out.

    `features (n, views, d)`: it is trained on all views of an item and names an item by the mean over them.
    """
    views = features.shape[1]
    right = np.zeros(len(labels), dtype=bool)
    targets = np.eye(labels.max() + 1)[labels]
    for fold in range(folds):
        held_out = groups % folds == fold
        train = features[~held_out].reshape(-1, features.shape[-1])
        mean, deviation = train.mean(0), train.std(0) + 1e-6
        # Scaling by the overall deviation keeps rare, noisy cells from being blown up.
        design = (train - mean) / (deviation + deviation.mean())
        wanted = np.repeat(targets[~held_out], views, axis=0)
        penalty = ridge * design.shape[1] * 0.1 * np.eye(design.shape[1])
        weights = np.linalg.solve(design.T @ design + penalty, design.T @ (wanted - wanted.mean(0)))
        tests = ((features[held_out] - mean) / (deviation + deviation.mean())) @ weights
        right[held_out] = tests.mean(1).argmax(1) == labels[held_out]
    return right


def share_with_interval(right: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Share of right answers with its exact 95 % interval (Clopper and Pearson)."""
    found = stats.binomtest(int(right.sum()), right.size)
    interval = found.proportion_ci(0.95)
    return {
        "share": round(float(right.mean()), 3),
        "low": round(float(interval.low), 3),
        "high": round(float(interval.high), 3),
    }
