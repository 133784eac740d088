"""``python -m analysis agreement``: who errs on the same clips as whom."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
import typer

from analysis.collection import Allowed
from analysis.commands.data_options import (
    AllowPilot,
    AllowSimulated,
    AllowTrainingClips,
    AllowUnfinished,
    Data,
    Format,
    Predictions,
    announced,
    with_predictions,
)
from analysis.commands.own_data import refuse_to_replace_data
from analysis.tables import write_table

_BESIDE = ("means", "confusions", "classes")


def agreement(
    data: Data,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="agreement.tsv",
            help="The table of pairs; means, confusions and classes are written beside it.",
            show_default=False,
        ),
    ],
    by: Annotated[
        Literal["condition"] | None,
        typer.Option(help="Each condition by itself.", show_default="all items together"),
    ] = None,
    data_format: Format = "auto",
    predictions: Predictions = None,
    missing: Annotated[
        Literal["wrong", "left-out"], typer.Option(help="What a trial without a response is.")
    ] = "wrong",
    seed: Annotated[int, typer.Option(min=0, help="Of the draws.")] = 1,
    allow_simulated: AllowSimulated = False,
    allow_pilot: AllowPilot = False,
    allow_unfinished: AllowUnfinished = False,
    allow_training_clips: AllowTrainingClips = False,
) -> None:
    """Write the error consistency of every pair of observers, with intervals and bounds."""
    places = {name: output.with_name(f"{output.stem}_{name}{output.suffix}") for name in _BESIDE}
    read = [*data, *(predictions or ())]
    for place in (output, *places.values()):
        refuse_to_replace_data(read, place)
    # Statistics are imported when they are needed: other commands must not wait for them.
    from analysis.comparison.agreement_findings import agreement_findings
    from analysis.comparison.answers import answers_of
    from analysis.comparison.training_clips import refuse_learnt_clips

    allowed = Allowed(allow_simulated, allow_pilot, allow_unfinished)
    collection = announced(with_predictions(data, predictions or (), allowed, data_format))
    if not allow_training_clips:
        refuse_learnt_clips(collection.models)
    answers = answers_of(collection.whole_table, missing)
    findings = agreement_findings(answers, np.random.default_rng(seed), by_condition=by == "condition")
    for sentence in findings.remarks:
        print(f"note: {sentence}", file=sys.stderr)
    write_table(findings.pairs, output)
    for name, table in zip(_BESIDE, (findings.means, findings.confusions, findings.classes), strict=True):
        write_table(table, places[name])
    print(
        f"{output}: {len(findings.pairs)} pairs; beside it {', '.join(path.name for path in places.values())}"
    )
    for line in _lines(findings.means):
        print(line)


def _lines(means: pd.DataFrame) -> Iterator[str]:
    for _, row in means.iterrows():
        who = f"{row['kind']}, {row['model']}" if isinstance(row["model"], str) else row["kind"]
        pairs = f"{row['pairs']} pairs"
        if row["defined"] < row["pairs"]:
            pairs = f"{row['defined']} of {pairs}"
        if row["defined"] == 0:
            told = f"kappa n/a ({pairs})"
        elif pd.isna(row["low"]):
            told = f"mean kappa {row['kappa']:.5f} ({pairs}; interval {row['method']})"
        else:
            told = f"mean kappa {row['kappa']:.5f} (95 % {row['low']:.3f} to {row['high']:.3f}; {pairs})"
        yield f"{row['condition']}: {who}: {told}"
