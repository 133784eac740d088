"""`python -m stimuli build synthetic|clips`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stimuli.appearance_free import DEFAULT, FILLS, Fill, Generator, Method
from stimuli.errors import StimulusError
from stimuli.noise import NoiseKind
from stimuli.progress import progress_bars
from stimuli.size_estimate import SizeEstimate, megabytes
from stimuli.workers import default_workers

if TYPE_CHECKING:
    from stimuli.build import BuiltSet

build = typer.Typer(no_args_is_help=True)

Out = Annotated[Path, typer.Option("-o", "--out", help="Folder of the stimulus set.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same set.")]
Workers = Annotated[int, typer.Option(min=0, help="Processes side by side; 0: one a core, four at most.")]

MethodOption = Annotated[
    Method,
    typer.Option(
        "--method",
        help="advect: dots carry their sub-pixel position; recursive: the frame before, by whole pixels;"
        " first-frame: as published.",
    ),
]
FillOption = Annotated[
    Fill | None,
    typer.Option(
        "--fill",
        help="What stands where nothing moved to: fresh noise or the initial frame's. advect has fresh,"
        " first-frame has initial, recursive either (fresh unless told).",
        show_default=False,
    ),
]
NoiseOption = Annotated[NoiseKind, typer.Option("--noise", help="Values of the dots.")]


@build.callback()
def _build() -> None:
    """Build a stimulus set: every clip in RGB and as appearance-free video, with a manifest."""


@build.command()
def synthetic(
    out: Out,
    per_class: Annotated[int, typer.Option(help="Clips of each action, three in five for testing.")] = 60,
    seed: Seed = 0,
    method: MethodOption = DEFAULT.method,
    fill: FillOption = None,
    noise: NoiseOption = DEFAULT.noise,
    workers: Workers = 0,
) -> None:
    """Draw actors who perform the five actions."""
    # The renderer is imported by what needs it alone: `verify` starts faster without.
    from stimuli.build import build_synthetic

    _build_and_say(
        partial(build_synthetic, out, per_class, seed, generator=_generator(method, fill, noise)), workers
    )


@build.command()
def clips(
    folder: Annotated[
        Path,
        typer.Argument(
            help="Folder of <Action>/<clip>, or of train/, test/ and demo/ with such; avi, gif, mkv, mp4."
        ),
    ],
    out: Out,
    seed: Seed = 0,
    method: MethodOption = DEFAULT.method,
    fill: FillOption = None,
    noise: NoiseOption = DEFAULT.noise,
    workers: Workers = 0,
) -> None:
    """Take the videos in a folder; optical flow by OpenCV's DIS."""
    from stimuli.build import build_clips

    _build_and_say(
        partial(build_clips, folder, out, seed, generator=_generator(method, fill, noise)), workers
    )


def _generator(method: Method, fill: Fill | None, noise: NoiseKind) -> Generator:
    try:
        return Generator(method, fill or FILLS[method][0], noise)
    except ValueError as error:
        raise StimulusError(str(error)) from None


def _build_and_say(build: Callable[..., BuiltSet], workers: int) -> None:
    with progress_bars() as on_progress:
        outcome = build(
            workers=workers or default_workers(), on_estimate=_say_estimate, on_progress=on_progress
        )
    _say_outcome(outcome)


def _say_estimate(estimate: SizeEstimate) -> None:
    print(
        f"{estimate.clips} clips, about {megabytes(estimate.expected_bytes)};"
        f" {megabytes(estimate.free_bytes)} are free.",
        flush=True,
    )


def _say_outcome(outcome: BuiltSet) -> None:
    root, count = outcome.stimulus_set.root, len(outcome.stimulus_set.clips)
    done = "is there already" if outcome.existed else "is built"
    print(f"The stimulus set {root} {done}: {count} clips, {megabytes(outcome.size_bytes)}.")
