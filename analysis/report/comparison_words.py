"""What the page says of people and models in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.comparison.comparison_findings import ComparisonFindings
from analysis.report.comparison_tables import kappa_text
from analysis.report.page_tables import NOTHING, is_missing, percent, points


def opening(found: ComparisonFindings) -> Iterator[str]:
    """A sentence for each model and condition: do they differ in accuracy, and do they err on the same clips?

    Without models, how far people err on the same clips.
    """
    for row in found.equivalence.to_dict("records"):
        condition, model = str(row["condition"]), str(row["model"])
        errors = of_kappa(found.means, "human-model", condition, model)
        own = of_kappa(found.means, "human-human", condition, None)
        beside = f", among people {own}" if own else ""
        consistency = f" Mean kappa of {model} with people is {errors}{beside}." if errors else ""
        yield (
            f"{condition}: of the same trials people answered {percent(row['accuracy_people'])} right, "
            f"{model} {percent(row['accuracy_model'])}; {_verdict(row)}.{consistency}"
        )
    if found.equivalence.empty:
        for condition in found.means["condition"].unique():
            if own := of_kappa(found.means, "human-human", str(condition), None):
                yield f"{condition}: mean kappa of two participants is {own}."


def of_kappa(means: pd.DataFrame, kind: str, condition: str, model: str | None) -> str:
    """Mean kappa with its interval, ``n/a`` and why, or nothing where there is no such pair."""
    rows = means[(means["kind"] == kind) & (means["condition"] == condition)]
    rows = rows[rows["model"].isna() if model is None else rows["model"] == model]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    pairs = f"{int(row['pairs'])} pair{'s' * (int(row['pairs']) != 1)}"
    if is_missing(row["kappa"]):
        return f"n/a ({pairs}; undefined in all of them: both sides make no mistake, or only mistakes)"
    some = f"{int(row['defined'])} of {pairs}" if row["defined"] < row["pairs"] else pairs
    if is_missing(row["low"]):
        return f"{kappa_text(row['kappa'])} ({some}; no interval: {row['method']})"
    interval = f"{kappa_text(row['low'])} to {kappa_text(row['high'])}"
    return f"{kappa_text(row['kappa'])} (95 % interval {interval}; {some})"


def sampled(found: ComparisonFindings) -> str:
    """How many people were compared pair by pair, where not all were."""
    if found.compared == found.people:
        return ""
    return (
        f"{found.compared} of the {found.people:,} participants, drawn at random, are compared pair by pair, "
        f"clip by clip and in the ranking; accuracies, their differences and drops are of all."
    )


def ranking_sentences(found: ComparisonFindings) -> Iterator[str]:
    for ranking in found.rankings:
        yield f"{ranking.sentence}."


def _verdict(row: dict[Any, Any]) -> str:
    margin = f"{points(row['margin'])} points"
    wide = f"difference {points(row['difference'])} points, 95 % interval {_ends(row, 'low', 'high')}"
    narrow = f"difference {points(row['difference'])} points, 90 % interval {_ends(row, 'low90', 'high90')}"
    verdict = row["verdict"]
    if verdict == "on a par":
        return f"they are equivalent within the margin of {margin} ({narrow})"
    if verdict == "different, within the margin":
        return f"they differ, but by less than the margin of {margin} ({narrow})"
    if verdict == "different":
        return f"they differ ({wide})"
    return f"whether they differ, or are equivalent within {margin}, cannot be told ({wide})"


def _ends(row: dict[Any, Any], low: str, high: str) -> str:
    ends = points(row[low]), points(row[high])
    return "n/a" if NOTHING in ends else f"{ends[0]} to {ends[1]}"
