from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from stimuli.__main__ import app
from stimuli.audit import checks
from stimuli.audit.page import worst_first
from stimuli.audit.records import Audit
from stimuli.clip import Clip
from stimuli.description import DESCRIPTION_NAME, read_description
from stimuli.errors import StimulusError
from stimuli.manifest import StimulusSet, file_sha256, read_stimulus_set, write_manifest
from stimuli.source_flow import source_flow
from stimuli.video import decode, encode_lossless

TEXTURE = {"count": 14, "height": 120, "width": 160}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory, drifting_texture: Callable[..., np.ndarray]) -> Path:
    """Two clips that drift by 2 px per frame."""
    folder = tmp_path_factory.mktemp("clips")
    for seed, stem in enumerate(("Swing/v_Swing_g01_c01", "Lunges/v_Lunges_g02_c01")):
        (folder / stem).parent.mkdir()
        encode_lossless((folder / stem).with_suffix(".mkv"), drifting_texture(seed=seed, **TEXTURE), fps=25.0)
    return folder


@pytest.fixture
def built(tmp_path: Path, clips: Path) -> Callable[..., Path]:
    def build(*options: str) -> Path:
        out = tmp_path / "set"
        result = run("build", "clips", clips, "-o", out, "--workers", 1, *options)
        assert result.exit_code == 0, result.output
        return out

    return build


def audited(stimulus_set: Path, *, exit_code: int, workers: int = 1) -> Audit:
    out = stimulus_set.parent / f"audit_{workers}"
    result = run("audit", stimulus_set, "-o", out, "--workers", workers)
    assert result.exit_code == exit_code, (result.output, result.exception)
    return Audit.model_validate_json((out / "audit.json").read_bytes())


def put_noise(stimulus_set: StimulusSet, path: Path, **changes: Any) -> None:
    """The manifest says that `path` is the first noise clip."""
    clips = list(stimulus_set.clips)
    index = next(i for i, clip in enumerate(clips) if clip.condition == "AFD5")
    relative = path.relative_to(stimulus_set.root).as_posix()
    clips[index] = replace(clips[index], path=relative, sha256=file_sha256(path), **changes)
    write_manifest(stimulus_set.root, clips)


def first_noise(stimulus_set: StimulusSet) -> Path:
    return stimulus_set.path_of(next(clip for clip in stimulus_set.clips if clip.condition == "AFD5"))


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--method", "recursive"),
        ("--noise", "gray"),
        ("--noise", "binary"),
        ("--noise", "matched"),
        ("--dots", "2"),
    ],
    ids=" ".join,
)
def test_a_clean_set_passes_all_three_questions(built: Callable[..., Path], options: tuple[str, ...]) -> None:
    audit = audited(built(*options), exit_code=0)
    assert audit.verdicts.outcomes == ("pass", "pass", "pass")
    for clip in audit.clips:
        assert clip.verdicts.outcomes == ("pass", "pass", "pass")
        assert clip.encoding is not None
        assert (clip.encoding.compared, clip.encoding.differing) == (14, 0)
        assert clip.motion is not None
        assert clip.motion.clip.r is not None
        assert clip.motion.clip.r > 0.9


def test_the_published_generator_fails_motion(built: Callable[..., Path]) -> None:
    audit = audited(built("--method", "first-frame"), exit_code=1)
    assert audit.verdicts.motion.outcome == "fail"
    assert audit.verdicts.encoding.outcome == "pass"
    assert "2 of 2 clips fail" in audit.verdicts.motion.reason


def test_holes_filled_from_the_first_frame_fail_the_leak(built: Callable[..., Path]) -> None:
    audit = audited(built("--method", "recursive", "--fill", "initial"), exit_code=1)
    assert audit.verdicts.static_leak.outcome == "fail"
    assert "pairs of dots of one frame are equal" in audit.clips[0].verdicts.static_leak.reason


def test_one_altered_dot_in_one_frame_is_found(built: Callable[..., Path]) -> None:
    # Given a set in which one dot of frame 9 has another colour, and whose manifest knows
    stimulus_set = read_stimulus_set(built())
    path = first_noise(stimulus_set)
    frames = list(decode(path))
    frames[9][60, 80] ^= 1
    encode_lossless(path, frames, fps=25.0)
    put_noise(stimulus_set, path)
    audit = audited(stimulus_set.root, exit_code=1)
    altered = audit.clips[0]
    assert altered.encoding is not None
    assert (altered.encoding.differing, altered.encoding.first_differing) == (1, 9)
    assert altered.verdicts.outcomes == ("pass", "pass", "fail")
    assert audit.clips[1].verdicts.outcomes == ("pass", "pass", "pass")


@pytest.mark.parametrize("changed", ["software", "generator_version"])
def test_differences_under_other_software_cannot_be_told(built: Callable[..., Path], changed: str) -> None:
    stimulus_set = read_stimulus_set(built())
    path = first_noise(stimulus_set)
    frames = list(decode(path))
    frames[9][60, 80] ^= 1
    encode_lossless(path, frames, fps=25.0)
    put_noise(stimulus_set, path)
    description = read_description(stimulus_set.root)
    others = {"software": description.software.model_copy(update={"opencv": "1"}), "generator_version": 1}
    other = description.model_copy(update={changed: others[changed]})
    (stimulus_set.root / DESCRIPTION_NAME).write_text(other.model_dump_json())
    audit = audited(stimulus_set.root, exit_code=0)
    assert audit.clips[0].verdicts.encoding.outcome == "cannot be told"


def test_the_flow_of_a_clip_is_estimated_once(
    built: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a flow that takes long, as by a network
    estimated = []

    def counted(stimulus_set: StimulusSet, clip: Clip) -> Iterator[np.ndarray]:
        for flow in source_flow(stimulus_set, clip):
            estimated.append(clip.clip_id)
            yield flow

    monkeypatch.setattr(checks, "source_flow", counted)
    audit = audited(built(), exit_code=0)
    # Then motion and encoding are told, and each of 13 pairs of frames was worked on once
    assert audit.verdicts.outcomes == ("pass", "pass", "pass")
    assert Counter(estimated) == {clip.clip_id: 13 for clip in audit.clips}


def test_missing_frames_and_another_rate_are_found(built: Callable[..., Path]) -> None:
    stimulus_set = read_stimulus_set(built())
    path = first_noise(stimulus_set)
    encode_lossless(path, itertools.islice(decode(path), 12), fps=20.0)
    put_noise(stimulus_set, path)
    reason = audited(stimulus_set.root, exit_code=1).clips[0].verdicts.encoding.reason
    assert "12 frames, the manifest says 14" in reason
    assert "20 frames per second, the manifest says 25" in reason


def test_files_that_are_damaged_or_missing_are_failed_clips(built: Callable[..., Path]) -> None:
    stimulus_set = read_stimulus_set(built())
    noise = [stimulus_set.path_of(clip) for clip in stimulus_set.clips if clip.condition == "AFD5"]
    noise[0].write_bytes(noise[0].read_bytes()[:20_000])
    noise[1].unlink()
    audit = audited(stimulus_set.root, exit_code=1)
    for clip in audit.clips:
        assert clip.verdicts.outcomes == ("cannot be told", "cannot be told", "fail")
    assert "does not exist" in audit.clips[1].verdicts.encoding.reason


def test_without_the_source_the_leak_is_told_all_the_same(built: Callable[..., Path]) -> None:
    stimulus_set = read_stimulus_set(built())
    stimulus_set.path_of(stimulus_set.clips[0]).unlink()
    clip = audited(stimulus_set.root, exit_code=0).clips[0]
    assert clip.verdicts.outcomes == ("pass", "cannot be told", "cannot be told")
    assert "does not exist" in clip.verdicts.motion.reason


def test_published_files_are_measured_and_not_compared(built: Callable[..., Path]) -> None:
    # Given a clip as published: lossy, one frame fewer than its source, of unknown noise
    stimulus_set = read_stimulus_set(built())
    path = first_noise(stimulus_set)
    frames = list(decode(path))[1:]
    published = path.with_suffix(".mp4")
    with av.open(str(published), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    put_noise(stimulus_set, published, frames=13)
    description = read_description(stimulus_set.root)
    as_published = description.model_copy(update=description.recipe.as_published().model_dump())
    (stimulus_set.root / DESCRIPTION_NAME).write_text(as_published.model_dump_json())

    lossy, lossless = audited(stimulus_set.root, exit_code=1).clips
    # Then its values are seen to be no uniform noise, and its motion, which is in step, to be kept
    assert lossy.verdicts.outcomes == ("fail", "pass", "cannot be told")
    assert "stored as h264 in yuv420p, which loses values of noise" in lossy.verdicts.encoding.reason
    assert lossy.encoding is not None
    assert lossy.encoding.compared is None
    assert lossy.encoding.deviation < 70
    assert lossless.verdicts.outcomes == ("pass", "pass", "cannot be told")


def test_workers_change_nothing_and_the_page_needs_no_other_file(built: Callable[..., Path]) -> None:
    stimulus_set = built()
    assert audited(stimulus_set, exit_code=0, workers=2) == audited(stimulus_set, exit_code=0)
    page = (stimulus_set.parent / "audit_1" / "audit.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg") == 4
    assert "http" not in page.replace("http://www.w3.org", "")
    assert "v_Swing_g01_c01" in page


def test_the_worst_clips_come_first(built: Callable[..., Path]) -> None:
    clip = audited(built(), exit_code=0).clips[0]
    failed = clip.verdicts.motion.model_copy(update={"outcome": "fail"})
    untold = clip.verdicts.motion.model_copy(update={"outcome": "cannot be told"})
    order = [
        clip.model_copy(update={"clip_id": name, "verdicts": clip.verdicts.model_copy(update=verdicts)})
        for name, verdicts in (
            ("two", {"motion": failed, "static_leak": failed}),
            ("one", {"encoding": failed}),
            ("none", {"motion": untold}),
            ("clean", {}),
        )
    ]
    assert [each.clip_id for each in worst_first(order[::-1])] == ["two", "one", "none", "clean"]


def test_what_is_no_set_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(StimulusError, match="does not exist"):
        CliRunner().invoke(
            app, ["audit", str(tmp_path / "none"), "-o", str(tmp_path / "out")], catch_exceptions=False
        )
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_hold_the_audit_is_refused_before_the_work(
    built: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes").write_text("mine")
    monkeypatch.setattr(checks, "source_flow", lambda *_: pytest.fail("the work was begun"))
    with pytest.raises(StimulusError, match=r"notes is a file; name a folder"):
        CliRunner().invoke(
            app, ["audit", str(built()), "-o", str(tmp_path / "notes" / "out")], catch_exceptions=False
        )
    assert (tmp_path / "notes").read_text() == "mine"


@pytest.mark.parametrize(
    ("options", "leak", "motion"),
    [
        ((), "pass", "pass"),
        (("--method", "recursive"), "pass", "pass"),
        (("--method", "recursive", "--fill", "initial"), "fail", "pass"),
        (("--method", "first-frame"), "fail", "fail"),
    ],
)
def test_methods_on_a_real_clip(
    tmp_path: Path, real_data: Path, options: tuple[str, ...], leak: str, motion: str
) -> None:
    # Given the first 16 frames of a real clip
    folder = tmp_path / "clips" / "JumpingJack"
    folder.mkdir(parents=True)
    frames = itertools.islice(decode(real_data / "clips" / "v_JumpingJack_g14_c03.mp4"), 16)
    encode_lossless(folder / "v_JumpingJack_g14_c03.mkv", frames, fps=29.97)
    out = tmp_path / "set"
    assert run("build", "clips", folder.parent, "-o", out, "--workers", 1, *options).exit_code == 0
    audit = audited(out, exit_code=int("fail" in (leak, motion)))
    assert audit.verdicts.outcomes == (leak, motion, "pass")
