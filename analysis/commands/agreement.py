"""``python -m analysis agreement``: who errs on the same clips as whom."""

from __future__ import annotations

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
    NoResponse,
    Predictions,
    Seed,
    people_and_models,
    told,
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
    missing: NoResponse = "wrong",
    seed: Seed = 1,
    allow_simulated: AllowSimulated = False,
    allow_pilot: AllowPilot = False,
    allow_unfinished: AllowUnfinished = False,
    allow_training_clips: AllowTrainingClips = False,
) -> None:
    """Tell who errs on the same clips as whom.

    A table of the error consistency of every pair of observers, with intervals and bounds; beside it the
    means, the confusions and the classes (docs/comparison.md).

    \b
    For example:
      python -m analysis agreement data --predictions vertical.tsv \\
        --by condition -o agreement.tsv
    """
    places = {name: output.with_name(f"{output.stem}_{name}{output.suffix}") for name in _BESIDE}
    read = [*data, *(predictions or ())]
    for place in (output, *places.values()):
        refuse_to_replace_data(read, place)
    # Statistics are imported when they are needed: other commands must not wait for them.
    from analysis.comparison.agreement_findings import agreement_findings
    from analysis.comparison.answers import answers_of
    from analysis.comparison.shared_clips import refuse_other_actions

    collection = people_and_models(
        data,
        predictions,
        Allowed(allow_simulated, allow_pilot, allow_unfinished),
        data_format,
        training_clips=allow_training_clips,
    )
    trials = collection.whole_table
    refuse_other_actions(trials)
    answers = answers_of(trials, missing)
    findings = agreement_findings(answers, np.random.default_rng(seed), by_condition=by == "condition")
    told(findings.remarks)
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
