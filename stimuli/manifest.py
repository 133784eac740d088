"""The stimulus set: one row per clip, with its checksum.

`manifest.tsv` stands in the set's folder: tab-separated, UTF-8, one header line, `n/a` for an empty field,
paths relative to the folder with `/` between their parts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from stimuli.clip import COLUMNS, Clip, clip_of_row, row_of
from stimuli.durable import write_durably
from stimuli.errors import StimulusError, reason_of
from stimuli.tsv import tsv_line
from stimuli.typed_command import typed
from stimuli.whole_file import read_whole

MANIFEST_NAME = "manifest.tsv"


@dataclass(frozen=True)
class StimulusSet:
    """A folder of clips with its manifest; `sha256`, of the manifest's bytes, pins every clip."""

    root: Path
    clips: tuple[Clip, ...]
    sha256: str

    @cached_property
    def _by_id(self) -> dict[str, Clip]:
        return {clip.clip_id: clip for clip in self.clips}

    def by_id(self, clip_id: str) -> Clip:
        """The clip of that name. Raises StimulusError when the set has none."""
        try:
            return self._by_id[clip_id]
        except KeyError:
            raise StimulusError(f"{self.root / MANIFEST_NAME} has no clip {clip_id!r}.") from None

    def path_of(self, clip: Clip) -> Path:
        """Where the clip's file lies."""
        return self.root / clip.path


@dataclass(frozen=True)
class Mismatch:
    """A clip whose file is not the one the manifest describes: `found` is "missing" or the file's sha256."""

    clip: Clip
    found: str

    def __str__(self) -> str:
        if self.found == "missing":
            return f"{self.clip.path}: missing"
        return f"{self.clip.path}: sha256 is {self.found}, the manifest says {self.clip.sha256}"


def file_sha256(path: Path) -> str:
    """The sha256 of a file's bytes, 64 lower-case hexadecimal digits. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def read_stimulus_set(root: Path) -> StimulusSet:
    """The set in folder `root`. Reads the manifest alone; `verify_stimulus_set` looks at the files.

    Raises StimulusError for a folder that is missing or empty or holds no manifest, and for every row that
    does not obey the format, naming file, line and column.
    """
    manifest = root / MANIFEST_NAME
    try:
        data = read_whole(manifest)
    except (FileNotFoundError, NotADirectoryError):
        raise StimulusError(_why_no_manifest(root)) from None
    except OSError as error:
        raise StimulusError(f"{manifest} cannot be read: {reason_of(error)}.") from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StimulusError(f"{manifest} is not UTF-8 text (byte {error.start}).") from None
    clips = _parse(manifest, text.replace("\r\n", "\n"))
    return StimulusSet(root=root, clips=clips, sha256=hashlib.sha256(data).hexdigest())


def write_manifest(root: Path, clips: Iterable[Clip]) -> None:
    """Write `root/manifest.tsv` whole or not at all: a kill leaves the former file or none, never a part.

    Raises StimulusError when a clip would not be read back (the same rules as in reading) or the disk
    refuses.
    """
    text = "".join(tsv_line(row) for row in (COLUMNS, *map(row_of, clips)))
    manifest = root / MANIFEST_NAME
    _parse(manifest, text)
    try:
        write_durably(manifest, text.encode())
    except OSError as error:
        raise StimulusError(f"{manifest} cannot be written: {reason_of(error)}.") from error


def verify_stimulus_set(
    stimulus_set: StimulusSet, on_progress: Callable[[int, int], None] | None = None
) -> tuple[Mismatch, ...]:
    """Compare every file with its checksum; empty when all agree.

    `on_progress(done, total)` is called after each clip. Raises StimulusError for a file that cannot be read.
    """
    mismatches = []
    for done, clip in enumerate(stimulus_set.clips, start=1):
        path = stimulus_set.path_of(clip)
        try:
            found = file_sha256(path) if path.is_file() else "missing"
        except OSError as error:
            raise StimulusError(f"{path} cannot be read: {reason_of(error)}.") from error
        if found != clip.sha256:
            mismatches.append(Mismatch(clip, found))
        if on_progress is not None:
            on_progress(done, len(stimulus_set.clips))
    return tuple(mismatches)


def _why_no_manifest(root: Path) -> str:
    build = f"build a set with `{typed('-m', 'stimuli', 'build')}`"
    if not root.exists():
        return f"The stimulus folder {root} does not exist; {build}."
    if not root.is_dir():
        return f"The stimulus folder {root} is a file, not a folder; {build}."
    if not any(root.iterdir()):
        return f"The stimulus folder {root} is empty; {build}."
    return f"The stimulus folder {root} holds no {MANIFEST_NAME}, so it is no finished stimulus set; {build}."


def _parse(manifest: Path, text: str) -> tuple[Clip, ...]:
    lines = text.removesuffix("\n").split("\n")
    header = tuple(lines[0].split("\t"))
    if header != COLUMNS:
        raise StimulusError(f"{manifest}, line 1: {_why_header(header)}.")
    clips: list[Clip] = []
    line_of: dict[str, int] = {}
    for number, line in enumerate(lines[1:], start=2):
        try:
            clip = clip_of_row(line)
        except ValueError as problem:
            raise StimulusError(f"{manifest}, line {number}: {problem}.") from None
        if clip.clip_id in line_of:
            first = line_of[clip.clip_id]
            raise StimulusError(
                f"{manifest}, line {number}: clip_id {clip.clip_id!r} is that of line {first} too."
            )
        line_of[clip.clip_id] = number
        clips.append(clip)
    if not clips:
        raise StimulusError(f"{manifest} lists no clip.")
    _check_sources(manifest, clips, line_of)
    return tuple(clips)


def _why_header(header: tuple[str, ...]) -> str:
    unknown = [name for name in header if name not in COLUMNS]
    missing = [name for name in COLUMNS if name not in header]
    if unknown:
        return f"unknown column {unknown[0]!r}; the columns are {', '.join(COLUMNS)}"
    if missing:
        return f"column {missing[0]!r} is missing; the columns are {', '.join(COLUMNS)}"
    return f"the columns must be, in this order, {', '.join(COLUMNS)}"


def _check_sources(manifest: Path, clips: list[Clip], line_of: dict[str, int]) -> None:
    by_id = {clip.clip_id: clip for clip in clips}
    for clip in clips:
        if clip.source_clip_id is None:
            continue
        where = f"{manifest}, line {line_of[clip.clip_id]}: source_clip_id {clip.source_clip_id!r}"
        source = by_id.get(clip.source_clip_id)
        if source is None:
            raise StimulusError(f"{where} is not in the manifest.")
        if source.condition != "UCF5":
            raise StimulusError(f"{where} must be a UCF5 clip.")
        if (source.action, source.group, source.split) != (clip.action, clip.group, clip.split):
            raise StimulusError(f"{where} differs from this clip in action, group or split.")
