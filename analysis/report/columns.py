"""Columns that several tables of the page have, and how the page writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from analysis.report.page_tables import Column, count, method, percent, plain

CONDITION = Column("condition", "Condition", plain, numeric=False)
PARTICIPANT = Column("observer", "Participant", plain, numeric=False)
ACTION = Column("action", "Action", plain, numeric=False)
PHASE = Column("phase", "Phase", plain, numeric=False)
TRIALS = Column("trials", "Trials", count)
RIGHT = Column("correct", "Right", count)
ACCURACY = Column("accuracy", "Accuracy", percent)
PARTICIPANTS = Column("observers", "Participants", count)
METHOD = Column("method", "Interval by", method, numeric=False)


def interval(text: Callable[[object], str]) -> Column:
    """The column of 95 % intervals; ``text`` writes each end."""
    return Column("low", "95 % interval", text, high="high")


def table_named(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """One of ``result_tables``, which leaves out those without rows."""
    return tables.get(name, pd.DataFrame())
