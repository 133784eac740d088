"""RAFT says where things went, with weights in either layout, and refuses files that are something else."""

from __future__ import annotations

import io
import itertools
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pydantic import TypeAdapter

from stimuli.build import Making, build_clips
from stimuli.errors import StimulusError
from stimuli.flow import Flow, FlowName, FlowRecipe, flow_estimator, flow_recipe
from stimuli.torchvision_import import require_torchvision

torch = pytest.importorskip("torch", reason="needs torch, which the extra `models` brings")
pytest.importorskip("safetensors", reason="needs safetensors, which the extra `models` brings")
require_torchvision("this test")

from torchvision.models.optical_flow import raft_large, raft_small  # noqa: E402

from stimuli import raft_weights  # noqa: E402
from stimuli.raft import RaftFlow  # noqa: E402

Frames = np.ndarray
NETWORKS: dict[str, Callable[..., Any]] = {"raft-small": raft_small, "raft-large": raft_large}
NAMES: tuple[FlowName, ...] = ("raft-small", "raft-large")


def random_weights(name: str) -> dict[str, Any]:
    """The weights of an untrained network: what it estimates means nothing, but depends on all of them."""
    torch.manual_seed(1)
    network = NETWORKS[name]()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_mean, -0.1, 0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
    return dict(network.state_dict())


def in_original_layout(weights: dict[str, Any]) -> dict[str, Any]:
    """The same weights as a program of the original authors would save them, duplicates included."""
    rules = (
        (r"^feature_encoder\.", "fnet."),
        (r"^context_encoder\.", "cnet."),
        (r"^(.net)\.convnormrelu\.0\.", r"\1.conv1."),
        (r"^(.net)\.convnormrelu\.1\.", r"\1.norm1."),
        (r"^(.net)\.conv\.", r"\1.conv2."),
        (r"\.convnormrelu(\d)\.0\.", r".conv\1."),
        (r"\.convnormrelu(\d)\.1\.", r".norm\1."),
        (r"motion_encoder\.convcorr(\d)\.0\.", r"encoder.convc\1."),
        (r"motion_encoder\.convflow(\d)\.0\.", r"encoder.convf\1."),
        (r"motion_encoder\.conv\.0\.", "encoder.conv."),
        (r"^mask_predictor\.convrelu\.0\.", "update_block.mask.0."),
        (r"^mask_predictor\.conv\.", "update_block.mask.2."),
    )
    small = not any("mask_predictor" in key for key in weights)
    saved = {}
    for key, tensor in weights.items():
        for pattern, replacement in rules:
            key = re.sub(pattern, replacement, key)  # noqa: PLW2901
        key = re.sub(  # noqa: PLW2901
            r"recurrent_block\.convgru(\d)\.conv(.)\.", r"gru.conv\2." if small else r"gru.conv\2\1.", key
        )
        saved[f"module.{key}"] = tensor
        if "downsample.1" in key:
            saved[f"module.{key.replace('downsample.1', 'norm3')}"] = tensor
    return saved


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.pth"
    torch.save(random_weights("raft-small"), path)
    return path


@pytest.fixture(scope="module")
def noise_frames() -> Frames:
    return np.random.default_rng(5).integers(0, 256, (3, 136, 128, 3), dtype=np.uint8)


def first_flow(recipe: FlowRecipe, frames: Frames) -> Flow:
    return next(RaftFlow.of(recipe, "cpu").flows(frames))


# -- with the real weights


@pytest.fixture(scope="session")
def real_small(real_data: Path) -> Path:
    path = real_data / "weights" / "raft-small.pth"
    if not path.is_file():
        pytest.skip(f"needs real weights: there is no {path}")
    return path


def shifted(size: tuple[int, int], step: tuple[int, int], count: int = 2) -> Frames:
    """Frames of `size` (height, width) with a smooth texture that moves `step` (x, y) pixels per frame."""
    height, width = size
    margin_x, margin_y = abs(step[0]) * count, abs(step[1]) * count
    noise = np.random.default_rng(3).integers(
        0, 256, (height + 2 * margin_y, width + 2 * margin_x, 3), dtype=np.uint8
    )
    texture = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 4), None, 0, 255, cv2.NORM_MINMAX)
    corners = [(margin_y - step[1] * i, margin_x - step[0] * i) for i in range(count)]
    return np.stack([texture[top : top + height, left : left + width] for top, left in corners])


@pytest.mark.parametrize("upsample", [1, 2])
@pytest.mark.parametrize("step", [(5, 0), (-5, 0), (0, 5), (3, -4)])
def test_a_shift_is_found_at_its_size(real_small: Path, step: tuple[int, int], upsample: int) -> None:
    frames = shifted((240, 320), step)
    flow = first_flow(flow_recipe("raft-small", real_small, upsample=upsample), frames)
    assert np.median(flow, axis=(0, 1)) == pytest.approx(step, abs=0.2)


@pytest.mark.parametrize("size", [(61, 77), (130, 133), (16, 200)])
def test_frames_of_any_size_are_taken(real_small: Path, size: tuple[int, int]) -> None:
    flows = np.stack(list(RaftFlow.of(flow_recipe("raft-small", real_small)).flows(shifted(size, (2, 0), 3))))
    assert flows.shape == (2, *size, 2)
    assert flows.dtype == np.float32
    assert np.median(flows, axis=(0, 1, 2)) == pytest.approx((2, 0), abs=0.2)


# -- layouts and files


@pytest.mark.parametrize("name", NAMES)
def test_both_layouts_and_formats_give_the_flow_of_torchvisions_own_network(
    tmp_path: Path, noise_frames: Frames, name: FlowName
) -> None:
    # given the same weights saved in four ways
    from safetensors.torch import save_file

    weights = random_weights(name)
    original = in_original_layout(weights)
    torch.save(weights, tmp_path / "torchvision.pth")
    torch.save(original, tmp_path / "original.pth")
    torch.save({"model": weights, "epoch": 3}, tmp_path / "training.pth")
    unshared = {key: tensor.clone() for key, tensor in original.items()}
    save_file(unshared, tmp_path / "original.safetensors")
    # and torchvision's network, asked as the original program asks: 0..255 is mapped to -1..1
    network = NETWORKS[name]()
    network.load_state_dict(weights)
    images = 2 * (torch.from_numpy(noise_frames[:2]).permute(0, 3, 1, 2).float() / 255) - 1
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.inference_mode():
        expected = network.eval()(images[:1], images[1:], num_flow_updates=3)[-1][0].permute(1, 2, 0).numpy()
    torch.set_num_threads(threads)
    # then each file gives the same
    assert np.abs(expected).max() > 0
    for file in sorted(tmp_path.iterdir()):
        flow = first_flow(flow_recipe(name, file, iterations=3), noise_frames)
        assert np.array_equal(flow, expected), file.name


class Malice:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("ran"),))


def changed(key: str, tensor: Any) -> dict[str, Any]:
    return random_weights("raft-small") | {key: tensor}


def as_saved(value: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


# What a file holds, and what is said of it.
WRONG: dict[str, tuple[Callable[[], bytes], str]] = {
    "another network": (lambda: as_saved(torch.nn.Linear(3, 2).state_dict()), "tensors are missing"),
    "no state dict": (lambda: as_saved([1, 2, 3]), "no named tensors"),
    "numbers": (lambda: as_saved({"weight": 3.0}), "is a float, not a tensor"),
    "text": (lambda: b"weights", "no checkpoint|damaged, cut short"),
    "nothing": (lambda: b"", "damaged, cut short"),
    "its beginning": (lambda: as_saved(random_weights("raft-small"))[:-2000], "damaged, cut short"),
    "code": (lambda: pickle.dumps({"weight": Malice()}), "which can run code"),
    "code in torch's format": (lambda: as_saved({"weight": Malice()}), "which can run code"),
    "not a number": (
        lambda: as_saved(changed("feature_encoder.conv.bias", torch.full((128,), torch.nan))),
        "feature_encoder.conv.bias has values that are not numbers",
    ),
    "another shape": (
        lambda: as_saved(changed("feature_encoder.conv.bias", torch.zeros(3))),
        r"feature_encoder.conv.bias has the shape \(3,\) instead of \(128,\)",
    ),
    "more than that": (
        lambda: as_saved(changed("head.bias", torch.zeros(3))),
        "1 tensors belong to another network, such as head.bias",
    ),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_wrong_file_gets_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, suffix: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"weights{suffix}"
    content, expected = WRONG[what]
    path.write_bytes(content())
    if suffix == ".safetensors":  # none of these is one
        expected = "damaged, cut short"

    with pytest.raises(StimulusError, match=expected) as caught:
        flow_estimator(flow_recipe("raft-small", path))

    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not Path("ran").exists(), "the file's code was run"


def test_weights_of_the_other_network_are_named(tmp_path: Path, small_file: Path) -> None:
    with pytest.raises(StimulusError, match=r"no weights of raft-large: these are the weights of raft-small"):
        flow_estimator(flow_recipe("raft-large", small_file))


def test_a_build_refuses_them_before_it_begins(tmp_path: Path, small_file: Path, clip_folder: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    making = Making(flow_recipe("raft-large", small_file))
    with pytest.raises(StimulusError, match=f"^{small_file} holds no weights of raft-large"):
        build_clips(clip_folder, tmp_path / "out" / "set", 0, making)
    assert sorted(tmp_path.rglob("*")) == before


def test_weights_that_were_exchanged_are_noticed(small_file: Path) -> None:
    recipe = flow_recipe("raft-small", small_file)
    small_file.write_bytes(small_file.read_bytes() + b" ")
    with pytest.raises(StimulusError, match="not those that were used"):
        flow_estimator(recipe)


def test_without_a_network_connection_the_message_says_where_to_put_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a torch that keeps downloads elsewhere, and a proxy that is not there
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for variable in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    with pytest.raises(StimulusError, match=r"Fetch https://\S+raft_small_C_T_V1\S+ .* put it at") as caught:
        flow_estimator(flow_recipe("raft-small"))
    # when a file is put there, it is used
    where = Path(str(caught.value).partition("put it at ")[2].partition(", or")[0])
    where.parent.mkdir(parents=True, exist_ok=True)
    torch.save(random_weights("raft-small"), where)
    assert flow_estimator(flow_recipe("raft-small")).name == "raft-small"


# -- results that do not depend on how they were made


def test_threads_and_company_do_not_change_the_flow_of_a_pair(small_file: Path, noise_frames: Frames) -> None:
    recipe = flow_recipe("raft-small", small_file, iterations=2)
    threads = torch.get_num_threads()
    together = list(RaftFlow.of(recipe, "cpu").flows(noise_frames))
    torch.set_num_threads(2)
    try:
        alone = [first_flow(recipe, np.stack(pair)) for pair in itertools.pairwise(noise_frames)]
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
    assert np.array_equal(together, alone)


def test_fewer_than_two_frames_have_no_flow(small_file: Path, noise_frames: Frames) -> None:
    estimator = flow_estimator(flow_recipe("raft-small", small_file))
    assert list(estimator.flows([])) == []
    assert list(estimator.flows(noise_frames[:1])) == []


def test_frames_too_small_are_refused(small_file: Path) -> None:
    estimator = flow_estimator(flow_recipe("raft-small", small_file))
    with pytest.raises(ValueError, match="20x15 pixels are too small for RAFT"):
        next(iter(estimator.flows(np.zeros((2, 15, 20, 3), np.uint8))))


def test_a_recipe_is_kept_as_text_and_compared_by_what_its_weights_hold(small_file: Path) -> None:
    recipe = flow_recipe("raft-small", small_file, upsample=2)
    adapter = TypeAdapter(FlowRecipe)
    assert adapter.validate_json(adapter.dump_json(recipe)) == recipe
    assert pickle.loads(pickle.dumps(recipe)) == recipe

    moved = small_file.rename(small_file.with_name("moved.pth"))
    assert flow_recipe("raft-small", moved, upsample=2) == recipe
    assert flow_recipe("raft-small", moved) != recipe


def test_names_of_either_layout_come_out_as_torchvisions() -> None:
    weights = random_weights("raft-large")
    assert raft_weights.torchvision_layout(in_original_layout(weights)).keys() == weights.keys()
    assert raft_weights.torchvision_layout(weights).keys() == weights.keys()
