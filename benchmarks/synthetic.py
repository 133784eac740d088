"""Drawn actors: speed, exactness of the flow, and what tells the actions apart.

Speeds are those of one core. Classifiers are cross-validated over held-out groups, so no actor, scene or
viewpoint of a test clip was trained on.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks._recognition import (
    cross_validated,
    match_blocks,
    mirrored_histogram,
    motion_histogram,
    share_with_interval,
)
from stimuli.appearance_free import appearance_free_video, noise_seed
from stimuli.synthetic import ACTIONS, FRAME_SHAPE, prepare, render_clip, render_frames
from stimuli.synthetic.render import trace
from stimuli.synthetic.visibility import sample_along, seen_twice

Features = npt.NDArray[np.float64]

SEED = 0
GROUPS = range(1, 26)
_NOISE_PAIRS = 24
"""Pairs of noise frames per clip from which motion is estimated, spread evenly over the clip."""


def milliseconds_per_frame() -> dict[str, float]:
    """Processor time of RGB and flow together, the preparation of each clip included."""
    times = {}
    for action in ACTIONS:
        spent, frames = 0.0, 0
        for group in (1, 2, 3):
            start = time.process_time()
            frames += len(render_clip(action, group, 0, SEED).frames)
            spent += time.process_time() - start
        times[action] = round(1000 * spent / frames, 2)
    return times | {"median": float(np.median(list(times.values())))}


def exactness() -> tuple[dict[str, dict[str, float]], float]:
    """Per action, differences of grey values along three flows; and the 99th percentile of |F + B| (px)."""
    estimator = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    table: dict[str, dict[str, float]] = {}
    returns = []
    for action in ACTIONS:
        differences: dict[str, list[npt.NDArray[np.float32]]] = {"exact": [], "dis": [], "still": []}
        for group in (1, 2, 3, 4, 5, 6):
            take = prepare(action, group, 0, SEED)
            frames = render_frames(take)
            previous = next(frames)
            for i, frame in enumerate(frames):
                if i % 5 == 0:
                    assert previous.flow is not None
                    assert frame.backward is not None
                    mask = seen_twice(previous, frame, take.actor_parts)
                    grey = [cv2.cvtColor(one.picture, cv2.COLOR_RGB2GRAY) for one in (previous, frame)]
                    estimated = estimator.calc(grey[0], grey[1], np.zeros((*grey[0].shape, 2), np.float32))
                    for name, flow in (
                        ("exact", previous.flow),
                        ("dis", np.asarray(estimated, dtype=np.float32)),
                        ("still", np.zeros_like(previous.flow)),
                    ):
                        there = sample_along(grey[1].astype(np.float32), flow)
                        differences[name].append(np.abs(there - grey[0])[mask])
                    returned = previous.flow + sample_along(frame.backward, previous.flow)
                    returns.append(np.hypot(returned[..., 0], returned[..., 1])[mask])
                previous = frame
        table[action] = {}
        for name, parts in differences.items():
            values = np.concatenate(parts)
            table[action][f"{name}_mean"] = round(float(values.mean()), 3)
            table[action][f"{name}_median"] = round(float(np.median(values)), 3)
            table[action][f"{name}_p95"] = round(float(np.percentile(values, 95)), 3)
    return table, round(float(np.percentile(np.concatenate(returns), 99)), 5)


@dataclass(frozen=True)
class Clues:
    """What one clip offers a classifier, each `(views, features)`, and the actor's share of its picture."""

    exact_flow: Features
    noise_motion: Features
    noise_frame: Features
    grey_frame: Features
    background: Features
    coverage: float


def clues(action: str, group: int) -> Clues:
    """The clues of one clip of a group; noise is made from its exact flow."""
    clip = group % 3
    rendered = render_clip(action, group, clip, SEED)
    noise = appearance_free_video(rendered.flow, noise_seed(SEED, f"{action}_{group}_{clip}"))
    pairs = np.unique(np.linspace(1, len(noise) - 2, _NOISE_PAIRS).astype(int))
    estimated = np.stack([match_blocks(noise[i], noise[i + 1]) for i in pairs])
    take = prepare(action, group, clip, SEED)
    middle = take.frames // 2
    hits, _ = trace(take.tracks, middle)
    return Clues(
        exact_flow=_both_ways(rendered.flow[:, ::2, ::2]),
        noise_motion=_both_ways(estimated),
        # One frame only: the dots of a still background stay, so frames of one clip are no independent items.
        noise_frame=_thumbnail(noise[middle]),
        grey_frame=_thumbnail(rendered.frames[middle]),
        background=_thumbnail(take.backdrop.picture),
        coverage=float(np.count_nonzero(hits.solid < take.actor_parts)) / (FRAME_SHAPE[0] * FRAME_SHAPE[1]),
    )


def recognition() -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Share of clips a ridge classifier names right, per kind of clue; and the actor's median share of
    pictures.
    """
    table = [(label, group, clues(action, group)) for label, action in enumerate(ACTIONS) for group in GROUPS]
    labels, groups = (np.array([row[i] for row in table]) for i in (0, 1))
    shares = {}
    for name in ("exact_flow", "noise_motion", "noise_frame", "grey_frame", "background"):
        items = np.stack([getattr(found, name) for _, _, found in table])
        shares[name] = share_with_interval(cross_validated(items, labels, groups))
    coverage = {
        action: round(float(np.median([found.coverage for of, _, found in table if of == label])), 3)
        for label, action in enumerate(ACTIONS)
    }
    return shares, coverage


def _both_ways(flow: npt.NDArray[np.float32]) -> Features:
    return np.stack([motion_histogram(flow), mirrored_histogram(flow)])


def _thumbnail(picture: npt.NDArray[np.uint8]) -> Features:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float64)
    return np.asarray(cv2.resize(grey, (20, 15), interpolation=cv2.INTER_AREA).reshape(1, -1))


def main() -> None:
    cv2.setNumThreads(1)
    speed = milliseconds_per_frame()
    print("ms a frame:", speed)
    differences, returns = exactness()
    for action, row in differences.items():
        print(action, row)
    shares, coverage = recognition()
    result = {
        "ms_per_frame": speed,
        "difference_along_flow": differences,
        "forward_backward_p99_px": returns,
        "recognition": shares,
        "actor_share_of_picture": coverage,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
