"""`python -m stimuli build synthetic|clips|ucf101`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from stimuli.build_options import BuildOptions, with_build_options
from stimuli.errors import StimulusError
from stimuli.progress import progress_bars
from stimuli.ucf101 import FIVE_ACTIONS, Ucf101
from stimuli.workers import default_workers

if TYPE_CHECKING:
    from stimuli.build import BuiltSet, Making, Work
    from stimuli.size_estimate import SizeEstimate

build = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

INTERRUPTED = 130  # what a shell says of a program that was ended by Ctrl-C


@build.callback()
def _build() -> None:
    """Build a stimulus set: clips, their noise and a manifest.

    A build that was interrupted goes on when the same command is given again. Clips that cannot be made are
    named at the end, with exit status 1; the same command tries them once more.

    \b
    For example:
      python -m stimuli build synthetic -o stimulus_sets/synthetic
    """


@build.command()
@with_build_options
def synthetic(
    per_class: Annotated[int, typer.Option(help="Clips of each action, three in five for testing.")] = 60,
    *,
    options: BuildOptions,
) -> None:
    """Draw actors who perform the five actions.

    \b
    For example, a set for a study, and one for trying things:
      python -m stimuli build synthetic -o stimulus_sets/synthetic
      python -m stimuli build synthetic -o stimulus_sets/small --per-class 6
    """
    # The renderer is imported by what needs it alone: `verify` starts faster without.
    from stimuli.build import build_synthetic

    _build_and_say(
        lambda making, work: build_synthetic(options.out, per_class, options.seed, making, work), options
    )


@build.command()
@with_build_options
def clips(
    folder: Annotated[
        Path,
        typer.Argument(
            help="Folder of <Action>/<clip>, or of train/, test/ and demo/ with such; avi, gif, mkv, mp4."
        ),
    ],
    *,
    options: BuildOptions,
) -> None:
    """Take the videos in a folder.

    \b
    For example, other noise of the ordinary clips of a set:
      python -m stimuli build synthetic -o stimulus_sets/small --per-class 6
      python -m stimuli build clips stimulus_sets/small/ucf5 \\
        -o stimulus_sets/recursive --method recursive
    """
    from stimuli.build import build_clips

    _build_and_say(lambda making, work: build_clips(folder, options.out, options.seed, making, work), options)


@build.command()
@with_build_options
def ucf101(
    ucf_dir: Annotated[Path, typer.Argument(help="Folder of UCF101, with <Class>/v_<Class>_g01_c01.avi.")],
    splits: Annotated[Path, typer.Option(help="Folder of trainlist01.txt, testlist01.txt and so on.")],
    split: Annotated[int, typer.Option(min=1, max=3, help="Which of the three official splits.")] = 1,
    actions: Annotated[str, typer.Option(help="Classes, with commas between.")] = ",".join(FIVE_ACTIONS),
    afd101: Annotated[
        Path | None,
        typer.Option(help="Folder of the published appearance-free files, which are taken instead of made."),
    ] = None,
    copy: Annotated[bool, typer.Option("--copy", help="Copy the videos instead of linking to them.")] = False,
    *,
    options: BuildOptions,
) -> None:
    """Take classes of UCF101, split as an official list says.

    \b
    For example, the study's five classes:
      python -m stimuli build ucf101 UCF-101 --splits ucfTrainTestlist \\
        -o stimulus_sets/ucf
    """
    from stimuli.build import build_ucf101

    names = tuple(dict.fromkeys(name.strip() for name in actions.split(",") if name.strip()))
    number: Literal[1, 2, 3] = 1 if split == 1 else 2 if split == 2 else 3
    wanted = Ucf101(ucf_dir, splits, number, names, afd101)
    _build_and_say(
        lambda making, work: build_ucf101(wanted, options.out, options.seed, making, work, copy=copy), options
    )


def _build_and_say(build: Callable[[Making, Work], BuiltSet], options: BuildOptions) -> None:
    from stimuli.build import Making, Work
    from stimuli.flow import flow_recipe

    if options.flow is None and (options.weights is not None or options.upsample != 1):
        raise StimulusError("--weights and --upsample belong to --flow raft-small or raft-large.")
    flow = None
    if options.flow is not None:
        flow = flow_recipe(options.flow, options.weights, upsample=options.upsample)
    try:
        making = Making(flow, options.method, options.fill, options.noise, options.dots)
    except ValueError as error:
        raise StimulusError(str(error)) from None
    try:
        with progress_bars() as on_progress:
            work = Work(options.workers or default_workers(), options.dask, _say_estimate, on_progress)
            outcome = build(making, work)
    except KeyboardInterrupt:
        print("Interrupted; the same command goes on from here.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    _say_outcome(outcome)


def _say_estimate(estimate: SizeEstimate) -> None:
    from stimuli.size_estimate import megabytes

    print(
        f"{estimate.clips} clips, about {megabytes(estimate.expected_bytes)};"
        f" {megabytes(estimate.free_bytes)} are free.",
        flush=True,
    )


def _say_outcome(outcome: BuiltSet) -> None:
    from stimuli.size_estimate import megabytes

    for remark in outcome.remarks:
        print(remark)
    root, count = outcome.stimulus_set.root, len(outcome.stimulus_set.clips)
    done = "is there already" if outcome.existed else "is built"
    print(f"The stimulus set {root} {done}: {count} clips, {megabytes(outcome.size_bytes)}.", flush=True)
    if outcome.failed:
        for failed in outcome.failed:
            print(f"{failed.name}: {failed.reason}", file=sys.stderr)
        print(
            f"{len(outcome.failed)} clips could not be made and are left out; give the same command to try"
            " them again.",
            file=sys.stderr,
        )
        raise typer.Exit(1)
