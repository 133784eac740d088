"""``python -m analysis trials``: one table of all trials."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
from analysis.tables import write_table


def trials(
    data: Data,
    output: Annotated[Path, typer.Option("-o", "--output", help="The table to write.", show_default=False)],
    data_format: Format = "auto",
    allow_simulated: AllowSimulated = False,
    allow_pilot: AllowPilot = False,
    allow_unfinished: AllowUnfinished = False,
) -> None:
    """Write one checked trial table (tab-separated) from all sessions."""
    refuse_to_replace_data(data, output)
    allowed = Allowed(allow_simulated, allow_pilot, allow_unfinished)
    collection = announced(collect(data, allowed, data_format))
    table = collection.whole_table
    write_table(table, output)
    models = f" and {len(collection.models)} runs of models" if collection.models else ""
    print(f"{output}: {len(table)} trials of {len(collection.sessions)} sessions{models}")
