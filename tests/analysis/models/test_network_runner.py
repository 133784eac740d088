from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from analysis.errors import AnalysisError
from analysis.models.devices import Precision, chosen_device, reading_threads
from analysis.models.network_runner import folded, network_runner
from analysis.models.zoo import model_spec

CPU = torch.device("cpu")


def lived_in(name: str, classes: int = 5) -> torch.nn.Module:
    """A network whose normalisation is not the identity, as after a training."""
    torch.manual_seed(0)
    network = model_spec(name).build(classes)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm3d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 1.5)
    return network


def looks_at(name: str, number: int) -> list[torch.Tensor]:
    torch.manual_seed(1)
    return [torch.randn(number, *stream.shape) for stream in model_spec(name).streams]


def expected(network: torch.nn.Module, looks: list[torch.Tensor]) -> np.ndarray:
    with torch.inference_mode():
        return torch.softmax(network.eval()(*looks), dim=1).numpy()


@pytest.mark.parametrize("name", ["x3d-xs-112", "e2s-x3d-small"])
def test_folding_and_batches_change_no_answer(name: str) -> None:
    network, looks = lived_in(name), looks_at(name, 3)
    runner = network_runner(network, CPU, "fp32", 2)
    answers = runner.probabilities(looks)
    assert np.abs(answers - expected(network, looks)).max() < 1e-6
    assert answers.sum(axis=1) == pytest.approx(np.ones(3))
    kinds = {type(module).__name__ for module in folded(network.eval()).modules()}
    assert "BatchNorm3d" not in kinds, "all of it lies in convolutions now"


def test_the_network_that_was_given_stays_as_it_is() -> None:
    network = lived_in("x3d-xs-112")
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network_runner(network, CPU, "bf16", 2).probabilities(looks_at("x3d-xs-112", 1))
    assert network.training
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_bf16_answers_nearly_the_same() -> None:
    network, looks = lived_in("e2s-x3d-small"), looks_at("e2s-x3d-small", 2)
    answers = network_runner(network, CPU, "bf16", 2).probabilities(looks)
    assert np.abs(answers - expected(network, looks)).max() < 0.01


def test_bf16_keeps_apart_what_differs_by_a_hundredth() -> None:
    """Logits in bf16 have steps of 1/32 between 4 and 8: both would be 6, and the first action the answer."""
    network = lived_in("e2s-x3d-small")
    torch.nn.init.zeros_(network.fusion.weight)
    network.fusion.bias.data = torch.tensor([6.0, 6.01, 0.0, 0.0, 0.0])
    answers = network_runner(network, CPU, "bf16", 2).probabilities(looks_at("e2s-x3d-small", 1))
    assert answers[0, 1] / answers[0, 0] == pytest.approx(np.exp(0.01), abs=1e-4)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_layout_of_a_gpu_changes_no_answer(precision: Precision) -> None:
    network, looks = lived_in("x3d-xs-112"), looks_at("x3d-xs-112", 2)
    usual, as_on_gpu = (
        network_runner(network, CPU, precision, 2, channels_last=chosen) for chosen in (False, True)
    )
    assert as_on_gpu.memory_format == "channels_last_3d"
    difference = np.abs(usual.probabilities(looks) - as_on_gpu.probabilities(looks)).max()
    assert difference < {"fp32": 1e-6, "bf16": 1e-3}[precision]


@pytest.mark.parametrize(("precision", "dtype"), [("fp32", torch.float32), ("bf16", torch.bfloat16)])
def test_looks_are_gathered_in_the_precision_of_the_network(precision: Precision, dtype: torch.dtype) -> None:
    runner = network_runner(lived_in("e2s-x3d-small"), CPU, precision, 2)
    looks = looks_at("e2s-x3d-small", 3)
    arrays = [tuple(stream[place].numpy() for stream in looks) for place in range(3)]
    gathered = runner.gathered(arrays)
    assert [stream.dtype for stream in gathered] == [dtype, dtype]
    assert all(torch.equal(one, other.to(dtype)) for one, other in zip(gathered, looks, strict=True))
    assert np.array_equal(runner.probabilities(gathered), runner.probabilities(looks))


class _NoRoomForMoreThan(torch.nn.Module):
    """A GPU that is too small, in the one way that the runner can see."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def forward(self, look: torch.Tensor) -> torch.Tensor:
        if len(look) > self.most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return look.flatten(1)[:, :2]


def test_without_room_the_batch_is_halved_and_that_is_said_once() -> None:
    said: list[str] = []
    runner = network_runner(_NoRoomForMoreThan(2), CPU, "fp32", 16, fold=False, say=said.append)
    looks = torch.randn(37, 1, 1, 2, 2)
    answers = runner.probabilities([looks])
    assert np.allclose(answers, torch.softmax(looks.flatten(1)[:, :2], dim=1).numpy())
    assert said == ["out of GPU memory with 16 looks at a time; smaller batches are used from here on"]
    assert runner.largest_batch == 2


def test_without_room_for_a_single_look_there_is_a_sentence() -> None:
    runner = network_runner(_NoRoomForMoreThan(0), CPU, "fp32", 4, fold=False, say=lambda _: None)
    with pytest.raises(AnalysisError, match="no memory for a single clip"):
        runner.probabilities([torch.randn(4, 1, 1, 2, 2)])


def test_answers_that_are_no_numbers_are_refused() -> None:
    network = lived_in("x3d-xs-112")
    network.blocks[-1].proj.bias.data[0] = float("nan")
    with pytest.raises(AnalysisError, match="no number in fp32 for 1 of 1 looks"):
        network_runner(network, CPU, "fp32", 2).probabilities(looks_at("x3d-xs-112", 1))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is CUDA here")
def test_without_cuda_asking_for_it_is_one_sentence() -> None:
    assert chosen_device("auto") == CPU
    with pytest.raises(AnalysisError, match=r"there is no CUDA here .* use --device cpu, or auto"):
        chosen_device("cuda")


def test_a_gpu_is_read_for_by_every_core_and_a_cpu_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    assert reading_threads("cpu") == 1
    assert reading_threads("cuda") == 16
    assert reading_threads("cuda", processes=8) == 8
    assert reading_threads("cuda", processes=128) == 1
