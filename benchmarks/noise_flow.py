"""How well flow is read from appearance-free frames, against the exact flow that moved them.

Drawn clips, a train and a test group of each action; six pairs of frames each. For every reader, over the
pixels where the source moves by more than half a pixel per frame:

- `epe_px`: mean end-point error; `epe_median_px`;
- `r`: correlation with the true motion, u and v pooled; `gain`: regression on it, 1 where all is kept;
- `still_px`: median length of what is read where nothing moves;
- `r_seen`: correlation over all pixels after both flows were brought to 112 px, which is what a network sees;
- `ms_per_pair` of processor time, one thread.

The same on the RGB frames, as `rgb_*`. RAFT looks at every third pair. Besides the readers that can be
chosen, others say what their blur is good for. RAFT-small needs its weights, as `weights/raft-small.pth` in
the folder that AFD_TEST_DATA names, and is left out without. `--markdown` prints the table of the
documentation.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from analysis.errors import AnalysisError
from analysis.models.noise_flow import READERS, FlowReader, ReadyReader, ready
from stimuli.appearance_free import Generator, appearance_free_frames
from stimuli.flow import Flow, Frame
from stimuli.synthetic import ACTIONS, render_clip

SEED, GROUPS, PAIRS_PER_CLIP = 0, (1, 8), 6
RAFT_EVERY = 3
OTHERS = {
    "dis, blur 1.2": FlowReader("dis", blur_px=1.2),
    "dis, blur 1.6": FlowReader("dis", blur_px=1.6),
    "dis, blur 2.5": FlowReader("dis", blur_px=2.5),
    "dis, blur 3": FlowReader("dis", blur_px=3.0),
    "farneback, blur 2": FlowReader("farneback", blur_px=2.0),
    "raft-small, blur 1.2": FlowReader("raft-small", blur_px=1.2),
    "raft-small-x2, blur 1.2": FlowReader("raft-small", blur_px=1.2, upsample=2),
}
MOVING_PX, STILL_PX, BORDER_PX, SEEN_PX = 0.5, 0.02, 8, 112


@dataclass(frozen=True)
class Pair:
    """Two neighbouring frames, as noise and as RGB, and the exact flow between them."""

    noise: tuple[Frame, Frame]
    rgb: tuple[Frame, Frame]
    flow: Flow


def pairs() -> Iterator[Pair]:
    """Pairs spread evenly over a clip of each action and group."""
    for action in ACTIONS:
        for group in GROUPS:
            drawn = render_clip(action, group, 1, SEED)
            rng = np.random.default_rng([SEED, group])
            noise = list(appearance_free_frames(drawn.flow, rng, Generator(), drawn.depth))
            for index in np.linspace(1, len(drawn.flow) - 1, PAIRS_PER_CLIP).astype(int):
                yield Pair(
                    (noise[index], noise[index + 1]),
                    (drawn.frames[index], drawn.frames[index + 1]),
                    drawn.flow[index],
                )


def figures(found: list[Flow], true: list[Flow]) -> dict[str, float]:
    """Errors of the flow found, field by field, against the true one."""
    inner = slice(BORDER_PX, -BORDER_PX)
    measured = np.stack(found)[:, inner, inner]
    exact = np.stack(true)[:, inner, inner]
    speed = np.linalg.norm(exact, axis=-1)
    moving = speed > MOVING_PX
    error = np.linalg.norm(measured - exact, axis=-1)[moving]
    x, y = measured[moving].ravel().astype(np.float64), exact[moving].ravel().astype(np.float64)
    still = np.linalg.norm(measured, axis=-1)[speed < STILL_PX]
    seen = np.stack([_as_seen(flow) for flow in found]).ravel()
    wanted = np.stack([_as_seen(flow) for flow in true]).ravel()
    return {
        "epe_px": float(error.mean()),
        "epe_median_px": float(np.median(error)),
        "r": float(np.corrcoef(x, y)[0, 1]),
        "gain": float((x * y).sum() / (y * y).sum()),
        "still_px": float(np.median(still)),
        "r_seen": float(np.corrcoef(seen, wanted)[0, 1]),
    }


def _as_seen(flow: Flow) -> npt.NDArray[np.float32]:
    scale = SEEN_PX / min(flow.shape[:2])
    size = (round(flow.shape[1] * scale), round(flow.shape[0] * scale))
    return np.asarray(cv2.resize(flow, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def measure(reader: ReadyReader, material: list[Pair]) -> dict[str, float]:
    if reader.reader.estimator == "raft-small":
        material = material[::RAFT_EVERY]
    true = [pair.flow for pair in material]
    reader.flow(*material[0].noise)  # what is made once, such as buffers, is not timed
    start = time.process_time()
    of_noise = [reader.flow(*pair.noise) for pair in material]
    spent = time.process_time() - start
    of_rgb = figures([reader.flow(*pair.rgb) for pair in material], true)
    row = figures(of_noise, true)
    row |= {f"rgb_{name}": of_rgb[name] for name in ("epe_px", "r", "r_seen")}
    row["pairs"] = len(material)
    row["ms_per_pair"] = 1e3 * spent / len(material)
    return {name: round(value, 3) for name, value in row.items()}


def weights_here() -> Path | None:
    folder = os.environ.get("AFD_TEST_DATA")
    file = Path(folder) / "weights" / "raft-small.pth" if folder else None
    return file if file is not None and file.is_file() else None


def readers() -> Iterator[tuple[str, ReadyReader]]:
    """All that can run here; RAFT-large is not measured, for there are no weights of it."""
    weights = weights_here()
    for name, reader in {**READERS, **OTHERS}.items():
        if reader.estimator == "raft-large":
            continue
        if reader.estimator == "raft-small" and weights is None:
            print(f"{name} is left out: AFD_TEST_DATA names no folder with weights/raft-small.pth")
            continue
        try:
            yield name, ready(reader, weights if reader.estimator == "raft-small" else None)
        except AnalysisError as error:
            print(f"{name} is left out: {error}")


def markdown(result: dict[str, dict[str, float]]) -> str:
    columns = list(next(iter(result.values())))
    lines = ["| reader | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    lines += [
        f"| {name} | " + " | ".join(f"{row[column]:.3g}" for column in columns) + " |"
        for name, row in result.items()
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--markdown", action="store_true", help="print the table of the documentation")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    material = list(pairs())
    result = {}
    for name, reader in readers():
        result[name] = measure(reader, material)
        print(f"{name}: {result[name]}", flush=True)
    if asked.markdown:
        print(markdown(result))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
