from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.formats.trial_table import read_trial_table
from analysis.models.predictions import (
    Computing,
    Learnt,
    PredictionRecord,
    prediction_table,
    read_record,
    record_path,
    refuse_table_of_another_run,
    write_predictions,
)
from analysis.tables import read_table
from stimuli.clip import Clip

ACTIONS = ("Lunges", "Swing")


def clip(number: int, action: str, condition: str = "AFD5") -> Clip:
    stem = f"v_{action}_g01_c{number:02d}"
    return Clip(
        clip_id=f"{condition}/{stem}",
        condition=condition,
        action=action,
        group=1,
        split="test",
        path=f"{condition.lower()}/{action}/{stem}.mkv",
        sha256="0" * 64,
        frames=60,
        fps=25.0,
        width=320,
        height=240,
        source_clip_id=f"UCF5/{stem}" if condition == "AFD5" else None,
    )


CLIPS = (clip(1, "Lunges"), clip(2, "Swing"), clip(1, "Swing", "UCF5"))
GIVEN = np.array([[0.9, 0.1], [0.6, 0.4], [0.5, 0.5]])


def record(**changes: object) -> PredictionRecord:
    kept: dict[str, object] = {
        "predictions_sha256": "",
        "observer": "E2S-X3D small",
        "model": "e2s-x3d-small",
        "frames": 4,
        "views": 1,
        "flow": "farneback-blurred",
        "weights_file": "e2s.safetensors",
        "weights_sha256": "1" * 64,
        "learnt": Learnt(
            conditions=("AFD5",), split="train", manifest_sha256="2" * 64, clip_ids=("AFD5/v_Swing_g08_c01",)
        ),
        "conditions": ("AFD5", "UCF5"),
        "split": "test",
        "clips": 3,
        "manifest_sha256": "2" * 64,
        "computing": Computing(
            device="cpu",
            precision="fp32",
            memory_format="contiguous",
            compiled=False,
            batch=8,
            clips=3,
            seconds=1.5,
            waiting_s=0.5,
        ),
        "software": {"torch": "2.13.0"},
    }
    return PredictionRecord.model_validate(kept | changes)


def test_answers_of_a_model_are_a_trial_table_with_probabilities() -> None:
    table = prediction_table("E2S-X3D small", 1, CLIPS, ACTIONS, GIVEN)
    assert table["response"].tolist() == ["Lunges", "Lunges", "Lunges"], "the first of several alike"
    assert table["correct"].tolist() == [1, 0, 0]
    assert table[["condition", "trial"]].to_numpy().tolist() == [["AFD5", 1], ["AFD5", 2], ["UCF5", 1]]
    assert list(table.columns[-2:]) == ["p_Lunges", "p_Swing"]
    assert table["p_Swing"].tolist() == [0.1, 0.4, 0.5]
    assert set(table["observer_kind"]) == {"model"}
    assert table["time_to_choose"].isna().all()


def test_what_is_written_is_read_back_with_its_record(tmp_path: Path) -> None:
    table = prediction_table("E2S-X3D small", 1, CLIPS, ACTIONS, GIVEN)
    path = tmp_path / "e2s.tsv"
    write_predictions(table, path, record())
    assert read_table(path).equals(table)
    (run,) = read_trial_table(path)
    assert (run.observer, run.observer_kind, run.finished) == ("E2S-X3D small", "model", True)
    found = read_record(path)
    assert found is not None
    assert found.learnt == record().learnt
    told = json.loads(record_path(path).read_text())
    assert told["computing"].pop("clips_per_s") == found.computing.clips_per_s == 2.0
    assert Computing.model_validate(told["computing"]) == found.computing, "records once lacked it"


def test_a_table_without_a_record_has_none_and_one_of_another_table_is_refused(tmp_path: Path) -> None:
    table = prediction_table("M", 1, CLIPS, ACTIONS, GIVEN)
    path = tmp_path / "m.tsv"
    write_predictions(table, path, record())
    path.write_bytes(path.read_bytes().replace(b"0.9", b"0.8").replace(b"0.1", b"0.2"))
    with pytest.raises(AnalysisError, match=r"the record of another table than m\.tsv"):
        read_record(path)
    record_path(path).unlink()
    assert read_record(path) is None
    record_path(path).write_text("{}")
    with pytest.raises(AnalysisError, match="no record of predictions that can be read"):
        read_record(path)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (GIVEN[:2], r"shape \(2, 2\); \(3, 2\) is needed, a row for each clip and a column"),
        (GIVEN * 2, "AFD5/v_Lunges_g01_c01: p_Lunges is 1.8; allowed is a number from 0 to 1"),
        (GIVEN / 2, "AFD5/v_Lunges_g01_c01: the probabilities p_Lunges, p_Swing add up to 0.5"),
        (np.where(GIVEN == 0.6, np.nan, GIVEN), "no number for AFD5/v_Swing_g01_c02"),
    ],
)
def test_what_are_no_probabilities_is_refused(given: np.ndarray, sentence: str) -> None:
    with pytest.raises(AnalysisError, match=sentence):
        prediction_table("M", 1, CLIPS, ACTIONS, given)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"model": "x3d-m"}, "with model e2s-x3d-small instead of x3d-m"),
        ({"weights_sha256": "3" * 64}, f"with weights {'1' * 64} instead of {'3' * 64}"),
        ({"manifest_sha256": "3" * 64}, "with stimuli "),
        ({"conditions": ("AFD5",)}, "with condition AFD5, UCF5 instead of AFD5"),
        ({"split": "train"}, "with split test instead of train"),
        ({"flow": "dis-blurred"}, "with flow farneback-blurred instead of dis-blurred"),
        ({"views": 2}, "with views 1 instead of 2"),
        ({"observer": "Another"}, "with name E2S-X3D small instead of Another"),
        ({"computing": record().computing.model_copy(update={"batch": 4})}, "with batch 8 instead of 4"),
        (
            {"computing": record().computing.model_copy(update={"precision": "bf16"})},
            "with precision fp32 instead of bf16",
        ),
        (
            {"computing": record().computing.model_copy(update={"compiled": True})},
            "with compile False instead of True",
        ),
    ],
)
def test_a_table_gives_way_to_its_own_run_alone(
    tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    path = tmp_path / "e2s.tsv"
    refuse_table_of_another_run(path, 1, ACTIONS, record(**change))  # nothing is there yet
    write_predictions(prediction_table("E2S-X3D small", 1, CLIPS, ACTIONS, GIVEN), path, record())
    refuse_table_of_another_run(path, 1, ACTIONS, record())
    with pytest.raises(AnalysisError, match=rf"e2s\.tsv exists and was made {sentence}"):
        refuse_table_of_another_run(path, 1, ACTIONS, record(**change))


def test_a_table_of_another_run_other_actions_or_unknown_making_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "e2s.tsv"
    write_predictions(prediction_table("E2S-X3D small", 1, CLIPS, ACTIONS, GIVEN), path, record())
    with pytest.raises(AnalysisError, match="with run 1 instead of 2"):
        refuse_table_of_another_run(path, 2, ACTIONS, record())
    with pytest.raises(AnalysisError, match="with actions Lunges,Swing instead of Swing,Lunges"):
        refuse_table_of_another_run(path, 1, ("Swing", "Lunges"), record())
    record_path(path).unlink()
    with pytest.raises(AnalysisError, match="no record beside it says how it was made"):
        refuse_table_of_another_run(path, 1, ACTIONS, record())


def test_a_table_has_the_ending_of_a_table(tmp_path: Path) -> None:
    table = prediction_table("M", 1, CLIPS, ACTIONS, GIVEN)
    with pytest.raises(
        AnalysisError, match=r"m\.json: a table of predictions is a file with the ending \.tsv"
    ):
        write_predictions(table, tmp_path / "m.json", record())
    assert list(tmp_path.iterdir()) == []
