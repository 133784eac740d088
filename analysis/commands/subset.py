"""``python -m analysis subset``: the most confused classes of a network, as the study chose its five."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from analysis.errors import AnalysisError
from analysis.measures.class_choice import LEAST_ACCURACY, SIZE, ClassChoice, choose_classes
from analysis.models.predictions import read_record
from analysis.tables import read_table, table_bytes, write_file


def subset(
    predictions: Annotated[
        list[Path],
        typer.Argument(
            metavar="PREDICTIONS...",
            help="Tables of predictions of a single-frame network; several (splits, for instance) count "
            "together.",
            show_default=False,
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.", show_default=False)],
    size: Annotated[int, typer.Option("-k", "--size", min=2, help="How many classes to choose.")] = SIZE,
    least_accuracy: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help="Classes answered right less often (0 to 1) are not chosen."),
    ] = LEAST_ACCURACY,
    condition: Annotated[
        str | None,
        typer.Option(help="Which condition to look at, where the tables have several.", show_default=False),
    ] = None,
) -> None:
    """Choose the classes that single frames confuse most.

    As the study chose its five: a table, the confusion matrix, a figure.

    \b
    For example, after `train resnet50` and `predict resnet50` on all classes:
      python -m analysis subset resnet50.tsv --condition UCF5 -o subset
    """
    from analysis.figures.class_confusion import class_confusion
    from analysis.report.exhibits import drawn

    trials = _answers(predictions, condition)
    for sentence in _doubts(predictions):
        print(f"note: {sentence}", file=sys.stderr)
    choice = choose_classes(trials, size, least_accuracy)
    network = ", ".join(str(name) for name in trials["observer"].unique())
    figure = class_confusion(choice, network, len(trials))
    if output.exists() and not output.is_dir():
        raise AnalysisError(f"{output} is a file; the choice of classes needs a folder")
    write_file(output / "subset.tsv", table_bytes(choice.table))
    write_file(output / "confusion.tsv", table_bytes(_matrix(choice)))
    write_file(output / "subset.svg", drawn(figure, "svg"))
    write_file(output / "subset.png", drawn(figure, "png"))
    print(", ".join(choice.chosen))
    print(
        f"{output}: {len(choice.chosen)} of {len(choice.classes)} classes; one is answered for another in "
        f"{choice.mutual_confusion:.1%} of their clips on average"
    )


def _answers(predictions: Sequence[Path], condition: str | None) -> pd.DataFrame:
    """The test answers of models, in one condition."""
    tables = [read_table(path) for path in predictions]
    for path, of_path in zip(predictions, tables, strict=True):
        if of_path.empty:
            raise AnalysisError(f"{path}: the table holds no answer")
    # A run that was named twice counts once.
    table = pd.concat(tables, ignore_index=True).drop_duplicates()
    files = ", ".join(map(str, predictions))
    if (table["observer_kind"] != "model").any():
        raise AnalysisError(
            f"{files}: these are not predictions alone; classes are chosen by those of models"
        )
    tests = table[table["phase"] == "test"]
    conditions = sorted(str(name) for name in tests["condition"].unique())
    if condition is None and len(conditions) > 1:
        raise AnalysisError(f"{files}: there are answers in {', '.join(conditions)}; choose with --condition")
    if condition is not None and condition not in conditions:
        raise AnalysisError(
            f"{files}: there is no test answer in {condition}, only in {', '.join(conditions)}"
        )
    chosen: pd.DataFrame = tests[tests["condition"] == (condition or conditions[0])] if conditions else tests
    if chosen.empty:
        raise AnalysisError(f"{files}: there is no test answer")
    twice = chosen.duplicated(["observer", "session", "clip_id"])
    if twice.any():
        row = chosen[twice].iloc[0]
        raise AnalysisError(
            f"{files}: {row['observer']}, run {row['session']}, has two answers to {row['clip_id']}; a model "
            f"has one answer to a clip in a run"
        )
    return chosen


def _doubts(predictions: Sequence[Path]) -> list[str]:
    """What may make the choice another than the study's."""
    records = {path: read_record(path) for path in predictions}
    sentences = []
    for path, record in records.items():
        if record is None:
            sentences.append(
                f"{path} has no record, so nobody can tell whether its network saw single frames"
            )
        elif record.frames != 1:
            shown = f"{record.frames} frames at a time" if record.frames else "an unknown number of frames"
            sentences.append(
                f"{path}: {record.observer} sees {shown}; the study chose its classes by a network that sees "
                f"one, since what is confused then must be told by motion"
            )
    return sentences


def _matrix(choice: ClassChoice) -> pd.DataFrame:
    matrix: pd.DataFrame = pd.DataFrame(choice.shares, columns=list(choice.classes))
    matrix.insert(0, "action", list(choice.classes))
    return matrix
