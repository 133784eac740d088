"""All figures of a report, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.figures import hardest_clips
from analysis.report.choice_exhibits import choices_exhibit
from analysis.report.comparison_exhibits import comparison_exhibits
from analysis.report.condition_exhibits import (
    clips_exhibit,
    overview_exhibit,
    participants_exhibit,
    quantiles_exhibit,
)
from analysis.report.decision_exhibits import decision_exhibits
from analysis.report.exhibits import Exhibit
from analysis.report.findings import Findings
from analysis.report.model_exhibit import model_exhibit
from analysis.report.page_tables import decimal
from analysis.report.study_exhibits import (
    drop_exhibit,
    learning_exhibit,
    questionnaire_exhibit,
    speed_exhibit,
    timing_exhibit,
    within_exhibit,
)
from analysis.report.thumbnails import reachable_set, thumbnails
from stimuli.manifest import StimulusSet


def all_exhibits(findings: Findings, named: StimulusSet | None = None) -> Iterator[Exhibit]:
    """One after the other, so that no more than one figure is in memory at a time.

    Pictures are of the clips of the ``named`` set, else of the one that the sessions used, where it is found.
    """
    study, kind = findings.study, findings.data_kind
    for summary in findings.conditions:
        yield overview_exhibit(summary)
    for pair in findings.pairs:
        yield drop_exhibit(pair.first, pair.second, pair.by_observer, pair.drop, kind)
    if len(findings.conditions) > 1:
        yield within_exhibit(study.scores, study.within, kind)
    if findings.models is not None:
        yield model_exhibit(findings, findings.models)
    stimuli = named or reachable_set(findings.collection.facts)
    yield from comparison_exhibits(findings, stimuli)
    for summary in findings.conditions:
        yield participants_exhibit(summary, findings.training(summary.condition))
    for summary in findings.conditions:
        yield choices_exhibit(summary, study)
    for summary in findings.conditions:
        rows = study.quantiles[study.quantiles["condition"] == summary.condition]
        yield quantiles_exhibit(summary, findings.training(summary.condition), rows)
    yield from decision_exhibits(findings)
    yield learning_exhibit(study.blocks, findings.observers, kind)
    yield _speed(findings)
    for summary in findings.conditions:
        clips = study.clips[study.clips["condition"] == summary.condition].reset_index(drop=True)
        pictures = thumbnails(stimuli, list(hardest_clips(clips)["clip_id"]))
        yield clips_exhibit(summary, clips, pictures.pictures, pictures.why_not)
    sessions = len(findings.collection.sessions)
    without = sessions - len(findings.collection.facts)
    yield questionnaire_exhibit(findings.answers, sessions, without, kind)
    yield timing_exhibit(findings.timing, kind)


def _speed(findings: Findings) -> Exhibit:
    people = findings.study.speed.dropna(subset=["median_time"])
    if people.empty:
        why = "no test trial has a time."
        return Exhibit("speed_accuracy", "Speed and accuracy", "course", why_not=why)
    found = findings.study.correlation.dropna(subset=["correlation"])
    sentences = [
        f"{row['condition']}: rank correlation (Spearman) {decimal(row['correlation'])}, 95 % interval "
        f"{decimal(row['low'])} to {decimal(row['high'])}."
        for row in found.to_dict("records")
    ]
    return speed_exhibit(people, " ".join(sentences), findings.data_kind)
