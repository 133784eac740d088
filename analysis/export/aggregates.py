"""Group figures instead of rows: what is published where there are too few participants, or on request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import pandas as pd

from analysis.collection import Collection
from analysis.export.aggregate_columns import AGGREGATE_COLUMNS
from analysis.export.json_text import json_bytes
from analysis.measures.choice_times import ALL, TOO_FEW
from analysis.report.findings import Findings, gather
from analysis.report.result_tables import result_tables
from analysis.tables import table_bytes
from experiment.records import ItemRole

FOLDER = "derivatives/aggregates"


@dataclass(frozen=True)
class AggregateTable:
    """A table of the report that holds figures of the group, what it is about, and its columns of seconds."""

    name: str
    description: str
    times: tuple[str, ...] = ()


TABLES = (
    AggregateTable("accuracy", "Share of right answers in the test, per condition and action."),
    AggregateTable("accuracy_drop", "Difference of accuracy between conditions, participants in both."),
    AggregateTable("confusion", "How often each action was chosen when each was shown."),
    AggregateTable("sensitivity", "Sensitivity (d') and bias per condition and action."),
    AggregateTable("information", "Transmitted information per condition, in bits."),
    AggregateTable(
        "choice_times",
        "Median and quartiles of the time to choose, per condition and action.",
        ("median", "q1", "q3", "low", "high"),
    ),
    AggregateTable("learning_slopes", "Change of accuracy over the trials of a test."),
    AggregateTable(
        "time_differences",
        "Differences of times: right less wrong, training less test.",
        ("difference", "low", "high"),
    ),
)
"""Tables of the report that say nothing of single participants or of single trials."""

QUESTIONNAIRE = AggregateTable(
    "questionnaire",
    "How often each answer was given; questions with an answer of too few participants are left out.",
)
TIMED_PARTICIPANTS, TIMED_TRIALS = 10, 20
"""Times are published from so many on, whatever ``min_group`` is.

A quantile is the time of one trial, or lies between two: from the quartiles of three trials all three times
follow. Ten units behind every figure is the rule of thumb of statistical disclosure control (Brandt et al.
2010, Guidelines for the checking of output based on microdata research); of twenty trials, five lie beyond a
quartile.
"""
_DIGITS = 4
"""After the point, of all but times."""
_TIME_DIGITS = 1
"""Of times, in seconds: a tenth of a second is the time of many trials."""


def aggregate_files(collection: Collection, min_group: int) -> dict[str, bytes]:
    """Path in the data set -> content: the report's own tables of the group, and counts of answers.

    The measures are those of the report without exclusions, to four digits after the point. Rows that rest on
    fewer than ``min_group`` participants, or on fewer trials, are left out; where there are fewer
    participants at all, those that do not rest on everybody. Columns that are not defined are, too. Of times,
    rows need ``TIMED_PARTICIPANTS`` and ``TIMED_TRIALS``, and are rounded to a tenth of a second.

    Raises
    ------
    AnalysisError
        Where there is no test trial.
    """
    findings = gather(collection)
    tables = result_tables(findings)
    behind = _participants_behind(pd.concat([summary.trials for summary in findings.conditions]))
    files: dict[str, bytes] = {}
    for chosen in TABLES:
        if chosen.name in tables:
            fewest = min(min_group, findings.observers)
            files |= _files(chosen, _of_the_group(tables[chosen.name], chosen.times, behind, fewest))
    return files | _files(QUESTIONNAIRE, _shared_answers(findings, min_group))


def numeric_columns(files: Mapping[str, bytes]) -> frozenset[str]:
    """The columns of numbers of the tables of group figures among ``files``."""
    numeric: set[str] = set()
    for name, content in files.items():
        if name.startswith(FOLDER) and name.endswith(".tsv"):
            table = pd.read_csv(BytesIO(content), sep="\t")
            numeric |= set(table.select_dtypes("number").columns)
    return frozenset(numeric)


def _participants_behind(trials: pd.DataFrame) -> pd.Series[int]:
    """How many participants have test trials, by condition, action and outcome, each of these also ``all``.

    Of right and wrong answers those count that were timed, as in the table of times.
    """
    timed = trials.dropna(subset=["time_to_choose"])
    by_outcome = timed.assign(outcome=timed["correct"].map({1: "correct", 0: "wrong"}))
    rows = pd.concat([trials.assign(outcome=ALL), by_outcome])
    rows = pd.concat([rows.assign(action=ALL), rows]).astype({"condition": object, "action": object})
    counted: pd.Series[int] = rows.groupby(["condition", "action", "outcome"])["observer"].nunique()
    return counted


def _of_the_group(
    table: pd.DataFrame, times: Sequence[str], behind: pd.Series[int], fewest: int
) -> pd.DataFrame:
    participants = max(fewest, TIMED_PARTICIPANTS) if times else fewest
    needed = {"observers": participants, "trials": max(fewest, TIMED_TRIALS) if times else fewest}
    if "observer" in table:
        table = table[table["observer"] == ALL]
    for counted, number in needed.items():
        if counted in table:
            table = table[table[counted] >= number]
    if "observers" not in table:
        cells = pd.MultiIndex.from_arrays(
            [
                table[name].astype(object) if name in table else [ALL] * len(table)
                for name in behind.index.names
            ]
        )
        table = table[behind.reindex(cells, fill_value=0).to_numpy() >= participants]
    if times:
        # Bounds of quartiles, of which the method speaks, too, come near the extreme times and are left out.
        told = table[["low", "high"]].notna().all(axis="columns")
        table = table.assign(method=table["method"].mask(told, table["method"].str.removesuffix(TOO_FEW)))
    rounded: pd.DataFrame = table.round(_DIGITS).round(dict.fromkeys(times, _TIME_DIGITS))
    return rounded


def _shared_answers(findings: Findings, min_group: int) -> pd.DataFrame:
    """Questions whose every answer was given by enough: a count withheld alone could be told by the rest."""
    answers = findings.answers
    if answers.empty:
        return answers
    public: tuple[ItemRole, ...] = ("rating", "quasi_identifier")
    fewest = answers["chosen"].where(answers["chosen"] > 0).groupby(answers["item"]).transform("min")
    unanswered = answers["asked"] - answers["answered"]
    shared = (fewest >= min_group) & ((unanswered == 0) | (unanswered >= min_group))
    kept: pd.DataFrame = answers[shared & answers["role"].isin(public)]
    return kept


def _files(chosen: AggregateTable, table: pd.DataFrame) -> dict[str, bytes]:
    """The table and its sidecar; none where nothing is left of it."""
    if table.empty:
        return {}
    names = [str(name) for name in table.columns if name in AGGREGATE_COLUMNS]
    described: dict[str, object] = {name: AGGREGATE_COLUMNS[name].sidecar for name in names}
    return {
        f"{FOLDER}/{chosen.name}.tsv": table_bytes(table[names]),
        f"{FOLDER}/{chosen.name}.json": json_bytes({"Description": chosen.description, **described}),
    }
