"""The tables of agreement, equivalence, ranking, drops and clips: as files, and in ``summary.json``."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from analysis.comparison.comparison_findings import ComparisonFindings
from analysis.comparison.kappa_matrix import kappa_matrix
from analysis.report.exhibits import file_name
from analysis.report.page_tables import decimal, is_missing
from stimuli.tsv import EMPTY


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
    return EMPTY if is_missing(value) else decimal(value).replace("−0.00", "0.00")
