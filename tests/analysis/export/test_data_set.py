"""What a data set says in its own words: the same whoever stands first, and no sign of a leak."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.collection import Allowed, collect
from analysis.errors import AnalysisError
from analysis.export.data_set import Choices, build_data_set
from analysis.export.disclosure.identifiers import identifying_values
from analysis.export.disclosure.leak_scan import scan_folder
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

TINY = Recipe(conditions=("AFD5",), training_per_action=1, test_per_action=1)


def test_a_group_size_is_not_taken_for_an_order_number(tmp_path: Path) -> None:
    # Given seven participants, of whom one has the order number 6
    for number in range(1, 8):
        write_session(tmp_path / "data", replace(TINY, participant=f"P{number:03d}", seed=1000 + number))
    collection = collect([tmp_path / "data"], Allowed(simulated=True), "sessions")
    # When groups of six are asked for, which the README says
    data_set = build_data_set(collection, Choices(min_group=6), None)
    assert b"at least 6 participants" in data_set.files["README"]
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "README").write_bytes(data_set.files["README"])
    scan = scan_folder(
        tmp_path / "out", identifying_values([tmp_path / "data"]), vocabulary=data_set.vocabulary
    )
    # Then that is no leak
    assert scan.leaks == ()
    assert "order number" in {leak.kind for leak in scan.ambiguous}


def write_asked(
    data: Path,
    participant: str,
    language: str,
    question: str,
    answer: str = "no",
    options: tuple[str, ...] = ("yes", "no"),
) -> None:
    folder = write_session(data, replace(TINY, participant=participant, finished=False))
    record = SESSIONS.validate_json((folder / "session.json").read_bytes())
    item = QuestionnaireItem("glasses", question, options, options, "quasi_identifier")
    page = QuestionnairePage("eyes", "Augen", (item,))
    plan = replace(record.plan, phases=(*record.plan.phases, QuestionnairePhase((page,))))
    protocol = replace(record.protocol, sha256=language * 32)
    asked = replace(record, language=language, plan=plan, protocol=protocol)
    (folder / "session.json").write_bytes(SESSIONS.dump_json(asked))
    with Journal(folder / JOURNAL_NAME) as journal:
        journal.append(Answers(len(plan.phases) - 1, "eyes", {"glasses": answer}), 9_000.0)
        journal.append(SessionFinished(), 9_001.0)


def test_no_file_tells_who_was_asked_in_which_language(tmp_path: Path) -> None:
    # Given three who were asked in German and one in English
    for number in (1, 2, 4):
        write_asked(tmp_path / "data", f"P{number:03d}", "de", "Besitzen Sie eine Brille?")
    write_asked(tmp_path / "data", "P003", "en", "Do you own glasses?")
    collection = collect([tmp_path / "data"], Allowed(simulated=True), "sessions")
    for _ in range(5):
        # When they are exported, whoever comes first by the random labels
        files = build_data_set(collection, Choices(), None).files
        # Then the question stands there in English, and there is one protocol for all
        sidecar = json.loads(files["phenotype/questionnaire.json"])
        assert sidecar["glasses"]["LongName"] == "Do you own glasses?"
        assert [name for name in files if name.startswith("code/")] == ["code/protocols/afd5.json"]
        sidecars = {content for name, content in files.items() if name.endswith("AFD5test_beh.json")}
        assert len(sidecars - {files["task-AFD5test_beh.json"]}) == 1


def test_whoever_was_not_asked_hides_nobody(tmp_path: Path) -> None:
    # Given six who were asked, of whom two give another answer than the rest, and one who was not
    for number, answer in enumerate(("yes", "yes", "yes", "yes", "no", "no"), start=1):
        write_asked(tmp_path / "data", f"P{number:03d}", "en", "Do you own glasses?", answer)
    write_session(tmp_path / "data", replace(TINY, participant="P007"))
    collection = collect([tmp_path / "data"], Allowed(simulated=True), "sessions")
    # When groups of three are asked for
    data_set = build_data_set(collection, Choices(), None)
    # Then the two are not left alone with their withheld answers: the seventh has no row beside them
    answers = pd.read_csv(BytesIO(data_set.files["phenotype/questionnaire.tsv"]), sep="\t")["glasses"]
    assert answers.value_counts(dropna=False).to_dict() == {"yes": 3, np.nan: 3}
    # And the seventh is told of, by what the files show
    assert any(note.startswith("1 participant shares their protocol") for note in data_set.notes)


@pytest.mark.parametrize("aggregate", [False, True])
def test_a_session_without_a_trial_is_left_out_and_told_of(tmp_path: Path, aggregate: bool) -> None:
    # Given three participants, of whom one came twice and ended the second session before its first trial,
    # and one who never got as far
    for number in range(1, 4):
        write_session(tmp_path / "data", replace(TINY, participant=f"P{number:03d}"))
    nothing = replace(TINY, training_per_action=0, test_per_action=0, finished=False)
    write_session(tmp_path / "data", replace(nothing, participant="P003", session=2))
    write_session(tmp_path / "data", replace(nothing, participant="P004"))
    collection = collect([tmp_path / "data"], Allowed(simulated=True, unfinished=True), "sessions")
    # When they are exported
    data_set = build_data_set(collection, Choices(aggregate=aggregate), None)
    # Then those two sessions are in no file and no count, and it is said
    assert sorted(data_set.labels) == ["P001", "P002", "P003"]
    assert data_set.notes[0] == "Left out: 2 sessions without a trial."
    assert b"Left out: 2 sessions without a trial." in data_set.files["README"]
    if not aggregate:
        participants = pd.read_csv(BytesIO(data_set.files["participants.tsv"]), sep="\t")
        folders = {name.partition("/")[0] for name in data_set.files if name.startswith("sub-")}
        assert set(participants["participant_id"]) == folders
        assert set(participants["sessions"]) == {1}
        assert not any("/ses-" in name for name in data_set.files)


def test_a_question_with_other_options_is_refused(tmp_path: Path) -> None:
    write_asked(tmp_path / "data", "P001", "en", "Do you own glasses?")
    write_asked(
        tmp_path / "data", "P002", "de", "Besitzen Sie eine Brille?", options=("yes", "no", "not_said")
    )
    collection = collect([tmp_path / "data"], Allowed(simulated=True), "sessions")
    with pytest.raises(
        AnalysisError, match=r"glasses has other options .* \(yes, no, not_said and yes, no\)"
    ):
        build_data_set(collection, Choices(), None)


def test_conditions_whose_files_would_have_one_name_are_refused(tmp_path: Path) -> None:
    for number, condition in enumerate(("AFD5", "afd-5", "AFD5"), start=1):
        recipe = replace(TINY, participant=f"P{number:03d}", conditions=(condition,), answer=lambda *_: None)
        write_session(tmp_path / "data", recipe)
    collection = collect([tmp_path / "data"], Allowed(simulated=True), "sessions")
    with pytest.raises(AnalysisError, match=r"would have the same file names.*export their sessions apart"):
        build_data_set(collection, Choices(), None)
