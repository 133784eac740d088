"""The headline numbers with and without exclusions."""

from __future__ import annotations

import pandas as pd

from analysis.report.headline import beside, headline_table

CROSSED = "crossed bootstrap over participants and clips"


def numbers(*rows: tuple[str, float | None, str]) -> pd.DataFrame:
    """Name, value and method of numbers with an interval of 0.1 to both sides."""
    return pd.DataFrame(
        [
            (name, "UCF5", "share", value, value and value - 0.1, value and value + 0.1, method)
            for name, value, method in rows
        ],
        columns=["number", "condition", "unit", "value", "low", "high", "method"],
    ).astype({"value": float, "low": float, "high": float})


def test_two_intervals_found_in_different_ways_each_name_their_way() -> None:
    """Where exclusions leave one participant, or nothing, the interval of all is another kind of interval."""
    whole = numbers(("accuracy", 0.8, CROSSED), ("alike", 0.7, CROSSED), ("gone", 0.6, CROSSED))
    kept = numbers(("accuracy", 0.9, "Wilson over trials"), ("alike", 0.7, CROSSED))
    table = beside(whole, kept)
    assert list(table["all_method"]) == [CROSSED] * 3
    assert list(table["method"].fillna("none")) == ["Wilson over trials", CROSSED, "none"]
    said = [row[-1].text for row in headline_table(table, excluded=True).rows]
    assert said == [f"after exclusions: Wilson over trials; all: {CROSSED}", CROSSED, f"all: {CROSSED}"]


def test_without_exclusions_there_is_one_way() -> None:
    whole = numbers(("accuracy", 0.8, CROSSED))
    (row,) = headline_table(beside(whole, whole), excluded=False).rows
    assert row[-1].text == CROSSED
