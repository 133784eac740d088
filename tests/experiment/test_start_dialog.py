"""What the start dialog says of entries, and the choices that it makes of them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from experiment import start_dialog
from experiment.start_dialog import Entries, asked_of, asked_to_go_on, first_entries, problem_of
from tests.experiment.material import PROTOCOLS
from tests.experiment.sessions import NOTHING_GIVEN, PILOT, run_here, simulated_session

WORDS = {language: start_dialog.read_dialog_words(language) for language in ("en", "de")}


@pytest.fixture
def entries(tmp_path: Path) -> Entries:
    """Those of a session that may start."""
    first = first_entries(replace(NOTHING_GIVEN, data=tmp_path / "data"), "en")
    return replace(first, participant="P001", consent_confirmed=True)


def sentence_of(entries: Entries, language: str = "en") -> str:
    problem = problem_of(entries, WORDS[language])
    assert problem is not None
    return problem.sentence


def test_a_known_form_and_a_confirmed_consent_start_the_study(entries):
    assert problem_of(entries, WORDS["en"]) is None
    asked = asked_of(entries, NOTHING_GIVEN)
    assert not asked.resume
    # the same choices as `run_session.py protocols/afd5.yaml --participant P001 --consent-confirmed ...`
    assert asked.choices == replace(
        NOTHING_GIVEN,
        protocol=PROTOCOLS / "afd5.yaml",
        participant="P001",
        session=1,
        language="en",
        data=entries.data,
        consent_confirmed=True,
    )


@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_starts_without_confirmation(entries, language):
    said = sentence_of(replace(entries, consent_confirmed=False), language)
    assert "1" in said
    assert said == WORDS[language].not_confirmed.format(version="1")


@pytest.mark.parametrize("code", ["Jane Doe", "a_b", "-x", "x" * 21, "../up", "ü1"])
def test_what_is_no_code_is_told(entries, code):
    said = sentence_of(replace(entries, participant=code))
    assert said.startswith(f"{code} is no participant code")


def test_a_code_is_needed_for_the_study_and_not_for_a_pilot(entries):
    assert sentence_of(replace(entries, participant="")) == "A participant code is missing."
    nobody = replace(entries, participant="", pilot=True, consent_confirmed=False)
    assert problem_of(nobody, WORDS["en"]) is None
    assert asked_of(nobody, NOTHING_GIVEN).choices.participant is None


def test_a_pilot_takes_no_code_of_the_study_and_the_other_way_round(entries):
    # given a participant of the study and one of pilots
    entries.data.mkdir()
    header = "participant\torder_number\tconsent_version\tconsent_confirmed\tpilot\tsimulated\n"
    rows = "P001\t1\t1\t1\t0\t0\npilot01\t1\t1\t0\t1\t0\n"
    (entries.data / "participants.tsv").write_text(header + rows, "utf-8")
    assert problem_of(entries, WORDS["en"]) is None
    # then neither is taken for the other
    said = sentence_of(replace(entries, pilot=True))
    assert said.startswith("P001 is known already, as a participant of the study")
    assert "as a pilot participant" in sentence_of(replace(entries, participant="pilot01"))
    assert "schon bekannt" in sentence_of(replace(entries, pilot=True, language="de"), "de")


def test_a_finished_session_offers_the_next_and_an_unfinished_one_to_go_on(entries, tmp_path, monkeypatch):
    # given two sessions, the second of which was cut off
    folder = simulated_session(tmp_path)
    given = ("--stimuli", tmp_path / "stimuli", "--data", tmp_path / "data", "--participant", "T001")
    assert run_here(PILOT, "--simulate", "data", *given, "--session", 2).exit_code == 0
    journal = folder.parent / "T001_02" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:20]))
    # (as if of people: the dialog starts no simulations)
    register = tmp_path / "data" / "participants.tsv"
    register.write_text(register.read_text("utf-8").replace("\t1\t1\n", "\t1\t0\n"), "utf-8")
    pilot = replace(entries, participant="T001", protocol=PROTOCOLS / "pilot.yaml", consent_confirmed=False)
    # then each is answered as it stands
    first = problem_of(pilot, WORDS["en"])
    assert first is not None
    assert (first.next_session, first.unfinished_session) == (3, None)
    second = problem_of(replace(pilot, session=2), WORDS["en"])
    assert second is not None
    assert (second.next_session, second.unfinished_session) == (3, 2)
    assert "not finished" in second.sentence
    assert problem_of(replace(pilot, session=3), WORDS["en"]) is None
    # and going on names nothing but the session: it goes on as it began
    asked = asked_to_go_on(replace(pilot, session=2), 2, NOTHING_GIVEN)
    assert asked.resume
    assert asked.choices == replace(NOTHING_GIVEN, participant="T001", session=2, data=pilot.data)


def test_a_protocol_that_cannot_be_read_is_told(entries, tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("format: 1\n", "utf-8")
    said = sentence_of(replace(entries, protocol=broken))
    assert said.startswith("The session could not start. ")
    assert "broken.yaml: name: the field is missing" in said


def test_the_study_is_offered_first_and_what_was_named_is_offered_too(tmp_path):
    offered = start_dialog.protocols_offered(tmp_path / "own.yaml")
    assert offered[0] == PROTOCOLS / "afd5.yaml"
    assert tmp_path / "own.yaml" in offered
    assert PROTOCOLS / "pilot.yaml" in offered


def test_a_set_or_protocol_that_was_named_from_the_working_folder_is_offered_as_it_was_named(
    tmp_path, monkeypatch
):
    # given two built sets and a protocol, and one of the sets named as it is seen from here
    for name in ("one", "two"):
        (tmp_path / "stimulus_sets" / name).mkdir(parents=True)
        (tmp_path / "stimulus_sets" / name / "manifest.tsv").touch()
    (tmp_path / "protocols").mkdir()
    (tmp_path / "protocols" / "mine.yaml").touch()
    monkeypatch.setattr(start_dialog, "PROJECT", tmp_path)
    monkeypatch.chdir(tmp_path)
    near = Path("stimulus_sets/two")
    # then it is there once, to be found by the path that was given
    assert start_dialog.stimuli_offered(near) == (tmp_path / "stimulus_sets" / "one", near)
    assert start_dialog.protocols_offered(Path("protocols/mine.yaml")) == (Path("protocols/mine.yaml"),)


def test_both_languages_have_the_same_places_for_numbers():
    for name in start_dialog.DialogWords.model_fields:
        texts = [str(getattr(WORDS[language], name)) for language in ("en", "de")]
        assert {*re.findall(r"\{\w+\}", texts[0])} == {*re.findall(r"\{\w+\}", texts[1])}, name
