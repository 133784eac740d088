"""Remarks that a person has passed, as ``phenotype/remarks.tsv``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pandas as pd

from analysis.collection import Collection
from analysis.errors import AnalysisError
from analysis.export.columns import REMARK_COLUMNS
from analysis.export.disclosure.remarks import read_review, write_review
from analysis.export.json_text import json_bytes
from analysis.export.labelled_session import with_trials
from analysis.sessions import SessionTrials
from analysis.tables import table_bytes
from experiment.journal import JOURNAL_NAME, parse_line
from experiment.records import Answers, QuestionnairePhase

TABLE = "phenotype/remarks.tsv"
SIDECAR = "phenotype/remarks.json"
REVIEW = "remarks_to_review.tsv"


def given_remarks(sessions: tuple[SessionTrials, ...]) -> dict[str, str]:
    """Participant code -> what was typed into the free texts, several joined by line breaks.

    Only of sessions that are exported, which are those with a trial.
    Nothing else in the analysis reads them: see ``analysis.questionnaire``.
    """
    remarks: dict[str, list[str]] = {}
    for session in with_trials(sessions):
        if session.details is None:
            continue
        phases = session.details.record.plan.phases
        for answers in _answers(session.details.folder / JOURNAL_NAME):
            phase = phases[answers.phase]
            if isinstance(phase, QuestionnairePhase):
                texts = {item.name for page in phase.pages for item in page.items if item.is_text}
                given = [text for name, text in answers.answers.items() if name in texts and text.strip()]
                remarks.setdefault(session.observer, []).extend(given)
    return {observer: "\n".join(texts) for observer, texts in remarks.items() if texts}


def _answers(journal: Path) -> Iterator[Answers]:
    """The answers in a journal; the trials, which are most of it, are not looked at."""
    for line in journal.read_bytes().splitlines() if journal.exists() else ():
        if b'"kind":"answers"' not in line:
            continue
        # A damaged line holds no answers that count; reading the session has said so.
        with suppress(ValueError):
            event = parse_line(line).event
            if isinstance(event, Answers):
                yield event


def passed_remarks(collection: Collection, out: Path) -> dict[str, str]:
    """Participant code -> remark that a person has passed in the review file beside ``out``.

    Raises
    ------
    AnalysisError
        Where decisions are missing: the review file is then there to be filled in.
    """
    remarks = given_remarks(collection.sessions)
    if not remarks:
        return {}
    review = out.resolve().parent / REVIEW
    undecided = write_review(review, remarks)
    if undecided:
        raise AnalysisError(
            f"{review}: {undecided} remarks wait for a person; write yes or no under publish, mend the text "
            f"where something in it could name somebody, and export again"
        )
    return dict(read_review(review, remarks).texts)


def remark_files(remarks: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, bytes]:
    """The table and its sidecar, ordered by label; none without remarks. A line break becomes a space."""
    of_exported = {labels[observer]: text for observer, text in remarks.items() if observer in labels}
    if not of_exported:
        return {}
    rows = [(f"sub-{label}", " ".join(text.split())) for label, text in sorted(of_exported.items())]
    table = pd.DataFrame(rows, columns=[column.name for column in REMARK_COLUMNS])
    sidecar = {column.name: column.sidecar for column in REMARK_COLUMNS}
    return {TABLE: table_bytes(table), SIDECAR: json_bytes(sidecar)}
