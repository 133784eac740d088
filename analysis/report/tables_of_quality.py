"""The page's tables of exclusions, of accidental clicks, and of how well the sessions were shown."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.report.columns import CONDITION, PARTICIPANT, TRIALS, table_named
from analysis.report.page_tables import Column, PageTable, count, decimal, page_table, percent, plain, seconds

_SESSION = Column("session", "Session", plain, numeric=False)


def exclusion_tables(tables: Mapping[str, pd.DataFrame]) -> tuple[PageTable, ...]:
    """What each rule removed, and whom."""
    flow = page_table(
        "What each rule removed",
        table_named(tables, "exclusions"),
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
        table_named(tables, "excluded_participants"),
        (
            PARTICIPANT,
            Column("step", "Step", count),
            Column("rule", "Rule", plain, numeric=False),
            Column("found", "Found", plain, numeric=False),
        ),
        "tables/excluded_participants.tsv",
    )
    return flow, people


def quality_tables(tables: Mapping[str, pd.DataFrame]) -> tuple[PageTable, ...]:
    """Accidental clicks where there are any; late flips and presses of each session."""
    return (*_accidental(tables), _timing(tables), _presses(tables))


def _accidental(tables: Mapping[str, pd.DataFrame]) -> tuple[PageTable, ...]:
    if "accidental_clicks" not in tables:
        return ()
    columns = (
        PARTICIPANT,
        CONDITION,
        Column("trial", "Trial", count),
        Column("clip_id", "Clip", plain, numeric=False),
        Column("response", "Answer", plain, numeric=False),
        Column("time_to_choose", "Seconds", seconds),
        Column("loops", "Loops", decimal),
    )
    title = "Answers that look like accidental clicks (flagged, not removed)"
    return (page_table(title, tables["accidental_clicks"], columns, "tables/accidental_clicks.tsv"),)


def _timing(tables: Mapping[str, pd.DataFrame]) -> PageTable:
    columns = (
        Column("dropped_frames", "Late flips", count),
        Column("dropped_share", "of all flips", percent),
        Column("refresh_hz", "Display, Hz", decimal),
        Column("interval_ms", "ms between flips", decimal),
        Column("interval_sd_ms", "SD, ms", decimal),
        Column("worst_interval_sd_ms", "Largest SD, ms", decimal),
    )
    return _of_sessions("Display of each session: late flips, and the time between flips", tables, columns)


def _presses(tables: Mapping[str, pd.DataFrame]) -> PageTable:
    columns = (
        Column("early_presses", "Before the clip", count),
        Column("too_soon_presses", "Within the minimum viewing time", count),
        Column("response_source", "Presses timed by", plain, numeric=False),
        Column("input_changes", "Changes of that", plain, numeric=False),
        Column("resumed", "Resumed", count),
        Column("longest_gap_s", "Longest gap, s", decimal),
    )
    return _of_sessions("Presses and interruptions of each session", tables, columns)


def _of_sessions(title: str, tables: Mapping[str, pd.DataFrame], columns: tuple[Column, ...]) -> PageTable:
    """A table of what is known of the sessions; where nothing is, it says so."""
    timing, file = table_named(tables, "timing"), "tables/timing.tsv"
    if not timing[[column.name for column in columns]].notna().any(axis=None):
        return PageTable(title, (), (), file, "the data say nothing of it.")
    return page_table(title, timing, (_SESSION, TRIALS, *columns), file)
