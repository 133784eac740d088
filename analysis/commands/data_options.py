"""What several commands ask for: which data, in which form, and which sessions count."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from analysis.collection import Collection
from analysis.formats import DataFormat

Data = Annotated[
    list[Path],
    typer.Argument(
        metavar="DATA...",
        help="Data folders, session folders, trial tables; CSV files of other programs, or folders of them.",
        show_default=False,
    ),
]
Format = Annotated[
    DataFormat,
    typer.Option(
        "--format",
        help="`auto` tells by the path and the names of the columns; `export` is a table made by `trials`.",
    ),
]
Exclusions = Annotated[
    Path | None,
    typer.Option(
        "--exclusions",
        metavar="FILE",
        help="Rules of exclusion, a YAML file; `recommended` and `none` come with the program.",
        show_default="recommended",
    ),
]
AllowSimulated = Annotated[bool, typer.Option("--allow-simulated", help="Count simulated sessions too.")]
AllowPilot = Annotated[bool, typer.Option("--allow-pilot", help="Count pilot sessions too.")]
AllowUnfinished = Annotated[bool, typer.Option("--allow-unfinished", help="Count unfinished sessions too.")]


def announced(collection: Collection) -> Collection:
    """The same collection, after its remarks went to stderr, a line each."""
    for sentence in filter(None, (collection.left_out_sentence(), *collection.warnings)):
        print(f"note: {sentence}", file=sys.stderr)
    return collection
