"""An exported data set, as ``analysis export`` writes it -> its sessions."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pandas as pd
from pydantic import ValidationError

from analysis.errors import AnalysisError
from analysis.export.columns import TRIAL_COLUMNS
from analysis.export.protocol_description import (
    DESCRIPTIONS,
    FOLDER,
    ProtocolDescription,
    description_sha256,
)
from analysis.export.sidecars import SessionSidecar, TaskSidecar
from analysis.formats.bids_questionnaire import read_answers
from analysis.formats.trial_table import sessions_of
from analysis.questionnaire import ItemAnswer
from analysis.session_facts import DisplayFacts, ProtocolFacts, SessionFacts
from analysis.sessions import SessionTrials
from analysis.tables import table_of_texts
from stimuli.errors import reason_of
from stimuli.tsv import EMPTY
from stimuli.validation import first_problem
from stimuli.whole_file import read_whole

DESCRIPTION = "dataset_description.json"
_NAME = re.compile(
    r"sub-(?P<label>[A-Za-z0-9]+)(_ses-(?P<session>\d{1,9}))?_task-(?P<task>[A-Za-z0-9]+)_beh\.tsv"
)
_AnySidecar = TypeVar("_AnySidecar", SessionSidecar, TaskSidecar)
_PLACES = ("sub-*/beh/*_beh.tsv", "sub-*/ses-*/beh/*_beh.tsv")


@dataclass(frozen=True)
class _TrialFile:
    """A ``_beh.tsv``; ``lines`` are those below the header."""

    path: Path
    label: str
    session: int
    task: TaskSidecar
    sidecar: SessionSidecar
    header: bytes
    lines: tuple[bytes, ...]


def is_data_set(folder: Path) -> bool:
    """Whether a folder says that it is a data set of the BIDS standard."""
    return (folder / DESCRIPTION).is_file()


def read_bids_export(folder: Path) -> tuple[SessionTrials, ...]:
    """The sessions of a data set, ordered by label.

    What an export leaves out is missing in ``facts``; ``details`` is None, as there is no session folder. The
    observer is the label; ``onset`` counts from the first trial.

    Raises
    ------
    AnalysisError
        Where the folder holds no trials, or a file in it cannot be used; names file, line and column.
    """
    files = _trial_files(folder)
    kinds = _observer_kinds(folder / "participants.tsv")
    protocols = {name: _read_protocol(folder, name) for name in {each.sidecar.protocol for each in files}}
    answers = read_answers(folder)
    table = _table(files, kinds)
    first = {(each.label, each.session): each for each in files}
    sessions = []
    for session in sessions_of(table, str(folder)):
        key = (session.observer, session.session)
        facts = _facts(
            session, first[key].sidecar, protocols[first[key].sidecar.protocol], answers.get(key, ())
        )
        sessions.append(
            SessionTrials(
                observer=session.observer,
                session=session.session,
                observer_kind=session.observer_kind,
                pilot=session.pilot,
                finished=session.finished,
                table=session.table,
                origin=f"{folder} ({session.name})",
                facts=facts,
            )
        )
    return tuple(sessions)


def _trial_files(folder: Path) -> tuple[_TrialFile, ...]:
    paths = sorted(path for place in _PLACES for path in folder.glob(place))
    if not paths:
        raise AnalysisError(
            f"{folder}: this data set holds no trials (sub-*/beh/*_beh.tsv); of one with group figures only, "
            f"read the tables in derivatives/aggregates"
        )
    tasks: dict[str, TaskSidecar] = {}
    files = []
    for path in paths:
        name = _NAME.fullmatch(path.name)
        if name is None:
            raise AnalysisError(
                f"{path}: allowed is sub-<label>[_ses-<number>]_task-<label>_beh.tsv, as `export` writes it"
            )
        task = name["task"]
        if task not in tasks:
            tasks[task] = _read_json(folder / f"task-{task}_beh.json", TaskSidecar)
        header, *lines = _read(path).splitlines(keepends=True) or [b""]
        files.append(
            _TrialFile(
                path,
                name["label"],
                int(name["session"] or 1),
                tasks[task],
                _read_json(path.with_suffix(".json"), SessionSidecar),
                header,
                tuple(lines),
            )
        )
    return tuple(files)


def _table(files: Sequence[_TrialFile], kinds: Mapping[str, str]) -> pd.DataFrame:
    """The trial table of all files, within a session in the order of the onsets."""
    expected = "\t".join(column.name for column in TRIAL_COLUMNS)
    for file in files:
        if file.header.decode("utf-8", errors="replace").strip() != expected:
            raise AnalysisError(f"{file.path}, line 1: the columns must be {expected.replace(chr(9), ', ')}")
    # One reading of all rows: thousands of small ones take several times as long.
    content = expected.encode() + b"\n" + b"".join(line for file in files for line in file.lines)
    places = [f"{file.path}, line {number}" for file in files for number in range(2, len(file.lines) + 2)]
    table = _text_table(content, str(files[0].path.parent))
    if len(table) != len(places):
        raise AnalysisError(f"{files[0].path.parents[2]}: a line in its tables of trials is broken or empty")
    table.columns = pd.Index([column.source for column in TRIAL_COLUMNS])
    rows = [len(file.lines) for file in files]
    for name, values in _of_files(files, kinds).items():
        table[name] = pd.Series(values, dtype="string").repeat(rows).to_numpy()
    checked = table_of_texts(table, places, str(files[0].path.parents[2]))
    ordered: pd.DataFrame = checked.sort_values(
        ["observer", "session", "onset"], kind="stable", ignore_index=True
    )
    return ordered


def _of_files(files: Sequence[_TrialFile], kinds: Mapping[str, str]) -> dict[str, list[str]]:
    """Column of the trial table -> what it is in each file: what holds for a file is no column there."""
    for file in files:
        if file.label not in kinds:
            raise AnalysisError(f"{file.path}: participants.tsv has no row of sub-{file.label}")
    return {
        "observer": [file.label for file in files],
        "observer_kind": [kinds[file.label] for file in files],
        "session": [str(file.session) for file in files],
        "condition": [file.task.condition for file in files],
        "phase": [file.task.phase for file in files],
        "pilot": [str(int(file.sidecar.pilot)) for file in files],
        "finished": [str(int(file.sidecar.finished)) for file in files],
    }


def _facts(
    session: SessionTrials,
    sidecar: SessionSidecar,
    protocol: tuple[ProtocolDescription, str],
    answers: tuple[ItemAnswer, ...],
) -> SessionFacts:
    description, sha256 = protocol
    shown = sidecar.stimulus_presentation
    return SessionFacts(
        session=session.name,
        protocol=ProtocolFacts(
            name=description.name,
            title=description.title,
            sha256=sha256,
            conditions=description.conditions,
            test_items=description.test_items,
        ),
        actions=tuple(description.actions),
        display=DisplayFacts(
            backend=sidecar.display_backend,
            size_px=shown.screen_resolution,
            pacing=sidecar.display_pacing,
            refresh_hz=shown.screen_refresh_rate,
            response_source=sidecar.response_source,
        ),
        manifest_sha256=sidecar.stimulus_set,
        resumed=sidecar.resumed,
        early_presses=int(session.table["early_presses"].sum()),
        too_soon_presses=sidecar.too_soon_presses,
        response=description.first_test_response,
        input_changes=sidecar.input_changes,
        answers=answers,
        # How long an interruption lasted is not exported; where there was none, nothing is left out.
        gaps_s=None if sidecar.resumed else (),
        held_up_s=sidecar.held_up,
    )


def _observer_kinds(path: Path) -> dict[str, str]:
    table = _text_table(_read(path), str(path))
    if missing := {"participant_id", "observer_kind"} - set(table.columns):
        raise AnalysisError(f"{path}: the column {', '.join(sorted(missing))} is missing")
    labels = table["participant_id"].str.removeprefix("sub-")
    return dict(zip(labels, table["observer_kind"], strict=True))


def _read_protocol(folder: Path, name: str) -> tuple[ProtocolDescription, str]:
    path = folder / FOLDER / f"{name}.json"
    content = _read(path)
    try:
        return DESCRIPTIONS.validate_json(content), description_sha256(content)
    except ValidationError as error:
        raise AnalysisError(f"{path}: this is no protocol of an export ({first_problem(error)})") from error


def _read_json(path: Path, form: type[_AnySidecar]) -> _AnySidecar:
    try:
        return form.model_validate_json(_read(path))
    except ValidationError as error:
        raise AnalysisError(f"{path}: this is no sidecar of an export ({first_problem(error)})") from error


def _text_table(content: bytes, place: str) -> pd.DataFrame:
    try:
        table: pd.DataFrame = pd.read_csv(
            io.BytesIO(content),
            sep="\t",
            dtype="string",
            keep_default_na=False,
            na_values=[EMPTY],
            encoding="utf-8",
            skip_blank_lines=False,
        )
    except ValueError as error:
        raise AnalysisError(f"{place}: this is no table that can be read ({error})") from error
    return table


def _read(path: Path) -> bytes:
    try:
        return read_whole(path)
    except OSError as error:
        raise AnalysisError(f"{path} cannot be read ({reason_of(error)})") from error
