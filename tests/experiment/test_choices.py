"""What is left to the program, and how a session that was stopped goes on."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from experiment.choices import command_to_go_on, default_stimuli
from experiment.protocol import read_protocol
from tests.experiment.sessions import NOTHING_GIVEN, PILOT, STUDY


@pytest.mark.parametrize(("protocol", "name"), [(STUDY, "synthetic"), (PILOT, "pilot")])
def test_the_protocol_decides_which_set_is_shown(protocol: Path, name: str) -> None:
    """The study rehearsed as a pilot (`--pilot`) asks for as many clips as the study, which `pilot` lacks."""
    assert default_stimuli(read_protocol(protocol, "en")).name == name


def test_a_session_goes_on_by_the_command_that_is_printed() -> None:
    plain = command_to_go_on(NOTHING_GIVEN, "P001", 2)
    words = ["run_session.py", "--participant", "P001", "--session", "2", "--data", "data", "--resume"]
    assert [Path(word).name for word in shlex.split(plain)] == [Path(sys.executable).name, *words]


def test_it_goes_on_on_the_same_screen_and_with_the_same_sources() -> None:
    choices = replace(
        NOTHING_GIVEN,
        data=Path("data of a study"),
        stimuli=Path("moved"),
        simulate="visual",
        observer=Path("slow.yaml"),
        windowed=True,
        screen=1,
        input="iohub",
        photodiode=True,
        monitor_width_cm=53.0,
        distance_cm=60.0,
        gamma_table=Path("gamma.tsv"),
    )
    said = command_to_go_on(choices, "sim01", 1)
    for given in (
        "--data 'data of a study'",
        "--stimuli moved",
        "--simulate visual",
        "--observer slow.yaml",
        "--screen 1",
        "--input iohub",
        "--monitor-width-cm 53.0",
        "--distance-cm 60.0",
        "--gamma-table gamma.tsv",
        "--windowed",
        "--photodiode",
    ):
        assert given in said
