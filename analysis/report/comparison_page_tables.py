"""The tables of agreement, equivalence, ranking, drops and clips as the page shows them."""

from __future__ import annotations

import pandas as pd

from analysis.comparison.comparison_findings import ComparisonFindings
from analysis.comparison.drops import MEASURED, PUBLISHED
from analysis.figures.clip_properties import PROPERTY_NAMES
from analysis.report.columns import CONDITION, METHOD, PARTICIPANTS, interval
from analysis.report.comparison_tables import kappa_text
from analysis.report.page_tables import (
    Column,
    PageTable,
    count,
    is_missing,
    page_table,
    percent,
    plain,
    points,
)

_MOST_PAIRS = 300
"""Of more pairs the page shows those with models; all are in the file."""
_MODEL = Column("model", "Model", plain, numeric=False)


def comparison_page_tables(found: ComparisonFindings | None) -> tuple[PageTable, ...]:
    """What the page shows of them."""
    if found is None:
        return ()
    tables = (
        _equivalence(found.equivalence),
        _measured_drops(found.drops),
        _published_drops(found.drops),
        _means(found.means),
        _ranking(found),
        _confusions(found.confusions),
        _correlations(found),
        _properties(found),
        _pairs(found.pairs),
    )
    return tuple(table for table in tables if table.rows)


def _equivalence(table: pd.DataFrame) -> PageTable:
    return page_table(
        "Equivalence of accuracies: people minus model",
        table,
        (
            _MODEL,
            CONDITION,
            Column("verdict", "Verdict", plain, numeric=False),
            Column("difference", "Difference, points", points),
            interval(points),
            Column("low90", "90 % interval", points, high="high90"),
            Column("margin", "Margin", points),
            Column("p_value", "p (TOST)", _p_value),
            Column("accuracy_people", "People", percent),
            Column("accuracy_model", "Model", percent),
            Column("clips", "Clips", count),
            PARTICIPANTS,
        ),
        "tables/equivalence.tsv",
    )


_DROP = (
    Column("observer", "Who", plain, numeric=False),
    Column("first", "From", plain, numeric=False),
    Column("second", "To", plain, numeric=False),
    Column("accuracy_first", "Before", percent),
    Column("accuracy_second", "After", percent),
    Column("drop", "Drop, points", points),
)


def _measured_drops(table: pd.DataFrame) -> PageTable:
    return page_table(
        "Drops of models beside those of people on the same clips",
        table[table["source"] == MEASURED] if len(table) else table,
        (
            *_DROP,
            interval(points),
            Column("drop_method", METHOD.head, METHOD.text, numeric=False),
            Column("drop_people", "People, same clips", points),
            Column("difference", "People minus model", points),
            Column("difference_low", "95 % interval", points, high="difference_high"),
        ),
        "tables/compared_drops.tsv",
    )


def _published_drops(table: pd.DataFrame) -> PageTable:
    return page_table(
        f"Drops for reference: {PUBLISHED}",
        table[table["source"] == PUBLISHED] if len(table) else table,
        (*_DROP, Column("source", "Source", plain, numeric=False)),
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
        "Confusions: their distance, and same answers where both are wrong",
        table[table["kind"] != "human-human"],
        (
            Column("a", "One", plain, numeric=False),
            Column("b", "Other", plain, numeric=False),
            CONDITION,
            Column("distance", "Distance", kappa_text),
            Column("distance_low", "95 % interval", kappa_text, high="distance_high"),
            Column("distance_chance", "By chance", kappa_text),
            Column("distance_p", "p", _p_value),
            Column("same_answer", "Same answer", percent),
            Column("same_answer_low", "95 % interval", percent, high="same_answer_high"),
            Column("same_answer_chance", "By chance", percent),
            Column("shared_errors", "Shared errors", count),
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
        sure = table[pairs == "accuracy/p_right"].set_index(["condition", "observer"])["rho"].notna()
        answers_alone = ~table.set_index(["condition", "observer"]).index.map(sure).to_numpy(dtype=bool)
        table = table[
            pairs.isin(["median_time/entropy"])
            | ((pairs == "accuracy/p_right") & ~answers_alone)
            | ((pairs == "accuracy/right") & answers_alone)
        ]
        names = {"accuracy": "accuracy", "median_time": "median time"}
        measures = {"p_right": "probability of the right", "right": "right or wrong", "entropy": "entropy"}
        # Why there is no correction stands below the tables, once for all models.
        table = table.assign(
            human=table["human"].map(names),
            model=table["model"].map(measures),
            remark=table["remark"].where(table["rho"].isna(), None),
        ).dropna(axis="columns", how="all")
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
            Column("kappa", "Kappa", kappa_text),
            Column("kappa_low", "95 % interval", kappa_text, high="kappa_high"),
            Column("kappa_min", "Attainable", kappa_text, high="kappa_max"),
            Column("p_value", "p", _p_value),
            Column("items", "Shared clips", count),
            Column("accuracy_a", "Right, one", percent),
            Column("accuracy_b", "Right, other", percent),
            Column("observed", "Both alike", percent),
            Column("expected", "By chance", percent),
            Column("remark", "Remark", plain, numeric=False),
        ),
        "tables/agreement.tsv",
    )


def _p_value(value: object) -> str:
    if is_missing(value):
        return kappa_text(value)
    number = float(str(value))
    if number < 0.001:
        return "< .001"
    return "> .999" if number > 0.999 else f"{number:.3f}".removeprefix("0")
