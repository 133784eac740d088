"""Which of the tables the page shows, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.report.findings import Findings
from analysis.report.headline import headline_table
from analysis.report.page_tables import (
    Column,
    PageTable,
    count,
    decimal,
    method,
    page_table,
    percent,
    plain,
    seconds,
)

_CONDITION = Column("condition", "Condition", plain, numeric=False)
_PARTICIPANT = Column("observer", "Participant", plain, numeric=False)
_ACTION = Column("action", "Action", plain, numeric=False)
_TRIALS = Column("trials", "Trials", count)
_RIGHT = Column("correct", "Right", count)
_ACCURACY = Column("accuracy", "Accuracy", percent)
_METHOD = Column("method", "Interval by", method, numeric=False)
_MEASURES = {"d_prime": "d′", "criterion": "criterion c", "bias": "bias"}


@dataclass(frozen=True)
class ShownTables:
    """The tables of the page by the section they stand in."""

    headline: PageTable
    mixed: PageTable
    people: tuple[PageTable, ...]
    choices: tuple[PageTable, ...]
    times: tuple[PageTable, ...]
    course: tuple[PageTable, ...]
    clips: tuple[PageTable, ...]
    exclusions: tuple[PageTable, ...]
    quality: tuple[PageTable, ...]


def shown_tables(findings: Findings, tables: Mapping[str, pd.DataFrame]) -> ShownTables:
    """What the page shows of ``result_tables``."""
    return ShownTables(
        headline=headline_table(_table(tables, "headline"), excluded=findings.excluded_something),
        mixed=_mixed(tables),
        people=_people(findings),
        choices=_choices(tables),
        times=_times(tables),
        course=_course(tables),
        clips=_clips(findings),
        exclusions=_exclusions(tables),
        quality=_quality(tables),
    )


def _mixed(tables: Mapping[str, pd.DataFrame]) -> PageTable:
    if "mixed_model" not in tables:
        return page_table("A mixed model beside the bootstrap", pd.DataFrame(), ())
    beside = _table(tables, "mixed_model").merge(
        _table(tables, "mixed_model_beside_bootstrap").drop(columns="method"),
        on="condition",
        suffixes=("_model", ""),
    )
    return page_table(
        "A mixed model beside the bootstrap",
        beside,
        (
            _CONDITION,
            Column("bootstrap", "Accuracy", percent),
            _interval(percent),
            Column("accuracy", "Mixed model", percent),
            Column("low_model", "Its interval (too narrow)", percent, high="high_model"),
            Column("sd_observers", "SD of participants, log-odds", decimal),
            Column("sd_clips", "SD of clips, log-odds", decimal),
        ),
        "tables/mixed_model_beside_bootstrap.tsv",
    )


def _people(findings: Findings) -> tuple[PageTable, ...]:
    columns = (_PARTICIPANT, _TRIALS, _RIGHT, _ACCURACY, _interval(percent))
    return tuple(
        page_table(
            f"{summary.condition}: accuracy of each participant, Wilson intervals",
            summary.accuracy_by_observer.sort_values("observer"),
            columns,
            "tables/accuracy.tsv",
        )
        for summary in findings.conditions
    )


def _choices(tables: Mapping[str, pd.DataFrame]) -> tuple[PageTable, ...]:
    sensitivity = _table(tables, "sensitivity")
    if len(sensitivity):
        names = sensitivity["measure"].map(lambda name: _MEASURES.get(name, name))
        sensitivity = sensitivity.assign(measure=names)
    return (
        page_table(
            "How well each action is told from all others",
            sensitivity,
            (
                _CONDITION,
                _ACTION,
                Column("measure", "Measure", plain, numeric=False),
                Column("value", "Value", decimal),
                _interval(decimal),
                Column("hits", "Hits", count),
                Column("signals", "of", count),
                Column("false_alarms", "False alarms", count),
                Column("noises", "of", count),
            ),
            "tables/sensitivity.tsv",
        ),
        page_table(
            "Transmitted information",
            _table(tables, "information"),
            (
                _CONDITION,
                _TRIALS,
                Column("bits", "Bits", decimal),
                _interval(decimal),
                Column("possible", "Bits possible", decimal),
                _METHOD,
            ),
            "tables/information.tsv",
        ),
    )


def _times(tables: Mapping[str, pd.DataFrame]) -> tuple[PageTable, ...]:
    differences = _table(tables, "time_differences")
    if len(differences):
        conditions = list(dict.fromkeys(_table(tables, "choice_times")["condition"]))
        actions = list(dict.fromkeys(_table(tables, "choice_times")["action"]))
        places = [differences["condition"].map(conditions.index), differences["action"].map(actions.index)]
        keyed = differences.assign(condition_place=places[0], action_place=places[1])
        differences = keyed.sort_values(
            ["contrast", "condition_place", "phase", "action_place"], kind="stable"
        )
    return (
        page_table(
            "Median time-to-choose in the test, seconds",
            _table(tables, "choice_times"),
            (
                _CONDITION,
                _ACTION,
                Column("outcome", "Answers", plain, numeric=False),
                _TRIALS,
                Column("median", "Median", seconds),
                _interval(seconds),
                Column("q1", "Quartiles", seconds, high="q3"),
            ),
            "tables/choice_times.tsv",
        ),
        page_table(
            "Differences of median times within participants, seconds",
            differences,
            (
                Column("contrast", "Difference", plain, numeric=False),
                _CONDITION,
                Column("phase", "Phase", plain, numeric=False),
                _ACTION,
                Column("observers", "Participants", count),
                Column("difference", "Mean", seconds),
                _interval(seconds),
                _METHOD,
            ),
            "tables/time_differences.tsv",
        ),
        *_fits(tables),
    )


def _fits(tables: Mapping[str, pd.DataFrame]) -> tuple[PageTable, ...]:
    if "time_fits" not in tables:
        return ()
    columns = (
        _CONDITION,
        _PARTICIPANT,
        Column("distribution", "Distribution", plain, numeric=False),
        _TRIALS,
        Column("mu", "μ", decimal),
        Column("sigma", "σ", decimal),
        Column("tau", "τ", decimal),
        Column("aic", "AIC", decimal),
        Column("distance", "Distance", decimal),
        Column("p", "p of the fit", decimal),
    )
    title = "Distributions fitted to the times of each participant"
    return (page_table(title, tables["time_fits"], columns, "tables/time_fits.tsv"),)


def _course(tables: Mapping[str, pd.DataFrame]) -> tuple[PageTable, ...]:
    return (
        page_table(
            "Change of the log-odds of a right answer over 10 trials",
            _table(tables, "learning_slopes"),
            (
                _CONDITION,
                Column("phase", "Phase", plain, numeric=False),
                _TRIALS,
                Column("slope", "Slope", decimal),
                _interval(decimal),
                _METHOD,
            ),
            "tables/learning_slopes.tsv",
        ),
        page_table(
            "Rank correlation of median time and accuracy over participants",
            _table(tables, "speed_accuracy_correlation"),
            (
                _CONDITION,
                Column("observers", "Participants", count),
                Column("correlation", "Spearman's correlation", decimal),
                _interval(decimal),
                _METHOD,
            ),
            "tables/speed_accuracy_correlation.tsv",
        ),
    )


def _clips(findings: Findings) -> tuple[PageTable, ...]:
    clips = findings.study.clips
    columns = (
        Column("clip_id", "Clip", plain, numeric=False),
        _TRIALS,
        _RIGHT,
        _ACCURACY,
        _interval(percent),
        Column("median_time", "Median seconds", seconds),
        Column("wrong_response", "Most often taken for", plain, numeric=False),
    )
    return tuple(
        page_table(
            f"{summary.condition}: all clips, the hardest first",
            clips[clips["condition"] == summary.condition],
            columns,
            "tables/clips.tsv",
        )
        for summary in findings.conditions
    )


def _exclusions(tables: Mapping[str, pd.DataFrame]) -> tuple[PageTable, ...]:
    flow = page_table(
        "What each rule removed",
        _table(tables, "exclusions"),
        (
            Column("step", "Step", count),
            Column("words", "Rule", plain, numeric=False),
            Column("removed_participants", "Participants removed", count),
            Column("removed_trials", "Test trials removed", count),
            Column("participants", "Participants left", count),
            Column("trials", "Test trials left", count),
            Column("not_judged", "Could not be judged", count),
        ),
        "tables/exclusions.tsv",
    )
    if "excluded_participants" not in tables:
        return (flow,)
    people = page_table(
        "Participants who were removed",
        _table(tables, "excluded_participants"),
        (
            _PARTICIPANT,
            Column("step", "Step", count),
            Column("rule", "Rule", plain, numeric=False),
            Column("found", "Found", plain, numeric=False),
        ),
        "tables/excluded_participants.tsv",
    )
    return flow, people


def _quality(tables: Mapping[str, pd.DataFrame]) -> tuple[PageTable, ...]:
    shown = []
    if "accidental_clicks" in tables:
        shown.append(
            page_table(
                "Answers that look like accidental clicks (flagged, not removed)",
                _table(tables, "accidental_clicks"),
                (
                    _PARTICIPANT,
                    _CONDITION,
                    Column("trial", "Trial", count),
                    Column("clip_id", "Clip", plain, numeric=False),
                    Column("response", "Answer", plain, numeric=False),
                    Column("time_to_choose", "Seconds", seconds),
                    Column("loops", "Loops", decimal),
                ),
                "tables/accidental_clicks.tsv",
            )
        )
    shown.append(
        page_table(
            "Timing of each session",
            _table(tables, "timing"),
            (
                Column("session", "Session", plain, numeric=False),
                _TRIALS,
                Column("dropped_frames", "Late flips", count),
                Column("dropped_share", "of all flips", percent),
                Column("refresh_hz", "Display, Hz", decimal),
                Column("interval_ms", "ms between flips", decimal),
                Column("interval_sd_ms", "SD, ms", decimal),
                Column("worst_interval_sd_ms", "Largest SD, ms", decimal),
                Column("early_presses", "Early presses", count),
                Column("response_source", "Presses timed by", plain, numeric=False),
                Column("input_changes", "Changes of that", plain, numeric=False),
                Column("resumed", "Resumed", count),
            ),
            "tables/timing.tsv",
        )
    )
    return tuple(shown)


def _table(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """A table that has no rows is not among them."""
    return tables.get(name, pd.DataFrame())


def _interval(text: Callable[[object], str]) -> Column:
    return Column("low", "95 % interval", text, high="high")
