"""``summary.json``: the findings for programs, in the shape that is fixed for it."""

from __future__ import annotations

import hashlib
import json
import math
from importlib.metadata import version
from typing import Any

import pandas as pd

from analysis.comparison.model_findings import ModelFindings
from analysis.measures.choice_times import ALL
from analysis.report.comparison_tables import agreement_summary
from analysis.report.findings import SEED, ConditionPair, Findings
from analysis.summary import ConditionSummary
from analysis.tables import table_bytes

FORMAT = 1
PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "matplotlib", "seaborn")
"""The packages whose versions a report tells."""


def summary_json(findings: Findings, files: list[str]) -> bytes:
    """The summary as UTF-8 text; what does not exist is ``null``. ``files`` are those the report writes."""
    content = {
        "format": FORMAT,
        "conditions": {summary.condition: _condition(summary, findings) for summary in findings.conditions},
        "drops": [_drop(pair) for pair in findings.pairs],
        "headline": _records(findings.headline),
        "mixed_model": _records(findings.study.disagreement),
        "time_differences": _records(findings.study.differences),
        "learning": _records(findings.study.slopes),
        "speed_accuracy": _records(findings.study.correlation),
        "models": _models(findings.models),
        "agreement": agreement_summary(findings.comparison),
        "quality": _quality(findings),
        "provenance": _provenance(findings) | {"files": files},
    }
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def trial_table_sha256(findings: Findings) -> str:
    """The hash of ``tables/trials.tsv``."""
    return hashlib.sha256(table_bytes(findings.collection.table)).hexdigest()


def _condition(summary: ConditionSummary, findings: Findings) -> dict[str, Any]:
    size = len(summary.actions)
    counts = summary.confusion["count"].to_numpy(dtype=int).reshape(size, size)
    by_action = summary.accuracy_by_action.set_index("action")
    by_observer = summary.accuracy_by_observer.set_index("observer")
    return {
        "trials": len(summary.trials),
        "observers": summary.observers,
        "accuracy": _accuracy(summary.accuracy.iloc[0]),
        "by_action": {str(name): _accuracy(row) for name, row in by_action.iterrows()},
        "by_observer": {str(name): _accuracy(row) for name, row in by_observer.iterrows()},
        "confusion": {"actions": list(summary.actions), "counts": counts.tolist()},
        "information": _first(_of(findings.study.information, summary)),
        "sensitivity": {
            str(action): {str(row["measure"]): _interval(row) for row in _records(rows)}
            for action, rows in _of(findings.study.sensitivity, summary).groupby("action", sort=False)
        },
        "time_to_choose": {
            **_times(summary.choice_times, ALL, ALL),
            "by_action": {
                action: {
                    **_times(summary.choice_times, action, ALL),
                    "correct": _times(summary.choice_times, action, "correct"),
                    "wrong": _times(summary.choice_times, action, "wrong"),
                }
                for action in summary.actions
            },
            "correct": _times(summary.choice_times, ALL, "correct"),
            "wrong": _times(summary.choice_times, ALL, "wrong"),
        },
    }


def _models(models: ModelFindings | None) -> dict[str, Any]:
    """By name, accuracy in each condition, and the drops."""
    if models is None:
        return {}
    return {
        name: {
            "accuracy": {str(row["condition"]): _accuracy(row) for row in _rows(models.accuracy, name)},
            "drops": [
                {"from": str(row["first"]), "to": str(row["second"]), **_estimate(row, "drop")}
                for row in _rows(models.drop, name)
            ],
        }
        for name in models.names
    }


def _rows(table: pd.DataFrame, observer: str) -> list[pd.Series[Any]]:
    return [row for _, row in table[table["observer"] == observer].iterrows()]


def _accuracy(row: pd.Series[Any]) -> dict[str, Any]:
    return {
        **_estimate(row, "accuracy"),
        "trials": int(row["trials"]),
        "correct": int(row["correct"]),
    }


def _drop(pair: ConditionPair) -> dict[str, Any]:
    row = pair.drop.iloc[0]
    return {
        "from": pair.first,
        "to": pair.second,
        "observers": int(row["observers"]),
        **_estimate(row, "drop"),
    }


def _estimate(row: pd.Series[Any], column: str) -> dict[str, Any]:
    return {
        "mean": float(row[column]),
        "low": float(row["low"]),
        "high": float(row["high"]),
        "method": str(row["method"]),
    }


def _times(times: pd.DataFrame, action: str, outcome: str) -> dict[str, Any]:
    row = times[(times["action"] == action) & (times["outcome"] == outcome)].iloc[0]
    seconds = {name: float(row[name]) for name in ("median", "low", "high", "q1", "q3")}
    return {"trials": int(row["trials"])} | {
        name: None if math.isnan(value) else value for name, value in seconds.items()
    }


def _of(table: pd.DataFrame, summary: ConditionSummary) -> pd.DataFrame:
    rows: pd.DataFrame = table[table["condition"] == summary.condition]
    return rows


def _first(table: pd.DataFrame) -> dict[str, Any] | None:
    records = _records(table)
    return {name: value for name, value in records[0].items() if name != "condition"} if records else None


def _interval(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("value", "low", "high")}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table with ``null`` for what is empty, and numbers as Python has them."""
    columns = {str(name): table[name].astype(object) for name in table.columns}
    rows = zip(*(column.where(column.notna(), None).tolist() for column in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _quality(findings: Findings) -> dict[str, Any]:
    collection, shown = findings.collection, findings.presentation
    return {
        "sessions": len(collection.sessions),
        "left_out": [
            {"session": left_out.session, "reasons": list(left_out.reasons)}
            for left_out in collection.left_out
        ],
        "unfinished_sessions": sum(not session.finished for session in collection.sessions),
        "resumed_sessions": sum(facts.resumed > 0 for facts in collection.facts),
        "interruptions": [
            {
                "session": facts.session,
                "gaps_s": [round(gap_s, 3) for gap_s in facts.gaps_s or ()],
                "held_up_s": round(facts.held_up_s or 0.0, 3),
            }
            for facts in collection.facts
            if facts.gaps_s or facts.held_up_s
        ],
        "exclusions": {
            "rules": findings.excluded.rules.name,
            "sha256": findings.excluded.rules.sha256,
            "flow": _records(findings.excluded.flow),
            "participants": _records(findings.excluded.people),
        },
        "accidental_clicks": len(findings.accidental),
        "timing": _records(findings.timing),
        "dropped_frames": _total(shown["dropped_frames"]),
        "trials_with_dropped_frames": _total(shown["trials_with_dropped_frames"]),
        "trials_shown_again": int(shown["shown_again"].sum()),
        "early_presses": sum(facts.early_presses for facts in collection.facts),
        "too_soon_presses": sum(facts.too_soon_presses for facts in collection.facts),
        "unanswered_test_trials": findings.unanswered,
        "attention_checks": {
            "shown": int(findings.checks["checks"].sum()),
            "passed": int(findings.checks["passed"].sum()),
            "by_observer": {
                str(observer): {"shown": int(rows["checks"].sum()), "passed": int(rows["passed"].sum())}
                for observer, rows in findings.checks.groupby("observer")
            },
        },
        "warnings": list(collection.warnings),
    }


def _total(counts: pd.Series[Any]) -> int | None:
    """Nothing where no count is known."""
    return int(counts.sum()) if counts.notna().any() else None


def _provenance(findings: Findings) -> dict[str, Any]:
    known = findings.collection.facts
    sources = [facts.source for facts in known if facts.source]
    protocols = sorted({(facts.protocol.name, facts.protocol.sha256) for facts in known})
    return {
        "simulated": findings.simulated,
        "pilot": findings.pilot,
        "observer_kinds": list(findings.kinds),
        "trial_table_sha256": trial_table_sha256(findings),
        "protocols": [{"name": name, "sha256": sha256} for name, sha256 in protocols],
        "test_items": list(findings.test_items),
        "manifests_sha256": sorted({facts.manifest_sha256 for facts in known}),
        "commits": sorted({source.commit for source in sources}),
        "session_software": [
            dict(packages)
            for packages in sorted({tuple(sorted(source.software.items())) for source in sources})
        ],
        "analysis_software": {package: version(package) for package in PACKAGES},
        "bootstrap_seed": SEED,
        "bootstrap_items": findings.items,
    }
