"""Weights that a training begins with: what is taken from them, and what they had learnt from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from safetensors.torch import load_file

from stimuli.manifest import StimulusSet
from tests.analysis.models.small_set import small_set
from tests.analysis.models.tiny_training import TinyNetwork, train

GROUPS = {1: "test"} | dict.fromkeys(range(8, 15), "train")
pytestmark = pytest.mark.usefixtures("tiny_networks")


@pytest.fixture(scope="module")
def stimuli(tmp_path_factory: pytest.TempPathFactory) -> StimulusSet:
    return small_set(tmp_path_factory.mktemp("set"), groups=GROUPS)


def test_fine_tuning_takes_all_but_the_classifier(tmp_path: Path, stimuli: StimulusSet) -> None:
    torch.manual_seed(7)
    many = TinyNetwork(101)
    torch.save({"model_state": many.state_dict()}, start := tmp_path / "kinetics.pyth")
    card = train(
        stimuli.root,
        out := tmp_path / "fine.safetensors",
        start=start,
        numbers={"epochs": 1, "learning_rate": 1e-9},
    ).card
    found = load_file(out)
    np.testing.assert_allclose(found["rgb.0.weight"], many.state_dict()["rgb.0.weight"], atol=1e-6)
    assert found["head.1.weight"].shape == (2, 8)
    assert card.configuration["start_sha256"]


def test_what_the_weights_had_learnt_from_stays_on_the_card_when_they_are_fine_tuned(
    tmp_path: Path, stimuli: StimulusSet
) -> None:
    few = {"numbers": {"epochs": 1}}
    other_split = small_set(tmp_path / "set", groups={1: "train", 2: "train", 8: "test"})
    first = train(other_split.root, tmp_path / "first.safetensors", **few)
    second = train(stimuli.root, tmp_path / "second.safetensors", start=first.weights, **few)
    third = train(stimuli.root, tmp_path / "third.safetensors", start=second.weights, **few).card
    assert second.card.start_clip_ids == first.card.training_clip_ids
    assert set(third.start_clip_ids) == {*first.card.training_clip_ids, *second.card.training_clip_ids}
    assert set(first.card.training_clip_ids) < set(third.learnt_clip_ids)
    assert third.unknown_start is None


def test_weights_without_a_card_make_what_was_learnt_unknown_and_it_is_said(
    tmp_path: Path, stimuli: StimulusSet, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.save({"model_state": TinyNetwork(101).state_dict()}, start := tmp_path / "kinetics.pyth")
    numbers = {"epochs": 1}
    fine = train(stimuli.root, tmp_path / "fine.safetensors", start=start, numbers=numbers)
    assert "what kinetics.pyth learnt from is not known" in capsys.readouterr().err
    assert fine.card.unknown_start == "kinetics.pyth"
    finer = train(stimuli.root, tmp_path / "finer.safetensors", start=fine.weights, numbers=numbers)
    assert finer.card.unknown_start == "kinetics.pyth"
    assert "what kinetics.pyth learnt from is not known" in capsys.readouterr().err
