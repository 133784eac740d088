from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from analysis.__main__ import app
from analysis.collection import Allowed, collect
from analysis.errors import AnalysisError
from analysis.models.predictions import Computing, Learnt, PredictionRecord, write_predictions
from analysis.probabilities import with_probabilities
from analysis.tables import write_table
from tests.analysis.comparison.predicted import model, people
from tests.analysis.comparison.test_clips_command import on_a_small_set, sure, write
from tests.analysis.conftest import Recipe, write_session
from tests.analysis.models.small_set import small_set

ALL = Allowed(True, True, True)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("study")
    for number in (1, 2, 3):
        write_session(data, Recipe(participant=f"P{number:03d}", seed=number, test_per_action=6))
    return data


def answers(study: Path, name: str, condition: str, share_right: float) -> pd.DataFrame:
    """What ``predict`` would write: one answer to each clip that somebody saw in the condition."""
    table = collect([study], ALL).table
    seen = table[(table["condition"] == condition) & (table["phase"] == "test")]
    clips = seen.drop_duplicates("clip_id").reset_index(drop=True)
    actions = sorted(clips["action"].unique())
    right = np.random.default_rng(1).random(len(clips)) < share_right
    other = {action: actions[(place + 1) % 5] for place, action in enumerate(actions)}
    response = clips["action"].where(right, clips["action"].map(other))
    empty = ["time_to_choose", "loops", "onset", "dropped_frames", "input", "confirmed_at"]
    empty += ["interval_ms", "interval_sd_ms", "flips", "early_presses"]
    model = clips.assign(
        observer=name,
        observer_kind="model",
        session=1,
        trial=np.arange(1, len(clips) + 1),
        response=response,
        correct=right.astype(int),
        menu_order="|".join(actions),
        **dict.fromkeys(empty, pd.NA),
    )
    given = pd.DataFrame(
        {action: np.where(response == action, 0.8, 0.05) for action in actions}, index=model.index
    )
    return with_probabilities(model, given)


def report(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["report", *map(str, arguments), "--allow-simulated"])


def test_a_report_shows_models_beside_people(study: Path, tmp_path: Path) -> None:
    """A network trained for each condition has a table for each; one name, one row."""
    for condition, share in (("UCF5", 0.95), ("AFD5", 0.5)):
        write_table(answers(study, "X3D-M", condition, share), tmp_path / f"x3d_{condition}.tsv")
    write_table(answers(study, "ResNet50", "AFD5", 0.3), tmp_path / "resnet50.tsv")
    out = tmp_path / "out"
    tables = [tmp_path / name for name in ("x3d_UCF5.tsv", "x3d_AFD5.tsv", "resnet50.tsv")]
    result = report(study, "--predictions", *tables, "-o", out)
    assert result.exit_code == 0, result.exception
    summary = json.loads((out / "summary.json").read_bytes())
    assert list(summary["models"]) == ["ResNet50", "X3D-M"]
    x3d = summary["models"]["X3D-M"]
    assert list(x3d["accuracy"]) == ["UCF5", "AFD5"]
    for figures in x3d["accuracy"].values():
        assert figures["mean"] == figures["correct"] / figures["trials"]
        assert figures["low"] < figures["mean"] < figures["high"]
    (drop,) = x3d["drops"]
    assert drop["mean"] == pytest.approx(x3d["accuracy"]["UCF5"]["mean"] - x3d["accuracy"]["AFD5"]["mean"])
    assert summary["models"]["ResNet50"]["drops"] == []
    assert summary["conditions"]["AFD5"]["observers"] == 3, "models are no participants"
    written = pd.read_csv(out / "tables" / "models.tsv", sep="\t")
    assert written[["observer", "condition"]].to_numpy().tolist()[:2] == [
        ["People", "UCF5"],
        ["People", "AFD5"],
    ]
    assert written.loc[written["observer"] != "People", "observer_kind"].unique().tolist() == ["model"]
    drawn = {path.stem for path in (out / "figures").glob("*.svg")}
    assert {"models", "on_a_par", "agreement_AFD5", "kappa_and_accuracy"} <= drawn
    assert {"clips_AFD5_X3D-M", "gallery_AFD5_X3D-M", "item_correlations_UCF5"} <= drawn
    assert "model_ranking_AFD5" in drawn, "both err where people do"
    assert "model_ranking_UCF5" not in drawn, "one model is no ranking"
    kinds = [row["kind"] for row in summary["agreement"]["AFD5"]["means"]]
    assert kinds == ["human-human", *["human-model"] * 3, "model-model"], "of all models and of each"
    page = (out / "report.html").read_text(encoding="utf-8")
    assert '<h2 id="models">People and models</h2>' in page
    assert "the model fixed" in page
    drops = pd.read_csv(out / "tables" / "model_drops.tsv", sep="\t").set_index("observer")
    (beside,) = (
        pd.read_csv(out / "tables" / "compared_drops.tsv", sep="\t").query("source == 'measured'").iloc
    )
    bounds = beside[["drop_people_low", "drop_people_high", "drop_people_method"]].tolist()
    assert bounds == drops.loc["People", ["low", "high", "method"]].tolist(), "one number, one interval"


def test_people_are_no_predictions(study: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.tsv"
    write_table(collect([study], ALL).table, people)
    result = report(study, "--predictions", people, "-o", tmp_path / "out")
    assert "P001 is simulated; a table of predictions holds models alone" in str(result.exception)


def test_clips_that_the_weights_learnt_from_are_refused_unless_allowed(study: Path, tmp_path: Path) -> None:
    table = answers(study, "X3D-M", "AFD5", 0.9)
    path = tmp_path / "x3d.tsv"
    computing = Computing(
        device="cpu",
        precision="fp32",
        memory_format="contiguous",
        compiled=False,
        batch=4,
        clips=len(table),
        seconds=1.0,
        waiting_s=0.0,
    )
    learnt = Learnt(
        conditions=("UCF5",),
        split="train",
        manifest_sha256="1" * 64,
        clip_ids=("UCF5/" + str(table["clip_id"].iloc[0]).removeprefix("AFD5/"),),
    )
    record = PredictionRecord(
        predictions_sha256="",
        observer="X3D-M",
        model="x3d-m",
        frames=16,
        views=1,
        flow=None,
        weights_file="x3d.safetensors",
        weights_sha256="2" * 64,
        learnt=learnt,
        conditions=("AFD5",),
        split="test",
        clips=len(table),
        manifest_sha256="1" * 64,
        computing=computing,
        software={},
    )
    write_predictions(table, path, record)
    refused = report(study, "--predictions", path, "-o", tmp_path / "out")
    assert isinstance(refused.exception, AnalysisError)
    assert "X3D-M: 1 of the clips are among those it was trained on" in str(refused.exception)
    assert not (tmp_path / "out").exists()
    allowed = report(study, "--predictions", path, "-o", tmp_path / "out", "--allow-training-clips")
    assert allowed.exit_code == 0, allowed.exception


def test_two_tables_with_answers_of_one_run_are_refused(study: Path, tmp_path: Path) -> None:
    one = answers(study, "X3D-M", "AFD5", 0.9)
    write_table(one, tmp_path / "one.tsv")
    both = pd.concat([one, answers(study, "X3D-M", "UCF5", 0.9)], ignore_index=True)
    write_table(both, tmp_path / "both.tsv")
    result = report(study, tmp_path / "one.tsv", tmp_path / "both.tsv", "-o", tmp_path / "out")
    assert "both have answers of X3D-M, run 1, in AFD5" in str(result.exception)


def test_with_the_stimulus_set_clips_are_measured_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables of trials do not say where the clips lie: ``--stimuli`` does."""
    monkeypatch.setattr("analysis.comparison.clip_motion.cache_folder", lambda _: tmp_path / "kept")
    stimuli = small_set(tmp_path / "set", groups={1: "test", 2: "test", 3: "test"})
    names = [clip.clip_id for clip in stimuli.clips if clip.condition == "AFD5"]
    write(on_a_small_set(people(4).query("condition == 'AFD5'"), names), tmp_path / "people.tsv")
    write(sure(on_a_small_set(model("net", {"AFD5": 0.5}), names)), tmp_path / "net.tsv")
    out, given = tmp_path / "out", (tmp_path / "people.tsv", "--predictions", tmp_path / "net.tsv")
    result = report(*given, "--stimuli", tmp_path / "set", "--margin", "0.2", "-o", out)
    assert result.exit_code == 0, result.exception
    drawn = {path.stem for path in (out / "figures").glob("*.svg")}
    assert {"clip_properties_AFD5", "gallery_AFD5_net"} <= drawn
    assert b"data:image/" in (out / "figures" / "gallery_AFD5_net.svg").read_bytes(), "frames of clips"
    tables = {
        name: pd.read_csv(out / "tables" / f"{name}.tsv", sep="\t")
        for name in ("clip_properties", "property_correlations", "agreement_confusions", "equivalence")
    }
    assert set(tables["clip_properties"]["clip_id"]) == set(names)
    assert set(tables["property_correlations"]["observer"]) == {"People", "net"}
    assert tables["equivalence"]["margin"].tolist() == [0.2]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Properties of clips and errors: rank correlations" in page
    small_set(tmp_path / "other", groups={5: "test"})
    refused = report(*given, "--stimuli", tmp_path / "other", "-o", tmp_path / "none")
    assert "is not the set that people saw" in str(refused.exception)
    assert not (tmp_path / "none").exists()
