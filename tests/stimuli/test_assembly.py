"""A set is whole or not there: what was built before, clips that fail, kills and full disks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from stimuli.build import Making, Work, build_clips, build_synthetic
from stimuli.description import read_description
from stimuli.errors import DiskFull, StimulusError
from stimuli.making import Job, make_clip
from stimuli.manifest import read_stimulus_set, verify_stimulus_set
from stimuli.size_estimate import SizeEstimate
from stimuli.sources import Source
from tests.stimuli.set_contents import contents


def test_workers_change_nothing(clip_folder: Path, tmp_path: Path) -> None:
    build_clips(clip_folder, tmp_path / "alone", seed=1, work=Work(workers=1))
    build_clips(clip_folder, tmp_path / "together", seed=1, work=Work(workers=2))

    assert contents(tmp_path / "alone") == contents(tmp_path / "together")


def test_a_finished_set_is_left_as_it_is(clip_folder: Path, tmp_path: Path) -> None:
    build_clips(clip_folder, tmp_path / "set", seed=1)
    manifest = tmp_path / "set" / "manifest.tsv"
    before = manifest.stat().st_mtime_ns

    again = build_clips(
        clip_folder, tmp_path / "set", seed=1, work=Work(on_estimate=lambda _: pytest.fail("builds"))
    )

    assert again.existed
    assert manifest.stat().st_mtime_ns == before


def test_another_set_is_never_overwritten(
    clip_folder: Path, tmp_path: Path, write_clip: Callable[..., Path]
) -> None:
    out = tmp_path / "set"
    build_clips(clip_folder, out, seed=1)
    before = contents(out)

    with pytest.raises(StimulusError, match=r"holds another stimulus set .*seed 1 instead of 2"):
        build_clips(clip_folder, out, seed=2)
    with pytest.raises(StimulusError, match=r"method advect instead of recursive, noise rgb instead of gray"):
        build_clips(clip_folder, out, seed=1, making=Making(method="recursive", noise="gray"))
    with pytest.raises(StimulusError, match="source clips instead of synthetic"):
        build_synthetic(out, per_class=2, seed=1)
    write_clip(clip_folder / "Swing" / "v_Swing_g09_c01.mkv", seed=9)
    with pytest.raises(StimulusError, match="built from other clips"):
        build_clips(clip_folder, out, seed=1)

    assert contents(out) == before


def test_a_folder_with_something_else_in_it_is_left_alone(clip_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StimulusError, match="exists and is no stimulus set"):
        build_clips(tmp_path / "clips", tmp_path, seed=0)
    with pytest.raises(StimulusError, match="lies inside the folder of clips"):
        build_clips(clip_folder, clip_folder / "set", seed=0)

    (tmp_path / "prepared").mkdir()
    assert not build_clips(clip_folder, tmp_path / "prepared", seed=0).existed


@pytest.mark.parametrize("workers", [1, 2])
def test_clips_that_fail_are_named_and_the_rest_is_built(
    clip_folder: Path, tmp_path: Path, write_clip: Callable[..., Path], workers: int
) -> None:
    # Given a file that is no video, a clip of one frame and one too small for flow
    (clip_folder / "Swing" / "v_Swing_g02_c01.mp4").write_bytes(b"not a video")
    write_clip(clip_folder / "Swing" / "v_Swing_g03_c01.mkv", count=1)
    write_clip(clip_folder / "Swing" / "v_Swing_g04_c01.mkv", height=8, width=8)

    outcome = build_clips(clip_folder, tmp_path / "set", seed=0, work=Work(workers))

    # then each is named with a reason, and both conditions of the others are there
    assert [failed.name for failed in outcome.failed] == [
        f"v_Swing_g{group}_c01" for group in ("02", "03", "04")
    ]
    for failed, reason in zip(
        outcome.failed,
        (r"v_Swing_g02_c01.mp4 cannot be read as video", "holds a single frame", "8x8 pixels are too small"),
        strict=True,
    ):
        assert reason in failed.reason
    assert verify_stimulus_set(outcome.stimulus_set) == ()
    assert len(outcome.stimulus_set.clips) == 6
    assert read_description(tmp_path / "set").failed == outcome.failed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clips", "set"]


def test_failed_clips_are_tried_again_by_the_next_build(
    clip_folder: Path, tmp_path: Path, write_clip: Callable[..., Path]
) -> None:
    # Given a set without a clip that could not be read
    broken = clip_folder / "Swing" / "v_Swing_g02_c01.mkv"
    broken.write_bytes(b"not a video")
    first = build_clips(clip_folder, tmp_path / "set", seed=0)
    kept = {
        clip.path: first.stimulus_set.path_of(clip).stat().st_mtime_ns for clip in first.stimulus_set.clips
    }

    # when it still cannot, nothing is lost
    assert [each.name for each in build_clips(clip_folder, tmp_path / "set", seed=0).failed] == [broken.stem]
    # and when it can, it joins the others, which are left as they are
    write_clip(broken, seed=8)
    second = build_clips(clip_folder, tmp_path / "set", seed=0)

    assert (second.failed, second.existed) == ((), False)
    assert all((tmp_path / "set" / path).stat().st_mtime_ns == time for path, time in kept.items())
    build_clips(clip_folder, tmp_path / "at once", seed=0)
    assert contents(tmp_path / "set") == contents(tmp_path / "at once")
    assert build_clips(clip_folder, tmp_path / "set", seed=0).existed


def test_a_set_of_no_clip_is_none(clip_folder: Path, tmp_path: Path) -> None:
    for clip in clip_folder.rglob("*.mkv"):
        clip.write_bytes(b"")

    with pytest.raises(StimulusError, match=r"None of the 3 clips could be made; .*cannot be read"):
        build_clips(clip_folder, tmp_path / "new" / "set", seed=0)

    assert [path.name for path in tmp_path.iterdir()] == ["clips"]


def test_an_interrupted_build_goes_on_where_it_was(clip_folder: Path, tmp_path: Path) -> None:
    # Given a build that was interrupted after its first clip
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_clips(clip_folder, tmp_path / "set", seed=0, work=Work(on_progress=interrupt))
    assert not (tmp_path / "set").exists()
    (first,) = (tmp_path / ".set.unfinished").rglob("afd5/*/*.mkv")
    made_ns = first.stat().st_mtime_ns

    # then another recipe is told so
    with pytest.raises(StimulusError, match=r"has 1 clips of another recipe \(seed 0 instead of 1\)"):
        build_clips(clip_folder, tmp_path / "set", seed=1)
    # and the same one keeps the clip
    told: list[SizeEstimate] = []
    build_clips(clip_folder, tmp_path / "set", seed=0, work=Work(on_estimate=told.append))

    assert told[0].clips == 4
    kept = tmp_path / "set" / first.relative_to(tmp_path / ".set.unfinished" / "set")
    assert kept.stat().st_mtime_ns == made_ns
    build_clips(clip_folder, tmp_path / "at once", seed=0)
    assert contents(tmp_path / "set") == contents(tmp_path / "at once")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(disk)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("needs root on Linux, to mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_fills_up_ends_the_build_and_keeps_what_is_finished(
    clip_folder: Path, tmp_path: Path, small_disk: Path
) -> None:
    # Given a disk that somebody else fills after the first clip
    filler = small_disk / "filler"

    def fill(*_: object) -> None:
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    with pytest.raises(DiskFull, match="The disk is full"):
        build_clips(clip_folder, small_disk / "set", seed=0, work=Work(on_progress=fill))
    assert not (small_disk / "set").exists()

    # when there is room again, the build goes on
    filler.unlink()
    told: list[SizeEstimate] = []
    build_clips(clip_folder, small_disk / "set", seed=0, work=Work(on_estimate=told.append))

    assert told[0].clips == 4
    build_clips(clip_folder, tmp_path / "at once", seed=0)
    assert contents(small_disk / "set") == contents(tmp_path / "at once")


def test_a_clip_that_changed_since_is_made_again(
    clip_folder: Path, tmp_path: Path, write_clip: Callable[..., Path]
) -> None:
    # Given an interrupted build whose first source has become another, and whose second clip was damaged
    def interrupt(stage: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_clips(clip_folder, tmp_path / "set", seed=0, work=Work(on_progress=interrupt))
    write_clip(clip_folder / "Lunges" / "v_Lunges_g02_c01.mkv", seed=77, count=9)
    damaged = tmp_path / ".set.unfinished" / "set" / "afd5" / "Swing" / "v_Swing_g01_c01.mkv"
    damaged.write_bytes(damaged.read_bytes()[:-100])

    build_clips(clip_folder, tmp_path / "set", seed=0)

    build_clips(clip_folder, tmp_path / "at once", seed=0)
    assert contents(tmp_path / "set") == contents(tmp_path / "at once")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that kills")
def test_a_clip_that_kills_its_process_is_named_and_the_rest_is_built(
    clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a clip whose decoder takes the whole process along
    monkeypatch.setattr("stimuli.assembly.make_clip", kill_over_the_first_swing)

    outcome = build_clips(clip_folder, tmp_path / "set", seed=0, work=Work(2))

    assert [failed.name for failed in outcome.failed] == ["v_Swing_g01_c01"]
    assert "was killed" in outcome.failed[0].reason
    assert len(outcome.stimulus_set.clips) == 4
    assert verify_stimulus_set(outcome.stimulus_set) == ()


def kill_over_the_first_swing(job: Job, source: Source) -> object:
    if source.stem == "v_Swing_g01_c01":
        os.kill(os.getpid(), signal.SIGKILL)
    return make_clip(job, source)


def test_a_set_of_an_earlier_generator_is_refused_by_building_alone(
    clip_folder: Path, tmp_path: Path
) -> None:
    # Given a set from before versions were kept
    build_clips(clip_folder, tmp_path / "set", seed=0)
    path = tmp_path / "set" / "stimulus_set.json"
    kept = json.loads(path.read_text())
    first_format = ("source", "per_class", "seed", "flow", "method", "fill", "noise", "software")
    path.write_text(json.dumps({"format": 1} | {key: kept[key] for key in first_format}))

    with pytest.raises(StimulusError, match=r"generator_version 1 instead of \d"):
        build_clips(clip_folder, tmp_path / "set", seed=0)

    assert read_description(tmp_path / "set").generator_version == 1
    assert verify_stimulus_set(read_stimulus_set(tmp_path / "set")) == ()
