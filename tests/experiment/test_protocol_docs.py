"""Every example of docs/protocol.md is a field of a protocol that can be planned; its tables are current."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from experiment import protocol_file, questionnaire_file
from experiment.checked_yaml import Checked
from experiment.plan import Seat, make_plan
from tests.experiment.material import counted_clips, protocol_with, stimulus_set
from tests.experiment.test_plan_options import check_obeyed, three_kinds

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / "docs" / "protocol.md").read_text("utf-8")
FIELDS = (REPOSITORY / "docs" / "protocol-fields.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.split("\n")[0] for example in EXAMPLES])
def test_an_example_can_be_put_into_the_study(example):
    protocol = protocol_with(**yaml.safe_load(example))
    clips = three_kinds(counted_clips(40, 20))
    plan = make_plan(protocol, stimulus_set(clips), Seat("P001", 1, 1, 7))
    check_obeyed(protocol, plan, {clip.clip_id: clip for clip in clips})


@pytest.mark.parametrize(
    "name",
    [
        "ProtocolFile",
        "Action",
        "Condition",
        "ResponseSpec",
        "CriterionSpec",
        "TrainingSpec",
        "RestSpec",
        "Consent",
        "DisplayDemand",
    ],
)
def test_every_field_stands_in_an_example_or_a_list(name):
    for field in getattr(protocol_file, name).model_fields:
        assert re.search(rf"\b{field}\b", TEXT), field


def test_the_page_of_fields_is_what_the_models_say():
    command = [sys.executable, "scripts/protocol_fields.py", "--check"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_model_has_a_table_and_every_field_a_description():
    models = [
        model
        for module in (protocol_file, questionnaire_file)
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, Checked) and model.__module__ == module.__name__
    ]
    assert len(models) > 12
    for model in models:
        # What training and test have in common stands with each of them.
        assert model is protocol_file.TrialsSpec or (model.__doc__ or "none").partition("\n")[0] in FIELDS
        for name, field in model.model_fields.items():
            assert name == "kind" or field.description, f"{model.__name__}.{name}"
            assert f"| `{name}` |" in FIELDS
