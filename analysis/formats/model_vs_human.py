"""The CSV files of the model-vs-human benchmark (Geirhos et al. 2021): people and networks on pictures.

A file holds the answers of one person or network, ``<experiment>_<subj>_session_<n>.csv``, with the columns
``subj, session, trial, rt, object_response, category, condition, imagename``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from analysis.formats.csv_file import Line, read_csv_file
from analysis.formats.trial_table import sessions_of
from analysis.sessions import SessionTrials
from analysis.tables import TrialRow, table_of

COLUMNS = ("subj", "session", "trial", "rt", "object_response", "category", "condition", "imagename")
PERSON = "subject"
"""The codes of people begin so."""


def read_model_vs_human(paths: Sequence[Path]) -> tuple[SessionTrials, ...]:
    """The sessions of people and networks in ``paths``.

    The format knows tests only, marks neither pilots nor broken sessions, and has no menu, no onset, no
    groups. ``na`` is a missing response: wrong, and without a time. A person is whose code begins with
    ``subject`` or whose answers have times (``rt``, seconds); everybody else is a network. ``clip_id`` is
    ``<condition>/<picture>``, ``source_clip_id`` the picture; see ``picture_of``.

    Raises
    ------
    AnalysisError
        Naming file, line and column.
    """
    lines = [line for path in paths for line in read_csv_file(path, COLUMNS).lines]
    people = {line.text("subj") for line in lines if _is_person(line)}
    rows = [_row(line, people) for line in lines]
    sessions: list[SessionTrials] = []
    for origin, of_file in _by_file(rows, lines):
        table = table_of([row for row, _ in of_file], [place for _, place in of_file])
        sessions.extend(sessions_of(table, origin))
    return tuple(sessions)


def picture_of(imagename: str) -> str:
    """The picture that an ``imagename`` shows, the same for everybody who saw it.

    The name begins with the number of the trial and the person; the picture is what follows the last ``_``,
    and with it the part before where that begins with ``n0``, an ImageNet class:
    ``0001_edg_s01_0_oven_00_oven10.png`` is ``oven10``.
    """
    parts = PurePosixPath(imagename.replace("\\", "/")).name.split("_")
    last = 2 if len(parts) > 1 and parts[-2].startswith("n0") else 1
    return PurePosixPath("_".join(parts[-last:])).stem


def _is_person(line: Line) -> bool:
    return line.text("subj").casefold().startswith(PERSON) or line.optional("rt") is not None


def _row(line: Line, people: set[str]) -> TrialRow:
    observer, condition = line.text("subj"), line.text("condition")
    response, category = line.optional("object_response"), line.text("category")
    picture = picture_of(line.text("imagename"))
    return TrialRow(
        observer=observer,
        observer_kind="human" if observer in people else "model",
        session=line.whole("session", 1),
        condition=condition,
        phase="test",
        trial=line.whole("trial", 1),
        clip_id=f"{condition}/{picture}",
        group=None,
        action=category,
        response=response,
        correct=int(response == category),
        time_to_choose=line.seconds("rt"),
        loops=None,
        onset=None,
        dropped_frames=None,
        menu_order=None,
        input=None,
        source_clip_id=picture,
        split=None,
        attempt=1,
        confirmed_at=None,
        pilot=0,
        finished=1,
    )


def _by_file(
    rows: Iterable[TrialRow], lines: Iterable[Line]
) -> Iterable[tuple[str, list[tuple[TrialRow, str]]]]:
    files: dict[str, list[tuple[TrialRow, str]]] = {}
    for row, line in zip(rows, lines, strict=True):
        files.setdefault(line.place.rpartition(", line ")[0], []).append((row, line.place))
    return files.items()
