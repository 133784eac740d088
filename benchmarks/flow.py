"""Estimated flow against the exact flow of drawn clips: end-point error per method and action, and its time.

RAFT-small needs its weights, as `weights/raft-small.pth` in the folder that AFD_TEST_DATA names, and is left
out without. RAFT-large is timed with untrained weights, which take as long: there is no error to state.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from stimuli.errors import StimulusError
from stimuli.flow import Flow, FlowEstimator, FlowRecipe, Frame, flow_estimator, flow_recipe
from stimuli.synthetic import ACTIONS, prepare, render_frames
from stimuli.torchvision_import import require_torchvision

SEED = 0
GROUPS = (1, 2)
PAIRS_PER_CLIP = 6
TIMED_PAIRS_OF_LARGE = 2


@dataclass(frozen=True)
class Pair:
    """Two neighbouring frames, the exact flow between them, and which pixels of the first show the actor."""

    action: str
    frames: tuple[Frame, Frame]
    flow: Flow
    limbs: npt.NDArray[np.bool_]


def pairs() -> Iterator[Pair]:
    """Pairs spread evenly over a clip of each action and group."""
    for action in ACTIONS:
        for group in GROUPS:
            take = prepare(action, group, 1, SEED)
            wanted = set(np.linspace(0, take.frames - 2, PAIRS_PER_CLIP).astype(int).tolist())
            previous = None
            for index, frame in enumerate(render_frames(take)):
                if previous is not None and previous.flow is not None and index - 1 in wanted:
                    limbs = (previous.surface >= 0) & (previous.surface < take.actor_parts)
                    yield Pair(action, (previous.picture, frame.picture), previous.flow, limbs)
                previous = frame


def recipes() -> dict[str, FlowRecipe]:
    found = {"dis": flow_recipe("dis"), "farneback": flow_recipe("farneback")}
    weights = Path(os.environ.get("AFD_TEST_DATA", "")) / "weights" / "raft-small.pth"
    try:
        require_torchvision("RAFT flow")
        found["raft-small"] = flow_recipe("raft-small", weights)
        found["raft-small, upsampled twice"] = flow_recipe("raft-small", weights, upsample=2)
    except StimulusError as error:
        print(f"RAFT is left out: {error}")
    return found


def error_px(estimated: Flow, exact: Flow) -> npt.NDArray[np.float32]:
    """End-point error (H, W) in pixels per frame."""
    distance: npt.NDArray[np.float32] = np.linalg.norm(estimated - exact, axis=2)
    return distance


def compare(estimator: FlowEstimator, material: list[Pair]) -> dict[str, object]:
    """Errors in px over all pixels of all pairs and over those of the actor; processor time per pair."""
    start = time.process_time()
    estimated = [next(iter(estimator.flows(pair.frames))) for pair in material]
    spent = time.process_time() - start
    errors = [error_px(flow, pair.flow) for flow, pair in zip(estimated, material, strict=True)]
    return {
        "limbs": _median_and_mean(material, errors, None),
        "all": summary(np.concatenate([error.ravel() for error in errors])),
        "limbs_by_action": {action: _median_and_mean(material, errors, action) for action in ACTIONS},
        "ms_per_pair": round(1e3 * spent / len(material), 1),
    }


def _median_and_mean(
    material: list[Pair], errors: list[npt.NDArray[np.float32]], action: str | None
) -> dict[str, float]:
    chosen = [
        error[pair.limbs]
        for pair, error in zip(material, errors, strict=True)
        if action in (None, pair.action)
    ]
    return summary(np.concatenate(chosen))


def summary(errors: npt.NDArray[np.float32]) -> dict[str, float]:
    return {"median": round(float(np.median(errors)), 3), "mean": round(float(np.mean(errors)), 3)}


def still(material: list[Pair]) -> dict[str, object]:
    """The errors of saying that nothing moves, which are the lengths of the exact flow."""
    lengths = [error_px(np.zeros_like(pair.flow), pair.flow) for pair in material]
    return {
        "limbs": _median_and_mean(material, lengths, None),
        "all": summary(np.concatenate([length.ravel() for length in lengths])),
    }


def ms_per_pair_of_large(material: list[Pair]) -> float:
    import torch
    from torchvision.models.optical_flow import raft_large

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "untrained.pth"
        torch.save(raft_large().state_dict(), path)
        estimator = flow_estimator(flow_recipe("raft-large", path))
    start = time.process_time()
    for pair in material[:TIMED_PAIRS_OF_LARGE]:
        next(iter(estimator.flows(pair.frames)))
    return round(1e3 * (time.process_time() - start) / TIMED_PAIRS_OF_LARGE, 1)


def main() -> None:
    cv2.setNumThreads(1)
    material = list(pairs())
    result: dict[str, object] = {"pairs": len(material), "still": still(material)}
    known = recipes()
    for name, recipe in known.items():
        figures = compare(flow_estimator(recipe), material)
        result[name] = figures
        print(f"{name}: {figures}", flush=True)
    if "raft-small" in known:
        result["raft-large"] = {"ms_per_pair": ms_per_pair_of_large(material)}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
