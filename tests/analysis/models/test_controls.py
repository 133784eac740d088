from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

pytest.importorskip("torch")

from analysis.__main__ import app
from analysis.errors import AnalysisError
from analysis.models import controls
from analysis.models.controls import CONTROLS, Control, ControlRun
from analysis.models.zoo import MODELS
from tests.analysis.models.small_set import small_set

ONE_EPOCH = ("--epochs", 1, "--batch", 2)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["control", *map(str, arguments)])


def test_every_control_names_networks_that_there_are() -> None:
    for control in CONTROLS.values():
        assert {each.model for each in control.runs} <= set(MODELS)
        assert len({each.stem for each in control.runs}) == len(control.runs)
    frames = {each.model for each in CONTROLS["single-frame"].runs}
    assert all(stream.frames == 1 for name in frames for stream in MODELS[name].streams)
    twice = [stream.content for stream in MODELS["e2s-x3d-rgb"].streams]
    assert twice == ["rgb", "rgb"]


@pytest.mark.usefixtures("tiny_networks")
def test_a_control_trains_tests_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = (ControlRun("tiny-rgb", "UCF5"), ControlRun("tiny-flow", "AFD5"))
    monkeypatch.setattr(controls, "CONTROLS", {"tiny": Control("?", runs)})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    stimuli, out = small_set(tmp_path / "set"), tmp_path / "out"
    result = run("tiny", "--stimuli", stimuli.root, "-o", out, *ONE_EPOCH)
    assert result.exit_code == 0, result.exception
    table = pd.read_csv(out / "control.tsv", sep="\t")
    assert table["model"].tolist() == ["tiny-rgb", "tiny-flow"]
    assert table["condition"].tolist() == ["UCF5", "AFD5"]
    assert table["input"].tolist() == ["rgb 4x3@24", "flow 4x3@24"]
    assert table["trials"].tolist() == [4, 4]
    before = {path: path.stat().st_mtime_ns for path in out.iterdir() if path.name != "control.tsv"}
    again = run("tiny", "--stimuli", stimuli.root, "-o", out, *ONE_EPOCH)
    assert again.exit_code == 0, again.exception
    assert {path: path.stat().st_mtime_ns for path in out.iterdir() if path.name != "control.tsv"} == before
    other = small_set(tmp_path / "other", frames=20)
    refused = run("tiny", "--stimuli", other.root, "-o", out, *ONE_EPOCH)
    assert "learnt from another stimulus set" in str(refused.exception)
    longer = run("tiny", "--stimuli", stimuli.root, "-o", out, "--epochs", 2, "--batch", 2)
    assert "was trained with --epochs 1, not 2" in str(longer.exception)
    told = run("tiny", "--stimuli", stimuli.root, "-o", out, *ONE_EPOCH, "--flow", "oracle")
    assert "was trained with --flow dis-blurred, not oracle" in str(told.exception)


def test_another_name_is_one_sentence(tmp_path: Path) -> None:
    result = run("colour", "--stimuli", tmp_path, "-o", tmp_path / "out")
    assert isinstance(result.exception, AnalysisError)
    assert "there are: single-frame, rgb-twice, x3d-ablation, x3d-ablation-small" in str(result.exception)
