"""A trial table, as ``analysis trials`` writes it -> its sessions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analysis.errors import AnalysisError
from analysis.sessions import SessionTrials
from analysis.tables import read_table


def read_trial_table(path: Path) -> tuple[SessionTrials, ...]:
    """The sessions of a trial table, in the order of their first rows.

    Raises
    ------
    AnalysisError
        Where the file is no trial table, or something differs within a session that holds for all of it.
    """
    return tuple(sessions_of(read_table(path), str(path)))


def sessions_of(table: pd.DataFrame, origin: str) -> Iterator[SessionTrials]:
    """The sessions of a checked trial table that came from ``origin``.

    Raises
    ------
    AnalysisError
        Where something differs within a session that holds for all of it.
    """
    for (observer, number), rows in table.groupby(["observer", "session"], sort=False):
        for column in ("observer_kind", "pilot", "finished"):
            if rows[column].nunique() > 1:
                raise AnalysisError(
                    f"{origin}: {column} differs between trials of {observer}, session {number}; "
                    f"it holds for a whole session"
                )
        first = rows.iloc[0]
        yield SessionTrials(
            observer=str(observer),
            session=int(first["session"]),
            observer_kind=str(first["observer_kind"]),
            pilot=bool(first["pilot"]),
            finished=bool(first["finished"]),
            table=rows.reset_index(drop=True),
            origin=origin,
        )
