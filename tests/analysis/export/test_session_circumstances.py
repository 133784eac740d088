"""What the files show of how sessions were held is all counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from analysis.export.labelled_session import label_sessions
from analysis.export.session_circumstances import circumstances_of
from analysis.sessions import read_sessions
from experiment.journal import JOURNAL_NAME, Journal
from experiment.records import SESSIONS, Resumed, SessionFinished
from tests.analysis.conftest import Recipe, write_session

TINY = Recipe(training_per_action=1, test_per_action=1, finished=False)


def test_whatever_differs_between_sidecars_differs_between_circumstances(tmp_path: Path) -> None:
    # Given an ordinary session, one that was interrupted, one with another display, one that never ended
    for number in range(1, 5):
        folder = write_session(tmp_path, replace(TINY, participant=f"P{number:03d}"))
        record = SESSIONS.validate_json((folder / "session.json").read_bytes())
        with Journal(folder / JOURNAL_NAME) as journal:
            if number == 2:
                journal.append(Resumed(60.0, (), record.display), 99_000.0)
            if number < 4:
                journal.append(SessionFinished(), 99_001.0)
        if number == 3:
            display = replace(record.display, backend="psychopy", refresh_hz=59.94)
            other = replace(record, display=display, manifest_sha256="e" * 64)
            (folder / "session.json").write_bytes(SESSIONS.dump_json(other))
    sessions = read_sessions(sorted((tmp_path / "sessions").iterdir()))
    labels = {session.observer: session.observer for session in sessions}
    protocols = {session.facts.protocol.sha256: "afd5" for session in sessions if session.facts}
    # When it is looked at how they were held
    held = circumstances_of(label_sessions(sessions, labels, protocols))
    # Then each differs from the ordinary one in what was unlike, and in nothing else
    differing = {label: set(held.columns[held.loc[label] != held.loc["P001"]]) for label in held.index}
    assert differing["P002"] == {"interruptions"}
    assert {"display", "stimulus set", "version of PsychoPy"} == differing["P003"]
    assert differing["P004"] == {"unfinished sessions"}
