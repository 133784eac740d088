"""The table of all networks that `python -m analysis predict --list` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich import box
from rich.console import Console
from rich.table import Table

from analysis.errors import AnalysisError
from analysis.models.devices import require_torch
from analysis.models.flops import ModelCost, model_cost
from analysis.models.optional_packages import INSTALL_ZOO
from analysis.models.spec import ModelSpec
from analysis.models.zoo import MODELS
from stimuli.progress import OnProgress

CLASSES = 5  # of the study's clips without appearance
WIDTH = 130
UNKNOWN = "-"

Listed = tuple[ModelSpec, ModelCost | None]


def listed_models(classes: int = CLASSES, on_progress: OnProgress | None = None) -> list[Listed]:
    """Every network with its cost for `classes` classes; None where its package is not installed.

    Each network is built without values, which takes up to a second. Raises AnalysisError without torch.
    """
    require_torch("Counting the parameters of networks")
    listed: list[Listed] = []
    for spec in MODELS.values():
        listed.append((spec, _cost(spec, classes)))
        if on_progress is not None:
            on_progress("networks", len(listed), len(MODELS))
    return listed


def model_table(listed: Iterable[Listed], classes: int = CLASSES) -> Table:
    """One row per network: name, title, origin, streams, parameters, operations; the study's come first."""
    table = Table(
        title=f"Networks, each for {classes} classes",
        caption=(
            "First the rows of the study's table 4.1. Streams: frames x rate @ side of the crop in "
            "pixels; one of `rate` frames at 30 per second. GFLOPs: billions of multiply-adds for one clip."
        ),
        box=box.SIMPLE_HEAD,
        caption_justify="left",
        title_justify="left",
        padding=(0, 1, 0, 0),
    )
    for heading in ("name", "title", "origin", "streams"):
        table.add_column(heading, no_wrap=True)
    for heading in ("M param.", "GFLOPs"):
        table.add_column(heading, justify="right", no_wrap=True)
    rows = list(listed)
    for number, (spec, cost) in enumerate(rows):
        following = rows[number + 1][0] if number + 1 < len(rows) else None
        table.add_row(
            spec.name,
            spec.title,
            spec.origin,
            " + ".join(stream.shown_as for stream in spec.streams),
            UNKNOWN if cost is None else f"{cost.parameters_m:.3f}",
            UNKNOWN if cost is None else f"{cost.gflops:.3f}",
            end_section=spec.published_name is not None
            and following is not None
            and following.published_name is None,
        )
    return table


def model_list(classes: int = CLASSES, on_progress: OnProgress | None = None) -> str:
    """The table as text, at a fixed width, so that it looks the same in a file and on a screen.

    Raises AnalysisError without torch.
    """
    listed = listed_models(classes, on_progress)
    console = Console(width=WIDTH, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(model_table(listed, classes))
        for line in _left_out(listed):
            console.print(line, markup=False, soft_wrap=True)  # brackets are part of it
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _cost(spec: ModelSpec, classes: int) -> ModelCost | None:
    try:
        return model_cost(spec, classes)
    except AnalysisError:  # its package is not installed; the names are listed all the same
        return None


def _left_out(listed: Iterable[Listed]) -> Iterator[str]:
    origins = sorted({spec.origin for spec, cost in listed if cost is None})
    if origins:
        yield f"Not installed: {', '.join(origins)}; to get all networks: {INSTALL_ZOO}"
