"""The questionnaire: answers for generalising, and ``phenotype/questionnaire.tsv`` of what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.errors import AnalysisError
from analysis.export.columns import PARTICIPANT_ID, SESSION_ID
from analysis.export.disclosure.generalising import Generalised, ItemChange
from analysis.export.json_text import json_bytes
from analysis.export.labelled_session import LabelledSession
from analysis.questionnaire import ItemAnswer
from analysis.tables import table_bytes
from experiment.records import ItemRole

TABLE = "phenotype/questionnaire.tsv"
SIDECAR = "phenotype/questionnaire.json"


@dataclass(frozen=True)
class AnswerTable:
    """Answers for generalising.

    ``answers`` has one row per participant (index: label) and one column per question and session; the
    questions of a second session are columns of their own, because somebody may know both answers.
    ``roles`` and ``options`` are those of the columns, ``columns`` tells each one's session number and
    question, ``items`` how each question was worded first.
    """

    answers: pd.DataFrame
    roles: Mapping[str, ItemRole]
    options: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, tuple[int, str]]
    items: Mapping[str, ItemAnswer]


def answer_table(sessions: Sequence[LabelledSession]) -> AnswerTable:
    """The answers of all participants, also of those who gave none.

    Raises
    ------
    AnalysisError
        Where sessions have different options for a question of one name.
    """
    items: dict[str, ItemAnswer] = {}
    columns: dict[str, tuple[int, str]] = {}
    given: dict[str, dict[str, str | None]] = {session.label: {} for session in sessions}
    for session in sessions:
        for answer in session.facts.answers:
            known = items.setdefault(answer.item, answer)
            if (known.options, known.role) != (answer.options, answer.role):
                raise AnalysisError(
                    f"{session.trials.origin}: the question {answer.item} has other options or another role "
                    f"than in other sessions ({', '.join(answer.options)} and {', '.join(known.options)}); "
                    f"export sessions of different questionnaires apart"
                )
            column = answer.item if session.number == 1 else f"{answer.item} (session {session.number})"
            columns[column] = (session.number, answer.item)
            given[session.label][column] = answer.answer
    table = pd.DataFrame.from_dict(given, orient="index", columns=list(columns), dtype=object)
    return AnswerTable(
        answers=table.astype(object).where(table.notna(), None),
        roles={column: items[item].role for column, (_, item) in columns.items()},
        options={column: items[item].options for column, (_, item) in columns.items()},
        columns=columns,
        items=items,
    )


def questionnaire_files(
    sessions: Sequence[LabelledSession], asked: AnswerTable, generalised: Generalised
) -> dict[str, bytes]:
    """The table of answers and its sidecar; none where nobody was asked or nothing could be kept.

    A row stands for a session whose protocol has a questionnaire. Questions that were left out whole are no
    columns.
    """
    changes = {change.item: change for change in generalised.changes}
    removed = {column for column, change in changes.items() if change.is_removed}
    kept = [
        item
        for item in asked.items
        if any(its == item and column not in removed for column, (_, its) in asked.columns.items())
    ]
    with_questions = [session for session in sessions if session.facts.answers]
    if not kept or not with_questions:
        return {}
    several = any(session.entity for session in sessions)
    rows = [
        _row(session, kept, {asked.columns[c]: c for c in asked.columns}, generalised.table, several)
        for session in with_questions
    ]
    sidecar: dict[str, object] = {
        "MeasurementToolMetadata": {
            "Description": "The questionnaire of the protocol; its words stand in code/protocols.",
            "TermURL": "n/a",
        },
        PARTICIPANT_ID.name: PARTICIPANT_ID.sidecar,
    }
    if several:
        sidecar[SESSION_ID.name] = SESSION_ID.sidecar
    for item in kept:
        of_item = [changes[c] for c, (_, its) in asked.columns.items() if its == item and c in changes]
        sidecar[item] = _item_sidecar(asked.items[item], of_item)
    return {TABLE: table_bytes(pd.DataFrame(rows)), SIDECAR: json_bytes(sidecar)}


def _row(
    session: LabelledSession,
    items: Sequence[str],
    column_of: Mapping[tuple[int, str], str],
    answers: pd.DataFrame,
    several: bool,
) -> dict[str, object]:
    row: dict[str, object] = {PARTICIPANT_ID.name: f"sub-{session.label}"}
    if several:
        row[SESSION_ID.name] = f"ses-{session.entity}"
    for item in items:
        column = column_of.get((session.number, item))
        row[item] = None if column is None else answers.at[session.label, column]
    return row


def _item_sidecar(item: ItemAnswer, changes: Iterable[ItemChange]) -> dict[str, object]:
    labels = dict(zip(item.options, item.labels, strict=True))
    stands_for: dict[str, tuple[str, ...]] = {option: (option,) for option in item.options}
    changes = list(changes)
    if changes:
        stands_for = {level: options for change in changes for level, options in change.levels.items()}
    withheld = sum(change.withheld for change in changes)
    coarser = any(change.is_coarser for change in changes)
    said = [
        text for text, holds in (("made coarser", coarser), ("withheld in part", bool(withheld))) if holds
    ]
    return {
        "LongName": item.text,
        "Description": f"Answer to the question; n/a: not answered{' or withheld' if withheld else ''}.",
        "Levels": {
            level: "; ".join(labels[option] for option in options) for level, options in stands_for.items()
        },
        "Page": item.page,
        "Role": item.role,
        "Changed": " and ".join(said) or "no",
    }
