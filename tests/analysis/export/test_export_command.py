"""The command: what it refuses, what it tells, and what becomes of few participants, keys and remarks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import analysis.export.validation
from analysis.__main__ import app
from analysis.errors import AnalysisError
from experiment.journal import JOURNAL_NAME, Journal
from experiment.records import (
    SESSIONS,
    Answers,
    QuestionnaireItem,
    QuestionnairePage,
    QuestionnairePhase,
    SessionFinished,
)
from tests.analysis.conftest import Recipe, write_session

TINY = Recipe(training_per_action=1, test_per_action=2)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four finished sessions."""
    for number in range(1, 5):
        write_session(tmp_path / "data", replace(TINY, participant=f"P{number:03d}", seed=1000 + number))
    return tmp_path / "data"


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Result]:
    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, ["export", *map(str, arguments), "--allow-simulated"])

    return run


def complaint(result: Result) -> str:
    assert isinstance(result.exception, AnalysisError), result.output
    return str(result.exception)


def described(out: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((out / "dataset_description.json").read_text())
    return found


def test_the_data_are_as_they_were(run: Callable[..., Result], data: Path, tmp_path: Path) -> None:
    before = {path: (path.stat().st_mtime_ns, path.is_file()) for path in data.rglob("*")}
    result = run(data, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "sessions of 4 participants" in result.output
    assert "bids-validator: no errors, no warnings" in result.output
    assert {path: (path.stat().st_mtime_ns, path.is_file()) for path in data.rglob("*")} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "disclosure_report.html", "out"]


def test_what_cannot_be_used_is_refused_in_a_sentence(
    run: Callable[..., Result], data: Path, tmp_path: Path
) -> None:
    (tmp_path / "table.tsv").write_text("observer\n")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    for arguments, words in (
        ((tmp_path / "table.tsv", "-o", tmp_path / "out"), "made of data folders"),
        ((tmp_path / "nothing", "-o", tmp_path / "out"), "made of data folders"),
        ((data, "-o", data / "out"), "nothing is written into the data"),
        ((data, "-o", tmp_path / "full"), "not empty"),
        ((data, "-o", tmp_path / "out", "--keep-key", tmp_path / "out" / "key"), "must not travel"),
        ((data, "-o", tmp_path / "out", "--stimuli", tmp_path / "full"), "manifest"),
    ):
        assert words in complaint(run(*arguments))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "full", "table.tsv"]


def test_without_the_validator_nothing_is_exported(
    run: Callable[..., Result], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis.export.validation, "which", lambda *_, **__: None)
    assert "pip install" in complaint(run(data, "-o", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_kept_key_makes_the_data_set_pseudonymised(
    run: Callable[..., Result], data: Path, tmp_path: Path
) -> None:
    run(data, "-o", tmp_path / "out", "--keep-key", tmp_path / "key.tsv")
    key = pd.read_csv(tmp_path / "key.tsv", sep="\t")
    participants = pd.read_csv(tmp_path / "out" / "participants.tsv", sep="\t")
    assert sorted(key["participant_id"]) == list(participants["participant_id"])
    assert sorted(key["participant_code"]) == ["P001", "P002", "P003", "P004"]
    assert (tmp_path / "key.tsv").stat().st_mode & 0o777 == 0o600
    assert "pseudonymised" in described(tmp_path / "out")["Name"]
    assert "not anonymous" in (tmp_path / "out" / "README").read_text()
    report = (tmp_path / "disclosure_report.html").read_bytes()
    # And without one it calls itself anonymised
    again = run(data, "-o", tmp_path / "other")
    assert "anonymised" in described(tmp_path / "other")["Name"]
    assert "pseudonymised" not in (tmp_path / "other" / "README").read_text()
    # And the report of the first export is still there
    assert "disclosure_report.1.html is now the report of the export before" in again.output
    assert (tmp_path / "disclosure_report.1.html").read_bytes() == report


@pytest.mark.parametrize(
    ("options", "why"), [(("--aggregate",), "asked for"), (("--min-group", 5), "there are 4 participants")]
)
def test_group_figures_hold_no_row_of_a_participant(
    run: Callable[..., Result], data: Path, tmp_path: Path, options: tuple[object, ...], why: str
) -> None:
    out = tmp_path / "out"
    result = run(data, "-o", out, *options, "--keep-key", tmp_path / "key.tsv")
    assert result.exit_code == 0, result.output
    assert why in result.output
    assert "No key written" in result.output
    # Then there are no participants, and no key to none
    assert not list(out.glob("sub-*"))
    assert not (out / "participants.tsv").exists()
    assert not (tmp_path / "key.tsv").exists()
    # And the accuracy of all together with its interval
    accuracy = pd.read_csv(out / "derivatives" / "aggregates" / "accuracy.tsv", sep="\t")
    whole = accuracy[accuracy["action"] == "all"]
    assert list(whole["condition"]) == ["UCF5", "AFD5"]
    assert (whole["low"] < whole["accuracy"]).all()
    assert "observer" not in accuracy
    # And reading it back is refused with the place of the tables
    again = CliRunner().invoke(app, ["trials", str(out), "-o", str(tmp_path / "t.tsv"), "--allow-simulated"])
    assert "derivatives/aggregates" in complaint(again)


def test_a_single_participant_is_no_group(run: Callable[..., Result], tmp_path: Path) -> None:
    write_session(tmp_path / "data", TINY)
    assert "the only participant" in complaint(run(tmp_path / "data", "-o", tmp_path / "out"))
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_group_figures_rest_on_enough_people_and_trials(
    run: Callable[..., Result], data: Path, tmp_path: Path
) -> None:
    run(data, "-o", tmp_path / "out", "--aggregate")
    tables = [pd.read_csv(path, sep="\t") for path in (tmp_path / "out" / "derivatives").rglob("*.tsv")]
    counted = [table[name] for table in tables for name in ("observers", "trials") if name in table]
    assert len(counted) >= 4
    assert min(column.min() for column in counted) >= 3


def test_unfinished_sessions_are_left_out_and_counted(
    run: Callable[..., Result], data: Path, tmp_path: Path
) -> None:
    write_session(data, replace(TINY, participant="P005", seed=1005, finished=False))
    result = run(data, "-o", tmp_path / "out")
    assert "left out 1 of 5 sessions" in result.output
    assert len(pd.read_csv(tmp_path / "out" / "participants.tsv", sep="\t")) == 4
    run(data, "-o", tmp_path / "all", "--allow-unfinished")
    assert len(pd.read_csv(tmp_path / "all" / "participants.tsv", sep="\t")) == 5


def test_sessions_of_several_protocols_have_a_file_each(
    run: Callable[..., Result], data: Path, tmp_path: Path
) -> None:
    # Given a fifth session of another protocol of the same name
    folder = write_session(data, replace(TINY, participant="P005", seed=1005))
    record = SESSIONS.validate_json((folder / "session.json").read_bytes())
    other = replace(record, protocol=replace(record.protocol, sha256="d" * 64, test_items="same"))
    (folder / "session.json").write_bytes(SESSIONS.dump_json(other))
    # When they are exported
    result = run(data, "-o", tmp_path / "out")
    # Then each session names its own
    assert "different protocols are pooled" in result.output
    files = sorted((tmp_path / "out" / "code" / "protocols").iterdir())
    assert [file.name for file in files] == ["afd5-2.json", "afd5.json"]
    sidecars = (tmp_path / "out").glob("sub-*/beh/*_task-AFD5test_beh.json")
    named = sorted(json.loads(path.read_text())["Protocol"] for path in sidecars)
    assert named == ["afd5"] * 4 + ["afd5-2"]


def write_remark(data: Path, participant: str, remark: str) -> None:
    folder = write_session(data, replace(TINY, participant=participant, seed=1009, finished=False))
    record = SESSIONS.validate_json((folder / "session.json").read_bytes())
    item = QuestionnaireItem("remarks", "Remarks?", (), (), "free_text")
    phase = QuestionnairePhase((QuestionnairePage("end", "At the end", (item,)),))
    plan = replace(record.plan, phases=(*record.plan.phases, phase))
    (folder / "session.json").write_bytes(SESSIONS.dump_json(replace(record, plan=plan)))
    with Journal(folder / JOURNAL_NAME) as journal:
        journal.append(Answers(len(plan.phases) - 1, "end", {"remarks": remark}), 9_000.0)
        journal.append(SessionFinished(), 9_001.0)


def test_remarks_are_left_out_or_wait_for_a_person(
    run: Callable[..., Result], data: Path, tmp_path: Path
) -> None:
    # Given a remark with a name, a picture sign and words from right to left
    write_remark(data, "P005", "nice clips, greetings from Waltraud 😀\nשלום")
    # When nobody asks for remarks, then there are none
    run(data, "-o", tmp_path / "without")
    assert not (tmp_path / "without" / "phenotype").exists()
    # When they are asked for, then a person has to pass them first
    said = complaint(run(data, "-o", tmp_path / "out", "--remarks"))
    review = tmp_path / "remarks_to_review.tsv"
    assert "1 remarks wait for a person" in said
    assert not (tmp_path / "out").exists()
    # And what the person passed is what is exported
    table = pd.read_csv(review, sep="\t", dtype=str, keep_default_na=False)
    assert "Waltraud" not in table["text"][0]
    table.assign(publish="yes", text="nice clips 😀").to_csv(review, sep="\t", index=False)
    result = run(data, "-o", tmp_path / "out", "--remarks")
    assert result.exit_code == 0, result.output
    remarks = pd.read_csv(tmp_path / "out" / "phenotype" / "remarks.tsv", sep="\t")
    assert list(remarks["remark"]) == ["nice clips 😀"]


def test_group_figures_hold_no_remarks_and_ask_nobody_to_pass_them(
    run: Callable[..., Result], data: Path, tmp_path: Path
) -> None:
    write_remark(data, "P005", "greetings from Waltraud")
    result = run(data, "-o", tmp_path / "out", "--remarks", "--aggregate")
    assert "No remarks written: group figures bear no labels." in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "disclosure_report.html", "out"]
    report = (tmp_path / "disclosure_report.html").read_text("utf-8")
    assert "1 participant wrote something. It was left out.</p>" in report
