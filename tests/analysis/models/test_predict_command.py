from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

pytest.importorskip("torch")

from analysis.__main__ import app
from analysis.comparison.training_clips import refuse_learnt_clips, unknown_starts
from analysis.errors import AnalysisError
from analysis.formats.trial_table import read_trial_table
from analysis.models.model_card import card_path
from analysis.models.predictions import read_record
from analysis.models.unfinished_predictions import unfinished_path
from analysis.tables import read_table
from stimuli.manifest import StimulusSet
from tests.analysis.models.small_set import small_set, weights_of

MODEL = "tiny-rgb"
pytestmark = pytest.mark.usefixtures("tiny_networks")


@pytest.fixture(scope="module")
def stimuli(tmp_path_factory: pytest.TempPathFactory) -> StimulusSet:
    return small_set(tmp_path_factory.mktemp("set"))


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory, stimuli: StimulusSet, tiny_networks: None) -> Path:
    return weights_of(MODEL, tmp_path_factory.mktemp("weights") / "x3d.safetensors", stimuli)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["predict", *map(str, arguments)])


def predicted(table: Path, stimuli: StimulusSet, weights: Path, *options: object) -> Path:
    result = run(MODEL, "--stimuli", stimuli.root, "--weights", weights, "-o", table, *options)
    assert result.exit_code == 0, result.exception
    return table


def test_a_network_answers_the_test_clips_of_both_conditions(
    tmp_path: Path, stimuli: StimulusSet, weights: Path
) -> None:
    path = predicted(tmp_path / "p.tsv", stimuli, weights)
    table = read_table(path)
    assert table["clip_id"].tolist() == [clip.clip_id for clip in stimuli.clips if clip.split == "test"]
    assert set(table["observer"]) == {"Tiny RGB"}
    assert table[["p_Lunges", "p_Swing"]].sum(axis=1).tolist() == pytest.approx([1] * 8, abs=1e-5)
    record = read_record(path)
    assert record is not None
    assert (record.model, record.frames, record.flow, record.clips) == (MODEL, 4, None, 8)
    assert record.learnt is not None
    assert "AFD5/v_Swing_g08_c01" in record.learnt.clip_ids
    assert record.computing.clips == 8
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.tsv", "p.tsv.json"]


def test_batches_and_threads_change_no_answer_and_views_are_averaged(
    tmp_path: Path, stimuli: StimulusSet, weights: Path
) -> None:
    one = read_table(predicted(tmp_path / "1.tsv", stimuli, weights, "--batch", 1, "--condition", "AFD5"))
    three = read_table(
        predicted(tmp_path / "3.tsv", stimuli, weights, "--batch", 3, "--threads", 2, "--condition", "AFD5")
    )
    assert np.allclose(one["p_Swing"], three["p_Swing"], atol=2e-6)
    views = read_table(predicted(tmp_path / "v.tsv", stimuli, weights, "--views", 2, "--condition", "AFD5"))
    assert len(views) == len(one)
    assert not np.allclose(views["p_Swing"], one["p_Swing"], atol=1e-6)


def test_a_finished_table_gives_way_to_the_same_command_alone(
    tmp_path: Path, stimuli: StimulusSet, weights: Path
) -> None:
    table = predicted(tmp_path / "p.tsv", stimuli, weights, "--condition", "AFD5")
    before = table.read_bytes()
    options = ["--stimuli", stimuli.root, "--weights", weights, "-o", table]
    refused = run(MODEL, *options, "--condition", "UCF5")
    assert isinstance(refused.exception, AnalysisError)
    assert f"{table} exists and was made with condition AFD5 instead of UCF5" in str(refused.exception)
    assert table.read_bytes() == before
    predicted(table, stimuli, weights, "--condition", "AFD5", "--threads", 2)
    assert table.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.tsv", "p.tsv.json"]


def test_clips_from_before_the_fine_tuning_are_refused_in_comparisons(
    tmp_path: Path, stimuli: StimulusSet
) -> None:
    weights = weights_of(MODEL, tmp_path / "fine.safetensors", stimuli)
    card = json.loads(card_path(weights).read_text())
    card |= {"start_clip_ids": ["UCF5/v_Swing_g01_c01"], "start_without_card": "kinetics.pyth"}
    card_path(weights).write_text(json.dumps(card))
    runs = read_trial_table(predicted(tmp_path / "fine.tsv", stimuli, weights))
    with pytest.raises(AnalysisError, match="2 of the clips are among those it was trained on"):
        refuse_learnt_clips(runs)
    (told,) = unknown_starts(runs)
    assert "was fine-tuned from kinetics.pyth; what that had learnt from is not known" in told


def test_the_oracle_is_named_in_the_observers_name(tmp_path: Path, stimuli: StimulusSet) -> None:
    weights = weights_of("tiny-flow", tmp_path / "flow.safetensors", stimuli)
    with_flow = ["tiny-flow", "--stimuli", stimuli.root, "--weights", weights]
    seen = run(*with_flow, "-o", tmp_path / "seen.tsv", "--condition", "AFD5")
    assert seen.exit_code == 0, seen.exception
    assert set(read_table(tmp_path / "seen.tsv")["observer"]) == {"Tiny flow"}
    refused = run(*with_flow, "-o", tmp_path / "exact.tsv", "--flow", "exact", "--condition", "AFD5")
    assert "tells more than can be seen in it" in str(refused.exception)


def test_a_clip_without_flow_is_told_before_any_is_answered(tmp_path: Path) -> None:
    stimuli = small_set(tmp_path / "set", frames=1)
    weights = weights_of("tiny-flow", tmp_path / "flow.safetensors", stimuli)
    options = ["--stimuli", stimuli.root, "--weights", weights, "-o", tmp_path / "p.tsv"]
    result = run("tiny-flow", *options)
    assert "UCF5/v_Lunges_g01_c01 has a single frame and so no flow" in str(result.exception)


def test_a_clip_of_one_frame_is_for_networks_that_see_single_frames(tmp_path: Path) -> None:
    stimuli = small_set(tmp_path / "set", frames=1)
    of_four = weights_of(MODEL, tmp_path / "rgb.safetensors", stimuli)
    result = run(MODEL, "--stimuli", stimuli.root, "--weights", of_four, "-o", tmp_path / "p.tsv")
    assert "UCF5/v_Lunges_g01_c01 has a single frame, in which nothing moves" in str(result.exception)
    of_one = weights_of("tiny-picture", tmp_path / "picture.safetensors", stimuli)
    options = ["--stimuli", stimuli.root, "--weights", of_one, "-o", tmp_path / "p.tsv"]
    assert run("tiny-picture", *options).exit_code == 0


def test_a_network_is_shown_the_flow_that_it_learnt_from(tmp_path: Path, stimuli: StimulusSet) -> None:
    learnt = {"flow_name": "farneback-blurred"}
    weights = weights_of("tiny-flow", tmp_path / "flow.safetensors", stimuli, configuration=learnt)
    options = ["tiny-flow", "--stimuli", stimuli.root, "--weights", weights, "--condition", "UCF5"]
    for name, chosen in (("own", []), ("other", ["--flow", "dis-blurred"])):
        result = run(*options, "-o", tmp_path / f"{name}.tsv", *chosen)
        assert result.exit_code == 0, result.exception
    own, other = (read_record(tmp_path / f"{name}.tsv") for name in ("own", "other"))
    assert own is not None
    assert other is not None
    assert str(own.flow).startswith("farneback-blurred")
    assert str(other.flow).startswith("dis-blurred")
    assert other.learnt is not None
    assert other.learnt.flow == "farneback-blurred"


def test_a_killed_run_goes_on_and_gives_the_same_table(
    tmp_path: Path, stimuli: StimulusSet, weights: Path
) -> None:
    whole = predicted(tmp_path / "whole.tsv", stimuli, weights, "--batch", 1).read_bytes()
    table = tmp_path / "killed.tsv"
    slow = (
        "import analysis.models.unfinished_predictions as kept, analysis.__main__ as command, time\n"
        "from tests.analysis.models.tiny_training import join_the_zoo\njoin_the_zoo()\n"
        "add = kept.UnfinishedPredictions.add\n"
        "def slowly(*arguments):\n    add(*arguments)\n    time.sleep(60 * (len(arguments[0].answers) > 2))\n"
        "kept.UnfinishedPredictions.add = slowly\ncommand.main()\n"
    )
    options = [MODEL, "--stimuli", str(stimuli.root), "--weights", str(weights), "-o", str(table)]
    process = subprocess.Popen(
        [sys.executable, "-c", slow, "predict", *options, "--batch", "1"],
        env=os.environ | {"PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1"},
    )
    waited_until = time.monotonic() + 240  # a busy machine takes its time to import torch
    while _kept(table) < 3 and time.monotonic() < waited_until:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert _kept(table) == 3
    assert not table.exists()
    predicted(table, stimuli, weights, "--batch", 1)
    assert table.read_bytes() == whole
    record = read_record(table)
    assert record is not None
    assert (record.clips, record.computing.clips) == (8, 5)
    assert not unfinished_path(table).exists()


def _kept(table: Path) -> int:
    """Whole lines of answers."""
    path = unfinished_path(table)
    return path.read_bytes().count(b"\n") - 1 if path.exists() else 0


def test_any_other_model_joins_as_a_function(
    tmp_path: Path, stimuli: StimulusSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "by_motion.py").write_text(
        "import numpy as np\n\n"
        "def predict(frames, fps, actions):\n"
        "    assert frames.dtype == np.uint8 and frames.shape[1:] == (48, 64, 3) and fps == 25.0\n"
        "    one = np.abs(frames[1:, :, :-1].astype(int) - frames[:-1, :, 1:]).mean()\n"
        "    other = np.abs(frames[1:, :, 1:].astype(int) - frames[:-1, :, :-1]).mean()\n"
        "    return [float(other < one), float(other >= one)]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "p.tsv"
    result = run("By motion", "--entry-point", "by_motion:predict", "--stimuli", stimuli.root, "-o", path)
    assert result.exit_code == 0, result.exception
    table = read_table(path)
    assert set(table["observer"]) == {"By motion"}
    assert table.loc[table["action"] == "Lunges", "correct"].eq(1).all(), "stripes that move by a pixel"
    record = read_record(path)
    assert record is not None
    assert (record.model, record.weights_sha256, record.frames) == ("by_motion:predict", None, 0)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["no-such-net"], "There is no model called 'no-such-net'"),
        ([MODEL], "tiny-rgb needs --weights FILE"),
        (
            ["x3d-m"],
            r"nothing is downloaded; published weights to start a training from: https://.*/X3D_M\.pyth",
        ),
        ([MODEL, "--weights", "nowhere.pt"], "nowhere.pt cannot be read: No such file"),
        (["x3d-xs", "--weights", "WEIGHTS"], "was trained as tiny-rgb, not as x3d-xs"),
        ([MODEL, "--weights", "WEIGHTS", "--flow", "dis"], "tiny-rgb sees no flow"),
        ([MODEL, "--weights", "WEIGHTS", "--actions", "A,B"], "by their card, .* answer with Lunges,Swing"),
        ([MODEL, "--weights", "WEIGHTS", "--condition", "AFD7"], "has UCF5, AFD5; choose one, or both"),
        ([MODEL, "--weights", "WEIGHTS", "--split", "demo"], "no clip of the split demo in UCF5, AFD5"),
        (["M", "--entry-point", "json:dumps", "--flow", "dis"], "are for the networks of the zoo"),
        (["M", "--entry-point", "json:dumps"], "json:dumps failed on UCF5/v_Lunges_g01_c01: TypeError"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_writes_nothing(
    tmp_path: Path, stimuli: StimulusSet, weights: Path, options: list[str], sentence: str
) -> None:
    given = [str(weights) if option == "WEIGHTS" else option for option in options]
    result = run(*given, "--stimuli", stimuli.root, "-o", tmp_path / "out" / "p.tsv")
    assert isinstance(result.exception, AnalysisError)
    import re

    assert re.search(sentence, str(result.exception)), result.exception
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_weights_without_a_card_need_the_names_of_their_outputs(
    tmp_path: Path, stimuli: StimulusSet, weights: Path
) -> None:
    bare = tmp_path / "bare.safetensors"
    bare.write_bytes(weights.read_bytes())
    options = [MODEL, "--stimuli", stimuli.root, "--weights", bare, "-o", tmp_path / "p.tsv"]
    assert "has no card that says what its outputs mean" in str(run(*options).exception)
    assert "the clips also show Swing" in str(run(*options, "--actions", "Lunges,PushUps").exception)
    assert run(*options, "--actions", "Swing,Lunges", "--condition", "UCF5").exit_code == 0
    known = predicted(tmp_path / "known.tsv", stimuli, weights, "--condition", "UCF5")
    assert read_table(tmp_path / "p.tsv")["p_Swing"].tolist() == read_table(known)["p_Lunges"].tolist()


def test_without_torch_the_command_says_what_to_install(tmp_path: Path, stimuli: StimulusSet) -> None:
    without = (
        "import sys\n"
        "class Hidden:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('torch', 'torchvision', 'safetensors'):\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Hidden())\n"
        "from analysis.__main__ import main\nmain()\n"
    )
    options = [MODEL, "--stimuli", str(stimuli.root), "-o", str(tmp_path / "p.tsv")]
    done = subprocess.run(
        [sys.executable, "-c", without, "predict", *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "needs torch" in done.stderr
    assert 'pip install -c constraints.txt -e ".[models]"' in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_table_of_another_ending_is_refused_before_any_clip_is_answered(
    tmp_path: Path, stimuli: StimulusSet, weights: Path
) -> None:
    result = run(MODEL, "--stimuli", stimuli.root, "--weights", weights, "-o", tmp_path / "out" / "p.csv")
    assert "a table of predictions is a file with the ending .tsv" in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_without_a_model_the_command_says_what_it_needs() -> None:
    assert "predict needs MODEL, --stimuli DIR, -o PREDICTIONS.tsv" in str(run().exception)
