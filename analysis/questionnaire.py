"""The answers to a session's questionnaire, without its free texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from experiment.records import Answers, Event, ItemRole, QuestionnairePhase, SessionRecord


@dataclass(frozen=True)
class ItemAnswer:
    """One question as one participant answered it; ``answer`` is one of ``options``, or None where it was
    left open or never asked. ``labels`` are what was shown for the options.
    """

    item: str
    page: str
    text: str
    role: ItemRole
    options: tuple[str, ...]
    labels: tuple[str, ...]
    answer: str | None


def item_answers(record: SessionRecord, events: Iterable[Event]) -> tuple[ItemAnswer, ...]:
    """Every question of the plan that has options, with the last answer given to it.

    Free texts are left out here, at the door: people write names into them, and no later step can show or
    keep what it never gets.
    """
    given: dict[tuple[int, str], str] = {}
    for event in events:
        if isinstance(event, Answers):
            given |= {(event.phase, name): text for name, text in event.answers.items()}
    found = []
    for place, phase in enumerate(record.plan.phases):
        if not isinstance(phase, QuestionnairePhase):
            continue
        for page in phase.pages:
            for item in page.items:
                if item.is_text or item.role == "free_text":
                    continue
                answer = given.get((place, item.name))
                found.append(
                    ItemAnswer(
                        item=item.name,
                        page=page.heading,
                        text=item.text,
                        role=item.role,
                        options=item.options,
                        labels=item.labels,
                        answer=answer if answer in item.options else None,
                    )
                )
    return tuple(found)


def count_answers(sessions: Sequence[Sequence[ItemAnswer]]) -> pd.DataFrame:
    """How often each option of each question was chosen; nobody's answers stand together in it.

    Questions count as the same where name and options agree, whatever the language; they are worded as in the
    first session that has them.

    Returns
    -------
    DataFrame
        ``item``, ``page``, ``question``, ``role``, ``option``, ``label``, ``chosen``, ``answered`` (sessions
        that answered the question), ``asked`` (sessions whose plan has it); options in their order, those
        nobody chose included.
    """
    answers: dict[tuple[str, tuple[str, ...]], list[ItemAnswer]] = {}
    for session in sessions:
        for answer in session:
            answers.setdefault((answer.item, answer.options), []).append(answer)
    rows = [
        (
            group[0].item,
            group[0].page,
            group[0].text,
            group[0].role,
            option,
            label,
            sum(answer.answer == option for answer in group),
            sum(answer.answer is not None for answer in group),
            len(group),
        )
        for group in answers.values()
        for option, label in zip(group[0].options, group[0].labels, strict=True)
    ]
    columns = ["item", "page", "question", "role", "option", "label", "chosen", "answered", "asked"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    return table
