"""Whether noise moves as its source does and what a frame of it leaks: every method on real and drawn clips.

Real clips are those in `clips/` of the folder that AFD_TEST_DATA names, their first 60 frames with DIS flow;
beside them two drawn clips with exact flow and depth, and a translation of 0.3 px per frame.

- `epe_px`, `r`, `gain`, `slow_gain`: as `stimuli.motion_fidelity` defines them (`slow_values` says on how
  many values the last rests);
- `repeats`: the most pairs of equal dots in a frame, as a multiple of chance; `peak`: the largest
  autocorrelation at any lag up to 32 px; `leaks`: the share of frames that fail a leak test at a level at
  which one clean clip in a thousand has such a frame;
- `ms_per_frame` of processor time and `kb_per_frame` of lossless video.

`--seeds 3` gives means over three seeds (from one to the next, r changes by up to 0.02); `--markdown` prints
the table of the documentation. `verdict` is what the default method is chosen by.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks._clips import UCF_CLIPS
from stimuli.appearance_free import Generator, appearance_free_frames
from stimuli.flow import DisFlow
from stimuli.motion_fidelity import motion_fidelity
from stimuli.static_leak import TESTS_PER_FRAME, FrameLeak, frame_leak, noise_law
from stimuli.synthetic import render_clip
from stimuli.video import decode, encode_lossless

Flow = npt.NDArray[np.float32]
Frame = npt.NDArray[np.uint8]
Row = dict[str, float]
Printed = dict[str, float | None]
Table = dict[str, dict[str, Row]]

CLIPS = (*UCF_CLIPS, "PushUps_pushup1.mp4", "PullUps_pull_up.mp4")
DRAWN = ("JumpingJack", "Lunges")
GENERATORS = {
    "first-frame": Generator("first-frame", "initial"),
    "recursive, initial": Generator("recursive", "initial"),
    "recursive, fresh": Generator("recursive", "fresh"),
    "advect": Generator("advect"),
    "advect, 2 x 2 dots": Generator("advect", dots=2),
}
RGB = "(the RGB clip)"
SLOW = "translation of 0.3 px"
FRAMES = 60
FEWEST_SLOW_VALUES = 5000
LEAK_LEVEL = 0.001


@dataclass(frozen=True)
class Source:
    """What noise is made from: a flow, its frames where there are any, and depth where it is known."""

    name: str
    frames: list[Frame] | None
    flow: Flow
    depth: npt.NDArray[np.float32] | None = None


def sources() -> Iterator[Source]:
    """Real clips, drawn clips and a slow translation, one after the other."""
    if folder := os.environ.get("AFD_TEST_DATA"):
        for name in CLIPS:
            frames = list(itertools.islice(decode(Path(folder) / "clips" / name), FRAMES))
            yield Source(name, frames, np.stack(list(DisFlow().flows(frames))))
    else:
        print("AFD_TEST_DATA names no folder: no real clips.")
    for action in DRAWN:
        drawn = render_clip(action, group=3, clip=1, seed=0)
        steps = slice(FRAMES - 1)
        yield Source(f"drawn {action}", list(drawn.frames[:FRAMES]), drawn.flow[steps], drawn.depth[steps])
    slow = np.zeros((FRAMES - 1, 240, 320, 2), dtype=np.float32)
    slow[..., 0] = 0.3
    yield Source(SLOW, None, slow)


def measured(generator: Generator, source: Source, seed: int) -> Row:
    """All figures of one method on one source."""
    start = time.process_time()
    rng = np.random.default_rng(seed)
    video = list(appearance_free_frames(source.flow, rng, generator, source.depth))
    milliseconds = 1e3 * (time.process_time() - start) / len(video)
    encoded = io.BytesIO()
    encode_lossless(encoded, video, fps=25.0)
    law = noise_law(generator.noise)
    return {
        **asdict(motion_fidelity(video, source.flow, generator.dots)),
        **_leak([frame_leak(frame, law) for frame in video]),
        "ms_per_frame": milliseconds,
        "kb_per_frame": len(encoded.getvalue()) / len(video) / 1e3,
    }


def _leak(frames: list[FrameLeak]) -> Row:
    limit = LEAK_LEVEL / TESTS_PER_FRAME / len(frames)
    return {
        "repeats": max(leak.repeats / leak.repeats_by_chance for leak in frames),
        "peak": max(abs(leak.peak) for leak in frames),
        "leaks": sum(leak.p_lowest < limit for leak in frames) / len(frames),
    }


def verdict(table: Table) -> dict[str, object]:
    """What `advect` costs and gains beside `recursive` with fresh noise, on real clips."""
    real = {name: rows for name, rows in table.items() if name in CLIPS}
    ours, plain = "advect", "recursive, fresh"
    slow = [name for name, rows in real.items() if rows[ours]["slow_values"] >= FEWEST_SLOW_VALUES]
    return {
        "epe_more_by_px": {
            name: round(rows[ours]["epe_px"] - rows[plain]["epe_px"], 3) for name, rows in real.items()
        },
        "r_less_by": {name: round(rows[plain]["r"] - rows[ours]["r"], 3) for name, rows in real.items()},
        "slow_gain": {
            name: [round(real[name][method]["slow_gain"], 3) for method in (plain, ours)] for name in slow
        },
        "translation": round(table[SLOW][ours]["slow_gain"], 3),
    }


def as_markdown(table: Table) -> str:
    """The table as Markdown; slow motion where it rests on enough values."""
    lines = [
        (
            "| clip | method | error, px | r | motion kept, % | slow motion kept, % | equal pairs, × chance"
            " | largest autocorrelation | frames that leak, % | ms/frame | kB/frame |"
        ),
        f"|---|---|{'---:|' * 9}",
    ]
    for name, rows in table.items():
        for method, row in rows.items():
            slow = row["slow_gain"] if row["slow_values"] >= FEWEST_SLOW_VALUES else float("nan")
            cells = (
                _cell(row["epe_px"], 2),
                _cell(row["r"], 2),
                _cell(100 * row["gain"], 0),
                _cell(100 * slow, 0),
                _cell(row.get("repeats"), 1),
                _cell(row.get("peak"), 3),
                _cell(100 * row["leaks"] if "leaks" in row else None, 0),
                _cell(row.get("ms_per_frame"), 1),
                _cell(row.get("kb_per_frame"), 0),
            )
            clip = Path(name).stem if name in CLIPS else name
            lines.append(f"| {clip} | {method} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(value: float | None, digits: int) -> str:
    if value is None or np.isnan(value):
        return "–"
    # Adding zero takes the sign off a rounded -0.
    return f"{round(value, digits) + 0:.{digits}f}".replace("-", "−")


def _printed(row: Row) -> Printed:
    """Three decimals, and null for what nothing moves enough to tell."""
    return {key: None if np.isnan(value) else round(value, 3) for key, value in row.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Motion fidelity and static leak of every method.")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--markdown", action="store_true", help="the table for the documentation")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    table: Table = {}
    for source in sources():
        table[source.name] = {}
        if source.frames is not None:
            table[source.name][RGB] = asdict(motion_fidelity(source.frames, source.flow))
        for name, generator in GENERATORS.items():
            rows = [measured(generator, source, seed) for seed in range(options.seeds)]
            table[source.name][name] = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
        if not options.markdown:
            for method, row in table[source.name].items():
                print(f"{source.name:26} {method:20}", _printed(row), flush=True)
    if options.markdown:
        print(as_markdown(table))
    printed = {name: {method: _printed(row) for method, row in rows.items()} for name, rows in table.items()}
    print(json.dumps({"table": printed, "verdict": verdict(table)}))


if __name__ == "__main__":
    main()
