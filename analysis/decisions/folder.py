"""Writes the tables and figures of decisions; everything is drawn before the first file is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis.decisions.findings import DecisionFindings, OfferedActions
from analysis.figures.decision_quantiles import decision_quantiles
from analysis.figures.network_times import network_times
from analysis.report.exhibits import drawn
from analysis.summary import data_kind, named
from analysis.tables import table_bytes, write_file


def write_decisions(
    findings: DecisionFindings, tests: pd.DataFrame, offered: Sequence[OfferedActions], folder: Path
) -> tuple[Path, ...]:
    """Write ``tables/*.tsv`` and ``figures/*.png`` and ``*.svg``; return the paths.

    Raises
    ------
    AnalysisError
        Where the folder cannot be written.
    """
    # A table travels alone; each says for itself whether it comes from people.
    kinds, pilot = "|".join(map(str, tests["observer_kind"].unique())), int((tests["pilot"] == 1).any())
    files = {
        f"tables/{name}.tsv": table_bytes(table.assign(observer_kind=kinds, pilot=pilot))
        for name, table in findings.tables.items()
    }
    kind = data_kind(tests)
    for of in offered:
        people = int(tests.loc[tests["condition"] == of.condition, "observer"].nunique())
        quantiles = findings.quantiles[findings.quantiles["condition"] == of.condition]
        figures = {}
        if len(quantiles):
            figures[f"race_quantiles_{of.condition}"] = decision_quantiles(
                named(of.condition), quantiles, of.actions, people, kind
            )
        of_condition = findings.measures[findings.measures["condition"] == of.condition]
        for model, measures in of_condition.groupby("model", sort=False):
            clips = findings.clips[
                (findings.clips["condition"] == of.condition) & (findings.clips["model"] == model)
            ]
            name = f"network_times_{of.condition}_{_file_name(str(model))}"
            figures[name] = network_times(clips, measures, of.actions, people, kind)
        for name, figure in figures.items():
            files[f"figures/{name}.png"] = drawn(figure, "png")
            files[f"figures/{name}.svg"] = drawn(figure, "svg")
    for path, content in files.items():
        write_file(folder / path, content)
    return tuple(folder / path for path in files)


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "model"
