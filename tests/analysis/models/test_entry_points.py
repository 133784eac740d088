from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.models.entry_points import answer_of, load_entry_point

CLIP = (np.zeros((3, 8, 8, 3), dtype=np.uint8), 25.0)
ACTIONS = ("Lunges", "Swing")


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "their_model.py").write_text(
        "def predict(frames, fps, actions):\n    return [1 - 1 / fps, 1 / fps]\n\nNUMBER = 3\n"
    )
    (tmp_path / "broken_model.py").write_text("import a_package_that_nobody_has\n")
    (tmp_path / "a_script.py").write_text("import sys\n\nsys.exit(3)\n")
    monkeypatch.syspath_prepend(tmp_path)
    return "their_model"


def test_a_function_is_found_by_its_name_and_given_the_clip(module: str) -> None:
    function = load_entry_point(f"{module}:predict")
    assert answer_of(function, "m", "AFD5/a", CLIP, ACTIONS).tolist() == pytest.approx([0.96, 0.04])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("their_model", "write it as package.module:function"),
        ("no_such_module:predict", r"no_such_module cannot be imported \(ModuleNotFoundError"),
        ("broken_model:predict", "No module named 'a_package_that_nobody_has'"),
        ("a_script:predict", r"a_script cannot be imported \(SystemExit: 3\)"),
        ("their_model:other", "their_model has no function other"),
        ("their_model:NUMBER", "their_model has no function NUMBER"),
    ],
)
def test_what_is_no_function_is_one_sentence(module: str, name: str, sentence: str) -> None:
    with pytest.raises(AnalysisError, match=sentence):
        load_entry_point(name)


def test_what_goes_wrong_in_the_function_names_the_clip() -> None:
    def fails(frames: object, fps: float, actions: object) -> list[float]:
        raise KeyError("layer4")

    with pytest.raises(AnalysisError, match="their:fails failed on AFD5/a: KeyError: 'layer4'"):
        answer_of(fails, "their:fails", "AFD5/a", CLIP, ACTIONS)
    with pytest.raises(AnalysisError, match="their:exits failed on AFD5/a: SystemExit: 3"):
        answer_of(lambda *_: sys.exit(3), "their:exits", "AFD5/a", CLIP, ACTIONS)
    with pytest.raises(AnalysisError, match=r"shape \(3,\) for AFD5/a; needed are 2 probabilities"):
        answer_of(lambda *_: [0.2, 0.3, 0.5], "their:three", "AFD5/a", CLIP, ACTIONS)


@pytest.mark.parametrize(("axis", "action"), [(0, "PullUps"), (1, "Swing")])
def test_the_example_of_the_documents_answers_by_direction(
    repository: Path, monkeypatch: pytest.MonkeyPatch, axis: int, action: str
) -> None:
    monkeypatch.syspath_prepend(repository)
    function = load_entry_point("docs.examples.vertical_motion:answer")
    still = np.random.default_rng(1).integers(0, 256, (96, 128, 3), dtype=np.uint8)
    frames = np.stack([np.roll(still, 2 * number, axis=axis) for number in range(9)])
    actions = ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")
    answer = answer_of(function, "example", "clip", (frames, 25.0), actions)
    assert answer.sum() == pytest.approx(1)
    assert actions[int(answer.argmax())] == action
