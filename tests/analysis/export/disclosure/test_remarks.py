"""Remarks are looked through, and only a person passes them."""

from __future__ import annotations

import csv
import time
from itertools import pairwise
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from analysis.errors import AnalysisError
from analysis.export.disclosure.remarks import (
    cleaned,
    read_review,
    redacted,
    scan_remarks,
    write_review,
)
from analysis.export.disclosure.text_identifiers import in_text


def kinds(remark: str) -> list[tuple[str, str]]:
    return [(finding.kind, finding.found) for finding in scan_remarks({"P001": remark})]


@pytest.mark.parametrize(
    ("remark", "expected"),
    [
        ("It was fun, mail me at erika.m@uni-x.example!", [("e-mail", "erika.m@uni-x.example")]),
        ("see www.example.org/erika", [("URL", "www.example.org/erika")]),
        ("call +49 170 1234567 please", [("phone", "+49 170 1234567")]),
        ("call 0316/873-1234 please", [("phone", "0316/873-1234")]),
        ("I am 47, born 1979", [("number", "47,"), ("number", "1979")]),
        ("greetings from Erika Mustermann", [("name", "Erika Mustermann")]),
        ("Erika Mustermann was here", [("name", "Erika Mustermann")]),
        ("Hello, my name is erika", [("name", "my name is erika")]),
        ("Frau Huber saß im Labor", [("name", "Frau Huber"), ("name", "Labor")]),
        ("I sat next to Dagobert. He moved", [("name", "Dagobert")]),
        ("I saw Prof. Huber there", [("name", "Prof. Huber")]),
        ("find me as @erika99", [("account", "@erika99")]),
        ("The clips were too fast. Some were dark.", []),
        ("😀👍 good 👩‍🔬", []),
        ("שלום, אני דנה", [("script without capitals", "שלום, אני דנה")]),
        ("رقم ٠٣١٦٨٧٣١٢٣٤", [("phone", "٠٣١٦٨٧٣١٢٣٤")]),
        ("", []),
    ],
)
def test_what_may_identify_somebody_is_listed(remark, expected) -> None:
    found = kinds(remark)
    assert [each for each in found if each in expected] == expected
    assert bool(found) == bool(expected)


@pytest.mark.parametrize(
    ("before", "after"), [("\tremark\n", "\tremark\tmine\n"), ("very nice\n", "very nice\tmine\n")]
)
def test_a_column_too_many_is_refused(tmp_path: Path, before: str, after: str) -> None:
    review = tmp_path / "review.tsv"
    write_review(review, {"P001": "very nice"})
    review.write_text(review.read_text().replace(before, after))
    with pytest.raises(AnalysisError, match=r"review\.tsv, row 1: the columns must be key, publish"):
        write_review(review, {"P001": "very nice"})


@pytest.mark.parametrize("piece", ["x", "x.", "x-", "~", "a:/", "/", "x@"])
def test_a_very_long_text_is_looked_through_in_a_moment(piece: str) -> None:
    # Without bounds each of these takes a minute: the time grows with the square of the length
    began_s = time.process_time()
    scan_remarks({"P001": piece * 30_000})
    list(in_text(piece * 30_000, "a file"))
    assert time.process_time() - began_s < 10


def test_decisions_on_remarks_of_another_study_stay(tmp_path: Path) -> None:
    # Given a file with a decision
    review = tmp_path / "review.tsv"
    write_review(review, {"P001": "very nice"})
    review.write_text(review.read_text().replace("\t\tvery nice", "\tyes\tvery nice"))
    # When the remarks of another study come into it
    assert write_review(review, {"P001": "too long"}) == 1
    # Then the decision is still there
    assert read_review(review, {"P001": "very nice"}).texts == {"P001": "very nice"}


def test_marks_that_turn_the_direction_of_writing_do_not_hide_a_name() -> None:
    hidden = "Greetings from \u202eErika\u202c Muster\u200bmann"
    assert cleaned(hidden) == "Greetings from Erika Mustermann"
    assert kinds(hidden) == [("name", "Erika Mustermann")]


def test_what_is_found_is_replaced_by_its_kind() -> None:
    assert redacted("Ask Erika (erika@x.example) 😀") == "[name] ([e-mail]) 😀"


@given(st.text(max_size=80))
@settings(max_examples=150)
def test_findings_lie_in_the_cleaned_text_and_do_not_overlap(remark) -> None:
    text, findings = cleaned(remark), scan_remarks({"P001": remark})
    assert all(text[each.start : each.end] == each.found and each.found for each in findings)
    assert all(one.end <= other.start for one, other in pairwise(findings))
    assert cleaned(text) == text


REMARKS = {"P001": "Nice!\nThanks, Erika", "P002": "too\tlong 😀", "P003": "", "P004": "שלום"}


def decide(path: Path, **decisions: str) -> None:
    """Fill the column ``publish``; a key is a word of the remark."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for row in rows:
        row["publish"] = next((say for word, say in decisions.items() if word in row["remark"]), "")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)


def test_nothing_is_published_that_nobody_passed(tmp_path) -> None:
    path = tmp_path / "remarks.tsv"
    assert write_review(path, REMARKS) == 3
    assert path.stat().st_mode & 0o777 == 0o600
    assert "P001" not in path.read_text("utf-8")
    reviewed = read_review(path, REMARKS)
    assert (reviewed.texts, reviewed.refused, reviewed.undecided) == ({}, 0, 3)


def test_what_a_person_passed_is_published_as_the_person_left_it(tmp_path) -> None:
    path = tmp_path / "remarks.tsv"
    write_review(path, REMARKS)
    decide(path, Erika="yes", long="no")
    reviewed = read_review(path, REMARKS)
    assert reviewed.texts == {"P001": "Nice!\nThanks, [name]"}
    assert (reviewed.refused, reviewed.undecided) == (1, 1)


def test_decisions_are_kept_when_the_file_is_written_again(tmp_path) -> None:
    path = tmp_path / "remarks.tsv"
    write_review(path, REMARKS)
    decide(path, long="yes")
    assert write_review(path, {**REMARKS, "P005": "another one"}) == 3
    assert read_review(path, REMARKS).texts == {"P002": "too\tlong 😀"}


def test_a_remark_that_changed_since_is_undecided(tmp_path) -> None:
    path = tmp_path / "remarks.tsv"
    write_review(path, REMARKS)
    decide(path, long="yes")
    assert read_review(path, {"P002": "too long, says Erika"}).undecided == 1


@pytest.mark.parametrize(
    ("say", "text"),
    [("publish\tmaybe", "allowed are yes and no"), ("key\tpublish", "the columns must be")],
)
def test_a_decision_that_is_none_is_refused(tmp_path, say, text) -> None:
    path = tmp_path / "remarks.tsv"
    if say.startswith("key"):
        path.write_text("key\tpublish\nab\tyes\n")
    else:
        write_review(path, REMARKS)
        decide(path, Erika="maybe")
    with pytest.raises(AnalysisError, match=text):
        read_review(path, REMARKS)


def test_a_yes_to_an_empty_text_is_refused(tmp_path) -> None:
    path = tmp_path / "remarks.tsv"
    path.write_text("key\tpublish\ttext\tfound\tremark\nab\tyes\t\t\tx\n")
    with pytest.raises(AnalysisError, match="text is empty"):
        read_review(path, REMARKS)
