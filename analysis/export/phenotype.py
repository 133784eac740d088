"""The questionnaire: answers for generalising, and ``phenotype/questionnaire.tsv`` of what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.errors import AnalysisError
from analysis.export.columns import PARTICIPANT_ID
from analysis.export.disclosure.generalising import Generalised, ItemChange
from analysis.export.json_text import json_bytes
from analysis.export.labelled_session import LabelledSession
from analysis.questionnaire import ItemAnswer
from analysis.tables import table_bytes
from experiment.records import ItemRole

FOLDER = "phenotype"


@dataclass(frozen=True)
class AnswerTable:
    """Answers for generalising.

    ``answers`` has one row per participant (index: label) and one column per question and session; the
    questions of a second session are columns of their own, because somebody may know both answers.
    ``roles`` and ``options`` are those of the columns, ``columns`` tells each one's session number and
    question, ``items`` how each question was worded, in English where somebody was asked in it.
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
    # Not the language of whoever stands first.
    for session in sorted(sessions, key=_language):
        for answer in session.facts.answers:
            items.setdefault(answer.item, answer)
    for session in sessions:
        for answer in session.facts.answers:
            known = items[answer.item]
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


def _language(session: LabelledSession) -> tuple[bool, str]:
    language = session.details.record.language
    return language != "en", language


def questionnaire_names(number: int) -> tuple[str, str]:
    """Path of the table and of its sidecar for the sessions of that number: the standard wants one row per
    participant in a table.
    """
    stem = f"{FOLDER}/questionnaire" + (f"_ses{number:02d}" if number > 1 else "")
    return f"{stem}.tsv", f"{stem}.json"


def questionnaire_files(
    sessions: Sequence[LabelledSession], asked: AnswerTable, generalised: Generalised
) -> dict[str, bytes]:
    """The tables of answers and their sidecars; none where nobody was asked or nothing could be kept.

    A row stands for a participant whose protocol has a questionnaire. Questions that were left out whole are
    no columns.
    """
    changes = {change.item: change for change in generalised.changes}
    files: dict[str, bytes] = {}
    for number in sorted({session.number for session in sessions}):
        kept = {
            item: column
            for column, (its, item) in asked.columns.items()
            if its == number and not (column in changes and changes[column].is_removed)
        }
        answered = [session for session in sessions if session.number == number and session.facts.answers]
        if not kept or not answered:
            continue
        labels = [session.label for session in answered]
        table = generalised.table.loc[labels, list(kept.values())].set_axis(list(kept), axis="columns")
        table.insert(0, PARTICIPANT_ID.name, [f"sub-{label}" for label in labels])
        sidecar: dict[str, object] = {
            "MeasurementToolMetadata": {
                "Description": "The questionnaire of the protocol; its words stand in code/protocols.",
                "TermURL": "n/a",
            },
            PARTICIPANT_ID.name: PARTICIPANT_ID.sidecar,
        }
        for item, column in kept.items():
            sidecar[item] = _item_sidecar(asked.items[item], changes.get(column))
        name, sidecar_name = questionnaire_names(number)
        files |= {name: table_bytes(table), sidecar_name: json_bytes(sidecar)}
    return files


def _item_sidecar(item: ItemAnswer, change: ItemChange | None) -> dict[str, object]:
    labels = dict(zip(item.options, item.labels, strict=True))
    stands_for = change.levels if change else {option: (option,) for option in item.options}
    withheld = change.withheld if change else 0
    said = []
    if change and change.is_coarser:
        said.append("made coarser")
    if withheld:
        said.append("withheld in part")
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
