"""A clip and its row in the manifest."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from stimuli.tsv import EMPTY

COLUMNS = (
    "clip_id",
    "condition",
    "action",
    "group",
    "split",
    "path",
    "sha256",
    "frames",
    "fps",
    "width",
    "height",
    "source_clip_id",
)
SPLITS = ("train", "test", "demo")

_CONDITION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FORBIDDEN_IN_FIELD = re.compile(r"[\t\r\n]")


@dataclass(frozen=True)
class Clip:
    """One clip of a stimulus set.

    `condition` is UCF5 (ordinary video), AFD5 (made from it, without appearance) or a name of the lab's own.
    `clip_id` is `<condition>/<file stem>`; `group` numbers the clips that share actor and scene; `path` is
    relative to the set's folder; `sha256` is that of the file, 64 lower-case hexadecimal digits;
    `source_clip_id` names the UCF5 clip an AFD5 clip was made from and is None for UCF5 clips; a clip of
    another condition may have one.
    """

    clip_id: str
    condition: str
    action: str
    group: int
    split: str
    path: str
    sha256: str
    frames: int
    fps: float
    width: int
    height: int
    source_clip_id: str | None

    @property
    def footage_id(self) -> str:
        """The clip whose footage it shows: an appearance-free clip its source, any other itself."""
        return self.source_clip_id or self.clip_id

    @property
    def duration_s(self) -> float:
        """Length of one showing: 50 frames at 25 fps last 2.0 s."""
        return self.frames / self.fps


def check_relative_path(path: str) -> None:
    """Raises ValueError unless `path` is relative, written with `/`, and leads nowhere outside its folder.

    Judged by the text alone, the same on every system: a set built on Linux must read on Windows and the
    reverse.
    """
    parts = path.split("/")
    # Half of a pair of surrogates stands for a byte that is no UTF-8, as the manifest is.
    if re.search(r"[\\:\t\r\n\ud800-\udfff]", path) or any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"path {path!r} must be relative, written with /, and stay inside the set's folder")


def row_of(clip: Clip) -> tuple[object, ...]:
    """The fields of a clip's manifest line, in the order of `COLUMNS`."""
    return tuple(getattr(clip, column) for column in COLUMNS)


def clip_of_row(line: str) -> Clip:
    """The clip of one manifest line. Raises ValueError, saying which field is wrong and what it must be."""
    fields = line.split("\t")
    if len(fields) != len(COLUMNS):
        raise ValueError(f"{len(fields)} fields found, {len(COLUMNS)} needed")
    clip_id, condition, action, group, split, path, sha256, frames, fps, width, height, source = fields
    for column, text in zip(COLUMNS, fields, strict=True):
        if not text or _FORBIDDEN_IN_FIELD.search(text) or (text == EMPTY and column != "source_clip_id"):
            raise ValueError(f"{column} is empty or holds a tab or line break")
    if not _CONDITION.fullmatch(condition):
        raise ValueError(f"condition {condition!r} must be 1 to 40 letters, digits and hyphens")
    _one_of("split", split, SPLITS)
    check_relative_path(path)
    stem = path.rpartition("/")[2].rpartition(".")[0]
    if clip_id != f"{condition}/{stem}":
        raise ValueError(
            f"clip_id {clip_id!r} must be <condition>/<file stem>, which is {f'{condition}/{stem}'!r}"
        )
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"sha256 {sha256!r} must be 64 lower-case hexadecimal digits")
    if condition == "AFD5" and source == EMPTY:
        raise ValueError("source_clip_id is empty; an AFD5 clip names the UCF5 clip it was made from")
    if condition == "UCF5" and source != EMPTY:
        raise ValueError(f"source_clip_id is {source!r}; that of a UCF5 clip must be {EMPTY}")
    return Clip(
        clip_id=clip_id,
        condition=condition,
        action=action,
        group=_whole("group", group, at_least=0),
        split=split,
        path=path,
        sha256=sha256,
        frames=_whole("frames", frames, at_least=1),
        fps=_positive("fps", fps),
        width=_whole("width", width, at_least=1),
        height=_whole("height", height, at_least=1),
        source_clip_id=None if source == EMPTY else source,
    )


def _one_of(column: str, text: str, allowed: tuple[str, ...]) -> None:
    if text not in allowed:
        raise ValueError(f"{column} {text!r} must be one of {', '.join(allowed)}")


def _whole(column: str, text: str, at_least: int) -> int:
    if not re.fullmatch("[0-9]{1,18}", text) or int(text) < at_least:
        raise ValueError(f"{column} {text!r} must be a whole number of at least {at_least}")
    return int(text)


def _positive(column: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{column} {text!r} must be a number above 0")
    return value
