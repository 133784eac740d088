"""``python -m analysis clips``: which clips are hard for people, and which for models."""

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
from analysis.errors import AnalysisError
from analysis.tables import table_bytes, write_file


def clips(
    data: Data,
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.", show_default=False)],
    stimuli: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The stimulus set: its clips are measured and shown; the first time takes seconds a clip.",
            show_default=False,
        ),
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
    """Compare people and models clip by clip: correlations, ceilings, a gallery, properties of clips."""
    read = [*data, *(predictions or ())]
    refuse_to_replace_data(read, output)
    if output.exists() and not output.is_dir():
        raise AnalysisError(f"{output} is a file; tables and figures of clips need a folder")
    # Statistics are imported when they are needed: other commands must not wait for them.
    from analysis.comparison.answers import answers_of
    from analysis.comparison.certainty import certainty
    from analysis.comparison.clip_findings import TABLES, clip_findings
    from analysis.comparison.clip_motion import ClipMotion, clip_motions
    from analysis.comparison.training_clips import refuse_learnt_clips
    from analysis.report.clip_sheets import clip_sheets
    from analysis.report.exhibits import drawn
    from stimuli.errors import StimulusError
    from stimuli.manifest import read_stimulus_set
    from stimuli.progress import progress_bars

    try:
        known = read_stimulus_set(stimuli) if stimuli else None
    except StimulusError as error:
        raise AnalysisError(str(error)) from error
    allowed = Allowed(allow_simulated, allow_pilot, allow_unfinished)
    collection = announced(with_predictions(data, predictions or (), allowed, data_format))
    if not allow_training_clips:
        refuse_learnt_clips(collection.models)
    trials = collection.whole_table
    answers = answers_of(trials, missing)
    motions: tuple[ClipMotion, ...] = ()
    if known is not None:
        seen = dict.fromkeys(str(clip) for clip in collection.table.query("phase == 'test'")["clip_id"])
        in_set = {clip.clip_id for clip in known.clips}
        if lacking := [clip for clip in seen if clip not in in_set]:
            raise AnalysisError(
                f"{stimuli} is not the set that people saw: it has no clip {lacking[0]}, and "
                f"{len(lacking) - 1} more of the {len(seen)} are missing; name the set of the sessions, or "
                f"leave --stimuli out"
            )
        with progress_bars() as on_progress:
            motions = clip_motions(known, list(seen), on_progress=on_progress)
    findings = clip_findings(answers, certainty(trials), np.random.default_rng(seed), motions)
    for sentence in findings.remarks:
        print(f"note: {sentence}", file=sys.stderr)
    kinds = sorted({str(kind) for kind in collection.table["observer_kind"]})
    data_kind = "simulated" if "simulated" in kinds else ""
    data_kind = " ".join(filter(None, (data_kind, "pilot" if collection.table["pilot"].any() else "")))
    missing_set = "no stimulus set was named."
    files = {f"{name}.tsv": table_bytes(getattr(findings, name)) for name in TABLES}
    for name, figure in clip_sheets(findings, collection.actions, data_kind, known or missing_set).items():
        files[f"{name}.svg"] = drawn(figure, "svg")
        files[f"{name}.png"] = drawn(figure, "png")
    for name, content in files.items():
        write_file(output / name, content)
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
