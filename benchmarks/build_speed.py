"""Speed of a whole build with DIS flow, and what a second worker gains.

`python -m stimuli build clips` is started as a person would start it, with one worker and with two in turn,
two rounds, on 24 clips: the real ones in `clips/` of the folder that AFD_TEST_DATA names, each under four
names, or 20 drawn ones where there is no such folder. It decodes every clip, estimates its flow, makes the
noise, encodes it without loss and writes the manifest; the start of Python and of every worker is in the
time.

`frames_per_core_second`: frames of the sources per second of processor time, with one worker. `speed_up`:
wall time with one worker by that with two. Figures are means of the rounds. Wall times mean something only
where nothing else runs: the load average beside them should be about 0.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks._clips import UCF_CLIPS
from stimuli.manifest import read_stimulus_set
from stimuli.synthetic import ACTIONS, FPS, render_clip
from stimuli.video import encode_rgb

ROUNDS = 2
COPIES = 4
FRAMES_TARGET, SPEED_UP_TARGET = 60, 1.7


@dataclass(frozen=True)
class Timed:
    """Seconds of the wall clock and of all processors, and frames of all sources."""

    wall_s: float
    processor_s: float
    frames: int


def lay_out(folder: Path) -> int:
    """Copies of the real clips or drawn ones, named as in UCF101; returns their number."""
    footage = os.environ.get("AFD_TEST_DATA")
    count = 0
    for copy in range(COPIES):
        names = UCF_CLIPS if footage else tuple(f"v_{action}_g00_c01.mkv" for action in ACTIONS)
        for name in names:
            action = name.split("_")[1]
            target = folder / action / f"v_{action}_g{8 + copy:02d}_c{count:02d}{Path(name).suffix}"
            target.parent.mkdir(parents=True, exist_ok=True)
            if footage:
                shutil.copyfile(Path(footage) / "clips" / name, target)
            else:
                encode_rgb(target, render_clip(action, 8 + copy, 1, seed=0).frames, FPS)
            count += 1
    return count


def timed_build(folder: Path, out: Path, workers: int) -> Timed:
    command = [sys.executable, "-m", "stimuli", "build", "clips", os.fspath(folder), "-o", os.fspath(out)]
    before, start = _processor_s_of_children(), time.perf_counter()
    subprocess.run([*command, "--workers", str(workers)], check=True, stdout=subprocess.DEVNULL)
    wall_s = time.perf_counter() - start
    frames = sum(clip.frames for clip in read_stimulus_set(out).clips if clip.condition == "UCF5")
    shutil.rmtree(out)
    return Timed(wall_s, _processor_s_of_children() - before, frames)


def _processor_s_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    load_before = os.getloadavg()[0]
    one, two = [], []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "clips")
        clips = lay_out(folder)
        for number in range(ROUNDS):
            one.append(timed_build(folder, Path(temporary, "set"), workers=1))
            two.append(timed_build(folder, Path(temporary, "set"), workers=2))
            print(f"round {number + 1}: {one[-1]}, {two[-1]}", flush=True)
    wall_one, wall_two = (statistics.mean(each.wall_s for each in runs) for runs in (one, two))
    result = {
        "material": "real clips" if os.environ.get("AFD_TEST_DATA") else "drawn clips",
        "clips": clips,
        "frames": one[0].frames,
        "frames_per_core_second": round(statistics.mean(each.frames / each.processor_s for each in one), 1),
        "frames_per_core_second_target": FRAMES_TARGET,
        "wall_s_one_worker": round(wall_one, 1),
        "wall_s_two_workers": round(wall_two, 1),
        "processor_s_one_worker": round(statistics.mean(each.processor_s for each in one), 1),
        "processor_s_two_workers": round(statistics.mean(each.processor_s for each in two), 1),
        "speed_up": round(wall_one / wall_two, 2),
        "speed_up_target": SPEED_UP_TARGET,
        "cores": os.cpu_count(),
        "load_average_before": round(load_before, 2),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
