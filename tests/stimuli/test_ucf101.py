"""UCF101 as it comes: a folder of .avi files and the official lists."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from stimuli.build import Work, build_ucf101
from stimuli.description import AS_PUBLISHED, read_description
from stimuli.errors import StimulusError
from stimuli.manifest import verify_stimulus_set
from stimuli.ucf101 import CLIPS_OF_FIVE_ACTIONS, FIVE_ACTIONS, Ucf101, select_ucf101
from stimuli.video import encode_lossless, probe

TRAIN = ("Swing/v_Swing_g08_c01.avi 89", "Lunges/v_Lunges_g09_c02.avi 52")
TEST = ("Swing/v_Swing_g01_c01.avi", "HandstandPushups/v_HandStandPushups_g02_c01.avi")
ACTIONS = ("Swing", "Lunges", "HandstandPushups")


def write_lists(folder: Path, train: tuple[str, ...], test: tuple[str, ...], number: int = 1) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (("train", train), ("test", test)):
        # As UCF101 comes: DOS line ends, and an empty line at the end.
        (folder / f"{name}list{number:02d}.txt").write_bytes("\r\n".join((*lines, "", "")).encode())
    return folder


@pytest.fixture
def ucf(tmp_path: Path, write_clip: Callable[..., Path]) -> Ucf101:
    """Four clips of three classes, listed."""
    for seed, line in enumerate((*TRAIN, *TEST)):
        write_clip(tmp_path / "ucf" / line.split()[0], seed=seed)
    return Ucf101(tmp_path / "ucf", write_lists(tmp_path / "lists", TRAIN, TEST), actions=ACTIONS)


def test_clips_are_linked_to_and_the_list_gives_the_split(ucf: Ucf101, tmp_path: Path) -> None:
    outcome = build_ucf101(ucf, tmp_path / "set", seed=0)

    assert (outcome.failed, outcome.remarks) == ((), ())
    rgb = {clip.clip_id: clip for clip in outcome.stimulus_set.clips if clip.condition == "UCF5"}
    assert {name: (clip.action, clip.group, clip.split) for name, clip in rgb.items()} == {
        "UCF5/v_HandStandPushups_g02_c01": ("HandstandPushups", 2, "test"),
        "UCF5/v_Lunges_g09_c02": ("Lunges", 9, "train"),
        "UCF5/v_Swing_g01_c01": ("Swing", 1, "test"),
        "UCF5/v_Swing_g08_c01": ("Swing", 8, "train"),
    }
    for clip in rgb.values():
        path = outcome.stimulus_set.path_of(clip)
        assert path.is_symlink()
        assert path.resolve() == (ucf.folder / clip.action / path.name).resolve()
        assert path.readlink().is_absolute()
    assert verify_stimulus_set(outcome.stimulus_set) == ()
    assert build_ucf101(ucf, tmp_path / "set", seed=0).existed

    # when a source is taken away, the set says which
    (ucf.folder / "Lunges" / "v_Lunges_g09_c02.avi").unlink()
    assert list(map(str, verify_stimulus_set(outcome.stimulus_set))) == [
        "ucf5/Lunges/v_Lunges_g09_c02.avi: missing"
    ]


def test_copies_stand_on_their_own(ucf: Ucf101, tmp_path: Path) -> None:
    outcome = build_ucf101(ucf, tmp_path / "set", seed=0, copy=True)
    shutil.rmtree(ucf.folder)

    assert verify_stimulus_set(outcome.stimulus_set) == ()
    assert not any(path.is_symlink() for path in (tmp_path / "set").rglob("*"))


def test_where_no_symbolic_link_can_be_made_it_says_what_was_done(
    ucf: Ucf101, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a system like Windows without the privilege
    def refused(*_: object) -> None:
        raise OSError(1314, "A required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refused)
    outcome = build_ucf101(ucf, tmp_path / "linked", seed=0)
    assert outcome.remarks == (
        "4 of 4 clips: hard-linked instead of linked, since the system makes no link here.",
    )

    # and a disc without links of any kind
    monkeypatch.setattr("os.link", refused)
    outcome = build_ucf101(ucf, tmp_path / "copied", seed=0)
    assert outcome.remarks == (
        "4 of 4 clips: copied instead of linked, since the system makes no link here.",
    )
    assert verify_stimulus_set(outcome.stimulus_set) == ()


def test_the_second_split_tests_other_groups(ucf: Ucf101, tmp_path: Path) -> None:
    lists = write_lists(ucf.splits, TEST, TRAIN, number=2)

    clips = select_ucf101(Ucf101(ucf.folder, lists, 2, ACTIONS)).clips

    assert {clip.stem: clip.split for clip in clips} == {
        "v_HandStandPushups_g02_c01": "train",
        "v_Lunges_g09_c02": "test",
        "v_Swing_g01_c01": "train",
        "v_Swing_g08_c01": "test",
    }


def test_letters_may_be_capital_or_not_in_a_copy(ucf: Ucf101) -> None:
    (ucf.folder / "HandstandPushups").rename(ucf.folder / "HandStandPushups")

    clips = select_ucf101(ucf).clips

    assert clips[0].file == ucf.folder / "HandStandPushups" / "v_HandStandPushups_g02_c01.avi"
    assert clips[0].action == "HandstandPushups"


def test_files_that_no_list_names_are_reported(ucf: Ucf101, write_clip: Callable[..., Path]) -> None:
    write_clip(ucf.folder / "Swing" / "v_Swing_g26_c01.avi")

    selection = select_ucf101(ucf)

    assert selection.remarks == ("Not in the lists, so not used: Swing/v_Swing_g26_c01.avi.",)
    assert len(selection.clips) == 4


def test_clips_that_are_not_there_are_counted_and_named_before_anything_is_written(
    ucf: Ucf101, tmp_path: Path
) -> None:
    more = tuple(f"Swing/v_Swing_g10_c{number:02d}.avi 89" for number in range(1, 13))
    write_lists(ucf.splits, TRAIN + more, TEST)

    with pytest.raises(StimulusError, match=r"^12 of 16 clips are not in .*ucf: .*_c10.avi and 2 more\.$"):
        build_ucf101(ucf, tmp_path / "new" / "set", seed=0)

    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"folder": Path("nowhere")}, "The folder of UCF101 nowhere does not exist"),
        ({"splits": Path("nowhere")}, "The folder of split lists nowhere does not exist"),
        ({"published": Path("nowhere")}, "published appearance-free files nowhere does not exist"),
        ({"split": 3}, r"trainlist03\.txt does not exist"),
        ({"actions": ("swing",)}, r"'swing' is in neither list of split 1 .*; did you mean Swing\?"),
        ({"actions": ("Zumba",)}, "'Zumba' .*; there are HandstandPushups, Lunges, Swing"),
        ({"actions": ()}, "No action is named"),
    ],
)
def test_what_cannot_be_selected_is_refused(ucf: Ucf101, change: dict, complaint: str) -> None:
    wanted = Ucf101(**{**vars(ucf), **change})

    with pytest.raises(StimulusError, match=complaint):
        select_ucf101(wanted)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("v_Swing_g08_c02.avi 89", r"trainlist01\.txt, line 3: 'v_Swing_g08_c02.avi 89' must be like Swing/"),
        ("Swing/v_Swing_g08_c02.mp4 89", "line 3: .* must be like"),
        ("Swing/v_Swing_g08_c02.avi Swing", "line 3: .* must be like"),
        ("Swing/v_Swing_g08_c01.avi", r"line 3: v_Swing_g08_c01 stands also in .*trainlist01\.txt, line 1"),
        ("../Swing/v_Swing_g08_c02.avi 89", "line 3: .* must be like"),
        (f"Swing/v_Swing_g{'9' * 5_000}_c02.avi 89", "line 3: .* must be like"),
    ],
)
def test_a_line_that_is_none_is_named(ucf: Ucf101, line: str, complaint: str) -> None:
    write_lists(ucf.splits, (*TRAIN, line), TEST)

    with pytest.raises(StimulusError, match=complaint):
        select_ucf101(ucf)


def test_published_files_are_taken_as_they_are(
    ucf: Ucf101, tmp_path: Path, drifting_texture: Callable[..., np.ndarray]
) -> None:
    # Given published files, in folders of classes or not, one of them a frame short as the published
    # generator leaves it
    for line in (*TRAIN, *TEST):
        name = Path(line.split()[0])
        place = name.with_suffix(".mkv") if "Swing" in line else Path(name.stem + ".mp4")
        (tmp_path / "afd" / place).parent.mkdir(parents=True, exist_ok=True)
        frames = drifting_texture(count=5 if "Lunges" in line else 6, seed=9)
        with (tmp_path / "afd" / place).open("wb") as file:
            encode_lossless(file, frames, fps=25.0)
    wanted = Ucf101(**{**vars(ucf), "published": tmp_path / "afd"})

    outcome = build_ucf101(wanted, tmp_path / "set", seed=0)

    assert outcome.remarks == ("1 of 4 clips: the published file has one frame fewer than its source.",)
    description = read_description(tmp_path / "set")
    assert description.afd101
    assert {description.flow, description.method, description.fill, description.noise} == {AS_PUBLISHED}
    lunges = outcome.stimulus_set.by_id("AFD5/v_Lunges_g09_c02")
    assert (lunges.frames, lunges.source_clip_id) == (5, "UCF5/v_Lunges_g09_c02")
    assert outcome.stimulus_set.path_of(lunges).resolve() == tmp_path / "afd" / "v_Lunges_g09_c02.mp4"
    assert verify_stimulus_set(outcome.stimulus_set) == ()
    assert build_ucf101(wanted, tmp_path / "set", seed=0).existed


@pytest.mark.parametrize(
    ("shape", "complaint"),
    [
        ({"count": 4}, "has 4 frames and its source .* has 6; it must have as many or one fewer"),
        ({"count": 7}, "has 7 frames and its source .* has 6"),
        ({"height": 64}, "has 64x64 pixels and its source .* has 64x48"),
    ],
)
def test_a_published_file_of_another_clip_is_left_out(
    ucf: Ucf101, tmp_path: Path, write_clip: Callable[..., Path], shape: dict[str, int], complaint: str
) -> None:
    for line in (*TRAIN, *TEST):
        name = Path(line.split()[0]).with_suffix(".mkv")
        write_clip(tmp_path / "afd" / name, **(shape if "Lunges" in line else {}))

    outcome = build_ucf101(Ucf101(**{**vars(ucf), "published": tmp_path / "afd"}), tmp_path / "set", seed=0)

    (failed,) = outcome.failed
    assert failed.name == "v_Lunges_g09_c02"
    with pytest.raises(StimulusError, match=complaint):
        raise StimulusError(failed.reason)
    assert len(outcome.stimulus_set.clips) == 6


def test_a_missing_published_file_is_named(
    ucf: Ucf101, tmp_path: Path, write_clip: Callable[..., Path]
) -> None:
    write_clip(tmp_path / "afd" / "v_Swing_g08_c01.mp4")

    with pytest.raises(StimulusError, match=r"3 of 4 clips are not in .*afd: HandstandPushups/v_HandStand"):
        select_ucf101(Ucf101(**{**vars(ucf), "published": tmp_path / "afd"}))


def lay_out_official(real_data: Path, tmp_path: Path, with_index: bool) -> Ucf101:
    """The official names and lists of the five classes, before any file lies there."""
    lists = {
        split: tuple((real_data / "splits" / f"ucf5_{split}list01.txt").read_text().split())
        for split in ("train", "test")
    }
    number = {action: index for index, action in enumerate(FIVE_ACTIONS, start=1)}
    numbered = {
        split: tuple(f"{line} {number[line.split('/')[0]]}" if with_index else line for line in lines)
        for split, lines in lists.items()
    }
    return Ucf101(tmp_path / "ucf", write_lists(tmp_path / "lists", numbered["train"], numbered["test"]))


@pytest.mark.parametrize("with_index", [True, False])
def test_the_official_lists_name_583_clips(real_data: Path, tmp_path: Path, with_index: bool) -> None:
    wanted = lay_out_official(real_data, tmp_path, with_index)
    for split in ("train", "test"):
        for line in (wanted.splits / f"{split}list01.txt").read_text().splitlines():
            if line:
                file = wanted.folder / line.split()[0]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.touch()

    selection = select_ucf101(wanted)

    assert len(selection.clips) == CLIPS_OF_FIVE_ACTIONS
    assert selection.remarks == ()
    assert Counter(clip.action for clip in selection.clips) == {
        "JumpingJack": 123,
        "Lunges": 127,
        "PullUps": 100,
        "PushUps": 102,
        "Swing": 131,
    }
    assert Counter(clip.split for clip in selection.clips) == {"train": 409, "test": 174}
    assert all((clip.split == "test") == (clip.group <= 7) for clip in selection.clips)


def test_583_tiny_clips_make_a_set(
    real_data: Path, tmp_path: Path, drifting_texture: Callable[..., np.ndarray]
) -> None:
    wanted = lay_out_official(real_data, tmp_path, with_index=True)
    for number, line in enumerate(
        line
        for split in ("train", "test")
        for line in (wanted.splits / f"{split}list01.txt").read_text().splitlines()
        if line
    ):
        file = wanted.folder / line.split()[0]
        file.parent.mkdir(parents=True, exist_ok=True)
        encode_lossless(file, drifting_texture(count=4, height=24, width=32, seed=number), fps=25.0)

    outcome = build_ucf101(wanted, tmp_path / "set", seed=0, work=Work(2))

    assert outcome.failed == ()
    assert len(outcome.stimulus_set.clips) == 2 * CLIPS_OF_FIVE_ACTIONS
    assert verify_stimulus_set(outcome.stimulus_set) == ()
    noise = outcome.stimulus_set.path_of(outcome.stimulus_set.clips[-1])
    assert probe(noise).frames == 4
