"""``participants.tsv``: the labels, and what is known of everybody beyond the trials."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.export.columns import PARTICIPANT_COLUMNS
from analysis.export.json_text import json_bytes
from analysis.export.labelled_session import LabelledSession
from analysis.tables import table_bytes

TABLE = "participants.tsv"
SIDECAR = "participants.json"


def participant_files(sessions: Sequence[LabelledSession]) -> dict[str, bytes]:
    """The table, ordered by label, and its sidecar."""
    rows: dict[str, tuple[str, str, int]] = {}
    for session in sessions:
        rows[session.label] = (f"sub-{session.label}", session.trials.observer_kind, session.number)
    names = [column.name for column in PARTICIPANT_COLUMNS]
    table = pd.DataFrame(list(rows.values()), columns=names)
    sidecar = {column.name: column.sidecar for column in PARTICIPANT_COLUMNS}
    return {TABLE: table_bytes(table), SIDECAR: json_bytes(sidecar)}
