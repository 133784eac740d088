"""The dictionary of an exported data set is made of the definitions that are written into it."""

from __future__ import annotations

from pathlib import Path

from analysis.export.columns import ELSEWHERE, TRIAL_COLUMNS
from analysis.export.data_dictionary import data_dictionary
from analysis.trial_row import COLUMNS


def test_the_page_in_the_documentation_is_current(repository: Path) -> None:
    page = (repository / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert page == data_dictionary()


def test_every_column_of_the_trial_table_is_exported_or_said_to_stand_elsewhere() -> None:
    exported = [column.source for column in TRIAL_COLUMNS]
    assert sorted([*exported, *ELSEWHERE]) == sorted(COLUMNS)


def test_units_are_those_that_the_names_of_the_trial_table_tell() -> None:
    told = {column.source: column.units for column in TRIAL_COLUMNS if column.source.endswith("_ms")}
    assert told == {"interval_ms": "ms", "interval_sd_ms": "ms"}
