"""What the files show of how sessions were held is all counted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from analysis.export.beh import beh_files
from analysis.export.labelled_session import label_sessions
from analysis.export.session_circumstances import circumstances_of
from analysis.sessions import read_sessions
from experiment.journal import JOURNAL_NAME, Journal
from experiment.records import SESSIONS, HeldUp, Resumed, SessionFinished
from tests.analysis.conftest import Recipe, write_session

TINY = Recipe(training_per_action=1, test_per_action=1, finished=False)


def test_whatever_differs_between_sidecars_differs_between_circumstances(tmp_path: Path) -> None:
    # Given an ordinary session, one that was interrupted, one with another display, one that never ended, and
    # one that waited for the disk
    for number in range(1, 6):
        folder = write_session(tmp_path, replace(TINY, participant=f"P{number:03d}"))
        record = SESSIONS.validate_json((folder / "session.json").read_bytes())
        with Journal(folder / JOURNAL_NAME) as journal:
            if number == 2:
                journal.append(Resumed(60.0, (), record.display), 99_000.0)
            if number == 5:
                journal.append(HeldUp(7.4, "no room left"), 99_000.0)
            if number != 4:
                journal.append(SessionFinished(), 99_001.0)
        if number == 3:
            display = replace(record.display, backend="psychopy", refresh_hz=75.02)
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
    assert differing["P005"] == {"waiting for the disk"}


def test_monitors_of_one_kind_and_short_waits_cannot_be_told_apart(tmp_path: Path) -> None:
    # Given monitors whose rates were measured to a thousandth of a hertz, and waits of some milliseconds
    for number in range(1, 6):
        folder = write_session(tmp_path, replace(TINY, participant=f"P{number:03d}"))
        record = SESSIONS.validate_json((folder / "session.json").read_bytes())
        display = replace(record.display, refresh_hz=59.950 + number / 1000)
        (folder / "session.json").write_bytes(SESSIONS.dump_json(replace(record, display=display)))
        with Journal(folder / JOURNAL_NAME) as journal:
            journal.append(HeldUp(number / 100, "no room left"), 99_000.0)
            journal.append(SessionFinished(), 99_001.0)
    sessions = read_sessions(sorted((tmp_path / "sessions").iterdir()))
    labels = {session.observer: session.observer for session in sessions}
    protocols = {session.facts.protocol.sha256: "afd5" for session in sessions if session.facts}
    labelled = label_sessions(sessions, labels, protocols)
    # When they are exported, then the files beside their trials are all alike, and so are the circumstances
    sidecars = [
        content for name, content in beh_files(labelled).items() if "/beh/" in name and "json" in name
    ]
    assert len(sidecars) > 1
    assert len(set(sidecars)) == 1
    assert json.loads(sidecars[0])["StimulusPresentation"]["ScreenRefreshRate"] == 60
    assert json.loads(sidecars[0])["HeldUp"] == 0
    assert len(circumstances_of(labelled).drop_duplicates()) == 1
