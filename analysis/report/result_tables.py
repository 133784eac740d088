"""Every table of the report by the name of its file."""

from __future__ import annotations

import pandas as pd

from analysis.measures.choice_times import ALL
from analysis.report.comparison_tables import comparison_files
from analysis.report.findings import Findings
from analysis.report.model_tables import compared_accuracy, compared_drops


def result_tables(findings: Findings) -> dict[str, pd.DataFrame]:
    """File name (without suffix) -> table, all but the trial table itself."""
    study = findings.study
    whole = [summary.accuracy.assign(action=ALL, observer=ALL) for summary in findings.conditions]
    actions = [summary.accuracy_by_action.assign(observer=ALL) for summary in findings.conditions]
    observers = [summary.accuracy_by_observer.assign(action=ALL) for summary in findings.conditions]
    first = ["condition", "action", "observer"]
    accuracy = pd.concat([*whole, *actions, *observers], ignore_index=True)
    tables = {
        "headline": findings.headline,
        "accuracy": accuracy[[*first, *(name for name in accuracy.columns if name not in first)]],
        "within_participants": study.within,
        "confusion": _joined([summary.confusion for summary in findings.conditions]),
        "participant_confusion": study.confusion_by_observer,
        "sensitivity": study.sensitivity,
        "participant_sensitivity": study.sensitivity_by_observer,
        "information": study.information,
        "choice_times": _joined([summary.choice_times for summary in findings.conditions]),
        "time_quantiles": study.quantiles,
        "participant_times": study.times_by_observer,
        "blocks": study.blocks,
        "learning_slopes": study.slopes,
        "speed_accuracy": study.speed,
        "speed_accuracy_correlation": study.correlation,
        "time_differences": study.differences,
        "time_fits": findings.fits,
        "mixed_model": study.mixed,
        "mixed_model_beside_bootstrap": study.disagreement,
        "clips": study.clips,
        "exclusions": findings.excluded.flow,
        "excluded_participants": findings.excluded.people,
        "accidental_clicks": findings.accidental,
        "presentation": findings.presentation,
        "timing": findings.timing,
        "attention_checks": findings.checks,
        "questionnaire": findings.answers,
    }
    if findings.pairs:
        tables["accuracy_drop"] = _joined([pair.drop for pair in findings.pairs])
        tables["participant_drops"] = _joined(
            [pair.by_observer.assign(first=pair.first, second=pair.second) for pair in findings.pairs]
        )
    if findings.models is not None:
        tables["models"] = compared_accuracy(findings, findings.models)
        tables["model_drops"] = compared_drops(findings, findings.models)
    tables |= comparison_files(findings.comparison)
    if findings.decisions is not None:
        tables |= findings.decisions.tables
    return {name: table for name, table in tables.items() if len(table)}


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    joined: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return joined
