"""Every example of docs/protocol.md is a field of a protocol that can be planned."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from experiment import protocol_file
from experiment.plan import Seat, make_plan
from tests.experiment.material import counted_clips, protocol_with, stimulus_set
from tests.experiment.test_plan_options import check_obeyed, three_kinds

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "protocol.md").read_text("utf-8")
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
