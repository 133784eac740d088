"""What files show as it is counts among what others may know, or is told."""

from __future__ import annotations

import pandas as pd

from analysis.export.disclosure.circumstances import shared_circumstances


def held(**columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        columns, index=[f"label{number}" for number in range(len(next(iter(columns.values()))))]
    )


def test_what_is_the_same_for_everybody_says_nothing() -> None:
    found = shared_circumstances(held(display=["a"] * 6), 3)
    assert (found.names, found.told) == ((), ())


def test_what_enough_people_share_counts_among_the_quasi_identifiers() -> None:
    found = shared_circumstances(held(sessions=["1", "1", "1", "2", "2", "2"], display=["a"] * 6), 3)
    assert found.names == ("sessions",)
    assert found.told == ()


def test_what_singles_somebody_out_is_told() -> None:
    found = shared_circumstances(held(sessions=["1"] * 5 + ["2"]), 3)
    assert found.names == ()
    assert found.told == (
        (
            "1 participant shares their sessions with fewer than 2 others: whoever knows it of somebody may "
            "find their rows."
        ),
    )


def test_what_singles_out_only_together_is_told_so() -> None:
    found = shared_circumstances(
        held(sessions=["1", "1", "1", "2", "2", "2"], input=["key", "key", "key", "key", "touch", "touch"]), 2
    )
    assert found.names == ("sessions",)
    assert "input together with sessions" in found.told[0]
