"""The headline numbers, of all participants and of those who are left after the exclusions."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import pandas as pd

from analysis.measures.choice_times import ALL, TOO_FEW
from analysis.report import page_tables as write
from analysis.report.page_tables import Cell, Column, PageTable
from analysis.summary import ConditionSummary

FILE = "tables/headline.tsv"
_WRITERS = {
    "count": write.count,
    "share": write.percent,
    "points": write.points,
    "seconds": write.seconds,
}
_UNITS = {"points": " points", "seconds": " s"}


def headline(
    conditions: Sequence[ConditionSummary], drops: Sequence[pd.DataFrame], observers: int
) -> pd.DataFrame:
    """``number`` (what it is), ``condition``, ``unit`` (``count``, ``share``, ``points``: a difference of
    shares, ``seconds``), ``value``, ``low``, ``high``, ``method``.
    """
    trials = sum(len(summary.trials) for summary in conditions)
    rows: list[tuple[object, ...]] = [
        ("participants", None, "count", observers, None, None, "counted"),
        ("test trials", None, "count", trials, None, None, "counted"),
    ]
    for summary in conditions:
        row = summary.accuracy.iloc[0]
        rows.append(
            ("accuracy", summary.condition, "share", row["accuracy"], row["low"], row["high"], row["method"])
        )
    for drop in drops:
        row = drop.iloc[0]
        pair = f"{row['first']} to {row['second']}"
        rows.append(("drop", pair, "points", row["drop"], row["low"], row["high"], row["method"]))
    for summary in conditions:
        for outcome, name in (
            (ALL, "median time"),
            ("correct", "median time, right"),
            ("wrong", "median time, wrong"),
        ):
            times = summary.choice_times
            row = times[(times["action"] == ALL) & (times["outcome"] == outcome)].iloc[0]
            low, high, method = row["low"], row["high"], str(row["method"])
            # The table of times says this also of bounds of the quartiles, which are not here.
            method = method.removesuffix(TOO_FEW) if pd.notna(low) and pd.notna(high) else method
            rows.append((name, summary.condition, "seconds", row["median"], low, high, method))
    columns = ["number", "condition", "unit", "value", "low", "high", "method"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=columns).astype(
        {"value": "float64", "low": "float64", "high": "float64"}
    )
    return table


def beside(all_of_them: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """Both in one table: ``value``, ``low``, ``high``, ``method`` with exclusions, and ``all_value``,
    ``all_low``, ``all_high``, ``all_method`` without. ``value`` is empty where nothing is left.
    """
    keys = ["number", "condition", "unit"]
    without = all_of_them.rename(columns=lambda name: name if name in keys else f"all_{name}")
    joined = without.merge(kept, on=keys, how="left", sort=False)
    measured = ["value", "low", "high", "all_value", "all_low", "all_high", "method", "all_method"]
    table: pd.DataFrame = joined[[*keys, *measured]]
    return table


def headline_table(table: pd.DataFrame, *, excluded: bool) -> PageTable:
    """For the page; with two columns of numbers where something was ``excluded``."""
    heads = [
        Column("number", "Number", write.plain, numeric=False),
        Column("condition", "Condition", write.plain, numeric=False),
        Column("value", "After exclusions" if excluded else "Value", write.plain),
        Column("low", "95 % interval", write.plain),
    ]
    if excluded:
        heads += [Column("all_value", "All", write.plain), Column("all_low", "95 % interval", write.plain)]
    heads.append(Column("method", "Interval by", write.plain, numeric=False))
    rows = []
    for record in table.to_dict("records"):
        unit = str(record["unit"])
        cells = [_words(record["number"]), _words(record["condition"], empty="")]
        for prefix in ("", "all_") if excluded else ("",):
            cells.append(_number(record[f"{prefix}value"], unit))
            cells.append(_interval(record[f"{prefix}low"], record[f"{prefix}high"], unit))
        rows.append((*cells, _words(_found_by(record, excluded=excluded))))
    return PageTable("", tuple(heads), tuple(rows), FILE)


def _found_by(record: Mapping[Hashable, object], *, excluded: bool) -> str:
    """How an interval was found; how each was, where the two in a row were found in different ways."""
    if record["unit"] == "count":
        return ""
    kept, whole = (write.method(record[name]) for name in ("method", "all_method"))
    if not excluded or kept == whole:
        return kept
    if write.is_missing(record["method"]):
        return f"all: {whole}"
    return f"after exclusions: {kept}; all: {whole}"


def _number(value: object, unit: str) -> Cell:
    text = _WRITERS[unit](value)
    return Cell(text + _UNITS.get(unit, "") * (text != write.NOTHING), _value(value), numeric=True)


def _interval(low: object, high: object, unit: str) -> Cell:
    texts = [_WRITERS[unit](bound) for bound in (low, high)]
    text = "" if unit == "count" else write.NOTHING if write.NOTHING in texts else " to ".join(texts)
    return Cell(text, _value(low), numeric=True)


def _words(text: object, empty: str = write.NOTHING) -> Cell:
    shown = empty if write.is_missing(text) else str(text)
    return Cell(shown, shown, numeric=False)


def _value(value: object) -> str:
    return "" if write.is_missing(value) else str(value)
