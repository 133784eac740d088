"""Which of the tables the page shows, by section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.report.columns import table_named
from analysis.report.decision_exhibits import decision_page_tables
from analysis.report.findings import Findings
from analysis.report.headline import headline_table
from analysis.report.page_tables import PageTable
from analysis.report.tables_of_accuracy import clip_tables, mixed_table, people_tables, within_table
from analysis.report.tables_of_choices import choice_tables
from analysis.report.tables_of_quality import exclusion_tables, quality_tables
from analysis.report.tables_of_times import course_tables, time_tables


@dataclass(frozen=True)
class ShownTables:
    """The tables of the page by the section they stand in."""

    headline: PageTable
    within: PageTable
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
        headline=headline_table(table_named(tables, "headline"), excluded=findings.excluded_something),
        within=within_table(tables),
        mixed=mixed_table(tables),
        people=people_tables(findings),
        choices=choice_tables(tables, findings.observers),
        times=(*time_tables(tables), *decision_page_tables(findings.decisions)),
        course=course_tables(tables),
        clips=clip_tables(findings),
        exclusions=exclusion_tables(tables),
        quality=quality_tables(tables),
    )
