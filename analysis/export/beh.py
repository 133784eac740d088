"""The trials of a data set: a ``_beh.tsv`` for every phase of every session, and their sidecars."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from analysis.export.columns import TRIAL_COLUMNS
from analysis.export.json_text import json_bytes
from analysis.export.labelled_session import LabelledSession
from analysis.export.sidecars import SessionSidecar, StimulusPresentation, TaskSidecar
from analysis.session_facts import SessionFacts
from analysis.tables import table_bytes
from experiment.journal import JOURNAL_NAME, read_journal
from experiment.records import Resumed, TrialsPhase
from stimuli.tsv import EMPTY

_DIGITS = {
    "time_to_choose": 9,
    "loops": 9,
    "confirmed_at": 9,
    "interval_ms": 6,
    "interval_sd_ms": 6,
    "onset": 4,
}
"""Digits after the point that stay: of times within a trial, to a nanosecond.

The last bits of a difference between two readings of a clock tell how far the clock had come: how long the
computer had been on, and with that the time of day, or how long an interruption had lasted.
"""
_AS_IN_SOFTWARE = {"Linux": "Linux", "Windows": "Windows", "macOS": "macOS", "Darwin": "macOS"}


def beh_files(sessions: Sequence[LabelledSession]) -> dict[str, bytes]:
    """Path in the data set -> content, of all tables and sidecars of trials.

    Raises
    ------
    AnalysisError
        Where two phases would get one label.
    """
    tasks = _tasks(sessions)
    files = {
        f"task-{task}_beh.json": _task_sidecar(task, condition, phase, sessions)
        for (condition, phase), task in tasks.items()
    }
    tables = [exported_trials(session) for session in sessions]
    # One writing of one table, cut up afterwards: thousands of small ones take several times as long.
    header, *lines = table_bytes(_columns(pd.concat(tables, ignore_index=True))).splitlines(keepends=True)
    begins = 0
    for session, table in zip(sessions, tables, strict=True):
        rows = np.array(lines[begins : begins + len(table)], dtype=object)
        begins += len(table)
        sidecar = json_bytes(_session_sidecar(session).model_dump(mode="json", by_alias=True))
        phases = table.groupby(["condition", "phase"], sort=False).indices
        for key, places in phases.items():
            stem = f"{session.folder}/{session.stem}_task-{tasks[_phase_key(key)]}_beh"
            files[f"{stem}.tsv"] = header + b"".join(rows[places])
            files[f"{stem}.json"] = sidecar
    return files


def task_label(condition: str, phase: str) -> str:
    """``AFD5``, ``test`` -> ``AFD5test``: letters and digits, as the standard wants it."""
    return re.sub(r"[^A-Za-z0-9]", "", condition + phase)


def without_reasons(source: str) -> str:
    """Who told the times of presses, without why nobody better did: reasons may name devices."""
    return source.partition(";")[0].strip()


def _change_without_reasons(change: str) -> str:
    """``ioHub; no X server to pyglet (the device lab17 is gone)`` -> ``ioHub to pyglet``."""
    before, _, after = change.partition(" (")[0].rpartition(" to ")
    return f"{without_reasons(before)} to {without_reasons(after)}"


def system_family(software: str) -> str:
    """``Linux-6.1.0-x86_64`` -> ``Linux``; the version of a kernel can be that of one machine."""
    return _AS_IN_SOFTWARE.get(software.partition("-")[0], EMPTY)


def exported_refresh_hz(facts: SessionFacts) -> int:
    """In whole hertz: as measured, to a thousandth, the rate is that of one monitor, or of one day."""
    return round(facts.display.refresh_hz)


def exported_wait_s(facts: SessionFacts) -> int:
    """How long a session waited for the disk, in whole seconds."""
    return round(facts.held_up_s or 0.0)


def _phase_key(key: object) -> tuple[str, str]:
    condition, phase = key if isinstance(key, tuple) else (key, "")
    return str(condition), str(phase)


def _tasks(sessions: Sequence[LabelledSession]) -> dict[tuple[str, str], str]:
    tasks: dict[tuple[str, str], str] = {}
    for session in sessions:
        phases = session.trials.table[["condition", "phase"]].drop_duplicates()
        for condition, phase in phases.itertuples(index=False):
            tasks[condition, phase] = task_label(condition, phase)
    for key, task in tasks.items():
        others = [other for other, its in tasks.items() if its.casefold() == task.casefold() and other != key]
        if others:
            raise AnalysisError(
                f"the conditions {key[0]} and {others[0][0]} would have the same file names, which hold "
                f"letters and digits only ({task}); export their sessions apart"
            )
    return tasks


def exported_trials(session: LabelledSession) -> pd.DataFrame:
    """The trial table of a session as it is exported, but for the participant and the names of columns."""
    table = session.trials.table
    if not len(table):
        return table
    onset = table["onset"].to_numpy(dtype=np.float64)
    for at_s, gap_s in _interruptions(session):
        onset = np.where(onset >= at_s, onset - gap_s, onset)
    shifted = table.assign(onset=onset - np.nanmin(onset))
    rounded: pd.DataFrame = shifted.assign(
        **{name: shifted[name].round(digits) for name, digits in _DIGITS.items()}
    )
    return rounded


def _interruptions(session: LabelledSession) -> Iterator[tuple[float, float]]:
    """When the session was taken up again and after how long; the later ones first."""
    if not session.facts.resumed:
        return
    entries = read_journal(session.details.folder / JOURNAL_NAME).entries
    for entry in reversed(entries):
        if isinstance(entry.event, Resumed):
            yield entry.t_s, entry.event.gap_s


def _columns(table: pd.DataFrame) -> pd.DataFrame:
    chosen: pd.DataFrame = table[[column.source for column in TRIAL_COLUMNS]].set_axis(
        [column.name for column in TRIAL_COLUMNS], axis="columns"
    )
    return chosen


def _task_sidecar(task: str, condition: str, phase: str, sessions: Iterable[LabelledSession]) -> bytes:
    purpose = "to learn the task; the right answer is shown" if phase == "training" else "to be measured"
    told = TaskSidecar(
        task_name=task,
        task_description=(
            f"A clip of the condition {condition} is shown again and again until one of the actions in the "
            f"menu beside it is chosen: which action does it show? This phase ({phase}) is {purpose}."
        ),
        instructions=_instructions(condition, phase, sessions) or EMPTY,
        condition=condition,
        phase=phase,
    )
    columns = {column.name: column.sidecar for column in TRIAL_COLUMNS}
    return json_bytes(told.model_dump(mode="json", by_alias=True) | columns)


def _instructions(condition: str, phase: str, sessions: Iterable[LabelledSession]) -> str:
    """The slides before the first trial, in English where somebody saw them so."""
    told: dict[str, str] = {}
    for session in sessions:
        record = session.details.record
        if record.language in told:
            continue
        for planned in record.plan.phases:
            if isinstance(planned, TrialsPhase) and (planned.condition, planned.kind) == (condition, phase):
                texts = [text for slide in planned.intro for text in (slide.heading, *slide.paragraphs)]
                told[record.language] = " ".join(filter(None, texts))
                break
    # Not the language of whoever stands first.
    return told.get("en") or next((text for _, text in sorted(told.items())), "")


def _session_sidecar(session: LabelledSession) -> SessionSidecar:
    software, facts = session.details.record.software, session.facts
    drawn = facts.display.backend == "psychopy"
    return SessionSidecar(
        stimulus_presentation=StimulusPresentation(
            operating_system=system_family(software.get("system", "")),
            software_name="PsychoPy" if drawn else EMPTY,
            software_version=software.get("psychopy", EMPTY) if drawn else EMPTY,
            screen_refresh_rate=exported_refresh_hz(facts),
            screen_resolution=facts.display.size_px,
        ),
        protocol=session.protocol,
        stimulus_set=facts.manifest_sha256,
        pilot=session.trials.pilot,
        finished=session.trials.finished,
        display_backend=facts.display.backend,
        display_pacing=facts.display.pacing,
        response_source=without_reasons(facts.display.response_source),
        input_changes=tuple(map(_change_without_reasons, facts.input_changes)),
        resumed=facts.resumed,
        held_up=exported_wait_s(facts),
        too_soon_presses=facts.too_soon_presses,
    )
