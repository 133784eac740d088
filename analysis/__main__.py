"""The command line: ``python -m analysis trials`` and ``report``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from analysis.collection import Allowed, Collection, DataFormat, collect
from analysis.errors import AnalysisError
from analysis.report import write_report
from analysis.tables import write_table

app = typer.Typer(
    help="Trial tables, figures and reports from sessions.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Data = Annotated[
    list[Path],
    typer.Argument(
        metavar="DATA...", help="Data folders, session folders or trial tables.", show_default=False
    ),
]
AllowSimulated = Annotated[bool, typer.Option("--allow-simulated", help="Count simulated sessions too.")]
AllowPilot = Annotated[bool, typer.Option("--allow-pilot", help="Count pilot sessions too.")]
AllowUnfinished = Annotated[bool, typer.Option("--allow-unfinished", help="Count unfinished sessions too.")]


@app.command()
def trials(
    data: Data,
    output: Annotated[Path, typer.Option("-o", "--output", help="The table to write.", show_default=False)],
    data_format: Annotated[
        DataFormat,
        typer.Option("--format", help="`sessions` refuses trial tables; `auto` tells by the path."),
    ] = "auto",
    allow_simulated: AllowSimulated = False,
    allow_pilot: AllowPilot = False,
    allow_unfinished: AllowUnfinished = False,
) -> None:
    """Write one checked trial table (tab-separated) from all sessions."""
    allowed = Allowed(allow_simulated, allow_pilot, allow_unfinished)
    collection = _announced(collect(data, allowed, data_format))
    write_table(collection.table, output)
    print(f"{output}: {len(collection.table)} trials of {len(collection.sessions)} sessions")


@app.command()
def report(
    data: Data,
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.", show_default=False)],
    allow_simulated: AllowSimulated = False,
    allow_pilot: AllowPilot = False,
    allow_unfinished: AllowUnfinished = False,
) -> None:
    """Write report.html, figures, tables and summary.json."""
    allowed = Allowed(allow_simulated, allow_pilot, allow_unfinished)
    page = write_report(_announced(collect(data, allowed)), output)
    print(page)


def _announced(collection: Collection) -> Collection:
    for sentence in filter(None, (collection.left_out_sentence(), *collection.warnings)):
        print(f"note: {sentence}", file=sys.stderr)
    return collection


def main() -> None:
    """Run the command line; what a person can mend is one sentence and exit code 2."""
    try:
        app()
    except AnalysisError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
