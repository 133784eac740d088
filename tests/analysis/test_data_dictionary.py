"""The document on data names what there is: columns, forms and rules."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from analysis.exclusions.rules import AnyRule, read_rules
from analysis.formats import DataFormat
from analysis.formats.ilic2022 import COLUMNS as PUBLISHED
from analysis.formats.model_vs_human import COLUMNS as PICTURES
from analysis.tables import COLUMNS

COMMON = {"rule", "level", "more_than_share", "phases", "conditions"}


@pytest.fixture(scope="module")
def document(repository: Path) -> str:
    return (repository / "docs" / "analysis-data.md").read_text(encoding="utf-8")


def rows_below(document: str, heading: str) -> list[tuple[str, ...]]:
    """The rows of the tables from a heading to the next of any kind."""
    section = re.split(r"^#+ ", document.partition(heading)[2], flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


def test_the_data_dictionary_has_every_column_in_its_order(document: str) -> None:
    rows = rows_below(document, "## The trial table\n")
    assert tuple(column.strip("`") for column, _ in rows) == COLUMNS


def test_every_form_is_named_with_its_columns(document: str) -> None:
    forms = [form.strip("`") for form, _ in rows_below(document, "## Forms\n")[1:]]
    assert forms == list(get_args(DataFormat))
    flat = " ".join(document.split())
    for columns in (PUBLISHED, PICTURES):
        assert f"Columns: `{', '.join(columns)}`" in flat


def test_every_rule_is_named_with_its_fields(document: str) -> None:
    described = {rule.strip("`"): fields for rule, _, fields in rows_below(document, "## Exclusions\n")}
    union = get_args(get_args(AnyRule)[0])
    names = {get_args(rule.model_fields["rule"].annotation)[0]: rule for rule in union}
    assert described.keys() == names.keys()
    for name, rule in names.items():
        own = set(re.findall(r"`(\w+)`", described[name]))
        assert own == set(rule.model_fields) - COMMON, name


def test_the_example_is_a_file_of_rules(document: str, tmp_path: Path) -> None:
    example = document.partition("```yaml\n")[2].partition("```")[0]
    assert len(yaml.safe_load(example)["rules"]) == 3
    (tmp_path / "rules.yaml").write_text(example, encoding="utf-8")
    assert [rule.level for rule in read_rules(tmp_path / "rules.yaml").rules] == [
        "trial",
        "participant",
        "participant",
    ]
