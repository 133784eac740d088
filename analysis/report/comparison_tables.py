"""The tables of agreement, equivalence, ranking, drops and clips: files, on the page, in ``summary.json``."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from analysis.comparison.comparison_findings import ComparisonFindings
from analysis.comparison.kappa_matrix import kappa_matrix
from analysis.figures.clip_properties import PROPERTY_NAMES
from analysis.report.columns import CONDITION, METHOD, PARTICIPANTS, interval
from analysis.report.exhibits import file_name
from analysis.report.page_tables import (
    Column,
    PageTable,
    count,
    decimal,
    is_missing,
    page_table,
    percent,
    plain,
    points,
)

_NOT_AVAILABLE = "n/a"
_MOST_PAIRS = 300
"""Of more pairs the page shows those with models; all are in the file."""
_MODEL = Column("model", "Model", plain, numeric=False)


def comparison_files(found: ComparisonFindings | None) -> dict[str, pd.DataFrame]:
    """The tables by the name of their file."""
    if found is None:
        return {}
    tables = {
        "agreement": found.pairs,
        "agreement_means": found.means,
        "agreement_confusions": found.confusions,
        "independent_band": found.bands,
        "equivalence": found.equivalence,
        "compared_drops": found.drops,
    }
    for condition, pairs in found.pairs.groupby("condition", sort=False):
        models = found.answers[str(condition)].models
        tables[file_name("kappa_matrix", str(condition))] = kappa_matrix(pairs, models)
    if found.rankings:
        for name in ("models", "probabilities", "differences"):
            parts = [getattr(ranking, name) for ranking in found.rankings]
            tables["model_ranking" if name == "models" else f"rank_{name}"] = pd.concat(
                parts, ignore_index=True
            )
    if found.clips is not None:
        tables["clips_and_models"] = found.clips.items
        tables["clip_correlations"] = found.clips.correlations
        tables["noise_ceilings"] = found.clips.ceilings
        tables["clips_furthest_apart"] = found.clips.parting
        tables["clip_properties"] = found.clips.properties
        tables["property_correlations"] = found.clips.property_correlations
    return tables


def comparison_page_tables(found: ComparisonFindings | None) -> tuple[PageTable, ...]:
    """What the page shows of them."""
    if found is None:
        return ()
    tables = (
        _equivalence(found.equivalence),
        _drops(found.drops),
        _means(found.means),
        _ranking(found),
        _confusions(found.confusions),
        _correlations(found),
        _properties(found),
        _pairs(found.pairs),
    )
    return tuple(table for table in tables if table.rows)


def agreement_summary(found: ComparisonFindings | None) -> dict[str, Any]:
    """``agreement`` of ``summary.json``: by condition, means and pairs; what does not exist is ``null``."""
    if found is None:
        return {}
    return {
        str(condition): {
            "people": found.people,
            "people_compared": found.compared,
            "means": _records(found.means, str(condition)),
            "pairs": _records(found.pairs, str(condition)),
            "equivalence": _records(found.equivalence, str(condition)),
        }
        for condition in found.means["condition"].unique()
    }


def _records(table: pd.DataFrame, condition: str) -> list[dict[str, Any]]:
    rows = table[table["condition"] == condition].drop(columns="condition").to_dict("records")
    return [{str(name): _plain_value(value) for name, value in row.items()} for row in rows]


def _plain_value(value: object) -> object:
    if is_missing(value):
        return None
    number = value.item() if hasattr(value, "item") else value
    return None if isinstance(number, float) and not math.isfinite(number) else number


def kappa_text(value: object) -> str:
    """A kappa with two decimals, or ``n/a``."""
    return _NOT_AVAILABLE if is_missing(value) else decimal(value).replace("−0.00", "0.00")


def _equivalence(table: pd.DataFrame) -> PageTable:
    return page_table(
        "Equivalence of accuracies: people minus model",
        table,
        (
            _MODEL,
            CONDITION,
            PARTICIPANTS,
            Column("clips", "Clips", count),
            Column("accuracy_people", "People", percent),
            Column("accuracy_model", "Model", percent),
            Column("difference", "Difference, points", points),
            interval(points),
            Column("low90", "90 % interval", points, high="high90"),
            Column("margin", "Margin", points),
            Column("p_value", "p of two one-sided tests", _p_value),
            Column("verdict", "Verdict", plain, numeric=False),
        ),
        "tables/equivalence.tsv",
    )


def _drops(table: pd.DataFrame) -> PageTable:
    return page_table(
        "Drops beside those of people on the same clips, and published ones",
        table,
        (
            Column("observer", "Who", plain, numeric=False),
            Column("source", "Source", plain, numeric=False),
            Column("first", "From", plain, numeric=False),
            Column("second", "To", plain, numeric=False),
            Column("accuracy_first", "Accuracy before", percent),
            Column("accuracy_second", "Accuracy after", percent),
            Column("drop", "Drop, points", points),
            interval(points),
            Column("drop_people", "People on the same clips", points),
            Column("difference", "People minus model", points),
            Column("difference_low", "95 % interval", points, high="difference_high"),
        ),
        "tables/compared_drops.tsv",
    )


_WHOSE = {
    "human-human": "two participants",
    "human-model": "participant and model",
    "model-model": "two models",
}


def _whose(kind: object) -> str:
    return _WHOSE[str(kind)]


def _or_all(model: object) -> str:
    return "all" if is_missing(model) else str(model)


def _means(table: pd.DataFrame) -> PageTable:
    return page_table(
        "Mean kappa",
        table,
        (
            Column("kind", "Whose", _whose, numeric=False),
            Column("model", "Model", _or_all, numeric=False),
            CONDITION,
            Column("pairs", "Pairs", count),
            Column("defined", "With a kappa", count),
            Column("kappa", "Mean kappa", kappa_text),
            interval(kappa_text),
            METHOD,
        ),
        "tables/agreement_means.tsv",
    )


def _ranking(found: ComparisonFindings) -> PageTable:
    tables = [ranking.models for ranking in found.rankings if len(ranking.models) > 1]
    return page_table(
        "Models by mean kappa with people",
        pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(),
        (
            _MODEL,
            CONDITION,
            Column("people", "Participants", count),
            Column("kappa", "Mean kappa", kappa_text),
            interval(kappa_text),
            Column("best_rank", "Ranks not ruled out", count, high="worst_rank"),
            Column("letters", "Alike", plain, numeric=False),
        ),
        "tables/model_ranking.tsv",
    )


def _confusions(table: pd.DataFrame) -> PageTable:
    """Those with a model: of each person with the others there are as many rows as people."""
    return page_table(
        "Confusions and same wrong answers",
        table[table["kind"] != "human-human"],
        (
            Column("a", "One", plain, numeric=False),
            Column("b", "Other", plain, numeric=False),
            CONDITION,
            Column("items", "Shared clips", count),
            Column("distance", "Distance of confusions", kappa_text),
            Column("distance_low", "95 % interval", kappa_text, high="distance_high"),
            Column("distance_chance", "By chance", kappa_text),
            Column("distance_p", "p", _p_value),
            Column("shared_errors", "Shared errors", count),
            Column("same_answer", "Same wrong answer", percent),
            Column("same_answer_low", "95 % interval", percent, high="same_answer_high"),
            Column("same_answer_chance", "By chance", percent),
        ),
        "tables/agreement_confusions.tsv",
    )


def _properties(found: ComparisonFindings) -> PageTable:
    """Within actions: an action may be hard for another reason than its motion."""
    table = found.clips.property_correlations if found.clips is not None else pd.DataFrame()
    if len(table):
        table = table[table["measure"] == "errors"]
        table = table.assign(property=table["property"].map(PROPERTY_NAMES))
    return page_table(
        "Properties of clips and errors: rank correlations",
        table,
        (
            Column("property", "Property", plain, numeric=False),
            Column("observer", "Errors of", plain, numeric=False),
            CONDITION,
            Column("clips", "Clips", count),
            Column("rho_within", "Within actions", kappa_text),
            Column("within_low", "95 % interval", kappa_text, high="within_high"),
            Column("rho", "Over all clips", kappa_text),
            interval(kappa_text),
        ),
        "tables/property_correlations.tsv",
    )


def _correlations(found: ComparisonFindings) -> PageTable:
    """Two of the eight correlations of each model: both with what it stands for most."""
    table = found.clips.correlations if found.clips is not None else pd.DataFrame()
    if len(table):
        pairs = table["human"] + "/" + table["model"]
        table = table[pairs.isin(["accuracy/p_right", "accuracy/right", "median_time/entropy"])]
        names = {"accuracy": "accuracy", "median_time": "median time"}
        measures = {
            "p_right": "probability of the right action",
            "right": "right or wrong",
            "entropy": "entropy",
        }
        table = table.assign(human=table["human"].map(names), model=table["model"].map(measures))
    return page_table(
        "Clips: rank correlation of people and models",
        table,
        (
            Column("observer", "Model", plain, numeric=False),
            CONDITION,
            Column("human", "Of people", plain, numeric=False),
            Column("model", "Of the model", plain, numeric=False),
            Column("clips", "Clips", count),
            Column("rho", "Correlation", kappa_text),
            interval(kappa_text),
            Column("ceiling", "Noise ceiling", kappa_text),
            Column("corrected", "Corrected", kappa_text),
            Column("remark", "Remark", plain, numeric=False),
        ),
        "tables/clip_correlations.tsv",
    )


def _pairs(table: pd.DataFrame) -> PageTable:
    shown = table if len(table) <= _MOST_PAIRS else table[table["kind"] != "human-human"]
    return page_table(
        "Every pair" if len(shown) == len(table) else "Every pair with a model",
        shown,
        (
            Column("a", "One", plain, numeric=False),
            Column("b", "Other", plain, numeric=False),
            CONDITION,
            Column("items", "Shared clips", count),
            Column("accuracy_a", "Right, one", percent),
            Column("accuracy_b", "Right, other", percent),
            Column("observed", "Both alike", percent),
            Column("expected", "By chance", percent),
            Column("kappa", "Kappa", kappa_text),
            Column("kappa_low", "95 % interval", kappa_text, high="kappa_high"),
            Column("kappa_min", "Attainable", kappa_text, high="kappa_max"),
            Column("p_value", "p", _p_value),
            Column("remark", "Remark", plain, numeric=False),
        ),
        "tables/agreement.tsv",
    )


def _p_value(value: object) -> str:
    if is_missing(value):
        return _NOT_AVAILABLE
    number = float(str(value))
    if number < 0.001:
        return "< .001"
    return "> .999" if number > 0.999 else f"{number:.3f}".removeprefix("0")
