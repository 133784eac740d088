"""Sources become a stimulus set: each clip as it is (UCF5) and as appearance-free video (AFD5), and a
manifest.

A set is built in a hidden folder beside its place and moved there when it is whole: what stands under its
name is finished. A build that was interrupted goes on when it is started again. A clip that cannot be made is
left out in both conditions and named; building again tries it once more. The same recipe gives the same bytes
on the same software, with any number of workers and after any interruption.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from stimuli.clip import Clip
from stimuli.dask_workers import outcomes_on_dask
from stimuli.description import (
    FailedClip,
    Recipe,
    SetDescription,
    installed_software,
    read_description,
    write_description,
)
from stimuli.errors import StimulusError
from stimuli.making import Job, identity_of, make_clip
from stimuli.manifest import MANIFEST_NAME, StimulusSet, file_sha256, read_stimulus_set, write_manifest
from stimuli.noise import ChannelSums
from stimuli.noise_levels import LevelsOfSource
from stimuli.size_estimate import SizeEstimate, check_disk
from stimuli.sources import FoundClip, Source
from stimuli.unfinished import Made, Workspace, forget_unfinished, unfinished_folder
from stimuli.workers import Item, Killed, Result, outcomes


@dataclass(frozen=True)
class Work:
    """Who does the work and who hears of it; nothing here changes a byte of the set.

    `dask`: address of a Dask scheduler whose workers take the place of `workers` processes. `on_estimate`
    hears how large what is to be made will be before a clip is written, `on_progress` (stage, done, total)
    after each.
    """

    workers: int = 1
    dask: str | None = None
    on_estimate: Callable[[SizeEstimate], None] = field(default=lambda _: None)
    on_progress: Callable[[str, int, int], None] = field(default=lambda *_: None)


@dataclass(frozen=True)
class Plan:
    """What is to be built, and where. `expected_bytes` says how much room clips will take; `refer`: videos
    are linked to instead of copied.
    """

    out: Path
    recipe: Recipe
    sources: tuple[Source, ...]
    expected_bytes: Callable[[Sequence[Source]], int]
    refer: bool = False


@dataclass(frozen=True)
class BuiltSet:
    """The outcome: the set, the size of its clips, whether all of it had been built before, the clips that
    could not be made, and sentences on what a person should know.
    """

    stimulus_set: StimulusSet
    size_bytes: int
    existed: bool
    failed: tuple[FailedClip, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Existing:
    stimulus_set: StimulusSet
    description: SetDescription


def assemble(plan: Plan, work: Work) -> BuiltSet:
    """Build the set, go on with it, or see that it is there.

    Raises StimulusError when the place holds anything else or another build is at it, the disk is too small
    or fills up, or no clip can be made. Clips that are finished stay for the next time.
    """
    existing = _existing_set(plan)
    if existing is not None and not _missing(plan, existing):
        forget_unfinished(plan.out)
        return BuiltSet(existing.stimulus_set, _size_bytes(existing.stimulus_set), existed=True)
    with unfinished_folder(plan.out, plan.recipe) as space:
        if existing is None and plan.out.is_dir() and any(plan.out.iterdir()):
            raise StimulusError(
                f"{plan.out} was filled by another build; start again to see whether it will do."
            )
        failed, remarks = _make_all(plan, work, space, existing)
    stimulus_set = read_stimulus_set(plan.out)
    return BuiltSet(stimulus_set, _size_bytes(stimulus_set), False, failed, remarks)


def _make_all(
    plan: Plan, work: Work, space: Workspace, existing: _Existing | None
) -> tuple[tuple[FailedClip, ...], tuple[str, ...]]:
    wanted = plan.sources if existing is None else _missing(plan, existing)
    made = _finished_before(space, wanted)
    todo = [source for source in wanted if source.stem not in made]
    if todo:
        work.on_estimate(check_disk(plan.out, 2 * len(todo), plan.expected_bytes(todo)))
    recipe = _with_levels(plan, work, space, existing)
    failed: list[FailedClip] = []
    done = len(made)
    for index, outcome in _each(partial(make_clip, Job(space, recipe, plan.refer)), todo, work, space):
        source = todo[index]
        if isinstance(outcome, Made):
            made[source.stem] = outcome
        else:
            failed.append(_killed(source) if isinstance(outcome, Killed) else outcome)
        done += 1
        work.on_progress("build", done, len(wanted))
    if existing is None and not made:
        raise StimulusError(f"None of the {len(wanted)} clips could be made; the first: {failed[0].reason}")
    left_out = tuple(sorted(failed, key=lambda each: each.name))
    _finish(plan, recipe, space, existing, made, left_out)
    return left_out, _remarks(made)


def _with_levels(plan: Plan, work: Work, space: Workspace, existing: _Existing | None) -> Recipe:
    """The recipe with the levels of `matched` noise: measured once in all sources, then kept."""
    if plan.recipe.noise != "matched":
        return plan.recipe
    levels = space.levels() if existing is None else existing.description.levels
    if levels is None:
        sums = ChannelSums()
        measured = _each(LevelsOfSource(plan.recipe.seed), plan.sources, work, space)
        for done, (_, outcome) in enumerate(measured, start=1):
            sums += ChannelSums() if isinstance(outcome, Killed) else outcome
            work.on_progress("levels", done, len(plan.sources))
        try:
            levels = sums.levels()
        except ValueError as error:
            raise StimulusError(f"There is no matched noise for {plan.out}: {error}") from error
        space.keep_levels(levels)
    return plan.recipe.model_copy(update={"levels": levels})


def _finish(
    plan: Plan,
    recipe: Recipe,
    space: Workspace,
    existing: _Existing | None,
    made: dict[str, Made],
    failed: tuple[FailedClip, ...],
) -> None:
    rows = {clip.clip_id: clip for each in made.values() for clip in each.clips}
    if existing is None:
        write_manifest(space.set_folder, _in_order(plan.sources, rows))
        write_description(space.set_folder, recipe, failed)
        space.become(plan.out)
        return
    rows |= {clip.clip_id: clip for clip in existing.stimulus_set.clips}
    # The manifest comes after the clips it names; until then they are files that nobody knows of.
    space.join(plan.out)
    write_manifest(plan.out, _in_order(plan.sources, rows))
    write_description(plan.out, recipe, failed)


def _in_order(sources: Iterable[Source], rows: dict[str, Clip]) -> list[Clip]:
    names = [f"{condition}/{source.stem}" for condition in ("UCF5", "AFD5") for source in sources]
    return [rows[name] for name in names if name in rows]


def _finished_before(space: Workspace, sources: Sequence[Source]) -> dict[str, Made]:
    """What an interrupted build left whole, of sources and with software that are still the same."""
    software = installed_software()
    finished = {}
    for source in sources:
        made = space.recorded(source.stem)
        if made is None or made.software != software:
            continue
        try:
            if made.identity == identity_of(source):
                finished[source.stem] = made
        except OSError:
            continue  # the source is gone: the build will say so
    return finished


def _each(
    function: Callable[[Item], Result], items: Sequence[Item], work: Work, space: Workspace
) -> Iterator[tuple[int, Result | Killed]]:
    if work.dask is not None and items:
        return outcomes_on_dask(function, items, work.dask, space.root)
    return outcomes(function, items, work.workers)


def _killed(source: Source) -> FailedClip:
    what = source.stem if not isinstance(source, FoundClip) else f"the clip {source.file}"
    return FailedClip(
        name=source.stem,
        reason=f"The process that worked on {what} was killed, alone too; if memory is short, free some and"
        " build again, else leave it out.",
    )


def _remarks(made: dict[str, Made]) -> tuple[str, ...]:
    counts = Counter(remark for each in made.values() for remark in each.remarks)
    of_others = sum(each.software != installed_software() for each in made.values())
    if of_others:
        counts["made by workers with other versions of the software than here"] = of_others
    return tuple(f"{count} of {len(made)} clips: {remark}." for remark, count in sorted(counts.items()))


def _existing_set(plan: Plan) -> _Existing | None:
    out = plan.out
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return None
    if not (out / MANIFEST_NAME).is_file():
        raise StimulusError(f"{out} exists and is no stimulus set; name another folder or remove it.")
    existing = _Existing(read_stimulus_set(out), read_description(out))
    difference = plan.recipe.difference_of(existing.description.recipe)
    if difference:
        raise StimulusError(
            f"{out} holds another stimulus set ({difference}); name another folder or remove that one."
        )
    _check_same_clips(plan, existing)
    return existing


def _missing(plan: Plan, existing: _Existing) -> tuple[Source, ...]:
    there = {clip.clip_id for clip in existing.stimulus_set.clips}
    return tuple(source for source in plan.sources if f"AFD5/{source.stem}" not in there)


def _check_same_clips(plan: Plan, existing: _Existing) -> None:
    """Raises StimulusError unless the set was made of these clips, but for those that failed."""
    found = [source for source in plan.sources if isinstance(source, FoundClip)]
    if not found:
        return
    failed = {each.name for each in existing.description.failed}
    of_set = {
        (clip.action, clip.group, clip.split, clip.clip_id, clip.sha256)
        for clip in existing.stimulus_set.clips
    }
    of_folder = set()
    for source in found:
        of_clip = {
            condition: file
            for condition, file in (("UCF5", source.file), ("AFD5", source.published))
            if file is not None
        }
        for condition, file in of_clip.items():
            row = (source.action, source.group, source.split, f"{condition}/{source.stem}", _sha256(file))
            if source.stem not in failed or row in of_set:
                of_folder.add(row)
    ours = {row for row in of_set if row[3].startswith("UCF5/") or found[0].published is not None}
    if ours != of_folder:
        raise StimulusError(
            f"{plan.out} was built from other clips than these; name another folder or remove that one."
        )


def _sha256(file: Path) -> str | None:
    try:
        return file_sha256(file)
    except OSError:
        return None


def _size_bytes(stimulus_set: StimulusSet) -> int:
    """What the set takes on the disk: links take next to nothing."""
    paths = (stimulus_set.path_of(clip) for clip in stimulus_set.clips)
    return sum(path.stat().st_size for path in paths if path.is_file() and not path.is_symlink())
