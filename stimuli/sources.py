"""Which clips a stimulus set is made from: drawn ones, named as in UCF101, or the videos in a folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from stimuli.clip import SPLITS, check_relative_path
from stimuli.errors import StimulusError

TEST_GROUPS = range(1, 8)
TRAIN_GROUPS = range(8, 26)
VIDEO_SUFFIXES = (".avi", ".gif", ".mkv", ".mp4")

_TEST_SHARE = 0.6
_UCF_NAME = re.compile(r"v_(?P<action>.+)_g(?P<group>\d{2,9})_c(?P<clip>\d{2,9})")
_LAYOUT = f"[train|test|demo/]<Action>/<clip>{{{','.join(VIDEO_SUFFIXES)}}}"


@dataclass(frozen=True)
class DrawnClip:
    """A clip to be drawn: clips of one action and group share actor and scene."""

    action: str
    group: int
    number: int

    @property
    def stem(self) -> str:
        """Its name in the set, without condition and suffix."""
        return f"v_{self.action}_g{self.group:02d}_c{self.number:02d}"

    @property
    def split(self) -> str:
        """Where its group belongs, as in UCF101: `test` or `train`."""
        return "test" if self.group in TEST_GROUPS else "train"


@dataclass(frozen=True)
class FoundClip:
    """A video file of somebody's. `file` is where it lies; its stem is the name it keeps in the set.

    `published` is its appearance-free version, where that was made by others.
    """

    action: str
    group: int
    split: str
    file: Path
    published: Path | None = None

    @property
    def stem(self) -> str:
        """Its name in the set, without condition and suffix."""
        return self.file.stem


Source = DrawnClip | FoundClip


def drawn_clips(actions: tuple[str, ...], per_class: int) -> tuple[DrawnClip, ...]:
    """`per_class` clips of each action, three in five of them test clips, spread evenly over the groups.

    60 a class are 36 test clips in groups 01-07 (five or six each) and 24 training clips in groups 08-25
    (one or two each); 8 are 5 and 3. Raises StimulusError for fewer than 2.
    """
    if per_class < 2:
        raise StimulusError(
            f"{per_class} clips per class are too few: at least 2, one for testing and one for training."
        )
    test = min(round(_TEST_SHARE * per_class), per_class - 1)
    shares = {**_spread(test, TEST_GROUPS), **_spread(per_class - test, TRAIN_GROUPS)}
    return tuple(
        DrawnClip(action, group, number)
        for action in actions
        for group, count in shares.items()
        for number in range(1, count + 1)
    )


def _spread(count: int, groups: range) -> dict[int, int]:
    each, left_over = divmod(count, len(groups))
    return {group: each + (index < left_over) for index, group in enumerate(groups)}


def found_clips(folder: Path) -> tuple[FoundClip, ...]:
    """The videos below `folder`, laid out as `[train|test|demo/]<Action>/<clip>.<avi|gif|mkv|mp4>`, in
    order of name.

    A name of UCF101's form, `v_<Action>_g<NN>_c<NN>`, gives the group, and the group gives the split: 01-07
    test, 08-25 train. Any other name takes its split from the folder train, test or demo, and is a group of
    its own, numbered from 101 within its action. In demo/, which UCF101 does not know, any name is a demo
    clip.

    Raises StimulusError for a folder that is missing or holds no video, a video in the wrong place, two of
    the same name, and a split that is not given or given in two ways.
    """
    if not folder.is_dir():
        raise StimulusError(f"The folder of clips {folder} does not exist; it must be laid out as {_LAYOUT}.")
    files = sorted(path for path in folder.rglob("*") if _is_video(path, folder))
    if not files:
        raise StimulusError(f"The folder {folder} holds no clip; it must be laid out as {_LAYOUT}.")
    clips: list[FoundClip] = []
    file_of: dict[str, Path] = {}
    for file in files:
        parts = file.relative_to(folder).parts
        if not (len(parts) == 2 and parts[0] not in SPLITS) and not (len(parts) == 3 and parts[0] in SPLITS):
            raise StimulusError(f"The clip {file} does not lie in {_LAYOUT} below {folder}.")
        # Stems name the files of a set, also where file names differ in capitals alone and discs do not care.
        first = file_of.setdefault(file.stem.casefold(), file)
        if first is not file:
            raise StimulusError(f"{first} and {file} have the same name; each clip of a set needs its own.")
        clips.append(_found(file, parts[-2], parts[0] if len(parts) == 3 else None, clips))
    return tuple(clips)


def _is_video(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.suffix.lower() in VIDEO_SUFFIXES and path.is_file()


def _found(file: Path, action: str, folder_split: str | None, before: list[FoundClip]) -> FoundClip:
    try:
        check_relative_path(f"{action}/{file.name}")
    except ValueError:
        raise StimulusError(
            f"The clip {file} must have no backslash, colon or tab in its name, and be written in UTF-8."
        ) from None
    name = _UCF_NAME.fullmatch(file.stem)
    if name is None:
        if folder_split is None:
            raise StimulusError(
                f"Nothing says whether {file} is for training or testing: name it"
                f" v_{action}_g<NN>_c<NN> or put {action}/ into a folder train/ or test/."
            )
        own_group = 101 + sum(clip.action == action and clip.group > 100 for clip in before)
        return FoundClip(action, own_group, folder_split, file)
    # UCF101 itself writes HandstandPushups and v_HandStandPushups.
    if name["action"].casefold() != action.casefold():
        raise StimulusError(f"The clip {file} lies in {action}/ but its name says {name['action']}.")
    group = int(name["group"])
    return FoundClip(action, group, _split(file, group, folder_split), file)


def _split(file: Path, group: int, folder_split: str | None) -> str:
    if group in TEST_GROUPS:
        named = "test"
    elif group in TRAIN_GROUPS:
        named = "train"
    elif folder_split is not None:
        return folder_split
    else:
        raise StimulusError(
            f"The group of {file} is {group:02d}; groups 01-07 are for testing, 08-25 for training, and"
            " others need a folder train/ or test/."
        )
    if folder_split not in (None, "demo", named):
        raise StimulusError(
            f"The clip {file} lies in {folder_split}/ but its group {group:02d} is for {named}ing;"
            " move or rename it."
        )
    return folder_split or named
