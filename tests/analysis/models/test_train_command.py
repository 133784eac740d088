from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("torch")

import torch

from analysis.__main__ import app
from analysis.errors import AnalysisError
from analysis.models.flow_sources import FlowSource
from analysis.models.predictions import read_record
from stimuli.description import Recipe, write_description
from stimuli.manifest import StimulusSet
from tests.analysis.models.small_set import small_set

GROUPS = {1: "test"} | dict.fromkeys(range(8, 12), "train")
pytestmark = pytest.mark.usefixtures("tiny_networks")


@pytest.fixture(scope="module")
def stimuli(tmp_path_factory: pytest.TempPathFactory) -> StimulusSet:
    made = small_set(tmp_path_factory.mktemp("set"), groups=GROUPS)
    recipe = Recipe(source="clips", seed=0, flow="dis", method="advect", fill="fresh", noise="rgb")
    write_description(made.root, recipe)
    return made


def refusal(*arguments: object) -> str:
    """The one sentence that a wrong command gets."""
    result = CliRunner().invoke(app, ["train", *map(str, arguments)])
    assert isinstance(result.exception, AnalysisError), result.output
    return str(result.exception)


def test_a_network_is_trained_and_what_came_out_is_said(tmp_path: Path, stimuli: StimulusSet) -> None:
    out = tmp_path / "weights" / "tiny.safetensors"
    told = ("--epochs", 2, "--batch", 4, "--condition", "both", "--cache", tmp_path / "cache")
    result = CliRunner().invoke(
        app, ["train", "tiny", "--stimuli", str(stimuli.root), "-o", str(out), *map(str, told)]
    )
    assert result.exit_code == 0, result.exception
    assert f"{out}: 2 epochs; epoch" in result.stdout
    assert sorted(path.name for path in out.parent.iterdir()) == [
        "tiny.json",
        "tiny.log.csv",
        "tiny.safetensors",
    ]


def test_predicting_takes_the_flow_that_was_learnt_from(tmp_path: Path, stimuli: StimulusSet) -> None:
    weights, table = tmp_path / "tiny.safetensors", tmp_path / "tiny.tsv"
    usual = ("tiny", "--stimuli", stimuli.root)
    told = ("-o", weights, "--flow", "farneback", "--epochs", 1, "--cache", tmp_path / "cache")
    asked = ("-o", table, "--weights", weights, "--condition", "AFD5")
    for command, options in (("train", told), ("predict", asked)):
        result = CliRunner().invoke(app, [command, *map(str, (*usual, *options))])
        assert result.exit_code == 0, result.exception
    record = read_record(table)
    assert record is not None
    assert record.flow == FlowSource("farneback").identity


def test_what_cannot_be_done_is_said_in_one_sentence_and_leaves_nothing(
    tmp_path: Path, stimuli: StimulusSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    out = tmp_path / "out" / "tiny.safetensors"
    usual = ("tiny", "--stimuli", stimuli.root, "-o", out)
    assert "no CUDA here" in refusal(*usual, "--device", "cuda")
    assert "There is no model called 'x3d-q'" in refusal("x3d-q", *usual[1:])
    assert "does not exist" in refusal("tiny", "--stimuli", tmp_path / "none", "-o", out)
    assert "tiny-rgb sees no flow; leave --flow" in refusal("tiny-rgb", *usual[1:], "--flow", "dis")
    assert "no flow 'fast'" in refusal(*usual, "--flow", "fast")
    assert "has no exact flow" in refusal(*usual, "--flow", "exact")
    assert "--epochs is 0" in refusal(*usual, "--epochs", 0)
    assert "holds the weights of another network" in refusal(*usual, "--from", other_network(tmp_path))
    assert "cannot be read" in refusal(*usual, "--from", tmp_path / "none.pth")
    published = refusal("x3d-s", *usual[1:], "--from", tmp_path / "X3D_S.pyth")
    assert "No such file or directory; published weights" in published
    assert published.endswith("/X3D_S.pyth")
    assert not out.parent.exists()


def test_a_set_without_training_groups_is_refused(tmp_path: Path) -> None:
    only_tests = small_set(tmp_path / "set", groups={1: "test", 2: "test"})
    out = tmp_path / "tiny.safetensors"
    assert "no training clips of UCF5" in refusal("tiny", "--stimuli", only_tests.root, "-o", out)


def test_clips_of_one_frame_have_no_flow_to_learn_from(tmp_path: Path) -> None:
    stills = small_set(tmp_path / "set", frames=1, groups=GROUPS)
    out = tmp_path / "tiny.safetensors"
    said = refusal("tiny", "--stimuli", stills.root, "-o", out)
    assert "has a single frame and so no flow" in said
    said = refusal("tiny-rgb", "--stimuli", stills.root, "-o", out)
    assert "has a single frame, in which nothing moves, and Tiny RGB is shown 4" in said


def other_network(folder: Path) -> Path:
    torch.save({"model_state": torch.nn.Linear(3, 5).state_dict()}, path := folder / "other.pyth")
    return path
