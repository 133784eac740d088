"""A manifest gives back what was written, and names the line of what it refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimuli.clip import COLUMNS, Clip
from stimuli.errors import StimulusError
from stimuli.manifest import (
    MANIFEST_NAME,
    StimulusSet,
    file_sha256,
    read_stimulus_set,
    verify_stimulus_set,
    write_manifest,
)

Rows = tuple[Clip, Clip]


def write_lines(root: Path, *lines: str) -> None:
    (root / MANIFEST_NAME).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def as_line(clip: Clip, **changed: object) -> str:
    fields = {column: getattr(clip, column) for column in COLUMNS} | changed
    return "\t".join("n/a" if value is None else str(value) for value in fields.values())


HEADER = "\t".join(COLUMNS)


def test_what_is_written_is_read_back(tmp_path: Path, two_rows: Rows) -> None:
    write_manifest(tmp_path, two_rows)

    stimulus_set = read_stimulus_set(tmp_path)

    assert stimulus_set.clips == two_rows
    assert stimulus_set.sha256 == file_sha256(tmp_path / MANIFEST_NAME)
    noise = stimulus_set.by_id("AFD5/v_Swing_g01_c02")
    assert noise.duration_s == 2.0
    assert stimulus_set.path_of(noise) == tmp_path / "afd5" / "Swing" / "v_Swing_g01_c02.mkv"


@given(
    action=st.text(st.characters(categories=["L", "Nd"]), min_size=1),
    group=st.integers(0, 999),
    frames=st.integers(1, 10**6),
    fps=st.floats(0.01, 1000),
    split=st.sampled_from(["train", "test", "demo"]),
)
def test_any_row_survives_the_file(
    tmp_path_factory: pytest.TempPathFactory,
    two_rows: Rows,
    action: str,
    group: int,
    frames: int,
    fps: float,
    split: str,
) -> None:
    root = tmp_path_factory.mktemp("set")
    stem = f"v_{action}_g{group:02d}_c01"
    clip = replace(
        two_rows[0],
        clip_id=f"UCF5/{stem}",
        action=action,
        group=group,
        split=split,
        path=f"ucf5/{action}/{stem}.mkv",
        frames=frames,
        fps=fps,
    )

    write_manifest(root, [clip])

    assert read_stimulus_set(root).clips == (clip,)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"clip_id": "UCF5/other"}, "clip_id 'UCF5/other' must be"),
        ({"condition": "R/GB"}, "condition 'R/GB' must be 1 to 40 letters, digits and hyphens"),
        ({"action": ""}, "action is empty"),
        ({"group": "one"}, "group 'one' must be a whole number"),
        ({"split": "validation"}, "split 'validation' must be one of train, test, demo"),
        ({"path": "/etc/v_Swing_g01_c02.avi"}, "stay inside"),
        ({"path": "../v_Swing_g01_c02.avi"}, "stay inside"),
        ({"path": "ucf5/../../v_Swing_g01_c02.avi"}, "stay inside"),
        ({"path": "C:/v_Swing_g01_c02.avi"}, "stay inside"),
        ({"path": "ucf5\\v_Swing_g01_c02.avi"}, "stay inside"),
        ({"sha256": "F" * 64}, "sha256"),
        ({"sha256": None}, "sha256 is empty"),
        ({"frames": "0"}, "frames '0' must be a whole number of at least 1"),
        ({"frames": "-3"}, "frames '-3'"),
        ({"frames": "2.5"}, "frames '2.5'"),
        ({"frames": "9" * 5_000}, "must be a whole number of at least 1"),
        ({"fps": "0"}, "fps '0' must be a number above 0"),
        ({"fps": "nan"}, "fps 'nan'"),
        ({"fps": "fast"}, "fps 'fast'"),
        ({"width": "0"}, "width '0'"),
        ({"height": "tall"}, "height 'tall'"),
        ({"source_clip_id": "UCF5/v_Swing_g01_c02"}, "source_clip_id"),
    ],
)
def test_a_bad_field_is_named_with_its_line(
    tmp_path: Path, two_rows: Rows, changed: dict[str, object], complaint: str
) -> None:
    write_lines(tmp_path, HEADER, as_line(two_rows[0], **changed))

    with pytest.raises(StimulusError) as refused:
        read_stimulus_set(tmp_path)

    assert str(refused.value).startswith(f"{tmp_path / MANIFEST_NAME}, line 2: ")
    assert complaint in str(refused.value)


def test_a_noise_clip_needs_its_source(tmp_path: Path, two_rows: Rows) -> None:
    rgb, noise = two_rows

    write_lines(tmp_path, HEADER, as_line(noise))
    with pytest.raises(StimulusError, match=r"line 2: source_clip_id 'UCF5/v_Swing_g01_c02' is not in"):
        read_stimulus_set(tmp_path)

    write_lines(tmp_path, HEADER, as_line(rgb), as_line(noise, source_clip_id=None))
    with pytest.raises(StimulusError, match="line 3: source_clip_id is empty"):
        read_stimulus_set(tmp_path)

    write_lines(tmp_path, HEADER, as_line(rgb), as_line(noise, source_clip_id=noise.clip_id))
    with pytest.raises(StimulusError, match=r"line 3: source_clip_id .* must be a UCF5 clip"):
        read_stimulus_set(tmp_path)

    write_lines(tmp_path, HEADER, as_line(rgb), as_line(noise, split="train"))
    with pytest.raises(StimulusError, match=r"line 3: .* differs from this clip in action, group or split"):
        read_stimulus_set(tmp_path)


def test_a_clip_stands_once(tmp_path: Path, two_rows: Rows) -> None:
    write_lines(tmp_path, HEADER, as_line(two_rows[0]), as_line(two_rows[1]), as_line(two_rows[0]))

    with pytest.raises(StimulusError, match="line 4: clip_id 'UCF5/v_Swing_g01_c02' is that of line 2 too"):
        read_stimulus_set(tmp_path)


def test_the_columns_are_those_of_the_format(tmp_path: Path, two_rows: Rows) -> None:
    for header, complaint in (
        (f"{HEADER}\tmood", "unknown column 'mood'"),
        (HEADER.replace("\tfps", ""), "column 'fps' is missing"),
        ("\t".join(reversed(COLUMNS)), "in this order"),
    ):
        write_lines(tmp_path, header, as_line(two_rows[0]))
        with pytest.raises(StimulusError, match=f"line 1: .*{complaint}"):
            read_stimulus_set(tmp_path)

    write_lines(tmp_path, HEADER, as_line(two_rows[0]) + "\textra")
    with pytest.raises(StimulusError, match="line 2: 13 fields found, 12 needed"):
        read_stimulus_set(tmp_path)


def test_a_folder_that_is_no_set_says_why(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"")
    (tmp_path / "bare").mkdir()
    write_lines(tmp_path / "bare", HEADER)
    (tmp_path / "binary").mkdir()
    (tmp_path / "binary" / MANIFEST_NAME).write_bytes(b"\xff\xfe")
    for name, complaint in (
        ("nowhere", "does not exist"),
        ("file", "is a file"),
        ("empty", "is empty"),
        ("pictures", "holds no manifest.tsv"),
        ("bare", "lists no clip"),
        ("binary", "is not UTF-8 text"),
    ):
        with pytest.raises(StimulusError, match=complaint):
            read_stimulus_set(tmp_path / name)


def test_a_row_that_could_not_be_read_is_never_written(tmp_path: Path, two_rows: Rows) -> None:
    write_manifest(tmp_path, two_rows)
    before = (tmp_path / MANIFEST_NAME).read_bytes()

    with pytest.raises(StimulusError, match="line 2: 13 fields found"):
        write_manifest(tmp_path, [replace(two_rows[0], action="Swing\tTrain")])

    assert (tmp_path / MANIFEST_NAME).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST_NAME]


def test_verify_finds_what_is_missing_and_what_differs(tmp_path: Path, two_rows: Rows) -> None:
    rgb, noise = two_rows
    stimulus_set = StimulusSet(root=tmp_path, clips=two_rows, sha256="")
    (tmp_path / "afd5" / "Swing").mkdir(parents=True)
    stimulus_set.path_of(noise).write_bytes(b"another clip")
    seen: list[tuple[int, int]] = []

    missing, different = verify_stimulus_set(stimulus_set, lambda done, total: seen.append((done, total)))

    assert str(missing) == "ucf5/Swing/v_Swing_g01_c02.avi: missing"
    assert different.clip == noise
    assert different.found == file_sha256(stimulus_set.path_of(noise))
    assert seen == [(1, 2), (2, 2)]
    intact = replace(stimulus_set, clips=(replace(noise, sha256=different.found),))
    assert verify_stimulus_set(intact) == ()
    assert rgb not in intact.clips


def test_a_lab_may_have_a_third_kind_of_clip(tmp_path: Path, two_rows: Rows) -> None:
    """Made from a UCF5 clip, which it then names, or of its own footage."""
    rgb, _ = two_rows
    gray = replace(rgb, clip_id="Gray5/v_Swing_g01_c02", condition="Gray5", source_clip_id=rgb.clip_id)
    drawn = replace(rgb, clip_id="Drawn-5/v_Swing_g01_c02", condition="Drawn-5")
    write_manifest(tmp_path, [rgb, gray, drawn])
    assert read_stimulus_set(tmp_path).clips == (rgb, gray, drawn)
