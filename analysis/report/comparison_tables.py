"""The tables of agreement, equivalence, ranking, drops and clips: as files, and in ``summary.json``."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.comparison.comparison_findings import ComparisonFindings
from analysis.comparison.kappa_matrix import kappa_matrix
from analysis.report.exhibits import file_name
from analysis.report.page_tables import decimal, is_missing
from analysis.report.replacing import earlier_rows
from stimuli.tsv import EMPTY

_OF_CLIPS = {
    "clips_and_models": "items",
    "clip_correlations": "correlations",
    "noise_ceilings": "ceilings",
    "clips_furthest_apart": "parting",
    "clip_properties": "properties",
    "property_correlations": "property_correlations",
}
_OF_RANKINGS = {
    "model_ranking": "models",
    "rank_probabilities": "probabilities",
    "rank_differences": "differences",
}
_ALWAYS = (
    "agreement",
    "agreement_means",
    "agreement_confusions",
    "independent_band",
    "equivalence",
    "compared_drops",
)


def earlier_files(folder: Path) -> set[str]:
    """The files that ``compare`` may have written into ``folder`` before, and that are there."""
    conditions = [condition for (condition,) in earlier_rows(folder / "agreement.tsv", ["condition"])]
    matrices = [file_name("kappa_matrix", condition) for condition in conditions]
    names = (f"{name}.tsv" for name in (*_ALWAYS, *_OF_RANKINGS, *_OF_CLIPS, *matrices))
    return {name for name in names if (folder / name).is_file()}


def comparison_files(found: ComparisonFindings | None) -> dict[str, pd.DataFrame]:
    """The tables by the name of their file."""
    if found is None:
        return {}
    always = (found.pairs, found.means, found.confusions, found.bands, found.equivalence, found.drops)
    tables = dict(zip(_ALWAYS, always, strict=True))
    for condition, pairs in found.pairs.groupby("condition", sort=False):
        models = found.answers[str(condition)].models
        tables[file_name("kappa_matrix", str(condition))] = kappa_matrix(pairs, models)
    if found.rankings:
        for name, part in _OF_RANKINGS.items():
            parts = [getattr(ranking, part) for ranking in found.rankings]
            tables[name] = pd.concat(parts, ignore_index=True)
    if found.clips is not None:
        tables |= {name: getattr(found.clips, part) for name, part in _OF_CLIPS.items()}
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
