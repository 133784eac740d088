"""Sessions: how fast one runs without a screen, how much memory one in a window takes with long clips, and
whether the full protocol in a window takes more and more of it.

The window stands on the display that DISPLAY names; without one that part is left out and said so.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks._process_cost import REPOSITORY
from benchmarks._session_growth import growth_of_a_session
from experiment.session_store import read_session
from stimuli.clip import Clip
from stimuli.manifest import write_manifest
from stimuli.synthetic import ACTIONS
from stimuli.video import encode_lossless

LONGEST_CLIP_FRAMES = 250


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        figures = without_screen(root) | in_a_window(root) | over_the_full_protocol(root)
    print(json.dumps(figures))


def without_screen(root: Path) -> dict[str, float]:
    """Wall-clock time of the full protocol of 220 trials, start of the program included."""
    stimuli = write_set(root / "placeholders", test=36, train=24, video=None)
    seconds = []
    for number in range(3):
        started = time.perf_counter()
        run("afd5.yaml", "--simulate", "data", "--stimuli", stimuli, "--data", root / f"data{number}")
        seconds.append(time.perf_counter() - started)
    return {"full_protocol_without_screen_s": round(min(seconds), 2)}


def in_a_window(root: Path) -> dict[str, object]:
    """Peak memory and flip intervals of the pilot with clips of 10 s, time running 12 times as fast."""
    if sys.platform != "linux" or not os.environ.get("DISPLAY"):
        return {"window": "not measured: no display"}
    video = longest_clip(root)
    stimuli = write_set(root / "long", test=4, train=3, video=video)
    run("pilot.yaml", "--simulate", "visual", "--speed", 12, "--stimuli", stimuli, "--data", root / "window")
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    display = read_session(root / "window" / "sessions" / "simpilot01_01").display
    return {
        "window_peak_memory_mb": round(peak_mb),
        "display": f"{display.renderer}, {display.pacing} pacing",
    }


def over_the_full_protocol(root: Path) -> dict[str, object]:
    """How memory and open files grow from trial 20 to trial 220, time running 20 times as fast."""
    if sys.platform != "linux" or not os.environ.get("DISPLAY"):
        return {}
    stimuli = write_set(root / "full", test=36, train=24, video=longest_clip(root))
    growth = growth_of_a_session(stimuli, root / "growth", speed=20)
    return {
        "full_protocol_memory_growth_mb": round(growth.memory_growth_mb, 1),
        "full_protocol_open_files_growth": growth.open_files_late - growth.open_files_early,
    }


def longest_clip(root: Path) -> Path:
    """A clip of 10 s."""
    video = root / "longest.mkv"
    if video.exists():
        return video
    noise = np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    # Drifting noise compresses as appearance-free clips do; fresh noise in every frame would take minutes
    # to decode.
    encode_lossless(video, (np.roll(noise, shift, axis=1) for shift in range(LONGEST_CLIP_FRAMES)), 25.0)
    return video


def write_set(root: Path, test: int, train: int, video: Path | None) -> Path:
    """A set in which every clip is the same video, or no video at all."""
    content = b"nothing to see" if video is None else video.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    numbered = [(i % 7 + 1, i // 7 + 1, "test") for i in range(test)]
    numbered += [(i % 18 + 8, i // 18 + 1, "train") for i in range(train)]
    clips = []
    for condition in ("UCF5", "AFD5"):
        for action in ACTIONS:
            for group, number, split in numbered:
                stem = f"v_{action}_g{group:02d}_c{number:02d}"
                path = Path(condition.lower(), action, f"{stem}.mkv")
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                if video is None:
                    (root / path).write_bytes(content)
                else:
                    (root / path).hardlink_to(video)
                source = f"UCF5/{stem}" if condition == "AFD5" else None
                size = (LONGEST_CLIP_FRAMES, 25.0, 320, 240)
                named = (f"{condition}/{stem}", condition, action, group, split)
                clips.append(Clip(*named, path.as_posix(), digest, *size, source))
    write_manifest(root, clips)
    return root


def run(protocol: str, *arguments: object) -> None:
    """Run a session to its end."""
    command = [sys.executable, REPOSITORY / "run_session.py", REPOSITORY / "protocols" / protocol, *arguments]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
