"""``docs/data-dictionary.md``, made of the definitions that the sidecars of a data set are made of.

python -m analysis.export.data_dictionary docs/data-dictionary.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel

from analysis.export.aggregate_columns import AGGREGATE_COLUMNS
from analysis.export.aggregates import FOLDER as AGGREGATES
from analysis.export.aggregates import QUESTIONNAIRE, TABLES
from analysis.export.columns import (
    ELSEWHERE,
    PARTICIPANT_COLUMNS,
    REMARK_COLUMNS,
    STIMULUS_COLUMNS,
    TRIAL_COLUMNS,
    ColumnDefinition,
)
from analysis.export.protocol_description import FOLDER as PROTOCOLS
from analysis.export.sidecars import SessionSidecar, StimulusPresentation, TaskSidecar

_HEAD = """\
# Data dictionary of an exported data set

This page is generated from the definitions that `python -m analysis export` writes into the data set itself;
do not edit it. After a change of `columns.py`, `sidecars.py`, `aggregates.py` or `aggregate_columns.py` in
`analysis/export`:

```sh
.venv/bin/python -m analysis.export.data_dictionary docs/data-dictionary.md
```

Tables are tab-separated UTF-8 with one header line and `n/a` for empty. Times are in seconds, onsets from the
first trial of the session. How a data set is made stands in `export.md`, the trial table that is read back in
`analysis-data.md`.
"""
_QUESTIONNAIRE = """\
One row per participant whose protocol has a questionnaire; answers in second sessions stand in
`questionnaire_ses02.tsv`, and so on. The columns are `participant_id` and the questions of the protocol that
are not free texts, by their names. Questions that had to be left out whole are no columns. Of every question
the file `.json` beside the table says:

| field | what it is |
|---|---|
| `LongName` | the question as it was asked |
| `Levels` | every answer in the table, and the options that it stands for |
| `Page` | heading of the page that it stood on |
| `Role` | `quasi_identifier`, `sensitive` or `rating`, as the protocol declares it |
| `Changed` | what was done to the answers |
"""
_PROTOCOL = """\
The protocol that was run: `name`, `title`, `conditions`, `test_items`, `actions` with their labels, and
`phases` in their order with their numbers of trials, rules, texts and questions; texts by language.
"""


def data_dictionary() -> str:
    """The page as Markdown."""
    return "\n".join(_sections())


def _sections() -> Iterator[str]:
    yield _HEAD
    yield "## participants.tsv\n"
    yield _columns(PARTICIPANT_COLUMNS)
    yield "## sub-*/[ses-*/]beh/*_task-<condition><phase>_beh.tsv\n"
    yield "One row per finished trial of one phase, in the order shown. Described in `task-*_beh.json`.\n"
    yield _columns(TRIAL_COLUMNS, with_source=True)
    yield "What the trial table has beside these columns stands elsewhere:\n"
    yield _table(("trial table", "where"), [(f"`{name}`", where) for name, where in ELSEWHERE.items()])
    yield "### task-<condition><phase>_beh.json\n"
    yield "Beside the columns:\n"
    yield _fields(TaskSidecar)
    yield "### *_beh.json beside each table\n"
    yield "The same in all files of a session:\n"
    yield _fields(SessionSidecar)
    yield "`StimulusPresentation` holds:\n"
    yield _fields(StimulusPresentation)
    yield "## phenotype/questionnaire.tsv\n"
    yield _QUESTIONNAIRE
    yield "## phenotype/remarks.tsv\n"
    yield "Only with `--remarks`.\n"
    yield _columns(REMARK_COLUMNS)
    yield "## stimuli/stimuli.tsv\n"
    yield "One row per clip that the trials of the protocols show.\n"
    yield _columns(STIMULUS_COLUMNS)
    yield f"## {PROTOCOLS}/*.json\n"
    yield _PROTOCOL
    yield f"## {AGGREGATES}/*.tsv\n"
    yield "Instead of all tables of participants and trials, where group figures alone are exported.\n"
    tables = [(f"`{each.name}`", each.description) for each in (*TABLES, QUESTIONNAIRE)]
    yield _table(("table", "what it holds"), tables)
    yield "Each has some of these columns:\n"
    yield _columns(tuple(AGGREGATE_COLUMNS.values()))


def _columns(columns: Sequence[ColumnDefinition], *, with_source: bool = False) -> str:
    head = ("column", "long name", "what it is", "unit", *(("in the trial table",) if with_source else ()))
    return _table(
        head,
        [
            (
                f"`{column.name}`",
                column.long_name,
                column.description + _levels(column),
                column.units,
                *((f"`{column.source}`",) if with_source else ()),
            )
            for column in columns
        ],
    )


def _levels(column: ColumnDefinition) -> str:
    told = "; ".join(f"`{value}`: {meaning}" for value, meaning in column.levels.items())
    return f" {told}." if told else ""


def _fields(model: type[BaseModel]) -> str:
    return _table(
        ("field", "what it is"),
        [(f"`{field.alias or name}`", field.description or "") for name, field in model.model_fields.items()],
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(data_dictionary(), encoding="utf-8")
