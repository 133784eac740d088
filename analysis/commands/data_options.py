"""What several commands ask for: which data, in which form, and which sessions count."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from analysis.collection import Allowed, Collection, collect, with_models
from analysis.errors import AnalysisError
from analysis.formats import DataFormat
from analysis.formats.trial_table import read_trial_table
from analysis.probabilities import unlikely_responses
from analysis.sessions import SessionTrials
from stimuli.errors import on_one_line

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
        metavar="FILE",
        help="A table that `predict` wrote, or another with the same columns: models beside people. Give the "
        "option once for each file.",
        show_default=False,
    ),
]
AllowTrainingClips = Annotated[
    bool, typer.Option("--allow-training-clips", help="Count models on clips they learnt from, too.")
]
NoResponse = Annotated[
    Literal["wrong", "left-out"], typer.Option("--missing", help="What a trial without a response counts as.")
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the random draws.")]
Margin = Annotated[
    float, typer.Option(help="The largest difference of accuracies at which people and a model are on a par.")
]
StimulusFolder = Annotated[
    Path | None,
    typer.Option(
        "--stimuli",
        metavar="DIR",
        help="The stimulus set: its clips are measured and shown; the first time takes seconds a clip.",
        show_default=False,
    ),
]
AllowUnfinished = Annotated[bool, typer.Option("--allow-unfinished", help="Count unfinished sessions too.")]


def told(remarks: Iterable[str]) -> None:
    """Remarks go to stderr, a line each, so that they stand in no table."""
    for sentence in filter(None, remarks):
        print(f"note: {on_one_line(sentence)}", file=sys.stderr)


def announced(collection: Collection) -> Collection:
    """The same collection, after its remarks were told."""
    told((collection.left_out_sentence(), *collection.warnings))
    return collection


def people_and_models(
    data: Sequence[Path],
    predictions: Sequence[Path] | None,
    allowed: Allowed,
    data_format: DataFormat,
    *,
    training_clips: bool,
) -> Collection:
    """What is compared, after its remarks were told.

    Raises
    ------
    AnalysisError
        As ``with_predictions``; unless ``training_clips`` are allowed, also where a model learnt from clips
        that it answered.
    """
    from analysis.comparison.training_clips import refuse_learnt_clips, unknown_starts

    collection = announced(with_predictions(data, predictions or (), allowed, data_format))
    if not training_clips:
        refuse_learnt_clips(collection.models)
        told(dict.fromkeys(unknown_starts(collection.models)))
    told(_unlikely(collection.models))
    return collection


def _unlikely(models: Iterable[SessionTrials]) -> Iterator[str]:
    for run in models:
        if number := unlikely_responses(run.table):
            yield (
                f"{run.observer}: {number} of {len(run.table)} responses are not the most probable action by "
                f"the columns p_<Action>; margins do not tell whether these are right"
            )


def with_predictions(
    data: Sequence[Path], predictions: Sequence[Path], allowed: Allowed, data_format: DataFormat
) -> Collection:
    """The sessions of people and the runs of models; models may stand among the data as well.

    Raises
    ------
    AnalysisError
        As ``collect``, and where ``predictions`` hold answers of people.
    """
    runs: list[SessionTrials] = []
    for path in predictions:
        if not (of_table := read_trial_table(path)):
            raise AnalysisError(f"--predictions {path}: the table holds no answer")
        runs += of_table
    for run in runs:
        if run.observer_kind != "model":
            raise AnalysisError(
                f"--predictions {run.origin}: {run.observer} is {run.observer_kind}; a table of predictions "
                f"holds models alone"
            )
    # Told by their own form: --format speaks of the data.
    return with_models(collect(data, allowed, data_format), runs)
