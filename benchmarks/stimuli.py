"""Stimulus sets: processor time per frame of every step, size per clip, and what both make of a full set.

Times are those of one core. The material is drawn: one clip of each action.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from stimuli.appearance_free import appearance_free_frames
from stimuli.build import build_synthetic
from stimuli.flow import DisFlow
from stimuli.manifest import read_stimulus_set, verify_stimulus_set
from stimuli.synthetic import ACTIONS, FPS, render_clip
from stimuli.video import decode, encode_lossless, encode_rgb

PER_CLASS = 2
FULL_SET = 5 * 60


def ms_per_frame(step: Callable[[], int]) -> float:
    """Processor time of a step that returns how many frames it worked on; the better of two runs."""
    times = []
    for _ in range(2):
        start = time.process_time()
        frames = step()
        times.append(1e3 * (time.process_time() - start) / frames)
    return round(min(times), 2)


def steps() -> dict[str, float]:
    clips = [render_clip(action, group=3, clip=1, seed=0) for action in ACTIONS]
    noise = [list(appearance_free_frames(iter(clip.flow), np.random.default_rng(0))) for clip in clips]
    frames = sum(len(clip.frames) for clip in clips)
    with tempfile.TemporaryDirectory() as folder:
        rgb_files = [Path(folder) / f"rgb{index}.mkv" for index in range(len(clips))]
        noise_files = [Path(folder) / f"noise{index}.mkv" for index in range(len(clips))]
        return {
            "noise": ms_per_frame(
                lambda: sum(
                    sum(1 for _ in appearance_free_frames(iter(clip.flow), np.random.default_rng(0)))
                    for clip in clips
                )
            ),
            "encode_noise": ms_per_frame(
                lambda: sum(encode_lossless(*each, FPS) for each in zip(noise_files, noise, strict=True))
            ),
            "decode_noise": ms_per_frame(lambda: sum(1 for path in noise_files for _ in decode(path))),
            "encode_rgb": ms_per_frame(
                lambda: sum(
                    encode_rgb(path, clip.frames, FPS) for path, clip in zip(rgb_files, clips, strict=True)
                )
            ),
            "decode_rgb": ms_per_frame(lambda: sum(1 for path in rgb_files for _ in decode(path))),
            "dis_flow": ms_per_frame(
                lambda: sum(sum(1 for _ in DisFlow().flows(clip.frames)) + 1 for clip in clips)
            ),
            "kilobytes_noise": round(sum(path.stat().st_size for path in noise_files) / frames / 1e3, 1),
            "kilobytes_rgb": round(sum(path.stat().st_size for path in rgb_files) / frames / 1e3, 1),
        }


def whole_build() -> dict[str, float]:
    """A small set with one worker, and from it the full one."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "set"
        start = time.process_time()
        outcome = build_synthetic(root, PER_CLASS, seed=0)
        seconds = (time.process_time() - start) / (5 * PER_CLASS)
        start = time.process_time()
        read_stimulus_set(root)
        reading = time.process_time() - start
        start = time.process_time()
        verify_stimulus_set(outcome.stimulus_set)
        verifying = time.process_time() - start
    megabytes = outcome.size_bytes / 1e6 / (5 * PER_CLASS)
    return {
        "seconds_per_source": round(seconds, 3),
        "megabytes_per_source": round(megabytes, 2),
        "full_set_minutes_on_one_core": round(FULL_SET * seconds / 60, 1),
        "full_set_megabytes": round(FULL_SET * megabytes),
        "read_manifest_ms": round(1e3 * reading, 2),
        "verify_ms": round(1e3 * verifying, 1),
    }


def main() -> None:
    cv2.setNumThreads(1)
    result = {"per_frame": steps(), "build": whole_build()}
    for part, figures in result.items():
        print(part, figures)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
