"""An exported data set reads back, and gives the numbers that the original gives."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.collection import Allowed, Collection, collect
from analysis.errors import AnalysisError
from analysis.export.aggregates import aggregate_files
from analysis.export.data_set import Choices
from analysis.export.exporting import Exported, Places, export
from analysis.export.protocol_copy import protocol_files, protocol_names
from analysis.export.validation import validate, validator_path
from analysis.formats.bids_export import read_bids_export
from analysis.report.findings import Findings, gather
from analysis.report.summary_json import summary_json
from experiment.journal import JOURNAL_NAME, Journal
from experiment.records import (
    SESSIONS,
    Answers,
    QuestionnaireItem,
    QuestionnairePage,
    QuestionnairePhase,
    Resumed,
    SessionFinished,
    SessionRecord,
)
from tests.analysis.conftest import Recipe, write_session

EVERYBODY = Allowed(simulated=True, pilot=True, unfinished=True)
REMOVED = {
    ("provenance", "commits"),
    ("provenance", "session_software"),
    ("provenance", "protocols"),
    ("provenance", "trial_table_sha256"),
    ("quality", "interruptions"),
    ("quality", "timing"),
}
"""What an export leaves out on purpose; of the timing, see its own test."""


def item(name: str, role: str, options: tuple[str, ...]) -> QuestionnaireItem:
    return QuestionnaireItem(name, f"{name}?", options, tuple(f"label {each}" for each in options), role)  # type: ignore[arg-type]


PAGE = QuestionnairePage(
    "after",
    "Afterwards",
    (
        item("glasses", "quasi_identifier", ("yes", "no")),
        item("difficulty", "rating", ("1", "2", "3", "4")),
        QuestionnaireItem("remarks", "Remarks?", (), (), "free_text"),
    ),
)


def write_asked(data: Path, recipe: Recipe, answers: Mapping[str, str], *, resumed: bool = False) -> Path:
    """A finished session that was asked the questions of ``PAGE`` at its end."""
    folder = write_session(data, replace(recipe, finished=False))
    record = SESSIONS.validate_json((folder / "session.json").read_bytes())
    plan = replace(record.plan, phases=(*record.plan.phases, QuestionnairePhase((PAGE,))))
    asked: SessionRecord = replace(record, plan=plan)
    (folder / "session.json").write_bytes(SESSIONS.dump_json(asked))
    with Journal(folder / JOURNAL_NAME) as journal:
        if resumed:
            journal.append(Resumed(3600.0, (), record.display), 99_000.0)
        journal.append(Answers(len(plan.phases) - 1, "after", answers), 99_001.0)
        journal.append(SessionFinished(), 99_002.0)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten participants; the last one came twice and was interrupted once, the first left a question open."""
    folder = tmp_path_factory.mktemp("source") / "data"
    small = Recipe(training_per_action=2, test_per_action=4, attention_checks=1)
    for number in range(1, 11):
        answers = {"difficulty": str(1 + number % 3), "remarks": "none"}
        if number > 1:
            answers["glasses"] = "yes" if number % 2 else "no"
        write_asked(folder, replace(small, participant=f"P{number:03d}", seed=number), answers)
    again = replace(small, participant="P010", session=2, seed=99)
    write_asked(folder, again, {"difficulty": "2", "glasses": "no"}, resumed=True)
    return folder


@pytest.fixture(scope="module")
def original(data: Path) -> Collection:
    return collect([data], EVERYBODY)


@pytest.fixture(scope="module")
def findings(original: Collection) -> Findings:
    return gather(original)


@pytest.fixture(scope="module")
def exported(original: Collection, data: Path) -> Exported:
    places = Places((data,), data.parent / "out", validator_path())
    return export(original, places, Choices())


@pytest.fixture(scope="module")
def read_back(exported: Exported, data: Path) -> Collection:
    return collect([data.parent / "out"], EVERYBODY)


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, str(key)))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, str(place)))
    else:
        yield path, value


def alike(one: Any, other: Any, tolerance: float) -> bool:
    """Whether two values are the same, numbers up to a share (or, near nothing, a part) of themselves."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
    return bool(one == other)


def named(pair: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """A pair of observers under its labels in alphabetical order: the order of codes is another."""
    first, second = (names.get(pair[side], pair[side]) for side in "ab")
    turned = dict(pair)
    if first > second:
        first, second = second, first
        turned["accuracy_a"], turned["accuracy_b"] = pair["accuracy_b"], pair["accuracy_a"]
    return f"{first} {second}", {**turned, "a": first, "b": second}


def summary(collection: Collection, names: Mapping[str, str]) -> dict[tuple[str, ...], Any]:
    """Every number of ``summary.json``, with codes replaced by labels and without what is left out."""
    content = json.loads(summary_json(gather(collection), []))
    for condition in content["agreement"].values():
        condition["pairs"] = {
            name: pair for pair in condition["pairs"] for name, pair in [named(pair, names)]
        }
    return {
        tuple(names.get(part, part) for part in path): value
        for path, value in leaves(content)
        if path[:2] not in REMOVED
    }


def test_the_summary_of_the_export_has_the_values_of_the_original(
    original: Collection, exported: Exported, read_back: Collection
) -> None:
    # Given the summaries of both
    ours, theirs = summary(original, exported.data_set.labels), summary(read_back, {})
    # Then they say the same things
    assert ours.keys() == theirs.keys()
    # And every value is the same; the bounds of the bootstrap are so up to its own chance
    bounds = {path for path in ours if path[-1] in ("low", "high", "all_low", "all_high")}
    # Sentences spell bounds out.
    values = {path: ours[path] for path in ours.keys() - bounds if path[-1] != "sentence"}
    other = {
        path: (value, theirs[path]) for path, value in values.items() if not alike(value, theirs[path], 1e-9)
    }
    assert other == {}
    apart = {path: (ours[path], theirs[path]) for path in bounds if not alike(ours[path], theirs[path], 0.1)}
    assert apart == {}


def test_the_trials_are_those_of_the_original_but_for_names_and_onsets(
    original: Collection, exported: Exported, read_back: Collection
) -> None:
    key = ["observer", "session", "condition", "phase", "trial"]
    ours = original.table.assign(observer=original.table["observer"].map(exported.data_set.labels))
    ours, theirs = (table.sort_values(key, ignore_index=True) for table in (ours, read_back.table))
    pd.testing.assert_frame_equal(
        ours.drop(columns="onset"), theirs.drop(columns="onset"), check_dtype=False, check_exact=True
    )
    # And onsets begin with the first trial of each session, in the distances of the original
    first = theirs.groupby(["observer", "session"])["onset"].transform("min")
    shift = ours["onset"] - ours.groupby(["observer", "session"])["onset"].transform("min")
    assert (first == 0).all()
    assert theirs["onset"].to_numpy() == pytest.approx(shift.to_numpy(), abs=1e-4)


@pytest.mark.parametrize(("min_group", "asked"), [(3, {"difficulty"}), (4, set())])
def test_group_figures_hold_no_answer_of_few(
    original: Collection, findings: Findings, monkeypatch: pytest.MonkeyPatch, min_group: int, asked: set[str]
) -> None:
    # Given a question that one left open, and one whose rarest answer three gave; an option nobody chose
    monkeypatch.setattr("analysis.export.aggregates.gather", lambda _: findings)
    # When group figures are made
    files = aggregate_files(original, min_group)
    # Then counts are told of questions in which nobody stands out
    table = files.get("derivatives/aggregates/questionnaire.tsv")
    told = set(pd.read_csv(BytesIO(table), sep="\t")["item"]) if table else set()
    assert told == asked


def test_quality_and_answers_come_from_the_export_too(original: Collection, read_back: Collection) -> None:
    # Then ratings are all there, each as often as it was given
    def ratings(collection: Collection) -> list[str | None]:
        answers = [answer for facts in collection.facts for answer in facts.answers]
        return sorted(str(answer.answer) for answer in answers if answer.item == "difficulty")

    assert ratings(read_back) == ratings(original)
    # And how often sessions were resumed, but not how long that took
    assert sorted(facts.resumed for facts in read_back.facts) == [0] * 10 + [1]
    assert [facts.gaps_s for facts in read_back.facts if facts.resumed] == [None]
    # And the display that times rest on
    assert {facts.display for facts in read_back.facts} == {facts.display for facts in original.facts}


def test_the_validator_finds_nothing_at_all(exported: Exported, data: Path) -> None:
    assert exported.issues == ()
    assert validate(data.parent / "out", validator_path()) == ()


def test_a_participant_with_two_sessions_has_two_folders(exported: Exported, data: Path) -> None:
    label = exported.data_set.labels["P010"]
    folders = sorted(path.name for path in (data.parent / "out" / f"sub-{label}").iterdir())
    assert folders == ["ses-01", "ses-02"]
    # And the answers of each, in a table of its own
    tables = [
        pd.read_csv(data.parent / "out" / "phenotype" / name, sep="\t")
        for name in ("questionnaire.tsv", "questionnaire_ses02.tsv")
    ]
    assert [len(table) for table in tables] == [10, 1]
    assert list(tables[1]["participant_id"]) == [f"sub-{label}"]


def test_rows_and_files_stand_in_the_order_of_the_labels(exported: Exported, data: Path) -> None:
    participants = pd.read_csv(data.parent / "out" / "participants.tsv", sep="\t")
    assert list(participants["participant_id"]) == sorted(
        f"sub-{x}" for x in exported.data_set.labels.values()
    )


@pytest.mark.parametrize(
    ("name", "spoil", "complaint"),
    [
        ("participants.tsv", lambda text: text.replace("sub-", "sub-x"), "participants.tsv has no row of"),
        ("task-AFD5test_beh.json", lambda _: "{}", "this is no sidecar of an export"),
        ("code/protocols/afd5.json", lambda _: "{}", "this is no protocol of an export"),
        ("phenotype/questionnaire.json", lambda _: "{}", "is missing in the table or in"),
    ],
)
def test_a_spoilt_data_set_is_refused_with_the_file(
    exported: Exported, data: Path, tmp_path: Path, name: str, spoil: Any, complaint: str
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(data.parent / "out", copy)
    (copy / name).write_text(spoil((copy / name).read_text()))
    with pytest.raises(AnalysisError, match=complaint):
        read_bids_export(copy)


def test_no_sidecar_leads_out_of_the_data_set(exported: Exported, data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(data.parent / "out", copy)
    shutil.copy(copy / "code" / "protocols" / "afd5.json", tmp_path / "elsewhere.json")
    for sidecar in copy.glob("sub-*/**/*_beh.json"):
        sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | {"Protocol": "../../../elsewhere"}))
    with pytest.raises(AnalysisError, match=r"_beh\.json: this is no sidecar of an export \(Protocol: "):
        read_bids_export(copy)


@pytest.mark.parametrize(
    ("name", "called"),
    [("../../../out", "out"), ("/etc/afd5", "etc-afd5"), ("..", "protocol"), ("a b", "a-b")],
)
def test_no_name_of_a_protocol_leads_out_of_the_data_set(
    original: Collection, name: str, called: str
) -> None:
    record = original.details[0].record
    strange = replace(record, protocol=replace(record.protocol, name=name))
    names = protocol_names([strange])
    assert list(names.values()) == [called]
    assert list(protocol_files([strange], names)) == [f"code/protocols/{called}.json"]


def test_a_spoilt_trial_is_refused_with_file_and_line(exported: Exported, data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(data.parent / "out", copy)
    table = min(copy.glob("sub-*/ses-01/beh/*_task-AFD5test_beh.tsv"))
    lines = table.read_text().splitlines(keepends=True)
    lines[3] = "\t".join(["none", *lines[3].split("\t")[1:]])
    table.write_text("".join(lines))
    with pytest.raises(AnalysisError, match=rf"{table.name}, line 4: trial is 'none'"):
        read_bids_export(copy)
