"""The hidden folder that a set is built in: seen by nobody until it is whole, used by one build at a time.

It outlives an interrupted build, and the next build of the same recipe goes on with it:

    .<set>.unfinished/recipe.json       what is being built
    .<set>.unfinished/levels.json       what `matched` noise is to match
    .<set>.unfinished/set/              the clips; becomes the set
    .<set>.unfinished/done/<clip>.json  a record of each clip that is whole, written after its files
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from stimuli.clip import Clip
from stimuli.description import Recipe, Record, Software
from stimuli.durable import flush_folder, write_durably
from stimuli.errors import StimulusError, reason_of
from stimuli.locks import exclusive_lock
from stimuli.manifest import file_sha256
from stimuli.noise import NoiseLevels

_LEVELS = TypeAdapter(NoiseLevels)


class Made(Record):
    """The record of a clip that is whole: its rows, UCF5 first, and what they were made from and with.

    `identity` tells the source's content, `remarks` what a person should know about how it came into the set.
    """

    clips: tuple[Clip, Clip]
    identity: str
    software: Software
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Workspace:
    """The hidden folder; `set_folder` is the one whose clips become the set."""

    root: Path

    @property
    def set_folder(self) -> Path:
        """Where its clips are written."""
        return self.root / "set"

    def record(self, name: str, made: Made) -> None:
        """Say that both clips of that name are whole. Their files must be on the disk. Raises OSError."""
        write_durably(self._record_path(name), made.model_dump_json().encode())

    def recorded(self, name: str) -> Made | None:
        """The record of a clip whose files are as they were when it was written."""
        try:
            made = Made.model_validate_json(self._record_path(name).read_bytes())
            whole = all(file_sha256(self.set_folder / clip.path) == clip.sha256 for clip in made.clips)
        except (OSError, ValidationError):
            return None
        return made if whole else None

    def keep_levels(self, levels: NoiseLevels) -> None:
        """Keep what was measured in all sources, as clips are made by it from now on. Raises OSError."""
        write_durably(self.root / "levels.json", _LEVELS.dump_json(levels))

    def levels(self) -> NoiseLevels | None:
        """What was measured before the build was interrupted."""
        try:
            return _LEVELS.validate_json((self.root / "levels.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def become(self, out: Path) -> None:
        """Give the finished set its name. Raises OSError."""
        self._tidy()
        flush_folder(self.set_folder)
        if out.is_dir():
            out.rmdir()  # empty: else the build would not have begun
        self.set_folder.rename(out)
        flush_folder(out.parent)

    def join(self, out: Path) -> None:
        """Move the clips here into a set that is there already; its manifest does not name them yet.

        Raises OSError.
        """
        self._tidy()
        for path in sorted(self.set_folder.rglob("*")):
            if path.is_symlink() or path.is_file():
                target = out / path.relative_to(self.set_folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)

    def _record_path(self, name: str) -> Path:
        return self.root / "done" / f"{name}.json"

    def _tidy(self) -> None:
        for left_over in self.set_folder.rglob(".*.partial"):
            left_over.unlink()


@contextmanager
def unfinished_folder(out: Path, recipe: Recipe) -> Iterator[Workspace]:
    """The hidden folder beside `out`, locked: made anew, or as an interrupted build of this recipe left it.

    When the block ends well, the folder is removed; when it ends by an exception, it stays if it holds a
    clip that is whole. Raises StimulusError when another build is writing to `out` or has left clips of
    another recipe there, and for every OSError in the block.
    """
    out = out.resolve()
    space = Workspace(out.with_name(f".{out.name}.unfinished"))
    lock = out.with_name(f".{out.name}.lock")
    try:
        with _new_parents(out), _locked(lock, out):
            _open(space, recipe, out)
            try:
                yield space
            except BaseException:
                if not any((space.root / "done").glob("*.json")):
                    shutil.rmtree(space.root, ignore_errors=True)
                raise
            shutil.rmtree(space.root, ignore_errors=True)
    except OSError as error:
        raise StimulusError(f"{out} cannot be written: {reason_of(error)}.") from error


@contextmanager
def _new_parents(out: Path) -> Iterator[None]:
    """Makes the folders that `out` will lie in; those that are left empty by an exception go again."""
    new = [folder for folder in out.parents if not folder.exists()]
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        with suppress(OSError):
            for folder in new:
                folder.rmdir()
        raise


def forget_unfinished(out: Path) -> None:
    """Remove what a build left that was killed between giving the set its name and tidying up."""
    out = out.resolve()
    root, lock = out.with_name(f".{out.name}.unfinished"), out.with_name(f".{out.name}.lock")
    if not (root.exists() or lock.exists()):
        return
    # Where nothing can be written or a build is at it, what it left does no harm either.
    with suppress(OSError), exclusive_lock(lock, wait=False):
        if not (root / "set").exists():
            shutil.rmtree(root, ignore_errors=True)


def _open(space: Workspace, recipe: Recipe, out: Path) -> None:
    kept = space.root / "recipe.json"
    # (Levels without a clip made by them are measured again.)
    finished = sum(1 for _ in (space.root / "done").glob("*.json"))
    if finished:
        try:
            other = recipe.difference_of(Recipe.model_validate_json(kept.read_bytes()))
        except (OSError, ValidationError):
            other = "a recipe that cannot be read"
        if other:
            raise StimulusError(
                f"An unfinished build of {out} has {finished} clips of another recipe ({other}): give the"
                f" same options to go on with it, or remove {space.root}."
            )
    else:
        shutil.rmtree(space.root, ignore_errors=True)
    for folder in (space.set_folder, space.root / "done"):
        folder.mkdir(parents=True, exist_ok=True)
    write_durably(kept, recipe.model_dump_json().encode())


@contextmanager
def _locked(lock: Path, out: Path) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(exclusive_lock(lock, wait=False))
        except BlockingIOError:
            raise StimulusError(f"Another build is writing to {out}; wait for it to end.") from None
        yield
