"""``python -m analysis compare``: are people and models on a par, and which model errs like people?"""

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
    Margin,
    Predictions,
    Seed,
    StimulusFolder,
    people_and_models,
    told,
)
from analysis.commands.own_data import refuse_to_replace_data
from analysis.commands.stimulus_set import motions_of, named_set
from analysis.comparison.margin import MARGIN, check_margin
from analysis.counted_trials import counted_trials
from analysis.errors import AnalysisError
from analysis.tables import table_bytes


def compare(
    data: Data,
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.", show_default=False)],
    data_format: Format = "auto",
    predictions: Predictions = None,
    exclusions: Exclusions = None,
    stimuli: StimulusFolder = None,
    margin: Margin = MARGIN,
    seed: Seed = 1,
    allow_simulated: AllowSimulated = False,
    allow_pilot: AllowPilot = False,
    allow_unfinished: AllowUnfinished = False,
    allow_training_clips: AllowTrainingClips = False,
) -> None:
    """Tell whether people and models are on a par.

    The tables of a report's section on people and models: equivalence, drops, ranking, kappas.

    \b
    For example:
      python -m analysis compare data --predictions vertical.tsv -o compared
    """
    refuse_to_replace_data([*data, *(predictions or ())], output)
    if output.exists() and not output.is_dir():
        raise AnalysisError(f"{output} is a file; tables of people and models need a folder")
    # Statistics are imported when they are needed: other commands must not wait for them.
    from analysis.comparison.comparison_findings import compare as compared
    from analysis.comparison.shared_clips import shared_answers
    from analysis.exclusions import apply_exclusions, built_in_rules, read_rules
    from analysis.report.comparison_tables import comparison_files, earlier_files
    from analysis.report.comparison_words import opening, ranking_sentences, sampled
    from analysis.report.replacing import replace_files

    check_margin(margin)
    # First of all: a slip in the rules is told before the data are read.
    rules = read_rules(exclusions) if exclusions else built_in_rules("recommended")
    known = named_set(stimuli)
    collection = people_and_models(
        data,
        predictions,
        Allowed(allow_simulated, allow_pilot, allow_unfinished),
        data_format,
        training_clips=allow_training_clips,
    )
    left = apply_exclusions(collection.table, rules).trials
    people = counted_trials(left)
    if people.empty:
        raise AnalysisError(
            f"there is no test trial of a person, or the rules of exclusion ({rules.name}) leave none; "
            f"--exclusions none leaves all"
        )
    whole = collection.whole_table
    shared = shared_answers(people, whole[whole["observer_kind"] == "model"])
    found = compared(
        people, shared.trials, np.random.default_rng(seed), motions_of(known, collection.table), margin
    )
    if found is None:
        raise AnalysisError(
            f"there is one participant only ({people['observer'].iloc[0]}), and no model; a comparison takes "
            f"two observers or more"
        )
    told((*shared.remarks, sampled(found), *found.remarks))
    tables = comparison_files(found)
    files = {f"{name}.tsv": table_bytes(table) for name, table in tables.items() if len(table)}
    # Tables of an earlier comparison beside these would be taken for its own.
    replace_files(output, files, earlier_files(output) - files.keys())
    print(f"{output}: {', '.join(files)}")
    for sentence in (*opening(found), *ranking_sentences(found)):
        print(sentence)
