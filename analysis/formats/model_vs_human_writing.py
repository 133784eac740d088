"""Trial tables -> the CSV files of the model-vs-human benchmark, for its own tools and others that read them.

What the format has no place for is left out: trainings, attention checks, menus, clip groups, frames,
probabilities. What is written comes back from ``read_model_vs_human`` with the same answers, times and items.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.counted_trials import counted_trials
from analysis.errors import AnalysisError
from analysis.formats.csv_file import means_nothing
from analysis.formats.model_vs_human import COLUMNS, PERSON, picture_of
from analysis.tables import write_file

_NO_RESPONSE, _NO_TIME = "na", "NaN"


@dataclass(frozen=True)
class Written:
    """``files`` in their order; ``remarks`` are sentences on what is not in them as it was."""

    files: tuple[Path, ...]
    trials: int
    remarks: tuple[str, ...]


def write_model_vs_human(trials: pd.DataFrame, folder: Path) -> Written:
    """Write ``<folder name>_<subj>_session_<n>.csv`` for every session of people and run of models.

    The tools of the format take for people whose ``subj`` begins with ``subject``: other codes of people get
    that before them. An ``imagename`` ends with the item, the ``clip_id`` without its condition, its ``_``
    turned into ``-``, since readers take what follows the last ``_``.

    Raises
    ------
    AnalysisError
        Where the folder holds files, nothing can be written, or something would be read back as another
        thing: a model named like a person, an answer that reads as none, two items with one name.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AnalysisError(f"{folder} is not empty; give a folder that is new or empty")
    tests = counted_trials(trials)
    if tests.empty:
        raise AnalysisError("there is no test trial to write; the model-vs-human format knows tests only")
    subjects = _subjects(tests)
    items = _items(tests)
    _refuse_strange_texts(tests)
    contents: dict[Path, bytes] = {}
    for (observer, session), rows in tests.groupby(["observer", "session"], sort=False):
        subject = subjects[str(observer)]
        path = folder / f"{folder.name}_{re.sub(r'[^A-Za-z0-9.-]', '-', subject)}_session_{session}.csv"
        if path in contents:
            raise AnalysisError(
                f"{observer}: its file {path.name} would be that of another observer; rename one"
            )
        contents[path] = _bytes(rows, subject, items, folder.name)
    for path, content in contents.items():
        write_file(path, content)
    return Written(tuple(contents), len(tests), tuple(_remarks(trials, tests, subjects)))


def _bytes(rows: pd.DataFrame, subject: str, items: dict[str, str], experiment: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for _, row in rows.iterrows():
        action, condition, trial = str(row["action"]), str(row["condition"]), int(row["trial"])
        name = f"{trial:04d}_{experiment}_{subject}_{condition}_{action}_00_{items[str(row['clip_id'])]}.png"
        time_s, response = row["time_to_choose"], row["response"]
        writer.writerow(
            (
                subject,
                int(row["session"]),
                trial,
                _NO_TIME if pd.isna(time_s) else repr(float(time_s)),
                _NO_RESPONSE if pd.isna(response) else response,
                action,
                condition,
                name.replace("/", "-"),
            )
        )
    return text.getvalue().encode()


def _subjects(tests: pd.DataFrame) -> dict[str, str]:
    """What every observer is called there."""
    kinds = tests.drop_duplicates("observer").set_index("observer")["observer_kind"]
    subjects: dict[str, str] = {}
    for observer, kind in kinds.items():
        name = str(observer)
        named_as_person = name.casefold().startswith(PERSON)
        if kind == "model" and named_as_person:
            raise AnalysisError(f"the model {name} would be read as a person, since it begins with {PERSON}")
        if kind == "model" and tests.loc[tests["observer"] == name, "time_to_choose"].notna().any():
            raise AnalysisError(f"the model {name} would be read as a person, since it has times")
        subjects[name] = name if kind == "model" or named_as_person else f"{PERSON}-{name}"
    return subjects


def _items(tests: pd.DataFrame) -> dict[str, str]:
    """The name of every clip, the same for the clip of each condition that was made from one source."""
    items: dict[str, str] = {}
    taken: dict[tuple[str, str], str] = {}
    for _, row in tests.drop_duplicates("clip_id").iterrows():
        clip, condition = str(row["clip_id"]), str(row["condition"])
        stem = clip.removeprefix(f"{condition}/").replace("/", "-")
        name = stem if picture_of(f"00_{stem}.png") == stem else stem.replace("_", "-")
        if picture_of(f"00_{name}.png") != name:
            raise AnalysisError(
                f"{clip}: the model-vs-human format cannot hold this name of a clip; rename it"
            )
        other = taken.setdefault((condition, name), clip)
        if other != clip:
            raise AnalysisError(f"{other} and {clip} would both be called {name} in {condition}; rename one")
        items[clip] = name
    return items


def _refuse_strange_texts(tests: pd.DataFrame) -> None:
    for column in ("observer", "condition", "action", "response"):
        for text in map(str, tests[column].dropna().unique()):
            if text != text.strip() or means_nothing(text):
                raise AnalysisError(
                    f"{column} {text!r} would be read back as another one; the model-vs-human format cannot "
                    f"hold it"
                )


def _remarks(trials: pd.DataFrame, tests: pd.DataFrame, subjects: dict[str, str]) -> Iterator[str]:
    left_out = len(trials) - len(tests)
    if left_out:
        yield f"{left_out} trials of trainings and attention checks are left out; the format knows tests only"
    renamed = [new for old, new in subjects.items() if old != new]
    if renamed:
        yield (
            f"{PERSON}- stands before the codes of {len(renamed)} people, as the format wants it "
            f"({renamed[0]})"
        )
    simulated = tests.loc[tests["observer_kind"] == "simulated", "observer"].nunique()
    if simulated:
        yield f"{simulated} simulated participants are written as people; the format cannot tell them apart"
