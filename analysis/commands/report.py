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
    Margin,
    Predictions,
    StimulusFolder,
    people_and_models,
)
from analysis.commands.own_data import refuse_to_replace_data
from analysis.commands.stimulus_set import motions_of, named_set
from analysis.comparison.margin import MARGIN, check_margin
from analysis.errors import AnalysisError
from analysis.exclusions import RuleSet, apply_exclusions, built_in_rules, read_rules
from analysis.measures.crossing import Items
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
    stimuli: StimulusFolder = None,
    margin: Margin = MARGIN,
    items: Annotated[
        Items,
        typer.Option(
            help="What is chance beside participants in the intervals of people: groups of clips (same "
            "actor, same scene), single clips, or nothing (`fixed`: these very clips). Beside models it is "
            "groups.",
        ),
    ] = "group",
    fit_times: Annotated[
        bool,
        typer.Option("--time-fits", help="Fit distributions to everybody's times; seconds a participant."),
    ] = False,
    fit_decisions: Annotated[
        bool,
        typer.Option(
            "--decisions",
            help="Fit models of choice and time together, as `decisions` does; seconds a participant.",
        ),
    ] = False,
) -> None:
    """Write a report: one page, its figures and tables.

    The folder gets report.html, figures, tables and summary.json.

    \b
    For example, of a study, of a pilot, and with a model beside people:
      python -m analysis report data -o report
      python -m analysis report data/pilot -o report --allow-pilot
      python -m analysis report data --predictions vertical.tsv -o report
    """
    refuse_to_replace_data([*data, *(predictions or ())], output)
    check_margin(margin)
    # First of all: a slip in the rules is told before the data are read.
    rules = read_rules(exclusions) if exclusions else None
    known = named_set(stimuli)
    collection = people_and_models(
        data,
        predictions,
        Allowed(allow_simulated, allow_pilot, allow_unfinished),
        data_format,
        training_clips=allow_training_clips,
    )
    if not collection.sessions:
        raise AnalysisError(
            f"{', '.join(map(str, data))}: found models only ({', '.join(collection.model_names)}); "
            f"a report is about people"
        )
    page = write_report(
        collection,
        output,
        rules or _default_rules(collection),
        fit_times=fit_times,
        fit_decisions=fit_decisions,
        stimuli=known,
        motions=motions_of(known, collection.table) if collection.models else (),
        margin=margin,
        items=items,
    )
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
