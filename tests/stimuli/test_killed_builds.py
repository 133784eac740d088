"""A build that is killed at any moment goes on to the same set."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stimuli.build import build_clips
from stimuli.manifest import read_stimulus_set, verify_stimulus_set

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that kills"),
]


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_builds_come_to_the_same_bytes(
    repository: Path, tmp_path: Path, write_clip: Callable[..., Path], workers: int
) -> None:
    # Given 16 clips and the set that one uninterrupted build makes of them
    for seed in range(16):
        write_clip(
            tmp_path / "clips" / "Swing" / f"v_Swing_g09_c{seed:02d}.mkv",
            seed=seed,
            count=40,
            height=120,
            width=160,
        )
    build_clips(tmp_path / "clips", tmp_path / "at once", seed=3)
    out = tmp_path / "set"
    command = [
        sys.executable,
        "-m",
        "stimuli",
        "build",
        "clips",
        tmp_path / "clips",
        "-o",
        out,
        "--seed",
        "3",
    ]
    command += ["--workers", str(workers)]

    # when builds are killed ever later, each time with one more clip or so finished
    done = tmp_path / ".set.unfinished" / "done"
    kills = 0
    while not out.exists():
        build = subprocess.Popen(
            command, cwd=repository, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        before = len(list(done.glob("*.json")))
        while build.poll() is None and len(list(done.glob("*.json"))) <= before and not out.exists():
            time.sleep(0.002)
        time.sleep(0.013 * kills % 0.1)
        if build.poll() is None:
            build.kill()
            kills += 1
        build.wait()
        # then what passes for a set is one
        if out.exists():
            assert verify_stimulus_set(read_stimulus_set(out)) == ()
    subprocess.run(command, cwd=repository, stdout=subprocess.DEVNULL, check=True)

    assert kills >= 5
    assert contents(out) == contents(tmp_path / "at once")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["at once", "clips", "set"]
