"""The tables of people and models beside each other, as files and on the page."""

from __future__ import annotations

import pandas as pd

from analysis.comparison.model_findings import ModelFindings
from analysis.figures.models import PEOPLE
from analysis.report.columns import ACCURACY, CONDITION, METHOD, RIGHT, TRIALS, interval
from analysis.report.findings import Findings
from analysis.report.page_tables import Column, PageTable, page_table, percent, plain, points

_ACCURACY = [
    "observer",
    "observer_kind",
    "condition",
    "trials",
    "correct",
    "accuracy",
    "low",
    "high",
    "method",
]
_DROP = ["observer", "observer_kind", "first", "second", "drop", "low", "high", "method"]
_OBSERVER = Column("observer", "Who", plain, numeric=False)


def model_page_tables(findings: Findings) -> tuple[PageTable, ...]:
    """Accuracies and drops as the page shows them; none without models."""
    models = findings.models
    if models is None:
        return ()
    accuracy = page_table(
        "Accuracy of people and models",
        compared_accuracy(findings, models),
        (
            _OBSERVER,
            CONDITION,
            TRIALS,
            RIGHT,
            ACCURACY,
            interval(percent),
            METHOD,
        ),
        "models",
    )
    drops = page_table(
        "Drop of people and models",
        compared_drops(findings, models),
        (
            _OBSERVER,
            Column("first", "From", plain, numeric=False),
            Column("second", "To", plain, numeric=False),
            Column("drop", "Drop, points", points),
            interval(points),
            METHOD,
        ),
        "model_drops",
    )
    return tuple(table for table in (accuracy, drops) if table.rows)


def compared_accuracy(findings: Findings, models: ModelFindings) -> pd.DataFrame:
    """People (all together) and every model in every condition that both have; people first."""
    kind = "|".join(findings.kinds)
    ours = [
        summary.accuracy.assign(observer=PEOPLE, observer_kind=kind)
        for summary in findings.conditions
        if (models.accuracy["condition"] == summary.condition).any()
    ]
    theirs = models.accuracy.assign(observer_kind="model")
    table: pd.DataFrame = pd.concat([*ours, theirs], ignore_index=True)[_ACCURACY]
    return table


def compared_drops(findings: Findings, models: ModelFindings) -> pd.DataFrame:
    """As ``compared_accuracy``, for the drops."""
    kind = "|".join(findings.kinds)
    ours = [pair.drop.assign(observer=PEOPLE, observer_kind=kind) for pair in findings.pairs]
    theirs = models.drop.assign(observer_kind="model")
    table: pd.DataFrame = pd.concat([*ours, theirs], ignore_index=True).reindex(columns=_DROP)
    return table
