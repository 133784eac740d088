"""Whatever could lead back to a person is taken from the source, in the spellings in which it may come up."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from analysis.export.disclosure.identifiers import Identifier, identifying_values
from analysis.export.disclosure.leak_scan import scan_folder
from analysis.export.disclosure.spellings import (
    clock_spellings,
    date_spellings,
    dates_in_code,
    epoch_spellings,
)
from experiment.journal import JOURNAL_NAME, Journal
from experiment.participants import Participant, register
from experiment.records import (
    SESSIONS,
    Answers,
    QuestionnaireItem,
    QuestionnairePage,
    QuestionnairePhase,
    SessionStarted,
)
from tests.analysis.conftest import Recipe, record_of

REMARK = "Thanks, Erika Mustermann! Call 0316 873 1234"
MORNING = datetime(2026, 2, 1, 6, 36, 51, 250_000, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A data folder with one session, in which things stand that the program itself would not write."""
    data = tmp_path / "erikas study"
    recipe = Recipe(training_per_action=1, test_per_action=1)
    record = record_of(recipe)
    items = (
        QuestionnaireItem("glasses", "Glasses?", ("yes", "no"), ("Yes", "No"), "quasi_identifier"),
        QuestionnaireItem("remarks", "Remarks?", (), (), "free_text"),
    )
    asked = QuestionnairePhase((QuestionnairePage("you", "You", items),))
    plan = replace(
        record.plan,
        phases=(*record.plan.phases, asked),
        participant="19900512-anna",
        seed=123456789012,
        order_number=7,
    )
    record = replace(
        record,
        participant="19900512-anna",
        plan=plan,
        stimuli="/home/erika/stimulus_sets/own",
        started_at=MORNING.isoformat(),
        commit="0123456789abcdef0123456789abcdef01234567",
        display=replace(record.display, screen_name="DELL SN12345", renderer="GeForce 4711"),
    )
    folder = data / "sessions" / "19900512-anna_01"
    folder.mkdir(parents=True)
    fields = json.loads(SESSIONS.dump_json(record)) | {"hostName": "lab-pc-3", "serial_number": "XK77-9"}
    (folder / "session.json").write_text(json.dumps(fields))
    with Journal(folder / JOURNAL_NAME) as journal:
        journal.append(SessionStarted(), 0.0)
        place = len(plan.phases) - 1
        journal.append(Answers(place, "you", {"glasses": "yes", "remarks": REMARK}), 1.0)
    register(data, Participant("19900512-anna", 1, "1", True, False, False))
    return data


def values(identifiers: tuple[Identifier, ...], kind: str) -> set[str]:
    return {each.value for each in identifiers if each.kind == kind}


def test_everything_that_leads_back_is_taken(source) -> None:
    found = identifying_values([source])
    assert values(found, "participant code") == {"19900512-anna"}
    assert values(found, "part of a participant code") == {"anna"}
    assert {"12.05.1990", "1990-05-12", "May 12 1990"} <= values(found, "date in a participant code")
    assert values(found, "session folder") == {"19900512-anna_01"}
    assert values(found, "seed") == {"123456789012", "1cbe991a14"}
    assert values(found, "order number") == {"7", "1"}
    assert "/home/erika/stimulus_sets/own" in values(found, "path")
    assert "erika" in values(found, "user name")
    assert "erikas study" in values(found, "part of a path")
    assert values(found, "host (field host_Name)") == {"lab-pc-3"}
    assert values(found, "serial (field serial_number)") == {"XK77-9"}
    assert {"DELL SN12345", "GeForce 4711"} <= values(found, "equipment")
    assert values(found, "remark") == {REMARK}
    assert {"Erika Mustermann", "0316 873 1234"} <= values(found, "remark, what looks identifying")
    assert {"Thanks", "Mustermann"} <= values(found, "remark, a longer word")
    assert "0123456" in values(found, "commit")


def test_the_start_is_taken_in_its_own_zone_and_in_universal_time(source) -> None:
    found = identifying_values([source])
    assert {"2026-02-01", "01.02.2026", "1.2.2026", "20260201", "02/01/2026"} <= values(found, "date")
    assert {str(int(MORNING.timestamp())), str(round(MORNING.timestamp() * 1000))} <= values(found, "date")
    assert {"06:36:51", "06:36", "05:36:51", "6:36 AM"} <= values(found, "clock time")


def test_answers_to_choose_are_no_identifiers(source) -> None:
    assert "yes" not in {each.value for each in identifying_values([source])}


def test_the_time_of_a_file_is_taken(source) -> None:
    os.utime(source / "participants.tsv", (0, datetime(2019, 3, 4, tzinfo=timezone.utc).timestamp()))
    assert "04.03.2019" in values(identifying_values([source]), "date")


def test_what_a_person_passed_is_no_longer_looked_for(source) -> None:
    found = identifying_values([source], published_remarks=["Thanks! Call [phone]"])
    assert "Thanks" not in values(found, "remark, a longer word")
    assert "Mustermann" in values(found, "remark, a longer word")


def test_tables_of_other_programs_are_looked_through(tmp_path) -> None:
    table = tmp_path / "run.csv"
    table.write_text("UserID,StartTime,VideoPath\nerika,2022-01-02 10:11:12,/home/lab7/v_Swing_g01_c01.avi\n")
    found = identifying_values([table])
    assert values(found, "participant code") == {"erika"}
    assert "02.01.2022" in values(found, "date")
    assert "lab7" in values(found, "user name")


@pytest.mark.parametrize(
    "path",
    [
        r"C:\\Users\\erika.h\\my study\\set",
        "/home/erika.h/my study/set",
        r"\\\\nas4\\Users\\erika.h\\my study",
    ],
)
def test_paths_of_every_system_are_taken_apart(tmp_path, path) -> None:
    table = tmp_path / "run.tsv"
    table.write_text(f"stimuli\n{path}\n")
    found = identifying_values([table])
    assert path in values(found, "path")
    assert "erika.h" in values(found, "user name")
    assert "my study" in values(found, "part of a path")


@pytest.mark.parametrize("content", [b"null", b"[1]", b"[" * 50_000 + b"]" * 50_000, b"\xff", b'{"plan": 3}'])
@pytest.mark.parametrize("name", ["session.json", JOURNAL_NAME])
def test_a_stray_file_of_something_else_ends_no_search(tmp_path, name, content) -> None:
    (tmp_path / name).write_bytes(content + b"\n")
    assert "hash of a session file" in {each.kind for each in identifying_values((tmp_path,))}


def test_a_list_of_names_beside_the_data_is_looked_through(source) -> None:
    (source / "recruiting.csv").write_text(
        "code,Nachname,E-Mail,Geburtsdatum\n7,Huber,h@x.example,3.4.1991\n"
    )
    found = {each.value: each.kind for each in identifying_values([source])}
    assert found["Huber"] == "personal data (column Nachname)"
    assert found["h@x.example"] == "personal data (column E-Mail)"
    assert found["3.4.1991"] == "personal data (column Geburtsdatum)"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("consent.csv", "Code;Name;Email\r\nP001;Müller;m@x.example\r\n".encode("cp1252")),
        ("consent.csv", b"sep=;\nCode;Name;Email\nP001;M\xc3\xbcller;m@x.example\n"),
        ("consent.csv", '"Code, kurz"; Name ;Email\nP001;Müller;m@x.example\n'.encode()),
        ("consent.csv", "Code\tName\tEmail\nP001\tMüller\tm@x.example\n".encode()),
        ("consent.tsv", "Code,Name,Email\nP001,Müller,m@x.example\n".encode()),
        ("consent.csv", "Code,Name\nP001,Müller,m@x.example\n".encode("utf-8-sig")),
    ],
)
def test_tables_of_excel_are_read_as_it_writes_them(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    found = {each.value: each.kind for each in identifying_values([tmp_path])}
    assert found["Müller"] == "personal data (column Name)"
    assert "m@x.example" in found


@given(st.dates(date(1970, 1, 2), date(2099, 12, 30)))
def test_every_spelling_of_a_day_is_found_in_a_text(tmp_path_factory, day) -> None:
    folder = tmp_path_factory.mktemp("scan")
    (folder / "README").write_text("; ".join(f"on {each}," for each in date_spellings(day)))
    for spelling in date_spellings(day):
        assert scan_folder(folder, (Identifier(spelling, "date", ""),)).leaks, spelling


def test_spellings_of_a_worked_example() -> None:
    assert clock_spellings(MORNING)[:2] == ("06:36:51", "06:36")
    assert epoch_spellings(datetime(2001, 9, 9, 1, 46, 40, tzinfo=timezone.utc))[0] == "1000000000"
    assert dates_in_code("kx-12051990") == (date(1990, 5, 12), date(1990, 12, 5))
    assert dates_in_code("P001") == ()
