"""`python -m stimuli` as a person types it: what it prints, how it exits, what a kill leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stimuli.__main__ import run

posix_only = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals and limits")


@pytest.fixture
def stimuli(repository: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def started(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "stimuli", *map(str, arguments)]
        return subprocess.run(  # type: ignore[call-overload]
            command, cwd=repository, capture_output=True, text=True, timeout=120, check=False, **options
        )

    return started


def runs(process: int) -> bool:
    try:
        return (
            Path(f"/proc/{process}/cmdline").read_bytes() != b""
        )  # that of a process that only waits is empty
    except FileNotFoundError:
        return False


def refused_in_one_sentence(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 2, result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith(".\n")
    assert "Traceback" not in result.stderr
    return result.stderr


def test_build_verify_and_damage(stimuli: Callable, clip_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"

    built = stimuli("build", "clips", clip_folder, "-o", out, "--workers", 1)
    assert built.returncode == 0, built.stderr
    estimate, outcome = built.stdout.splitlines()
    assert estimate.startswith("6 clips, about 0.")
    assert "are free" in estimate
    assert outcome.startswith(f"The stimulus set {out} is built: 6 clips, 0.")

    again = stimuli("build", "clips", clip_folder, "-o", out)
    assert again.returncode == 0
    assert again.stdout.startswith(f"The stimulus set {out} is there already: 6 clips")

    fine = stimuli("verify", out)
    assert (fine.returncode, fine.stdout) == (0, f"6 clips in {out} agree with manifest.tsv.\n")

    (out / "afd5" / "Swing" / "v_Swing_g01_c01.mkv").unlink()
    with (out / "ucf5" / "Swing" / "v_Swing_g08_c01.mkv").open("ab") as clip:
        clip.write(b"!")
    damaged = stimuli("verify", out)
    assert damaged.returncode == 1
    first, second, summary = damaged.stdout.splitlines()
    assert first.startswith("ucf5/Swing/v_Swing_g08_c01.mkv: sha256 is ")
    assert second == "afd5/Swing/v_Swing_g01_c01.mkv: missing"
    assert summary == f"2 of 6 clips in {out} differ from manifest.tsv."


def test_bad_input_is_one_sentence_and_writes_nothing(
    clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "set"
    (tmp_path / "empty").mkdir()

    def refusal(*arguments: object) -> str:
        # In this process: a dozen starts of Python would take longer than all the rest.
        command = ["stimuli", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            run()
        told = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return refused_in_one_sentence(
            subprocess.CompletedProcess(command, ended.value.code, told.out, told.err)
        )

    assert "does not exist" in refusal("build", "clips", tmp_path / "nowhere", "-o", out)
    assert "holds no clip" in refusal("build", "clips", tmp_path / "empty", "-o", out)
    assert "at least 2" in refusal("build", "synthetic", "-o", out, "--per-class", 1)
    assert "MB are needed" in refusal("build", "synthetic", "-o", out, "--per-class", 100_000)
    clips = ("build", "clips", clip_folder, "-o", out)
    assert "advect fills holes with fresh" in refusal(*clips, "--method", "advect", "--fill", "initial")
    assert "does not exist" in refusal("verify", out)
    assert "is empty" in refusal("verify", tmp_path / "empty")
    assert "Exact flow is known for drawn clips only" in refusal(*clips, "--flow", "exact")
    assert "--weights and --upsample belong to" in refusal(*clips, "--upsample", 2)
    assert "belong to the flow raft-small or raft-large, not to dis" in refusal(
        *clips, "--flow", "dis", "--upsample", 2
    )
    ucf101 = ("build", "ucf101", clip_folder, "-o", out, "--splits")
    assert "does not exist" in refusal(*ucf101, tmp_path / "nowhere")
    assert "trainlist01.txt does not exist" in refusal(*ucf101, tmp_path / "empty")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clips", "empty"]


def test_method_fill_and_noise_are_options(stimuli: Callable, clip_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    clips = ("build", "clips", clip_folder, "-o", out, "--workers", 1)

    built = stimuli(*clips, "--method", "first-frame", "--noise", "binary")
    assert built.returncode == 0, built.stderr
    description = json.loads((out / "stimulus_set.json").read_text())
    assert [description[key] for key in ("method", "fill", "noise")] == ["first-frame", "initial", "binary"]

    other = refused_in_one_sentence(stimuli(*clips))
    assert "method first-frame instead of advect" in other
    assert "noise binary instead of rgb" in other


def test_a_clip_that_fails_is_named_at_the_end_and_tried_again(
    stimuli: Callable, clip_folder: Path, tmp_path: Path, write_clip: Callable[..., Path]
) -> None:
    out = tmp_path / "set"
    broken = clip_folder / "Swing" / "v_Swing_g03_c01.avi"
    broken.write_bytes(b"RIFF")
    command = ("build", "clips", clip_folder, "-o", out, "--workers", 1)

    for done in ("is built", "is built"):
        result = stimuli(*command)
        assert result.returncode == 1
        assert f"The stimulus set {out} {done}: 6 clips" in result.stdout
        named, summary = result.stderr.splitlines()
        assert named.startswith(f"v_Swing_g03_c01: The clip {broken} cannot be read as video")
        assert summary.startswith("1 clips could not be made and are left out")

    write_clip(broken)
    result = stimuli(*command)
    assert (result.returncode, result.stderr) == (0, "")
    assert f"The stimulus set {out} is built: 8 clips" in result.stdout
    assert stimuli("verify", out).returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_killed_build_is_no_set_and_does_not_stand_in_the_way(
    repository: Path, stimuli: Callable, clip_folder: Path, tmp_path: Path, write_clip: Callable[..., Path]
) -> None:
    # Given a build, in two processes, of clips that take a while
    out = tmp_path / "set"
    for seed in range(6):
        write_clip(
            clip_folder / "Swing" / f"v_Swing_g09_c{seed:02d}.mkv", seed=seed, count=60, height=240, width=320
        )
    command = [sys.executable, "-m", "stimuli", "build", "clips", clip_folder, "-o", out, "--workers", "2"]
    build = subprocess.Popen(command, cwd=repository, stdout=subprocess.DEVNULL)
    unfinished = tmp_path / ".set.unfinished"
    deadline = time.monotonic() + 60
    while not any(unfinished.rglob("*.mkv")):
        assert build.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    build.send_signal(signal.SIGSTOP)  # it must not finish before it is killed
    workers = Path(f"/proc/{build.pid}/task/{build.pid}/children").read_text().split()

    # when a second build wants the same place, it is told to wait
    assert "Another build is writing" in refused_in_one_sentence(
        stimuli("build", "clips", clip_folder, "-o", out)
    )
    # and when the first is killed
    build.send_signal(signal.SIGKILL)
    build.wait()

    assert any(unfinished.rglob("*.mkv"))
    (unfinished / "set" / "afd5" / ".left over.mkv.0.partial").touch()

    # then nothing passes for a set, its workers are gone, and the next build succeeds
    assert "does not exist" in refused_in_one_sentence(stimuli("verify", out))
    result = stimuli("build", "clips", clip_folder, "-o", out)
    assert result.returncode == 0, result.stderr
    assert stimuli("verify", out).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clips", "set"]
    assert not list(out.rglob("*left over*"))
    assert len(workers) >= 2
    assert not any(runs(int(worker)) for worker in workers)
