"""The options that all build commands have, written once and handed on as one value."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from stimuli.appearance_free import DEFAULT, MOST_DOTS, Fill, Method
from stimuli.flow import LARGEST_UPSAMPLE, FlowName
from stimuli.noise import NoiseKind


@dataclass(frozen=True)
class BuildOptions:
    """What was typed, or what stands for it where nothing was: see `_options`."""

    out: Path
    seed: int
    flow: FlowName | None
    weights: Path | None
    upsample: int
    method: Method
    fill: Fill | None
    noise: NoiseKind
    dots: int
    workers: int
    dask: str | None


def with_build_options(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose last parameter is `options: BuildOptions`, as one that has them all.

    typer reads a command's options from its signature, so the two signatures are laid together.
    """
    own = _parameters(command)[:-1]
    shared = _parameters(_options)

    def combined(**values: typing.Any) -> None:
        options = _options(**{each.name: values.pop(each.name) for each in shared})
        command(**values, options=options)

    parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *shared)]
    combined.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer reads it
    combined.__annotations__ = {each.name: each.annotation for each in parameters}
    combined.__name__, combined.__doc__ = command.__name__, command.__doc__
    return combined


def _parameters(function: Callable[..., object]) -> list[inspect.Parameter]:
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = inspect.signature(function).parameters.values()
    return [each.replace(annotation=hints[each.name]) for each in parameters]


def _options(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Folder of the stimulus set.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same set.")] = 0,
    flow: Annotated[
        FlowName | None,
        typer.Option(
            "--flow",
            help="exact: as drawn, the default of drawn clips, which alone have it; dis: the default of all"
            " others; farneback; raft-small and raft-large: networks, which need the extra `models`.",
            show_default=False,
        ),
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Weights of RAFT, torchvision's or the authors'; downloaded unless named."
        ),
    ] = None,
    upsample: Annotated[
        int, typer.Option(min=1, max=LARGEST_UPSAMPLE, help="Enlarge frames so many times for RAFT.")
    ] = 1,
    method: Annotated[
        Method,
        typer.Option(
            "--method",
            help="advect: dots carry their sub-pixel position; recursive: the frame before, by whole pixels;"
            " first-frame: as published.",
        ),
    ] = DEFAULT.method,
    fill: Annotated[
        Fill | None,
        typer.Option(
            "--fill",
            help="What stands where nothing moved to: fresh noise or the initial frame's. advect has fresh,"
            " first-frame has initial, recursive either (fresh unless told).",
            show_default=False,
        ),
    ] = None,
    noise: Annotated[
        NoiseKind,
        typer.Option("--noise", help="Values of the dots; matched: as bright and varied as the clips are."),
    ] = DEFAULT.noise,
    dots: Annotated[int, typer.Option(min=1, max=MOST_DOTS, help="N x N dots in each pixel of a clip.")] = 1,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes side by side; 0: one a core, four at most.")
    ] = 0,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A Dask scheduler whose workers do the work."),
    ] = None,
) -> BuildOptions:
    return BuildOptions(out, seed, flow, weights, upsample, method, fill, noise, dots, workers, dask)
