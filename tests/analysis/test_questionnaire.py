"""Answers are counted, free texts never come in."""

from __future__ import annotations

from dataclasses import replace

from analysis.collection import Allowed, collect
from analysis.questionnaire import count_answers, item_answers
from analysis.report import write_report
from analysis.sessions import read_sessions
from experiment.journal import Journal
from experiment.records import (
    SESSIONS,
    Answers,
    QuestionnaireItem,
    QuestionnairePage,
    QuestionnairePhase,
    SessionFinished,
)
from tests.analysis.conftest import record_of

SECRET = "My name is Erika Mustermann"
GLASSES = QuestionnaireItem(
    "glasses", "Do you wear glasses?", ("yes", "no"), ("Yes", "No"), "quasi_identifier"
)
REMARKS = QuestionnaireItem("remarks", "Remarks?", (), (), "free_text")
PAGES = (QuestionnairePage("about", "About you", (GLASSES, REMARKS)),)


def asked(recipe):
    record = record_of(recipe)
    phases = (*record.plan.phases, QuestionnairePhase(PAGES))
    return replace(record, plan=replace(record.plan, phases=phases))


def answers(recipe, **given: str) -> Answers:
    return Answers(len(record_of(recipe).plan.phases), "about", given)


def test_the_last_answer_to_a_question_counts_and_texts_stay_out(recipe) -> None:
    events = [answers(recipe, glasses="no"), answers(recipe, glasses="yes", remarks=SECRET)]
    (one,) = item_answers(asked(recipe), events)
    assert (one.item, one.answer, one.labels) == ("glasses", "yes", ("Yes", "No"))


def test_what_was_left_open_is_no_answer(recipe) -> None:
    sessions = [
        item_answers(asked(recipe), [answers(recipe, glasses="yes")]),
        item_answers(asked(recipe), [answers(recipe, glasses="")]),
        item_answers(asked(recipe), []),
    ]
    table = count_answers(sessions)
    assert table[["option", "chosen", "answered", "asked"]].to_numpy().tolist() == [
        ["yes", 1, 1, 3],
        ["no", 0, 1, 3],
    ]


def test_no_file_of_a_report_holds_a_free_text_or_a_row_of_one_person(make_session, recipe, tmp_path) -> None:
    # Given two sessions whose participants wrote their names
    for number in (1, 2):
        one = replace(recipe, participant=f"P{number:03d}", finished=False)
        folder = make_session(one)
        (folder / "session.json").write_bytes(SESSIONS.dump_json(asked(one)))
        with Journal(folder / "journal.jsonl") as journal:
            journal.append(answers(one, glasses="yes" if number == 1 else "no", remarks=SECRET), 9_999.0)
            journal.append(SessionFinished(), 10_000.0)
        (session,) = read_sessions([folder])
        assert [answer.item for answer in session.facts.answers] == ["glasses"]
    # When the report is made
    out = tmp_path / "out"
    write_report(collect([tmp_path / "data"], Allowed(True, True, True)), out)
    # Then the counts are there and the names are not
    assert "Do you wear glasses?" in (out / "tables" / "questionnaire.tsv").read_text(encoding="utf-8")
    assert (out / "figures" / "questionnaire.svg").exists()
    for path in (file for file in out.rglob("*") if file.is_file()):
        assert b"Mustermann" not in path.read_bytes(), path
    assert "observer\t" not in (out / "tables" / "questionnaire.tsv").read_text(encoding="utf-8")
