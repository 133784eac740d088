"""The study's own results, set beside ours where the study has the condition."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.measures.choice_times import ALL
from analysis.reference import PublishedCounts, published
from analysis.report.page_tables import Column, PageTable, page_table, percent, plain, seconds
from analysis.summary import ConditionSummary


@dataclass(frozen=True)
class Quartiles:
    """Seconds."""

    median: float
    q1: float
    q3: float


@dataclass(frozen=True)
class ComparedAction:
    """One line of the comparison; ``action`` is ``all`` for the whole condition. Accuracies are 0 to 1."""

    action: str
    accuracy: float
    low: float
    high: float
    published_accuracy: float
    times: Quartiles
    published_times: Quartiles | None


def published_accuracy(summary: ConditionSummary) -> pd.DataFrame | None:
    """``action`` (``all`` first) and ``accuracy`` (0 to 1) as published; None for a condition it lacks.

    The accuracy over all actions is printed in the study; those of the actions follow from counts read off
    its figures.
    """
    study = published()
    if summary.condition not in study.humans:
        return None
    counts = study.human_counts[summary.condition]
    known = [action for action in summary.actions if action in counts.total]
    table: pd.DataFrame = pd.DataFrame(
        {
            "action": [ALL, *known],
            "accuracy": [
                study.humans[summary.condition].top1 / 100,
                *(_share(counts, action) for action in known),
            ],
        }
    )
    return table


def compare(summary: ConditionSummary) -> tuple[ComparedAction, ...]:
    """Our accuracy and time-to-choose beside the published; empty for a condition the study lacks."""
    reference = published_accuracy(summary)
    if reference is None:
        return ()
    ours = pd.concat([summary.accuracy.assign(action=ALL), summary.accuracy_by_action]).set_index("action")
    times = summary.choice_times.query("outcome == @ALL").set_index("action")
    lines = []
    for action, share in zip(reference["action"], reference["accuracy"], strict=True):
        if action not in ours.index:
            continue
        printed = published().human_time_to_choose_s[summary.condition].get(action)
        lines.append(
            ComparedAction(
                action=str(action),
                accuracy=float(ours.loc[action, "accuracy"]),
                low=float(ours.loc[action, "low"]),
                high=float(ours.loc[action, "high"]),
                published_accuracy=float(share),
                times=Quartiles(*(float(times.loc[action, name]) for name in ("median", "q1", "q3"))),
                published_times=Quartiles(*printed) if printed else None,
            )
        )
    return tuple(lines)


def compared_table(summary: ConditionSummary) -> PageTable | None:
    """``compare`` for the page; None for a condition the study lacks."""
    lines = compare(summary)
    if not lines:
        return None
    rows = [
        {
            "action": "All" if line.action == ALL else line.action,
            "accuracy": line.accuracy,
            "low": line.low,
            "high": line.high,
            "published_accuracy": line.published_accuracy,
            "median": line.times.median,
            "q1": line.times.q1,
            "q3": line.times.q3,
            "published_median": line.published_times.median if line.published_times else None,
            "published_q1": line.published_times.q1 if line.published_times else None,
            "published_q3": line.published_times.q3 if line.published_times else None,
        }
        for line in lines
    ]
    columns = (
        Column("action", "Action", plain, numeric=False),
        Column("accuracy", "Accuracy here", percent),
        Column("low", "95 % interval", percent, high="high"),
        Column("published_accuracy", "Published", percent),
        Column("median", "Median seconds here", seconds),
        Column("q1", "Quartiles here", seconds, high="q3"),
        Column("published_median", "Published median", seconds),
        Column("published_q1", "Published quartiles", seconds, high="published_q3"),
    )
    return page_table(summary.condition, pd.DataFrame(rows), columns)


def _share(counts: PublishedCounts, action: str) -> float:
    return counts.correct[action] / counts.total[action]
