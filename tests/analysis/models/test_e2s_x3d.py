"""E2S-X3D: both streams count, both learn, and the two ways to join them."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch", reason="needs torch, which the extra `models` brings")

import torch

from analysis.models.e2s_x3d import E2SX3D
from analysis.models.flops import model_cost, parameter_count
from analysis.models.x3d import SMALL_DEPTHS, X3DSize
from analysis.models.zoo import model_spec


@pytest.mark.parametrize(("classes", "parameters_m"), [(5, 5.970), (101, 6.384)])
@pytest.mark.parametrize("name", ["e2s-x3d", "e2s-x3d-colours"])
def test_it_has_the_parameters_of_the_published_code(name: str, classes: int, parameters_m: float) -> None:
    with torch.device("meta"):
        network = model_spec(name).build(classes)
    assert round(parameter_count(network) / 1e6, 3) == parameters_m


def test_with_colours_it_costs_what_both_streams_cost() -> None:
    """4.895 of X3D-M and 2.030 of X3D-S; vectors have one channel less to read."""
    assert round(model_cost(model_spec("e2s-x3d-colours"), 5).gflops, 2) == 6.93
    assert round(model_cost(model_spec("e2s-x3d"), 5).gflops, 2) == 6.91


def test_the_streams_are_those_of_the_study() -> None:
    rgb, motion = model_spec("e2s-x3d").streams
    assert (rgb.content, rgb.frames, rgb.rate, rgb.crop_px) == ("rgb", 16, 5, 224)
    assert (motion.content, motion.frames, motion.rate, motion.crop_px) == ("flow", 13, 6, 160)
    published = model_spec("e2s-x3d-published").streams[1]
    assert (published.content, published.crop_px) == ("flow-colours", 182)


@pytest.mark.parametrize(
    ("name", "fusion", "flow", "px"),
    [
        ("e2s-x3d", "logits", "flow", 160),
        ("e2s-x3d-features", "features", "flow", 160),
        ("e2s-x3d-182", "logits", "flow", 182),
        ("e2s-x3d-colours", "logits", "flow-colours", 160),
        ("e2s-x3d-published", "logits", "flow-colours", 182),
    ],
)
def test_each_choice_that_text_and_code_make_differently_is_a_network(
    name: str, fusion: str, flow: str, px: int
) -> None:
    spec = model_spec(name)
    assert (spec.streams[1].content, spec.streams[1].crop_px) == (flow, px)
    with torch.device("meta"):
        joined: Any = spec.build(5)
    assert joined.fusion.in_features == {"logits": 2 * 5, "features": 2 * 2048}[fusion]


def test_the_control_sees_pictures_twice_and_no_motion() -> None:
    assert [stream.content for stream in model_spec("e2s-x3d-rgb").streams] == ["rgb", "rgb"]


def tiny(fusion: Any) -> E2SX3D:
    torch.manual_seed(0)
    size = X3DSize(2, 64, SMALL_DEPTHS)
    return E2SX3D(size, size, 5, fusion=fusion)


def clips(count: int, seed: int) -> tuple[Any, Any]:
    generator = torch.Generator().manual_seed(seed)
    rgb = torch.randn(count, 3, 2, 64, 64, generator=generator)
    return rgb, torch.randn(count, 2, 2, 64, 64, generator=generator)


@pytest.mark.parametrize("fusion", ["logits", "features"])
def test_gradients_reach_the_first_layer_of_both_streams(fusion: Any) -> None:
    network: Any = tiny(fusion)
    torch.nn.functional.cross_entropy(network(*clips(2, 0)), torch.tensor([0, 3])).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
    for stream in (network.rgb, network.motion):
        assert float(stream.blocks[0].conv.conv_t.weight.grad.abs().sum()) > 0
        assert float(stream.blocks[5].pool.post_conv.weight.grad.abs().sum()) > 0


@pytest.mark.parametrize("fusion", ["logits", "features"])
def test_the_answer_depends_on_each_stream(fusion: Any) -> None:
    network = tiny(fusion).eval()
    rgb, motion = clips(1, 0)
    other_rgb, other_motion = clips(1, 1)
    with torch.no_grad():
        answer = network(rgb, motion)
        assert not torch.equal(answer, network(other_rgb, motion))
        assert not torch.equal(answer, network(rgb, other_motion))


@pytest.mark.parametrize("fusion", ["logits", "features"])
def test_the_last_layer_reads_motion_first_as_in_the_published_code(fusion: Any) -> None:
    network = tiny(fusion).eval()
    rgb, motion = clips(1, 0)
    other_rgb, other_motion = clips(1, 1)
    with torch.no_grad():
        network.fusion.weight[:, network.fusion.in_features // 2 :] = 0
        answer = network(rgb, motion)
        assert torch.equal(answer, network(other_rgb, motion))
        assert not torch.equal(answer, network(rgb, other_motion))


def moving_patterns(count: int) -> tuple[Any, Any, Any]:
    """`count` clips of noise that moves, in turn in five directions, with their flow: (rgb, flow, labels).

    A single frame is noise and says nothing about the direction.
    """
    generator = torch.Generator().manual_seed(5)
    spec = model_spec("e2s-x3d-small")
    frames, px = spec.streams[0].frames, spec.streams[0].crop_px
    steps = [(8, 0), (-8, 0), (0, 8), (0, -8), (8, 8)]
    labels = torch.arange(count) % len(steps)
    rgb, flow = torch.empty(count, 3, frames, px, px), torch.empty(count, 2, frames, px, px)
    for i, label in enumerate(labels.tolist()):
        dx, dy = steps[label]
        noise = torch.rand(3, px, px, generator=generator) - 0.5
        for t in range(frames):
            rgb[i, :, t] = noise.roll((t * dy, t * dx), dims=(1, 2))
        flow[i] = torch.tensor([dx, dy], dtype=torch.float32).div(8)[:, None, None, None]
        flow[i] += 0.2 * torch.randn(flow[i].shape, generator=generator)
    return rgb, flow, labels


def test_two_small_streams_at_96_px_learn_ten_clips_by_heart() -> None:
    # given ten clips and the small network as it comes
    torch.manual_seed(0)
    rgb, flow, labels = moving_patterns(10)
    network = model_spec("e2s-x3d-small").build(5)
    optimiser = torch.optim.Adam(network.parameters(), lr=4e-3)
    # when it is shown all of them a few times (five are enough here), until it is sure
    losses = []
    for _ in range(12):
        optimiser.zero_grad()
        answers = network(rgb, flow)
        loss = torch.nn.functional.cross_entropy(answers, labels)
        losses.append(float(loss.detach()))
        if losses[-1] < 0.3:
            break
        loss.backward()
        optimiser.step()
    # then it knows every one
    assert losses[0] > 1.4
    assert losses[-1] < 0.3
    assert answers.argmax(dim=1).tolist() == labels.tolist()
