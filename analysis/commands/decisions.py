"""``python -m analysis decisions``: models of how a decision comes about, fitted to choices and times."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from analysis.collection import Allowed
from analysis.commands.data_options import (
    AllowPilot,
    AllowSimulated,
    AllowTrainingClips,
    AllowUnfinished,
    Data,
    Exclusions,
    Format,
    Predictions,
    Seed,
    people_and_models,
    told,
)
from analysis.commands.own_data import refuse_to_replace_data
from analysis.counted_trials import counted_trials
from analysis.errors import AnalysisError


def decisions(
    data: Data,
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.", show_default=False)],
    data_format: Format = "auto",
    predictions: Predictions = None,
    exclusions: Exclusions = None,
    seed: Seed = 1,
    allow_simulated: AllowSimulated = False,
    allow_pilot: AllowPilot = False,
    allow_unfinished: AllowUnfinished = False,
    allow_training_clips: AllowTrainingClips = False,
) -> None:
    """Fit models of decisions to choices and times.

    EZ-diffusion and a race of the actions for every participant and for all; with predictions, what a
    network's probabilities tell of people's choices and times.

    \b
    For example:
      python -m analysis decisions data -o decisions
    """
    refuse_to_replace_data([*data, *(predictions or ())], output)
    # Statistics are imported when they are needed: other commands must not wait for them.
    from analysis.comparison.shared_clips import shared_answers
    from analysis.decisions.findings import decision_findings, offered_actions
    from analysis.decisions.folder import write_decisions
    from analysis.exclusions import apply_exclusions, built_in_rules, read_rules

    # First of all: a slip in the rules is told before the data are read.
    rules = read_rules(exclusions) if exclusions else built_in_rules("recommended")
    collection = people_and_models(
        data,
        predictions,
        Allowed(allow_simulated, allow_pilot, allow_unfinished),
        data_format,
        training_clips=allow_training_clips,
    )
    left = apply_exclusions(collection.table, rules)
    tests = counted_trials(left.trials)
    if tests.empty:
        why = (
            f"the rules of exclusion ({rules.name}) leave no test trial; --exclusions none leaves all"
            if len(counted_trials(collection.table))
            else "there is no test trial of a person; decisions are studied in tests"
        )
        raise AnalysisError(why)
    whole = collection.whole_table
    shared = shared_answers(tests, whole[whole["observer_kind"] == "model"])
    offered = offered_actions(collection, tests)
    findings = decision_findings(tests, shared.trials, offered, np.random.default_rng(seed))
    removed = len(counted_trials(collection.table)) - len(tests)
    by_rules = f"{removed} test trials are left out by the rules ({rules.name})" if removed else ""
    told((by_rules, *left.remarks, *shared.remarks, *findings.remarks))
    for path in write_decisions(findings, tests, offered, output):
        print(path)
