"""Weights go in and out by name, and a file that does not belong is refused in one sentence."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import AnalysisError
from stimuli.torchvision_import import require_torchvision

pytest.importorskip("torch", reason="needs torch, which the extra `models` brings")
pytest.importorskip("safetensors", reason="needs safetensors, which the extra `models` brings")

import torch

from analysis.models.e2s_x3d import E2SX3D
from analysis.models.model_card import Card, card_path
from analysis.models.network_weights import (
    export_model_state,
    load_weights,
    refuse_other_purpose,
    save_weights,
)
from analysis.models.x3d import SMALL_DEPTHS, X3D, L, X3DSize

SIZE = X3DSize(2, 64, SMALL_DEPTHS)
ACTIONS = ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")


@pytest.fixture(scope="module")
def create_x3d() -> Any:
    pytest.importorskip("pytorchvideo", reason="needs pytorchvideo, which the extra `zoo` brings")
    require_torchvision("this test")  # pytorchvideo imports torchvision; see test_x3d.py
    from pytorchvideo.models.x3d import create_x3d

    return create_x3d


def network(classes: int = 5, seed: int = 0, channels: int = 3) -> X3D:
    torch.manual_seed(seed)
    return X3D(SIZE, classes, channels).eval()


def card(**changes: Any) -> Card:
    return Card.model_validate(
        {
            "model": "x3d-xs-112",
            "actions": ACTIONS,
            "conditions": ("UCF5",),
            "split": "train",
            "manifest_sha256": "0" * 64,
            "training_groups": ("Lunges 3",),
            "training_clip_ids": ("UCF5/v_Lunges_g03_c01",),
            "configuration": {"learning rate": 3e-4, "seed": 1},
            "versions": {"torch": "2.13.0"},
            "metrics": {"validation accuracy": 0.9},
        }
        | changes
    )


def same(first: Any, second: Any) -> bool:
    a, b = first.state_dict(), second.state_dict()
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def refusal(into: Any, path: Path, classes: int = 5) -> str:
    """The sentence; nothing in the network may have changed."""
    before = {name: tensor.clone() for name, tensor in into.state_dict().items()}
    with pytest.raises(AnalysisError) as error:
        load_weights(into, path, classes=classes)
    assert all(torch.equal(before[name], tensor) for name, tensor in into.state_dict().items())
    message = str(error.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_weights_come_back_as_they_were_with_their_card(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "xs.safetensors"
    trained, other = network(seed=1), network(seed=2)
    written = save_weights(trained, path, card())
    loaded = load_weights(other, path, classes=5)
    assert same(trained, other)
    assert loaded.card == written
    assert loaded.sha256 == written.weights_sha256
    assert loaded.new_entries == ()


def test_the_card_is_a_file_that_people_can_read(tmp_path: Path) -> None:
    path = tmp_path / "xs.safetensors"
    save_weights(network(), path, card())
    told = json.loads(card_path(path).read_text(encoding="utf-8"))
    assert told["actions"] == list(ACTIONS)
    assert told["configuration"] == {"learning rate": 3e-4, "seed": 1}
    assert card().training_clips_sha256 == card(split="other").training_clips_sha256


def test_a_card_without_the_clips_of_its_start_tells_that_nobody_knows_them() -> None:
    assert card().unknown_start is None
    before_they_were_kept = card(configuration={"start_sha256": "ab" * 32})
    assert before_they_were_kept.unknown_start == "weights with the sha256 abababababab"
    known = card(configuration={"start_sha256": "ab" * 32}, start_clip_ids=("UCF5/v_Swing_g01_c01",))
    assert known.unknown_start is None
    assert known.learnt_clip_ids == ("UCF5/v_Lunges_g03_c01", "UCF5/v_Swing_g01_c01")


def test_networks_wrapped_by_compilation_or_several_gpus_are_saved_under_plain_names(tmp_path: Path) -> None:
    path = tmp_path / "xs.safetensors"
    trained, other = network(seed=1), network(seed=2)
    wrapped = torch.nn.Module()
    wrapped.add_module("module", trained)
    save_weights(wrapped, path, card())
    load_weights(other, path, classes=5)
    assert same(trained, other)


@pytest.mark.parametrize("suffix", [".pyth", ".pt"])
def test_a_published_file_is_read(tmp_path: Path, create_x3d: Any, suffix: str) -> None:
    # given a file in the shape of pytorchvideo's hub: entries under `model_state`, beside other things
    theirs = create_x3d(input_clip_length=2, input_crop_size=64, model_num_class=400).eval()
    path = tmp_path / f"X3D_XS{suffix}"
    torch.save(
        {
            "epoch": 300,
            "model_state": theirs.state_dict(),
            "optimizer_state": {"state": {0: {"momentum_buffer": torch.zeros(3)}}, "param_groups": []},
            "cfg": "MODEL:\n  ARCH: x3d",
        },
        path,
    )
    # when it is loaded
    ours = network(400)
    loaded = load_weights(ours, path, classes=400)
    # then ours answers as theirs, whose answers have passed a softmax
    assert loaded.card is None
    clip = torch.rand(1, 3, 2, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(clip).softmax(1), theirs(clip), atol=1e-5, rtol=0)


def test_pytorchvideo_reads_what_is_exported(tmp_path: Path, create_x3d: Any) -> None:
    ours = network(7, seed=4)
    path = tmp_path / "exported.pyth"
    export_model_state(ours, path)
    theirs = create_x3d(
        input_clip_length=2, input_crop_size=64, model_num_class=7, head_activation=None
    ).eval()
    theirs.load_state_dict(torch.load(path, weights_only=True)["model_state"])
    clip = torch.rand(1, 3, 2, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(clip), theirs(clip), atol=1e-5, rtol=0)


def test_another_number_of_classes_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ucf101.pyth"
    export_model_state(network(101), path)
    assert "101 classes where 5 are needed" in refusal(network(5), path)


@pytest.mark.parametrize("fusion", ["logits", "features"])
def test_fine_tuning_begins_with_everything_but_the_classifier(tmp_path: Path, fusion: Any) -> None:
    # given weights for 101 classes, and a network for 5
    path = tmp_path / "e2s.pyth"
    torch.manual_seed(1)
    trained = E2SX3D(SIZE, SIZE, 101, fusion=fusion)
    export_model_state(trained, path)
    torch.manual_seed(2)
    tuned = E2SX3D(SIZE, SIZE, 5, fusion=fusion)
    before = {name: tensor.clone() for name, tensor in tuned.state_dict().items()}
    # when the classifier may be new
    loaded = load_weights(tuned, path, classes=5, new_classifier=True)
    # then that alone is as it was
    heads = {"logits": ("rgb.blocks.5.proj", "motion.blocks.5.proj", "fusion"), "features": ("fusion",)}
    assert set(loaded.new_entries) == {
        f"{head}.{part}" for head in heads[fusion] for part in ("weight", "bias")
    }
    learnt = trained.state_dict()
    for name, tensor in tuned.state_dict().items():
        expected = before if name in loaded.new_entries else learnt
        assert torch.equal(tensor, expected[name]), name


def test_a_new_classifier_makes_no_other_network_welcome(tmp_path: Path) -> None:
    path = tmp_path / "flow.pyth"
    export_model_state(network(2, channels=2), path)
    with pytest.raises(
        AnalysisError, match=r"another network: blocks\.0\.conv\.conv_t\.weight has the shape"
    ):
        load_weights(network(2), path, classes=2, new_classifier=True)


def test_weights_of_a_larger_network_are_told(tmp_path: Path) -> None:
    path = tmp_path / "large.pyth"
    export_model_state(X3D(X3DSize(2, 64, L.depths), 5), path)
    # 29 more blocks: 578 more entries, of which 3 in each block count batches and say nothing
    assert f"another network: {578 - 29 * 3} belong elsewhere" in refusal(network(), path)


def test_weights_with_missing_entries_are_told(tmp_path: Path) -> None:
    path = tmp_path / "cut.pt"
    state = network().state_dict()
    del state["blocks.5.proj.bias"]
    torch.save(state, path)
    assert "entries are missing, such as blocks.5.proj.bias" in refusal(network(), path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["blocks.5.proj.bias", "blocks.4.res_blocks.0.branch2.norm_c.running_var"])
def test_values_that_are_no_numbers_are_told(tmp_path: Path, name: str, value: float) -> None:
    damaged = network()
    damaged.state_dict()[name][1] = value
    path = tmp_path / "damaged.pyth"
    export_model_state(damaged, path)
    assert f"damaged weights: {name}" in refusal(network(), path)


@pytest.mark.parametrize("kind", [torch.int32, torch.complex64, torch.bool])
def test_numbers_of_another_kind_are_told(tmp_path: Path, kind: torch.dtype) -> None:
    name = "blocks.5.proj.bias"
    state = {
        key: tensor.to(kind) if key == name else tensor for key, tensor in network().state_dict().items()
    }
    torch.save({"model_state": state}, path := tmp_path / "other.pyth")
    assert f"{name} has numbers of the type {str(kind).split('.')[1]}; floating" in refusal(network(), path)


class _Trap:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.mark,))


@pytest.mark.parametrize("protocol", [2, 4])
def test_code_in_a_file_is_not_run(tmp_path: Path, protocol: int) -> None:
    mark, path = tmp_path / "mark", tmp_path / "trap.pyth"
    torch.save({"model_state": network().state_dict(), "cfg": _Trap(mark)}, path, pickle_protocol=protocol)
    assert "which can run code" in refusal(network(), path)
    assert not mark.exists()
    plain = tmp_path / "trap.pt"
    plain.write_bytes(pickle.dumps(_Trap(mark), protocol))
    refusal(network(), plain)
    assert not mark.exists()


def test_files_that_are_no_weights_are_told(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(network(), tmp_path / "nowhere.safetensors")
    for suffix in (".safetensors", ".pyth"):
        text = tmp_path / f"text{suffix}"
        text.write_text("these are no weights", encoding="utf-8")
        refusal(network(), text)
    whole = tmp_path / "whole.safetensors"
    save_weights(network(), whole, card())
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(whole.read_bytes()[:-100])
    assert "damaged" in refusal(network(), cut)


def test_a_card_of_other_weights_is_told(tmp_path: Path) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    save_weights(network(seed=1), first, card())
    save_weights(network(seed=2), second, card())
    first.write_bytes(second.read_bytes())
    with pytest.raises(AnalysisError, match=r"is the card of other weights than first\.safetensors"):
        load_weights(network(), first, classes=5)


def test_a_card_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "first.safetensors"
    save_weights(network(), path, card())
    card_path(path).write_text('{"format": 1}', encoding="utf-8")
    with pytest.raises(AnalysisError, match="no card of weights: model: field required"):
        load_weights(network(), path, classes=5)


def test_weights_serve_the_purpose_on_their_card_alone(tmp_path: Path) -> None:
    path = tmp_path / "xs.safetensors"
    save_weights(network(), path, card())
    loaded = load_weights(network(), path, classes=5)
    refuse_other_purpose(loaded, model="x3d-xs-112", actions=ACTIONS)
    with pytest.raises(AnalysisError, match="was trained as x3d-xs-112, not as x3d-m"):
        refuse_other_purpose(loaded, model="x3d-m", actions=ACTIONS)
    with pytest.raises(AnalysisError, match="in this order"):
        refuse_other_purpose(loaded, model="x3d-xs-112", actions=ACTIONS[::-1])


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(AnalysisError, match="could not be written"):
        save_weights(network(), tmp_path / "file" / "xs.safetensors", card())
    with pytest.raises(AnalysisError, match=r"saved as \.safetensors"):
        save_weights(network(), tmp_path / "xs.pt", card())
