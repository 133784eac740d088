"""What several commands ask for: which data, in which form, and which sessions count."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from analysis.collection import Allowed, Collection, collect, with_models
from analysis.errors import AnalysisError
from analysis.formats import DataFormat
from analysis.formats.trial_table import read_trial_table

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
        help="`auto` tells by the path and the names of the columns; `export` is a table made by `trials` "
        "or a data set made by `export`.",
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
Predictions = Annotated[
    list[Path] | None,
    typer.Option(
        "--predictions",
        metavar="FILE...",
        help="Tables that `predict` wrote, or others with the same columns: models beside people.",
        show_default=False,
    ),
]
AllowTrainingClips = Annotated[
    bool, typer.Option("--allow-training-clips", help="Count models on clips they learnt from, too.")
]
AllowUnfinished = Annotated[bool, typer.Option("--allow-unfinished", help="Count unfinished sessions too.")]


def announced(collection: Collection) -> Collection:
    """The same collection, after its remarks went to stderr, a line each."""
    for sentence in filter(None, (collection.left_out_sentence(), *collection.warnings)):
        print(f"note: {sentence}", file=sys.stderr)
    return collection


def with_predictions(
    data: Sequence[Path], predictions: Sequence[Path], allowed: Allowed, data_format: DataFormat
) -> Collection:
    """The sessions of people and the runs of models; models may stand among the data as well.

    Raises
    ------
    AnalysisError
        As ``collect``, and where ``predictions`` hold answers of people.
    """
    runs = [run for path in predictions for run in read_trial_table(path)]
    for run in runs:
        if run.observer_kind != "model":
            raise AnalysisError(
                f"--predictions {run.origin}: {run.observer} is {run.observer_kind}; a table of predictions "
                f"holds models alone"
            )
    # Told by their own form: --format speaks of the data.
    return with_models(collect(data, allowed, data_format), runs)
