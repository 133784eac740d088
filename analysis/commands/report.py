"""``python -m analysis report``: the page, its figures and tables, ``summary.json``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from analysis.collection import Allowed, Collection
from analysis.commands.data_options import (
    AllowPilot,
    AllowSimulated,
    AllowTrainingClips,
    AllowUnfinished,
    Data,
    Exclusions,
    Format,
    Predictions,
    announced,
    with_predictions,
)
from analysis.commands.own_data import refuse_to_replace_data
from analysis.comparison.training_clips import refuse_learnt_clips
from analysis.errors import AnalysisError
from analysis.exclusions import RuleSet, apply_exclusions, built_in_rules, read_rules
from analysis.report import write_report


def report(
    data: Data,
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.", show_default=False)],
    data_format: Format = "auto",
    exclusions: Exclusions = None,
    allow_simulated: AllowSimulated = False,
    allow_pilot: AllowPilot = False,
    allow_unfinished: AllowUnfinished = False,
    predictions: Predictions = None,
    allow_training_clips: AllowTrainingClips = False,
    fit_times: Annotated[
        bool,
        typer.Option("--time-fits", help="Fit distributions to everybody's times; seconds a participant."),
    ] = False,
) -> None:
    """Write report.html, figures, tables and summary.json."""
    refuse_to_replace_data(data, output)
    # First of all: a slip in the rules is told before the data are read.
    rules = read_rules(exclusions) if exclusions else None
    allowed = Allowed(allow_simulated, allow_pilot, allow_unfinished)
    collection = announced(with_predictions(data, predictions or (), allowed, data_format))
    if not collection.sessions:
        raise AnalysisError(
            f"{', '.join(map(str, data))}: found models only ({', '.join(collection.model_names)}); "
            f"a report is about people"
        )
    if not allow_training_clips:
        refuse_learnt_clips(collection.models)
    page = write_report(collection, output, rules or _default_rules(collection), fit_times=fit_times)
    print(page)


def _default_rules(collection: Collection) -> RuleSet:
    """The recommended rules, unless nothing would be left to report: nobody has asked for that."""
    recommended = built_in_rules("recommended")
    trials = apply_exclusions(collection.table, recommended).flow["trials"]
    if trials.iloc[-1] > 0 or trials.iloc[0] == 0:
        return recommended
    print(
        "note: the recommended rules of exclusion would leave no test trial, and none are applied",
        file=sys.stderr,
    )
    return built_in_rules("none")
