"""The command line: ``python -m analysis trials`` and ``report``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from analysis.collection import Allowed, Collection, collect
from analysis.errors import AnalysisError
from analysis.exclusions import RuleSet, apply_exclusions, built_in_rules, read_rules
from analysis.formats import DataFormat
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


@app.command()
def trials(
    data: Data,
    output: Annotated[Path, typer.Option("-o", "--output", help="The table to write.", show_default=False)],
    data_format: Format = "auto",
    allow_simulated: AllowSimulated = False,
    allow_pilot: AllowPilot = False,
    allow_unfinished: AllowUnfinished = False,
) -> None:
    """Write one checked trial table (tab-separated) from all sessions."""
    allowed = Allowed(allow_simulated, allow_pilot, allow_unfinished)
    collection = _announced(collect(data, allowed, data_format))
    table = collection.whole_table
    write_table(table, output)
    models = f" and {len(collection.models)} runs of models" if collection.models else ""
    print(f"{output}: {len(table)} trials of {len(collection.sessions)} sessions{models}")


@app.command()
def report(
    data: Data,
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.", show_default=False)],
    data_format: Format = "auto",
    exclusions: Exclusions = None,
    allow_simulated: AllowSimulated = False,
    allow_pilot: AllowPilot = False,
    allow_unfinished: AllowUnfinished = False,
    fit_times: Annotated[
        bool,
        typer.Option("--time-fits", help="Fit distributions to everybody's times; seconds a participant."),
    ] = False,
) -> None:
    """Write report.html, figures, tables and summary.json."""
    # First of all: a slip in the rules is told before the data are read.
    rules = read_rules(exclusions) if exclusions else None
    allowed = Allowed(allow_simulated, allow_pilot, allow_unfinished)
    collection = _announced(collect(data, allowed, data_format))
    if not collection.sessions:
        raise AnalysisError(
            f"{', '.join(map(str, data))}: found models only ({', '.join(collection.model_names)}); "
            f"a report is about people"
        )
    page = write_report(collection, output, rules or _default_rules(collection), fit_times=fit_times)
    print(page)


def _default_rules(collection: Collection) -> RuleSet:
    """The recommended rules, unless nothing would be left to report: nobody has asked for that."""
    recommended = built_in_rules("recommended")
    if apply_exclusions(collection.table, recommended).flow["trials"].iloc[-1] > 0:
        return recommended
    print(
        "note: the recommended rules of exclusion would leave no test trial, and none are applied",
        file=sys.stderr,
    )
    return built_in_rules("none")


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
