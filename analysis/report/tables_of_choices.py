"""The page's tables of which action was taken for which: of all participants together, and of each."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.report.columns import ACTION, CONDITION, METHOD, PARTICIPANT, TRIALS, interval, table_named
from analysis.report.page_tables import Column, PageTable, count, decimal, page_table, percent, plain

_MEASURES = {"d_prime": "d′", "criterion": "criterion c", "bias": "bias"}
_MOST_SHOWN = 100
"""Of more participants the tables of each stand in their files alone: the page would grow by megabytes."""
_SHOWN = Column("action", "Shown", plain, numeric=False)
_ANSWERED = Column("response", "Answered", plain, numeric=False)
_PAIR = (
    _SHOWN,
    _ANSWERED,
    Column("count", "Trials", count),
    Column("share", "Share of the trials that showed it", percent),
    interval(percent),
)
_COUNTS = (
    Column("hits", "Hits", count),
    Column("signals", "of", count),
    Column("false_alarms", "False alarms", count),
    Column("noises", "of", count),
)


def choice_tables(tables: Mapping[str, pd.DataFrame], observers: int) -> tuple[PageTable, ...]:
    """Confusions, sensitivity, transmitted information; of each of the ``observers`` where they are few."""
    return (
        page_table(
            "Choices of all participants together",
            table_named(tables, "confusion"),
            (CONDITION, *_PAIR),
            "tables/confusion.tsv",
        ),
        _sensitivity(tables),
        _information(tables),
        *_of_each(tables, observers),
    )


def _sensitivity(tables: Mapping[str, pd.DataFrame]) -> PageTable:
    sensitivity = table_named(tables, "sensitivity")
    if len(sensitivity):
        names = sensitivity["measure"].map(lambda name: _MEASURES.get(name, name))
        sensitivity = sensitivity.assign(measure=names)
    return page_table(
        "How well each action is told from all others, all participants together",
        sensitivity,
        (
            CONDITION,
            ACTION,
            Column("measure", "Measure", plain, numeric=False),
            Column("value", "Value", decimal),
            interval(decimal),
            *_COUNTS,
        ),
        "tables/sensitivity.tsv",
    )


def _information(tables: Mapping[str, pd.DataFrame]) -> PageTable:
    return page_table(
        "Transmitted information",
        table_named(tables, "information"),
        (
            CONDITION,
            TRIALS,
            Column("bits", "Bits", decimal),
            interval(decimal),
            Column("possible", "Bits possible", decimal),
            METHOD,
        ),
        "tables/information.tsv",
    )


def _of_each(tables: Mapping[str, pd.DataFrame], observers: int) -> tuple[PageTable, PageTable]:
    titles = (
        "Choices of each participant, pairs that occurred",
        "How well each participant tells each action from all others",
    )
    files = ("tables/participant_confusion.tsv", "tables/participant_sensitivity.tsv")
    if observers > _MOST_SHOWN:
        first, second = (
            PageTable(
                title, (), (), file, f"of so many participants ({observers:,}) this table is in {file} only."
            )
            for title, file in zip(titles, files, strict=True)
        )
        return first, second
    pairs = table_named(tables, "participant_confusion")
    occurred = pairs[pairs["count"] > 0] if len(pairs) else pairs
    return (
        page_table(titles[0], occurred, (PARTICIPANT, CONDITION, *_PAIR), files[0]),
        page_table(
            titles[1],
            table_named(tables, "participant_sensitivity"),
            (
                PARTICIPANT,
                CONDITION,
                ACTION,
                Column("d_prime", "d′", decimal),
                interval(decimal),
                Column("criterion", "Criterion c", decimal),
                *_COUNTS,
            ),
            files[1],
        ),
    )
