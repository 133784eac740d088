"""What the page says of people and models in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.comparison.comparison_findings import ComparisonFindings
from analysis.comparison.drops import PUBLISHED
from analysis.comparison.model_runs import SeveralRuns
from analysis.reference import SOURCE
from analysis.report.comparison_tables import kappa_text
from analysis.report.page_tables import NOTHING, is_missing, percent, points
from analysis.summary import named
from stimuli.tsv import EMPTY

_MOST_NAMED = 6
KAPPA = (
    "Kappa tells whether two err on the same clips: 0 where as often as if their errors had nothing to do "
    "with each other, 1 where always."
)


def opening(found: ComparisonFindings) -> Iterator[str]:
    """A paragraph for each condition: who is more accurate, and how far they err on the same clips.

    Without models, how far people err on the same clips. Of many models the first are named.
    """
    conditions = [*found.means["condition"], *found.equivalence["condition"]]
    for condition in dict.fromkeys(str(name) for name in conditions):
        rows = found.equivalence[found.equivalence["condition"] == condition].to_dict("records")
        told = {percent(row["accuracy_people"]) for row in rows}
        # Models that lack different clips stand beside different trials of people.
        once = len(told) == 1
        said = [f"People answered {told.pop()} of the trials right."] if once else []
        said += [_beside_model(found, row, alone=not once) for row in rows[:_MOST_NAMED]]
        if len(rows) > _MOST_NAMED:
            said.append(f"The other {len(rows) - _MOST_NAMED} models stand in the tables.")
        if own := of_kappa(found.means, "human-human", condition, None):
            said.append(f"The mean kappa of two participants is {own}.")
        if said:
            yield f"{named(condition)}: {' '.join(said)}"


def _beside_model(found: ComparisonFindings, row: dict[Any, Any], *, alone: bool) -> str:
    model = str(row["model"])
    condition = str(row["condition"])
    accuracy, run = percent(row["accuracy_model"]), ""
    if several := _several_runs(found, model, condition):
        # The accuracy is of all runs, the kappas of one: a reader must not take them for the same answers.
        accuracy, run = f"{accuracy} (mean of {len(several.runs)} runs)", f", of {several.which},"
    errors = of_kappa(found.means, "human-model", condition, model)
    consistency = f" Its mean kappa with people{run} is {errors}." if errors else ""
    right = f"{model} answered {accuracy} of the same right"
    if alone:
        right = (
            f"People answered {percent(row['accuracy_people'])} of the trials right and {model} {accuracy}"
        )
    return f"{right}; {_verdict(row)}.{consistency}"


def _several_runs(found: ComparisonFindings, model: str, condition: str) -> SeveralRuns | None:
    runs = found.answers[condition].several_runs if condition in found.answers else ()
    return next((each for each in runs if (each.model, each.condition) == (model, condition)), None)


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
        why = str(row["method"]).removeprefix("not computed: ")
        return f"{kappa_text(row['kappa'])} ({some}; no interval, since {why})"
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


def published_sentence(found: ComparisonFindings) -> str:
    """Where the published rows of the drops are from; empty without any."""
    if found.drops.empty or not (found.drops["source"] == PUBLISHED).any():
        return ""
    return (
        f"Published drops: {SOURCE}, table 4.1. They are shown for reference; nothing is tested against them."
    )


def ranking_sentences(found: ComparisonFindings) -> Iterator[str]:
    """Which models could be told apart in which condition."""
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
    return EMPTY if NOTHING in ends else f"{ends[0]} to {ends[1]}"
