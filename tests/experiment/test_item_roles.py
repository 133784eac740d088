"""Every question says what its answer is for the anonymised export, and counts as the most protected where it
does not.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from experiment.errors import InputRefused
from experiment.protocol import read_protocol
from experiment.records import SESSIONS, QuestionnaireItem
from tests.experiment.material import PROTOCOLS

QUESTIONNAIRES = PROTOCOLS / "questionnaires"


@pytest.fixture
def protocols(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROTOCOLS, tmp_path / "protocols"))


def roles(protocols: Path) -> dict[str, str]:
    questionnaire = read_protocol(protocols / "afd5.yaml").questionnaires["ilic2022"]
    return {item.name: item.role for page in questionnaire.pages for item in page.items}


def rewrite(protocols: Path, change) -> None:
    file = protocols / "questionnaires" / "ilic2022.yaml"
    content = yaml.safe_load(file.read_text("utf-8"))
    for page in content["pages"]:
        for item in page["items"]:
            change(item)
    file.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


def test_eyesight_and_expertise_of_the_study_are_known_to_others_and_the_ratings_are_not() -> None:
    found = roles(PROTOCOLS)
    assert [name for name, role in found.items() if role == "quasi_identifier"] == [
        "colour_vision_deficiency",
        "short_sighted",
        "owns_glasses",
        "wearing_correction",
        "sees_sharply",
        "familiarity_computer_vision",
        "familiarity_action_recognition",
    ]
    assert {role for name, role in found.items() if name.startswith("difficulty_")} == {"rating"}
    assert found["remarks"] == "free_text"


def test_every_file_of_the_project_names_the_role_of_every_question() -> None:
    for file in sorted(QUESTIONNAIRES.glob("*.yaml")):
        for page in yaml.safe_load(file.read_text("utf-8"))["pages"]:
            assert all("role" in item for item in page["items"]), file.name


def test_without_a_role_an_answer_counts_as_known_to_others_and_a_text_as_free_text(protocols) -> None:
    rewrite(protocols, lambda item: item.pop("role"))
    found = roles(protocols)
    assert found.pop("remarks") == "free_text"
    assert set(found.values()) == {"quasi_identifier"}


def test_an_unknown_role_is_refused(protocols) -> None:
    rewrite(protocols, lambda item: item.update(role="harmless"))
    with pytest.raises(InputRefused, match="quasi_identifier"):
        roles(protocols)


def test_a_session_whose_questions_have_no_role_is_read_with_the_cautious_one(tmp_path) -> None:
    from tests.analysis.conftest import Recipe, record_of

    record = json.loads(SESSIONS.dump_json(record_of(Recipe(training_per_action=1, test_per_action=1))))
    item = {"name": "glasses", "text": "Glasses?", "options": ["yes", "no"], "labels": ["Yes", "No"]}
    page = {"name": "about", "heading": "You", "items": [item]}
    record["plan"]["phases"].append({"kind": "questionnaire", "pages": [page]})
    read = SESSIONS.validate_json(json.dumps(record))
    assert read.plan.phases[-1].pages[0].items[0].role == "quasi_identifier"  # type: ignore[union-attr]
    assert QuestionnaireItem("remarks", "Remarks?", (), ()).is_text
