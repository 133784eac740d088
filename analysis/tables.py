"""The trial table: one row per finished trial, the same columns for people, simulated ones and models.

As a file it is tab-separated UTF-8 with one header line and ``n/a`` for an empty field; times are in seconds.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from analysis.errors import AnalysisError
from analysis.menus import refuse_changed_menu, refuse_outside_menu
from analysis.probabilities import PREFIX, check_probabilities, probability_columns
from analysis.text_file import read_utf8
from analysis.trial_row import ADDED_LATER, ALLOWED, COLUMNS, FIELDS_OF, SCHEMA, TRIAL_KEY, TrialRow
from stimuli.durable import write_durably
from stimuli.errors import reason_of
from stimuli.tsv import EMPTY

__all__ = [
    "COLUMNS",
    "TRIAL_KEY",
    "TrialRow",
    "read_table",
    "table_bytes",
    "table_of",
    "table_of_texts",
    "tables_of",
    "write_file",
    "write_table",
]

_ANY_TEXT = "a text without tabs or other control characters"


def table_of(rows: Sequence[TrialRow], places: Sequence[str]) -> pd.DataFrame:
    """The checked table of ``rows``; ``places[i]`` says where row ``i`` came from (file and row).

    Raises
    ------
    AnalysisError
        Naming the place, the column, what was found and what is allowed.
    """
    return tables_of([(rows, places)])[0]


def tables_of(parts: Sequence[tuple[Sequence[TrialRow], Sequence[str]]]) -> tuple[pd.DataFrame, ...]:
    """The checked tables of several rows with their places, as ``table_of`` makes one.

    One check of all of them takes a fifth of the time of one for each. A trial may stand in several tables.
    """
    places = [place for _, of_part in parts for place in of_part]
    ends = np.cumsum([0, *(len(rows) for rows, _ in parts)])
    content = [FIELDS_OF(row) for rows, _ in parts for row in rows]
    table = _check_columns(pd.DataFrame(content, columns=list(COLUMNS), dtype=object), places)
    tables = tuple(table.iloc[start:end].reset_index(drop=True) for start, end in pairwise(ends))
    _check_rows(table, places)
    for part, (_, of_part) in zip(tables, parts, strict=True):
        _refuse_repetition(part, of_part)
    try:
        _refuse_contradictions(table, places)
    except AnalysisError:
        # Tables may contradict each other, as not all may be analysed; each has to agree with itself.
        for part, (_, of_part) in zip(tables, parts, strict=True):
            _refuse_contradictions(part, of_part)
    return tables


def read_table(path: Path) -> pd.DataFrame:
    """Read and check a trial table.

    A table written before a column existed lacks it: it is read as one without attention checks and second
    rounds, and with ``n/a`` for what nobody counted then. Columns ``p_<Action>`` of
    models come last, as numbers.

    Raises
    ------
    AnalysisError
        Where the file cannot be read or is no trial table; names file, line and column.
    """
    try:
        text = read_utf8(path)
        _check_fields(text)
        table = pd.read_csv(
            io.StringIO(text), sep="\t", dtype="string", keep_default_na=False, na_values=[EMPTY]
        )
    except (AnalysisError, ValueError) as error:
        reason = str(error).strip().splitlines()[0].removeprefix(str(path)).lstrip(", ")
        raise AnalysisError(f"{path}: this is no trial table that can be read ({reason})") from error
    places = [f"{path}, line {number}" for number in range(2, len(table) + 2)]
    return table_of_texts(table, places, str(path))


def table_of_texts(table: pd.DataFrame, places: Sequence[str], file: str) -> pd.DataFrame:
    """The checked table of a ``table`` of texts with missing values, as ``read_table`` reads it.

    Raises
    ------
    AnalysisError
        Naming the place, the column, what was found and what is allowed.
    """
    for name in ADDED_LATER.keys() - set(table.columns):
        empty = ADDED_LATER[name] is None
        table[name] = pd.Series(pd.NA if empty else str(ADDED_LATER[name]), index=table.index, dtype="string")
    checked = _check_columns(table, places, file=file)
    _check_rows(checked, places)
    _refuse_repetition(checked, places)
    _refuse_contradictions(checked, places)
    return checked


def _check_fields(text: str) -> None:
    """Refuse a column that stands there twice, and lines that are cut off or run on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
    try:
        header = next(reader, [])
        if twice := [name for name in dict.fromkeys(header) if header.count(name) > 1]:
            raise AnalysisError(f"the column {', '.join(twice)} stands there twice; leave one out")
        for fields in reader:
            if fields and len(fields) != len(header):
                raise AnalysisError(
                    f"line {reader.line_num}: found {len(fields)} fields, and the header has {len(header)}; "
                    f"mend the line"
                )
    except csv.Error as error:
        raise AnalysisError(f"line {reader.line_num}: {error}") from error


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write any table in the form of this project's files; an existing file is replaced whole or not at all.

    Raises
    ------
    AnalysisError
        Where the file cannot be written.
    """
    write_file(path, table_bytes(table))


def table_bytes(table: pd.DataFrame) -> bytes:
    """A table as tab-separated UTF-8 with ``n/a`` for empty; reading gives every number back exactly."""
    return table.to_csv(sep="\t", index=False, na_rep=EMPTY, lineterminator="\n").encode()


def write_file(path: Path, content: bytes) -> None:
    """Write a file, and make its folder where there is none; it is whole or as it was, also after a kill.

    Raises
    ------
    AnalysisError
        Where the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, content)
    except OSError as error:
        raise AnalysisError(f"{path} could not be written ({reason_of(error)})") from error


def _check_columns(table: pd.DataFrame, places: Sequence[str], file: str = "the trial table") -> pd.DataFrame:
    _refuse_other_separators(table, file)
    missing = [name for name in COLUMNS if name not in table.columns]
    of_models = list(probability_columns(table))
    unknown = [str(name) for name in table.columns if name not in (*COLUMNS, *of_models)]
    if missing or unknown:
        found = [f"without {', '.join(missing)}"] if missing else []
        found += [f"with the unknown column {', '.join(unknown)}"] if unknown else []
        raise AnalysisError(
            f"{file}: a trial table has the columns {', '.join(COLUMNS)}, and for models one "
            f"{PREFIX}<Action> for every action; this one is {' and '.join(found)}"
        )
    try:
        checked = SCHEMA.validate(table[list(COLUMNS)].reset_index(drop=True), lazy=True)
    except pa.errors.SchemaErrors as errors:
        raise AnalysisError(_sentence(errors.failure_cases, table, places)) from errors
    _refuse_other_words_for_empty(checked, table, places)
    if not of_models:
        return checked
    return check_probabilities(pd.concat([checked, table[of_models].reset_index(drop=True)], axis=1), places)


def _refuse_other_separators(table: pd.DataFrame, file: str) -> None:
    """A spreadsheet program may have put commas where the tabs were: then all names are one."""
    header = str(table.columns[0]) if len(table.columns) else ""
    for character, name in ((",", "commas"), (";", "semicolons")):
        if header.count(character) > 1:
            raise AnalysisError(
                f"{file}, line 1: the columns are separated by {name}; a trial table has tabs between them, "
                f"so save it as tab-separated text"
            )


def _refuse_other_words_for_empty(checked: pd.DataFrame, table: pd.DataFrame, places: Sequence[str]) -> None:
    """A text like ``nan`` turns into a missing number without a fault: it may stand for a broken sum."""
    given = table[list(COLUMNS)].reset_index(drop=True)
    lost = (checked.isna() & given.notna()).to_numpy()
    if lost.any():
        row, column = (int(place) for place in np.argwhere(lost)[0])
        name = COLUMNS[column]
        raise AnalysisError(
            f"{places[row]}: {name} is {given[name].iloc[row]!r}; allowed is {ALLOWED.get(name, _ANY_TEXT)}"
        )


def _sentence(failures: pd.DataFrame, table: pd.DataFrame, places: Sequence[str]) -> str:
    # Of a column that could not be converted, every value fails the other checks too: name the culprits.
    of_conversion = failures["check"].astype(str).str.startswith("coerce_dtype")
    unconverted = failures["column"].isin(failures[of_conversion]["column"])
    culprits = failures[of_conversion | ~unconverted]
    cells = culprits.dropna(subset=["index"]).drop_duplicates(["index", "column"])
    if cells.empty:
        # One by one, all values are numbers to Python, which reads 1_000 as one; to a column it is none.
        column = str(failures["column"].iloc[0])
        row = int(pd.to_numeric(table[column], errors="coerce").isna().to_numpy().argmax())
    else:
        first = cells.sort_values("index", kind="stable").iloc[0]
        row, column = int(first["index"]), str(first["column"])
    value = table[column].iloc[row]
    found = EMPTY if pd.isna(value) else repr(value)
    more = f" ({len(cells) - 1} more fields are wrong)" if len(cells) > 1 else ""
    return f"{places[row]}: {column} is {found}; allowed is {ALLOWED.get(column, _ANY_TEXT)}{more}"


def _check_rows(table: pd.DataFrame, places: Sequence[str]) -> None:
    said = table["correct"] == 1
    wrong = said != (table["response"] == table["action"]).fillna(False)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        line = table.iloc[row]
        response = EMPTY if pd.isna(line["response"]) else line["response"]
        raise AnalysisError(
            f"{places[row]}: correct is {line['correct']}, but the action is {line['action']} and the "
            f"response {response}; correct is 1 where the two are the same, else 0"
        )
    untimely = table["response"].isna() & table["time_to_choose"].notna()
    if untimely.any():
        row = int(untimely.to_numpy().argmax())
        raise AnalysisError(
            f"{places[row]}: time_to_choose is {table['time_to_choose'].iloc[row]}, but there is no "
            f"response; both are {EMPTY} where a time limit ended the trial"
        )
    refuse_outside_menu(table, places)


def _refuse_contradictions(table: pd.DataFrame, places: Sequence[str]) -> None:
    """Of rows with each other, about what they all show and offer."""
    _refuse_two_actions(table, places)
    refuse_changed_menu(table, places)


def _refuse_repetition(table: pd.DataFrame, places: Sequence[str]) -> None:
    twice = table.duplicated(TRIAL_KEY)
    if twice.any():
        row = int(twice.to_numpy().argmax())
        line = table.iloc[row]
        raise AnalysisError(
            f"{places[row]}: trial {line['trial']} ({line['clip_id']}) of {line['observer']}, session "
            f"{line['session']}, stands in the table twice; each trial has one row"
        )


def _refuse_two_actions(table: pd.DataFrame, places: Sequence[str]) -> None:
    pairs = table[["clip_id", "action"]].drop_duplicates()
    twice = pairs["clip_id"].duplicated()
    if twice.any():
        row = int(twice.idxmax())
        clip, action = pairs.loc[row]
        first = int((pairs["clip_id"] == clip).idxmax())
        raise AnalysisError(
            f"{places[row]}: the action of {clip} is {action}, but in {places[first]} it is "
            f"{pairs.loc[first, 'action']}; a clip shows one action"
        )
