"""The command line: ``python -m analysis COMMAND``; every command is a module of ``analysis.commands``."""

from __future__ import annotations

import sys

import typer

from analysis.commands.agreement import agreement
from analysis.commands.clips import clips
from analysis.commands.compare import compare
from analysis.commands.control import control
from analysis.commands.decisions import decisions
from analysis.commands.export import export
from analysis.commands.plan_study import plan_study
from analysis.commands.predict import predict
from analysis.commands.report import report
from analysis.commands.subset import subset
from analysis.commands.train import train
from analysis.commands.trials import trials
from analysis.errors import AnalysisError
from stimuli.errors import on_one_line

app = typer.Typer(
    help=(
        "Make trial tables, reports and data sets of sessions, and compare people with models.\n\n"
        "\b\nFor example:\n"
        "  python -m analysis trials data -o trials.tsv\n"
        "  python -m analysis report data -o report\n\n"
        "Every command explains its options with --help."
    ),
    add_completion=False,
    no_args_is_help=True,
    # Plain help: in boxes, 80 columns cut the names of options short.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(trials)
app.command()(report)
app.command()(agreement)
app.command()(compare)
app.command()(clips)
app.command()(export)
app.command()(subset)
app.command()(predict)
app.command()(train)
app.command()(control)
app.command()(decisions)
app.command("plan-study")(plan_study)


def main() -> None:
    """Run the command line; what a person can mend is one sentence and exit code 2."""
    try:
        app()
    except AnalysisError as error:
        print(on_one_line(error), file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
