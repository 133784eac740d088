"""Onsets tell how far apart trials were, and neither when the session ran nor how long it was interrupted."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest

from analysis.export.beh import beh_files, system_family, task_label, without_reasons
from analysis.export.labelled_session import label_sessions
from analysis.sessions import read_sessions
from experiment.journal import JOURNAL_NAME, Journal
from experiment.records import InputChanged, Resumed, SessionFinished
from tests.analysis.conftest import Recipe, write_session

TINY = Recipe(training_per_action=1, test_per_action=2, finished=False)


def test_a_night_between_two_parts_is_cut_out(tmp_path: Path) -> None:
    # Given a session that was taken up again 8 hours after the fifth of its trials
    folder = write_session(tmp_path / "data", replace(TINY, conditions=("AFD5",)))
    (first,) = read_sessions([folder])
    assert first.details is not None
    onsets = first.table["onset"].to_numpy()
    with Journal(folder / JOURNAL_NAME) as journal:
        journal.append(Resumed(28_800.0, (), first.details.record.display), float(onsets[5]) - 0.5)
        journal.append(SessionFinished(), 99_000.0)
    later = onsets + 28_800.0 * (onsets >= onsets[5])
    (session,) = read_sessions([folder])
    session = replace(session, table=session.table.assign(onset=later))
    # When it is exported
    assert session.facts is not None
    labelled = label_sessions([session], {"P001": "bcdfgh"}, {session.facts.protocol.sha256: "afd5"})
    files = beh_files(labelled)
    # Then the trials are as far apart as if nothing had been, and the first is at 0
    exported = pd.concat(
        pd.read_csv(BytesIO(files[f"sub-bcdfgh/beh/sub-bcdfgh_task-AFD5{phase}_beh.tsv"]), sep="\t")
        for phase in ("training", "test")
    )
    assert exported["onset"].to_numpy() == pytest.approx(onsets - onsets[0], abs=1e-4)


@pytest.mark.parametrize(
    ("told", "exported"),
    [
        ("Linux-6.1.0-lab17-x86_64-with-glibc2.36", "Linux"),
        ("Windows-10-10.0.19045-SP0", "Windows"),
        ("macOS-14.5-arm64-arm-64bit", "macOS"),
        ("", "n/a"),
    ],
)
def test_of_the_system_its_family_stays(told: str, exported: str) -> None:
    assert system_family(told) == exported


def test_why_no_better_source_of_press_times_was_used_is_left_out() -> None:
    assert without_reasons("ioHub; the window stands on no X server of lab17") == "ioHub"


def test_of_a_change_of_sources_their_names_stay(tmp_path: Path) -> None:
    folder = write_session(tmp_path / "data", TINY)
    with Journal(folder / JOURNAL_NAME) as journal:
        change = InputChanged("ioHub; no X server at lab17", "pyglet, stamped when read", "lab17 is gone")
        journal.append(change, 98_000.0)
        journal.append(SessionFinished(), 99_000.0)
    (session,) = read_sessions([folder])
    assert session.facts is not None
    labelled = label_sessions([session], {"P001": "bcdfgh"}, {session.facts.protocol.sha256: "afd5"})
    sidecar = json.loads(beh_files(labelled)["sub-bcdfgh/beh/sub-bcdfgh_task-AFD5test_beh.json"])
    assert sidecar["InputChanges"] == ["ioHub to pyglet, stamped when read"]


def test_labels_of_tasks_are_letters_and_digits() -> None:
    assert task_label("AFD5", "test") == "AFD5test"
    assert task_label("slow-motion", "training") == "slowmotiontraining"


def test_times_tell_nothing_of_the_clock(tmp_path: Path) -> None:
    # Given times that are differences of readings of a clock that has run for two hours: their last bits end
    # where those of the readings end
    write_session(tmp_path / "data", replace(TINY, conditions=("AFD5",)))
    (session,) = read_sessions([tmp_path / "data" / "sessions" / "P001_01"])
    assert session.facts is not None
    since_boot = 7200.0 + session.table["onset"]
    times = (since_boot + session.table["time_to_choose"] + 1 / 3e6) - since_boot
    grid = 2.0**-40
    assert list(times % grid) == [0.0] * len(times)
    # When the session is exported
    table = session.table.assign(time_to_choose=times, loops=times / 4)
    labelled = label_sessions(
        [replace(session, table=table)], {"P001": "bcdfgh"}, {session.facts.protocol.sha256: "afd5"}
    )
    files = beh_files(labelled)
    exported = pd.concat(
        pd.read_csv(BytesIO(files[f"sub-bcdfgh/beh/sub-bcdfgh_task-AFD5{phase}_beh.tsv"]), sep="\t")
        for phase in ("training", "test")
    )
    # Then they are what they were to a nanosecond, and end there
    assert list(exported["response_time"]) == list(times.round(9))
    assert list(exported["loops"]) == list((times / 4).round(9))
    assert all(exported["response_time"] % grid > 0)
