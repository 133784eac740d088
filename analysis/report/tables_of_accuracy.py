"""The page's tables of accuracy: of conditions, participants and clips, and of the mixed model."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.report.columns import (
    ACCURACY,
    CONDITION,
    METHOD,
    PARTICIPANT,
    PARTICIPANTS,
    RIGHT,
    TRIALS,
    interval,
    table_named,
)
from analysis.report.findings import Findings
from analysis.report.page_tables import Column, PageTable, decimal, page_table, percent, plain, seconds


def within_table(tables: Mapping[str, pd.DataFrame]) -> PageTable:
    """Means of the conditions with intervals for comparing them within participants; empty without any."""
    means = table_named(tables, "within_participants")
    return page_table(
        "Conditions compared within participants",
        means[means["low"].notna()] if len(means) else means,
        (CONDITION, PARTICIPANTS, Column("mean", "Mean accuracy", percent), interval(percent), METHOD),
        "tables/within_participants.tsv",
    )


def mixed_table(tables: Mapping[str, pd.DataFrame]) -> PageTable:
    """The accuracy of the mixed model beside that of the bootstrap; empty where there is no model."""
    if not table_named(tables, "mixed_model").filter(["accuracy"]).notna().any(axis=None):
        return page_table("A mixed model beside the bootstrap", pd.DataFrame(), ())
    beside = table_named(tables, "mixed_model").merge(
        table_named(tables, "mixed_model_beside_bootstrap").drop(columns="method"),
        on="condition",
        suffixes=("_model", ""),
    )
    return page_table(
        "A mixed model beside the bootstrap",
        beside,
        (
            CONDITION,
            Column("bootstrap", "Accuracy", percent),
            interval(percent),
            Column("accuracy", "Mixed model", percent),
            Column("low_model", "Its interval (too narrow)", percent, high="high_model"),
            Column("sd_observers", "SD of participants, log-odds", decimal),
            Column("sd_clips", "SD of clips, log-odds", decimal),
        ),
        "tables/mixed_model_beside_bootstrap.tsv",
    )


def people_tables(findings: Findings) -> tuple[PageTable, ...]:
    """The accuracy of each participant, a table for each condition."""
    columns = (PARTICIPANT, TRIALS, RIGHT, ACCURACY, interval(percent))
    return tuple(
        page_table(
            f"{summary.heading}: accuracy of each participant, Wilson intervals",
            summary.accuracy_by_observer.sort_values("observer"),
            columns,
            "tables/accuracy.tsv",
        )
        for summary in findings.conditions
    )


def clip_tables(findings: Findings) -> tuple[PageTable, ...]:
    """All clips, a table for each condition."""
    clips = findings.study.clips
    columns = (
        Column("clip_id", "Clip", plain, numeric=False),
        TRIALS,
        RIGHT,
        ACCURACY,
        interval(percent),
        Column("median_time", "Median seconds", seconds),
        Column("wrong_response", "Most often taken for", plain, numeric=False),
    )
    return tuple(
        page_table(
            f"{summary.heading}: all clips, the hardest first",
            clips[clips["condition"] == summary.condition],
            columns,
            "tables/clips.tsv",
        )
        for summary in findings.conditions
    )
