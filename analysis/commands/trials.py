"""``python -m analysis trials``: one table of all trials."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from analysis.collection import Allowed, collect
from analysis.commands.data_options import (
    AllowPilot,
    AllowSimulated,
    AllowUnfinished,
    Data,
    Format,
    announced,
)
from analysis.commands.own_data import refuse_to_replace_data
from analysis.formats.model_vs_human_writing import write_model_vs_human
from analysis.tables import write_table


def trials(
    data: Data,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The table (or the folder) to write.", show_default=False)
    ],
    data_format: Format = "auto",
    form: Annotated[
        Literal["table", "model-vs-human"],
        typer.Option(
            "--as", help="`table` is one table; `model-vs-human` a folder of the CSV files of that benchmark."
        ),
    ] = "table",
    allow_simulated: AllowSimulated = False,
    allow_pilot: AllowPilot = False,
    allow_unfinished: AllowUnfinished = False,
) -> None:
    """Write one checked trial table of all sessions.

    It is tab-separated; docs/analysis-data.md describes its columns. `--as` writes the files of another
    program instead.

    \b
    For example:
      python -m analysis trials data -o trials.tsv
      python -m analysis trials data -o benchmark --as model-vs-human
    """
    refuse_to_replace_data(data, output)
    allowed = Allowed(allow_simulated, allow_pilot, allow_unfinished)
    collection = announced(collect(data, allowed, data_format))
    table = collection.whole_table
    if form == "model-vs-human":
        written = write_model_vs_human(table, output)
        for remark in written.remarks:
            print(f"note: {remark}", file=sys.stderr)
        print(f"{output}: {written.trials} test trials in {len(written.files)} files")
        return
    write_table(table, output)
    models = f" and {len(collection.models)} runs of models" if collection.models else ""
    print(f"{output}: {len(table)} trials of {len(collection.sessions)} sessions{models}")
