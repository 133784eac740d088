"""The original UCF101: a folder of .avi files, the official lists of its three splits, and the authors'
published appearance-free files of the same names.

UCF101: Soomro, Zamir, Shah (CRCV-TR-12-01, 2012). A line of `trainlist01.txt` is
`Swing/v_Swing_g08_c01.avi 89`, the number being the class's; `testlist01.txt` has lines without. Either is
read with or without. Each split puts other groups into its test list, so the list alone says what is for
testing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stimuli.errors import StimulusError, reason_of
from stimuli.sources import FoundClip
from stimuli.utf8 import utf8_text
from stimuli.whole_file import read_whole

SplitNumber = Literal[1, 2, 3]

FIVE_ACTIONS = ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")
"""The classes of UCF5; any official split has 583 clips of them."""
CLIPS_OF_FIVE_ACTIONS = 583
PUBLISHED_SUFFIXES = (".avi", ".mkv", ".mp4")

_LINE = re.compile(r"(?P<action>[^/\\\t]+)/(?P<stem>v_[^/\\\s]+_g(?P<group>\d{1,9})_c\d+)\.avi(?:\s+\d+)?")
_NAMED_AT_MOST = 10


@dataclass(frozen=True)
class Ucf101:
    """Where UCF101 lies and what of it is wanted: `actions` are names of its classes.

    `published`: folder of the authors' appearance-free files, `<Class>/<clip>.<avi|mkv|mp4>` or without the
    folders of classes.
    """

    folder: Path
    splits: Path
    split: SplitNumber = 1
    actions: tuple[str, ...] = FIVE_ACTIONS
    published: Path | None = None


@dataclass(frozen=True)
class Selection:
    """The wanted clips in order of their names, and sentences on what else folder and lists have."""

    clips: tuple[FoundClip, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class _Listed:
    action: str
    stem: str
    group: int
    split: Literal["train", "test"]


def select_ucf101(wanted: Ucf101) -> Selection:
    """The clips of the wanted classes, each where it lies, in the split that its list says.

    Letters may be capital or not in names of folders and files, as copies of UCF101 differ in that. Raises
    StimulusError for a folder or list that is missing, a line that is none, a clip named twice, a class
    that is in no list, and for files that are not there, of which it names the first ten.
    """
    for folder, what in ((wanted.folder, "UCF101"), (wanted.splits, "split lists")):
        if not folder.is_dir():
            raise StimulusError(f"The folder of {what} {folder} does not exist.")
    listed = _read_lists(wanted)
    _check_actions(wanted, {each.action for each in listed})
    chosen = sorted(
        (each for each in listed if each.action in wanted.actions), key=lambda each: (each.action, each.stem)
    )
    originals = _files_of_classes(wanted.folder, wanted.actions)
    _check_there(
        wanted.folder, [(f"{each.action}/{each.stem}.avi", _key(each)) for each in chosen], originals
    )
    published = _published(wanted, chosen)
    clips = tuple(
        FoundClip(
            each.action, each.group, each.split, originals[_key(each)], published.get(each.stem.casefold())
        )
        for each in chosen
    )
    extra = sorted(
        str(originals[key].relative_to(wanted.folder)) for key in originals.keys() - set(map(_key, chosen))
    )
    remarks = [f"Not in the lists, so not used: {_some(extra)}."] if extra else []
    if wanted.actions == FIVE_ACTIONS and len(chosen) != CLIPS_OF_FIVE_ACTIONS:
        remarks.append(
            f"The lists in {wanted.splits} name {len(chosen)} clips of {', '.join(FIVE_ACTIONS)}; the"
            f" official ones name {CLIPS_OF_FIVE_ACTIONS}."
        )
    return Selection(clips, tuple(remarks))


def _read_lists(wanted: Ucf101) -> list[_Listed]:
    listed: list[_Listed] = []
    seen: dict[str, str] = {}
    splits: tuple[Literal["train", "test"], ...] = ("train", "test")
    for split in splits:
        path = wanted.splits / f"{split}list{wanted.split:02d}.txt"
        for number, line in enumerate(_lines(path), start=1):
            if not line.strip():
                continue
            where = f"{path}, line {number}"
            found = _LINE.fullmatch(line.strip())
            if found is None:
                raise StimulusError(
                    f"{where}: {line.strip()[:80]!r} must be like Swing/v_Swing_g08_c01.avi, with or without"
                    " a class number behind it."
                )
            first = seen.setdefault(found["stem"].casefold(), where)
            if first != where:
                raise StimulusError(f"{where}: {found['stem']} stands also in {first}.")
            listed.append(_Listed(found["action"], found["stem"], int(found["group"]), split))
    return listed


def _lines(path: Path) -> list[str]:
    try:
        return utf8_text(read_whole(path)).splitlines()
    except FileNotFoundError:
        raise StimulusError(
            f"The list {path} does not exist; the lists trainlist01.txt to testlist03.txt come with UCF101 as"
            " its splits for action recognition."
        ) from None
    except ValueError as error:
        raise StimulusError(f"The list {path}, {error}.") from None
    except OSError as error:
        raise StimulusError(f"The list {path} cannot be read: {reason_of(error)}.") from error


def _check_actions(wanted: Ucf101, known: set[str]) -> None:
    if not wanted.actions:
        raise StimulusError("No action is named; name classes of the lists, as in --actions Swing,Lunges.")
    for action in wanted.actions:
        if action not in known:
            folded = {each.casefold(): each for each in known}
            near = [
                folded[each] for each in difflib.get_close_matches(action.casefold(), folded, n=3, cutoff=0.5)
            ]
            guess = f"did you mean {' or '.join(near)}?" if near else f"there are {_some(sorted(known))}."
            raise StimulusError(
                f"The action {action!r} is in neither list of split {wanted.split} in {wanted.splits};"
                f" {guess}"
            )


def _key(listed: _Listed) -> tuple[str, str]:
    return listed.action.casefold(), listed.stem.casefold()


def _files_of_classes(folder: Path, actions: Sequence[str]) -> dict[tuple[str, str], Path]:
    classes = {action.casefold() for action in actions}
    return {
        (path.parent.name.casefold(), path.stem.casefold()): path
        for place in sorted(folder.iterdir())
        if place.name.casefold() in classes and place.is_dir()
        for path in sorted(place.iterdir())
        if path.suffix.lower() == ".avi" and not path.name.startswith(".")
    }


def _published(wanted: Ucf101, chosen: Sequence[_Listed]) -> dict[str, Path]:
    """The published files by the stem of their clip, in lower case."""
    folder = wanted.published
    if folder is None:
        return {}
    if not folder.is_dir():
        raise StimulusError(f"The folder of published appearance-free files {folder} does not exist.")
    files = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in PUBLISHED_SUFFIXES]
    found = {path.stem.casefold(): path for path in files}
    for path in files:
        other = found[path.stem.casefold()]
        if other != path and any(each.stem.casefold() == path.stem.casefold() for each in chosen):
            raise StimulusError(f"{path} and {other} have the same name; leave one of them.")
    _check_there(folder, [(f"{each.action}/{each.stem}", each.stem.casefold()) for each in chosen], found)
    return found


def _check_there(folder: Path, wanted: Sequence[tuple[str, object]], found: Container[object]) -> None:
    missing = [name for name, key in wanted if key not in found]
    if missing:
        raise StimulusError(f"{len(missing)} of {len(wanted)} clips are not in {folder}: {_some(missing)}.")


def _some(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - _NAMED_AT_MOST
    return ", ".join(names[:_NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
