"""``python -m analysis clips``: which clips are hard for people, and which for models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

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
    StimulusFolder,
    people_and_models,
    told,
)
from analysis.commands.own_data import refuse_to_replace_data
from analysis.commands.stimulus_set import motions_of, named_set
from analysis.errors import AnalysisError
from analysis.tables import table_bytes


def clips(
    data: Data,
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.", show_default=False)],
    stimuli: StimulusFolder = None,
    data_format: Format = "auto",
    predictions: Predictions = None,
    missing: NoResponse = "wrong",
    seed: Seed = 1,
    allow_simulated: AllowSimulated = False,
    allow_pilot: AllowPilot = False,
    allow_unfinished: AllowUnfinished = False,
    allow_training_clips: AllowTrainingClips = False,
) -> None:
    """Compare people and models clip by clip.

    Rank correlations with their noise ceilings, a gallery, and which properties of clips go with errors.

    \b
    For example:
      python -m analysis clips data --predictions vertical.tsv \\
        --stimuli stimulus_sets/synthetic -o clips
    """
    read = [*data, *(predictions or ())]
    refuse_to_replace_data(read, output)
    if output.exists() and not output.is_dir():
        raise AnalysisError(f"{output} is a file; tables and figures of clips need a folder")
    # Statistics are imported when they are needed: other commands must not wait for them.
    from analysis.comparison.answers import answers_of
    from analysis.comparison.certainty import certainty
    from analysis.comparison.clip_findings import TABLES, clip_findings
    from analysis.comparison.shared_clips import refuse_other_actions
    from analysis.report.clip_sheets import clip_sheets, earlier_figures
    from analysis.report.exhibits import drawn
    from analysis.report.replacing import replace_files
    from analysis.summary import data_kind

    known = named_set(stimuli)
    collection = people_and_models(
        data,
        predictions,
        Allowed(allow_simulated, allow_pilot, allow_unfinished),
        data_format,
        training_clips=allow_training_clips,
    )
    trials = collection.whole_table
    refuse_other_actions(trials)
    motions = motions_of(known, collection.table)
    findings = clip_findings(
        answers_of(trials, missing), certainty(trials), np.random.default_rng(seed), motions
    )
    told(findings.remarks)
    missing_set = "no stimulus set was named."
    files = {f"{name}.tsv": table_bytes(getattr(findings, name)) for name in TABLES}
    for name, figure in clip_sheets(
        findings, collection.actions, data_kind(collection.table), known or missing_set
    ).items():
        files[f"{name}.svg"] = drawn(figure, "svg")
        files[f"{name}.png"] = drawn(figure, "png")
    replace_files(output, files, earlier_figures(output) - files.keys())
    print(f"{output}: {len(TABLES)} tables, {(len(files) - len(TABLES)) // 2} figures")
    for line in _lines(findings.correlations):
        print(line)


def _lines(correlations: pd.DataFrame) -> Iterator[str]:
    """What people's accuracy has to do with each model, by its probabilities or else by its answers."""
    of_accuracy = correlations[correlations["human"] == "accuracy"]
    for (condition, observer), rows in of_accuracy.groupby(["condition", "observer"], sort=False):
        by_measure = rows.set_index("model")
        measure = "right" if np.isnan(by_measure.loc["p_right", "rho"]) else "p_right"
        row = by_measure.loc[measure]
        who = f"{condition}: accuracy of people and {observer} over {row['clips']} clips"
        if np.isnan(row["rho"]):
            yield f"{who}: n/a ({row['remark']})"
            continue
        interval = "" if np.isnan(row["low"]) else f" (95 % {row['low']:.2f} to {row['high']:.2f})"
        ceiling = "no ceiling" if np.isnan(row["ceiling"]) else f"ceiling {row['ceiling']:.2f}"
        corrected = "" if np.isnan(row["corrected"]) else f", corrected {row['corrected']:.2f}"
        yield f"{who}: rank correlation {row['rho']:.2f}{interval}, {ceiling}{corrected}"
