"""Which clips go into a set, and into which split."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimuli.errors import StimulusError
from stimuli.sources import TEST_GROUPS, TRAIN_GROUPS, drawn_clips, found_clips


def lay_out(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    return folder


@pytest.mark.parametrize(("per_class", "test", "train"), [(60, 36, 24), (8, 5, 3), (2, 1, 1), (25, 15, 10)])
def test_three_in_five_drawn_clips_are_for_testing(per_class: int, test: int, train: int) -> None:
    clips = drawn_clips(("Swing", "Lunges"), per_class)

    for action in ("Swing", "Lunges"):
        assert Counter(clip.split for clip in clips if clip.action == action) == {
            "test": test,
            "train": train,
        }


@given(per_class=st.integers(2, 400))
def test_groups_share_the_drawn_clips_evenly(per_class: int) -> None:
    clips = drawn_clips(("Swing",), per_class)

    assert len({clip.stem for clip in clips}) == per_class
    for groups in (TEST_GROUPS, TRAIN_GROUPS):
        counts = Counter(clip.group for clip in clips)
        assert max(counts[group] for group in groups) - min(counts[group] for group in groups) <= 1
        for group in groups:
            numbers = [clip.number for clip in clips if clip.group == group]
            assert numbers == list(range(1, len(numbers) + 1))


def test_the_first_drawn_clip_is_named_as_in_ucf101() -> None:
    assert drawn_clips(("Swing",), 60)[0].stem == "v_Swing_g01_c01"


def test_one_drawn_clip_a_class_is_too_few() -> None:
    with pytest.raises(StimulusError, match="1 clips per class are too few: at least 2"):
        drawn_clips(("Swing",), 1)


def test_the_group_in_a_name_gives_the_split(tmp_path: Path) -> None:
    lay_out(tmp_path, "Swing/v_Swing_g07_c01.avi", "Swing/v_Swing_g08_c02.GIF", "Lunges/v_Lunges_g25_c01.mp4")

    clips = found_clips(tmp_path)

    assert [(clip.stem, clip.group, clip.split) for clip in clips] == [
        ("v_Lunges_g25_c01", 25, "train"),
        ("v_Swing_g07_c01", 7, "test"),
        ("v_Swing_g08_c02", 8, "train"),
    ]


def test_a_folder_gives_the_split_to_other_names(tmp_path: Path) -> None:
    lay_out(tmp_path, "train/Swing/park.mp4", "test/Swing/garden.mkv", "test/Juggling/three balls.avi")
    lay_out(tmp_path, "demo/Swing/v_Swing_g03_c01.avi", "train/Swing/v_Swing_g31_c01.avi")

    splits = {clip.stem: (clip.action, clip.split, clip.group) for clip in found_clips(tmp_path)}

    assert splits == {
        "park": ("Swing", "train", 102),
        "garden": ("Swing", "test", 101),
        "three balls": ("Juggling", "test", 101),
        "v_Swing_g03_c01": ("Swing", "demo", 3),
        "v_Swing_g31_c01": ("Swing", "train", 31),
    }


def test_what_is_no_video_is_passed_over(tmp_path: Path) -> None:
    lay_out(
        tmp_path, "README.md", "Swing/notes.txt", "Swing/._v_Swing_g01_c01.avi", "Swing/v_Swing_g01_c01.avi"
    )

    assert [clip.stem for clip in found_clips(tmp_path)] == ["v_Swing_g01_c01"]


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        (["notes.txt"], "holds no clip"),
        (["v_Swing_g01_c01.avi"], "does not lie in"),
        (["more/train/Swing/v_Swing_g08_c01.avi"], "does not lie in"),
        (["train/v_Swing_g08_c01.avi"], "does not lie in"),
        (["Swing/park.avi"], "Nothing says whether .*park.avi is for training or testing"),
        (["Swing/v_Swing_g26_c01.avi"], "The group of .* is 26; groups 01-07"),
        (["Swing/v_Swing_g00_c01.avi"], "The group of .* is 00; groups 01-07"),
        (["train/Swing/v_Swing_g01_c01.avi"], r"lies in train/ but its group 01 is for testing"),
        (["test/Swing/v_Swing_g12_c01.avi"], r"lies in test/ but its group 12 is for training"),
        (["Lunges/v_Swing_g01_c01.avi"], "lies in Lunges/ but its name says Swing"),
        (["train/Swing/one.avi", "test/Lunges/one.mp4"], "have the same name"),
        (["train/Swing/one.avi", "train/Swing/One.mp4"], "have the same name"),
        (["train/Swing/half:time.avi"], "no backslash, colon or tab"),
        (["train/Swing/\udcff.avi"], "be written in UTF-8"),
    ],
)
def test_what_cannot_be_placed_is_refused(tmp_path: Path, names: list[str], complaint: str) -> None:
    lay_out(tmp_path, *names)

    with pytest.raises(StimulusError, match=complaint):
        found_clips(tmp_path)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(StimulusError, match=r"nowhere does not exist; it must be laid out as"):
        found_clips(tmp_path / "nowhere")
