"""Whether noise moves as its source does: every method on real clips, drawn clips and slow translation.

For each, the means over three seeds, or as many as `--seeds` says (from one to
the next, r changes by up to 0.02):

- `epe_px`: median over frames of the median end-point error of Farneback flow between noise frames, both
  blurred by 1.2 px, where the source moves by more than 0.5 px per frame and the border is 8 px away;
- `r`: correlation of the same, u and v pooled over all frames;
- `slow_gain`: regression of the noise's displacement over ten frames on the summed flow of the source, where
  every step is below 0.5 px and the sum above 1.5 px; 1 is kept, 0 is lost (`slow_values` says on how many
  values this rests);
- `ms_per_frame` of processor time and `kb_per_frame` of lossless video.

Real clips are those in `clips/` of the folder that AFD_TEST_DATA names, their first 60 frames with DIS flow;
drawn ones have their exact flow. The default method keeps to the bounds in `verdict`.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from stimuli.appearance_free import FILLS, Generator, appearance_free_frames
from stimuli.flow import DisFlow, FarnebackFlow, flow_of_video
from stimuli.synthetic import ACTIONS, render_clip
from stimuli.video import decode, encode_lossless

Flow = npt.NDArray[np.float32]
Frame = npt.NDArray[np.uint8]
Row = dict[str, float]
Printed = dict[str, float | None]

CLIPS = (
    "v_JumpingJack_g14_c03.mp4",
    "v_JumpingJack_g17_c03.mp4",
    "v_Lunges_g05_c02.mp4",
    "v_Lunges_g18_c05.mp4",
    "v_Swing_g11_c02.gif",
    "v_Biking_g05_c02.avi",
)
GENERATORS = tuple(Generator(method, fill) for method, fills in FILLS.items() for fill in fills)
FRAMES = 60
SPAN = 10
FEWEST_SLOW_VALUES = 5000
_BORDER_PX = 8
_estimator = FarnebackFlow()


def sources() -> Iterator[tuple[str, list[Frame] | None, Flow]]:
    """Name, frames where there are any, and flow."""
    if folder := os.environ.get("AFD_TEST_DATA"):
        for name in CLIPS:
            frames = list(itertools.islice(decode(Path(folder) / "clips" / name), FRAMES))
            yield name, frames, np.stack(list(flow_of_video(frames, DisFlow())))
    else:
        print("AFD_TEST_DATA names no folder: no real clips.")
    for action in ACTIONS:
        drawn = render_clip(action, group=3, clip=1, seed=0)
        yield f"drawn {action}", list(drawn.frames[:FRAMES]), drawn.flow[: FRAMES - 1]
    slow = np.zeros((FRAMES - 1, 240, 320, 2), dtype=np.float32)
    slow[..., 0] = 0.3
    yield "translation of 0.3 px", None, slow


def fidelity(video: list[Frame], flow: Flow) -> Row:
    errors, measured, true = [], [], []
    for before, after, step in zip(video[:-1], video[1:], flow, strict=True):
        seen = (np.hypot(step[..., 0], step[..., 1]) > 0.5) & _inner(step)
        if not seen.any():
            continue
        found = _estimator.estimate(before, after)
        errors.append(np.median(np.hypot(*np.moveaxis(found - step, -1, 0))[seen]))
        measured.append(found[seen].ravel())
        true.append(step[seen].ravel())
    if not errors:
        return {"epe_px": float("nan"), "r": float("nan")}
    r = np.corrcoef(np.concatenate(measured), np.concatenate(true))[0, 1]
    return {"epe_px": float(np.median(errors)), "r": float(r)}


def slow_motion(video: list[Frame], flow: Flow) -> Row:
    product, square, values = 0.0, 0.0, 0
    for start in range(0, len(flow) - SPAN + 1, 2):
        steps = flow[start : start + SPAN]
        total = steps.sum(axis=0)
        slow = (np.hypot(steps[..., 0], steps[..., 1]) < 0.5).all(axis=0) & _inner(total)
        slow &= np.hypot(total[..., 0], total[..., 1]) > 1.5
        if slow.any():
            found = _estimator.estimate(video[start], video[start + SPAN])
            product += float((found[slow] * total[slow]).sum())
            square += float((total[slow] ** 2).sum())
            values += 2 * int(slow.sum())
    return {"slow_gain": product / square if square else float("nan"), "slow_values": values}


def measured(generator: Generator, flow: Flow, seed: int) -> Row:
    start = time.process_time()
    video = list(appearance_free_frames(iter(flow), np.random.default_rng(seed), generator))
    milliseconds = 1e3 * (time.process_time() - start) / len(video)
    encoded = io.BytesIO()
    encode_lossless(encoded, video, fps=25.0)
    blurred = [cv2.GaussianBlur(frame, (0, 0), 1.2).astype(np.uint8) for frame in video]
    return {
        **fidelity(blurred, flow),
        **slow_motion(blurred, flow),
        "ms_per_frame": milliseconds,
        "kb_per_frame": len(encoded.getvalue()) / len(video) / 1e3,
    }


def verdict(table: dict[str, dict[str, Row]]) -> dict[str, object]:
    """What `advect` costs and gains beside `recursive` with fresh noise, on real clips."""
    real = {name: rows for name, rows in table.items() if name in CLIPS}
    ours, plain = "advect fresh", "recursive fresh"
    slow = [name for name, rows in real.items() if rows[ours]["slow_values"] >= FEWEST_SLOW_VALUES]
    return {
        "epe_more_by_px": {
            name: round(rows[ours]["epe_px"] - rows[plain]["epe_px"], 3) for name, rows in real.items()
        },
        "r_less_by": {name: round(rows[plain]["r"] - rows[ours]["r"], 3) for name, rows in real.items()},
        "slow_gain": {
            name: [round(real[name][method]["slow_gain"], 3) for method in (plain, ours)] for name in slow
        },
        "translation": round(table["translation of 0.3 px"][ours]["slow_gain"], 3),
    }


def _inner(flow: Flow) -> npt.NDArray[np.bool_]:
    inner = np.zeros(flow.shape[:2], dtype=bool)
    inner[_BORDER_PX:-_BORDER_PX, _BORDER_PX:-_BORDER_PX] = True
    return inner


def main() -> None:
    parser = argparse.ArgumentParser(description="Motion fidelity of every method.")
    parser.add_argument("--seeds", type=int, default=3)
    seeds = range(parser.parse_args().seeds)
    cv2.setNumThreads(1)
    table: dict[str, dict[str, Row]] = {}
    for name, frames, flow in sources():
        table[name] = {}
        if frames is not None:
            table[name]["rgb itself"] = {**fidelity(frames, flow), **slow_motion(frames, flow)}
        for generator in GENERATORS:
            rows = [measured(generator, flow, seed) for seed in seeds]
            table[name][f"{generator.method} {generator.fill}"] = {
                key: float(np.mean([row[key] for row in rows])) for key in rows[0]
            }
        for method, row in table[name].items():
            print(f"{name:26} {method:20}", _printed(row), flush=True)
    printed = {name: {method: _printed(row) for method, row in rows.items()} for name, rows in table.items()}
    print(json.dumps({"table": printed, "verdict": verdict(table)}))


def _printed(row: Row) -> Printed:
    """Three decimals, and null for what nothing moves enough to tell."""
    return {key: None if np.isnan(value) else round(value, 3) for key, value in row.items()}


if __name__ == "__main__":
    main()
