"""The CSV files of the published program: one a run, ``<folder of the run>/<UserID>.csv``.

What is peculiar about them, and how it is read (columns as the program of the repository
f-ilic/AppearanceFreeActionRecognition writes them, ``trial/AppearanceFreeTrial.py``):

- the first column is a row number without a name;
- in the warm-up (``Trainmode`` 1) the right label in the menu carries a mark, which is stored with the
  answer: ``Swing <-------``. It made every right answer a wrong one (``Correct`` 0); the mark is taken off,
  and ``correct`` is found again by comparing;
- ``Modality`` is the name of a folder: ``ucf5``, ``afd5`` (in some versions ``ucf5af``);
- training and test lists are swapped: the warm-up shows clips of the test list, the test those of the
  training list. ``phase`` says what a person did, ``split`` which list the clip is of, by its group
  (01-07 are test in split 1, the one used);
- ``Duration`` is in seconds of the wall clock and begins before the window opens, so it is longer than the
  time from the first frame; ``StartTime`` is that moment. Whatever was chosen, the speed of the film could be
  changed and only the last one is stored (``Fps``): how many loops were seen is not known;
- the menu is in alphabetical order and its first entry was selected from the start: an answer that is the
  first entry may be none;
- nothing marks the end of a session, see ``finished`` below.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import AnalysisError
from analysis.formats.csv_file import Line, read_csv_file
from analysis.formats.trial_table import sessions_of
from analysis.reference import published
from analysis.sessions import SessionTrials
from analysis.tables import TrialRow, table_of
from stimuli.sources import TEST_GROUPS

COLUMNS = (
    "GroundTruth",
    "Prediction",
    "Correct",
    "Fps",
    "NumberOfFrames",
    "Modality",
    "Duration",
    "StartTime",
    "EndTime",
    "UserID",
    "Trainmode",
    "VideoPath",
)
_NEEDED = ("GroundTruth", "Prediction", "Modality", "Duration", "UserID", "Trainmode", "VideoPath")
_MARK = re.compile(r"\s*<-+\s*$")
_GROUP = re.compile(r"_g(\d{2,9})_c\d+$")
_APPEARANCE_FREE = re.compile(r"^UCF(\d+)AF$|^AFD(\d+)$")
_ROUNDING_S = 1.0
"""Clock times may have lost their fractions of a second on the way."""


@dataclass(frozen=True)
class _Answer:
    """A line of the file, understood; ``start`` is None where there is no clock time."""

    user: str
    condition: str
    training: bool
    stem: str
    action: str
    response: str
    stored_correct: bool
    duration_s: float
    start: pd.Timestamp | None
    place: str


def read_ilic2022(paths: Sequence[Path]) -> tuple[tuple[SessionTrials, ...], tuple[str, ...]]:
    """The sessions of the published program in ``paths``, and sentences on what a reader must know of them.

    Each run of a ``UserID`` (a file) is a session; they are numbered by their first ``StartTime``, else in
    the order of ``paths``, and a copy of a run counts once. ``finished`` is 1 where a session holds test
    trials in every condition that any session of ``paths`` has some of. ``UserID`` is taken as it stands;
    clock times, paths and the speed of the film go no further.

    Raises
    ------
    AnalysisError
        Naming file, line and column.
    """
    runs = _runs(paths)
    answers = [answer for run in runs for answer in run]
    tested = {answer.condition for answer in answers if not answer.training}
    menus = _menus(answers)
    sessions: list[SessionTrials] = []
    numbers: Counter[str] = Counter()
    for run in runs:
        numbers[run[0].user] += 1
        finished = tested <= {answer.condition for answer in run if not answer.training}
        rows = list(_rows(run, numbers[run[0].user], menus, finished=finished))
        table = table_of(rows, [answer.place for answer in run])
        sessions.extend(sessions_of(table, run[0].place.rpartition(", line ")[0]))
    return tuple(sessions), tuple(_remarks(sessions, answers))


def _runs(paths: Sequence[Path]) -> list[list[_Answer]]:
    """The answers of each user in each file, earlier runs first, copies left out."""
    runs: list[list[_Answer]] = []
    for path in paths:
        of_file: dict[str, list[_Answer]] = {}
        for line in read_csv_file(path, _NEEDED).lines:
            answer = _answer(line)
            of_file.setdefault(answer.user, []).append(answer)
        for run in of_file.values():
            _refuse_repetition(run)
            runs.append(run)
    different: dict[tuple[object, ...], list[_Answer]] = {}
    for run in runs:
        content = tuple(
            (a.user, a.condition, a.training, a.stem, a.response, a.duration_s, a.start) for a in run
        )
        different.setdefault(content, run)
    # Sorting is stable: runs without clock times keep the order of the files.
    return sorted(different.values(), key=lambda run: run[0].start.isoformat() if run[0].start else "")


def _refuse_repetition(run: Sequence[_Answer]) -> None:
    """In one phase no clip comes twice: the program deals each list out like a pack of cards."""
    met: dict[tuple[str, bool, str], _Answer] = {}
    for answer in run:
        first = met.setdefault((answer.condition, answer.training, answer.stem), answer)
        if first is not answer:
            raise AnalysisError(
                f"{answer.place}: {answer.stem} ({answer.condition}) of {answer.user} stands there twice, "
                f"first in {first.place.rpartition(', ')[2]}; each trial has one line, and each run its file"
            )


def _answer(line: Line) -> _Answer:
    action, chosen = line.text("GroundTruth"), _MARK.sub("", line.text("Prediction"))
    duration_s = line.seconds("Duration")
    if duration_s is None:
        raise AnalysisError(f"{line.place}: Duration is empty; allowed is a number of seconds above 0")
    training = line.whole("Trainmode", 0)
    if training > 1:
        raise AnalysisError(f"{line.place}: Trainmode is {training}; allowed is 0 (test) or 1 (warm-up)")
    path = line.text("VideoPath")
    stem = re.split(r"[/\\]", path)[-1].rpartition(".")[0]
    if not stem:
        raise AnalysisError(f"{line.place}: VideoPath is {path!r}; allowed is the path of a video file")
    start, end = _clock(line, "StartTime"), _clock(line, "EndTime")
    if start and end and abs((end - start).total_seconds() - duration_s) > _ROUNDING_S:
        raise AnalysisError(
            f"{line.place}: Duration is {duration_s:g} s, but StartTime and EndTime lie "
            f"{(end - start).total_seconds():g} s apart; mend the line, or leave the two times out"
        )
    stored = line.optional("Correct")
    return _Answer(
        user=line.text("UserID"),
        condition=_condition(line.text("Modality")),
        training=bool(training),
        stem=stem,
        action=action,
        response=chosen,
        stored_correct=chosen == action if stored is None else line.whole("Correct", 0) == 1,
        duration_s=duration_s,
        start=start,
        place=line.place,
    )


def _clock(line: Line, column: str) -> pd.Timestamp | None:
    found = line.optional(column)
    if found is None:
        return None
    try:
        moment: pd.Timestamp = pd.to_datetime(found, format="ISO8601").tz_localize(None)
        return moment
    except ValueError:
        raise AnalysisError(
            f"{line.place}: {column} is {found!r}; allowed is a time like 2022-03-01 14:05:09.123456"
        ) from None


def _condition(modality: str) -> str:
    name = modality.upper()
    found = _APPEARANCE_FREE.match(name)
    return f"AFD{found[1] or found[2]}" if found else name


def _menus(answers: Sequence[_Answer]) -> dict[str, str | None]:
    """By condition, the menu where it is known: five actions were offered, in alphabetical order."""
    menus: dict[str, str | None] = {}
    for condition in {answer.condition for answer in answers}:
        seen = {a for each in answers if each.condition == condition for a in (each.action, each.response)}
        study = set(published().actions)
        offered = study if seen.issubset(study) else seen
        menus[condition] = "|".join(sorted(offered)) if len(offered) == 5 else None
    return menus


def _rows(
    run: Sequence[_Answer], session: int, menus: dict[str, str | None], *, finished: bool
) -> Iterator[TrialRow]:
    numbers: Counter[tuple[str, bool]] = Counter()
    first = run[0].start
    for answer in run:
        numbers[answer.condition, answer.training] += 1
        group = _GROUP.search(answer.stem)
        number = int(group[1]) if group else None
        later_s = (answer.start - first).total_seconds() if answer.start and first else None
        yield TrialRow(
            observer=answer.user,
            observer_kind="human",
            session=session,
            condition=answer.condition,
            phase="training" if answer.training else "test",
            trial=numbers[answer.condition, answer.training],
            clip_id=f"{answer.condition}/{answer.stem}",
            group=number,
            action=answer.action,
            response=answer.response,
            correct=int(answer.response == answer.action),
            time_to_choose=answer.duration_s,
            loops=None,
            # The clock of a computer may be set back; a moment before the first one is no onset.
            onset=later_s if later_s is not None and later_s >= 0 else None,
            dropped_frames=None,
            menu_order=menus[answer.condition],
            input=None,
            source_clip_id=(
                answer.condition.replace("AFD", "UCF", 1) + f"/{answer.stem}"
                if answer.condition.startswith("AFD")
                else None
            ),
            split=None if number is None else "test" if number in TEST_GROUPS else "train",
            attempt=1,
            confirmed_at=None,
            pilot=0,
            finished=int(finished),
        )


def _remarks(sessions: Sequence[SessionTrials], answers: Sequence[_Answer]) -> Iterator[str]:
    yield (
        "data of the published program: times begin before the window opens and so are too long, the first "
        "action of the menu was selected from the start, and everyone was shown other clips"
    )
    mended = sum(not a.stored_correct and a.response == a.action for a in answers)
    if mended:
        yield f"{mended} right answers were stored as wrong, with a mark at the label; they count as right"
    spoilt = [a for a in answers if a.stored_correct and a.response != a.action]
    if spoilt:
        yield (
            f"{len(spoilt)} answers were stored as right that are not (first: {spoilt[0].place}); "
            f"they count as wrong"
        )
    numbers = Counter(
        len(rows)
        for session in sessions
        for _, rows in session.table[session.table["phase"] == "test"].groupby("condition")
    )
    if len(numbers) > 1:
        shown = ", ".join(f"{trials} ({times} times)" for trials, times in sorted(numbers.items()))
        yield f"the test phases have different numbers of trials: {shown}"
