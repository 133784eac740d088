"""Speed of the default method beside a gather of the published kind, on one thread, in one run.

Processor time per frame of 320x240, from the flow to frames of uint8 with the colours last; the estimate of
the flow is in none of them:

- `advect`: what a build does, new dots and the check of the flow included, frame after frame.
- `gather`: torch's `grid_sample` in the steps of the published generator (github.com/f-ilic/afd, `util.py`),
  which works on all frames of a clip at once: the first frame is repeated for each, a grid on -1..1 is built
  and repeated, the flow is added to it, the nearest value is taken, and where every channel is zero, which is
  how it knows what fell outside, the first frame is put back through a mask of all channels.
- `gather_lean`: the same pictures by as little work as `grid_sample` can be had for: one frame at a time, the
  grid built once, what fell outside told from the grid. Nobody published it; it says what of the difference
  is due to the method and what to how it was written.

The three take turns, five rounds, and each figure is the median of the rounds. `same_pixels` and
`same_pixels_lean` are the shares of pixels in which the gathers agree with the method `first-frame` here, a
check that they are the published kind. Real clips are those in `clips/` of the folder that AFD_TEST_DATA
names, their first 60 frames with DIS flow; drawn ones have their exact flow.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks._clips import UCF_CLIPS
from stimuli.appearance_free import appearance_free_frames
from stimuli.first_frame import sampled
from stimuli.flow import DisFlow
from stimuli.noise import fresh_dots, picture
from stimuli.synthetic import ACTIONS, render_flow
from stimuli.video import decode

Flow = npt.NDArray[np.float32]
Frame = npt.NDArray[np.uint8]

FRAMES = 60
ROUNDS = 5
TARGET = 2.5


def sources() -> Iterator[tuple[str, Flow]]:
    """Name and flow (T-1, 240, 320, 2)."""
    if folder := os.environ.get("AFD_TEST_DATA"):
        for name in UCF_CLIPS:
            frames = itertools.islice(decode(Path(folder) / "clips" / name), FRAMES)
            yield name, np.stack(list(DisFlow().flows(frames)))
    else:
        print("AFD_TEST_DATA names no folder: no real clips.")
    for action in ACTIONS:
        yield f"drawn {action}", render_flow(action, group=3, clip=1, seed=0)[: FRAMES - 1]


def advect(flow: Flow) -> int:
    return sum(1 for _ in appearance_free_frames(iter(flow), np.random.default_rng(0)))


def gather(first: Frame, flow: Flow) -> Frame:
    """Frames (T, H, W, 3): the first one, then what the published steps make of it along each flow."""
    import torch

    start = _unit_tensor(first)
    count, height, width = flow.shape[:3]
    step = torch.from_numpy(flow)
    repeated = start[None].repeat(count, 1, 1, 1)
    x, y = torch.meshgrid(torch.linspace(-1, 1, width), torch.linspace(-1, 1, height), indexing="ij")
    grid = torch.stack((x, y)).permute(2, 1, 0).repeat(count, 1, 1, 1)
    place = grid + torch.stack((2 * (step[..., 0] / width), 2 * (step[..., 1] / height)), dim=3)
    sample = torch.nn.functional.grid_sample(repeated, place, mode="nearest", align_corners=False)
    outside = (~sample.any(dim=1))[:, None].repeat(1, 3, 1, 1)
    sample[outside] = repeated[outside]
    frames = torch.cat((start[None], sample)).clip(0, 1).permute(0, 2, 3, 1) * 255
    shown: Frame = frames.round().to(torch.uint8).contiguous().numpy()
    return shown


def gather_lean(first: Frame, flow: Flow) -> Frame:
    """The same with a grid that is kept, frame by frame."""
    import torch

    start = _unit_tensor(first)[None]
    count, height, width = flow.shape[:3]
    y, x = torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij")
    grid = torch.stack((x, y), dim=-1)
    per_pixel = torch.tensor([2 / width, 2 / height])
    frames = np.empty((count + 1, height, width, 3), np.uint8)
    frames[0] = first
    for index, step in enumerate(flow, start=1):
        place = torch.from_numpy(step) * per_pixel + grid
        sample = torch.nn.functional.grid_sample(start, place[None], mode="nearest", align_corners=False)
        outside = (place.abs() > 1).any(dim=-1)
        frame = torch.where(outside, start, sample)[0]
        frames[index] = (frame * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    return frames


def _unit_tensor(first: Frame) -> Any:
    import torch

    return torch.from_numpy(first.astype(np.float32) / 255).permute(2, 0, 1).contiguous()


def same_pixels(make: Callable[[Frame, Flow], Frame], flow: Flow) -> float:
    """The share of pixels of the first frames that are those of the method `first-frame`."""
    some = flow[:10]
    dots = fresh_dots(flow.shape[1:3], "rgb", np.random.default_rng(0))
    made = make(picture(dots), some)[1:]
    wanted = np.stack([picture(sampled(dots, step)) for step in some])
    return float((made == wanted).all(axis=-1).mean())


def ms_per_frame(step: Callable[[], int]) -> float:
    start = time.process_time()
    frames = step()
    return 1e3 * (time.process_time() - start) / frames


def compared(flow: Flow) -> dict[str, float]:
    first = picture(fresh_dots(flow.shape[1:3], "rgb", np.random.default_rng(0)))
    steps: dict[str, Callable[[], int]] = {
        "advect": lambda: advect(flow),
        "gather": lambda: len(gather(first, flow)),
        "gather_lean": lambda: len(gather_lean(first, flow)),
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            times[name].append(ms_per_frame(step))
    row = {f"{name}_ms": statistics.median(values) for name, values in times.items()}
    row["times_as_fast"] = row["gather_ms"] / row["advect_ms"]
    row["times_as_fast_as_lean"] = row["gather_lean_ms"] / row["advect_ms"]
    return row | {
        "same_pixels": same_pixels(gather, flow),
        "same_pixels_lean": same_pixels(gather_lean, flow),
    }


def main() -> None:
    try:
        import torch
    except ImportError:
        print("torch is not installed: there is nothing to compare with.")
        print(json.dumps({"compared": None}))
        return
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    load_before = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    table = {}
    for name, flow in sources():
        table[name] = {key: round(value, 3) for key, value in compared(flow).items()}
        print(f"{name:28} {table[name]}", flush=True)
    result: dict[str, object] = {"compared": table, "target": TARGET}
    for name in ("times_as_fast", "times_as_fast_as_lean"):
        ratios = [row[name] for row in table.values()]
        result[name] = {"median": statistics.median(ratios), "least": min(ratios)}
    result |= {
        "load_average_before": load_before,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
