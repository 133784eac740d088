"""Every row of the study's table 4.1 has a network of that name, shown what the table says."""

from __future__ import annotations

import importlib
import importlib.util
import operator
import re
from importlib.resources import files
from typing import Any

import pytest
import yaml

from analysis.errors import AnalysisError
from analysis.models import optional_packages
from analysis.models.spec import StreamSpec
from analysis.models.zoo import MODELS, TABLE_4_1, model_spec

PUBLISHED = yaml.safe_load(files("analysis.reference").joinpath("ilic2022.yaml").read_text(encoding="utf-8"))[
    "models"
]
WITHOUT_TORCH = importlib.util.find_spec("torch") is None
WITHOUT_PYTORCHVIDEO = WITHOUT_TORCH or importlib.util.find_spec("pytorchvideo") is None
needs_torch = pytest.mark.skipif(WITHOUT_TORCH, reason="needs torch, which the extra `models` brings")
needs_pytorchvideo = pytest.mark.skipif(
    WITHOUT_PYTORCHVIDEO, reason="needs pytorchvideo, which the extra `zoo` brings"
)


def buildable() -> list[Any]:
    return [
        pytest.param(name, marks=needs_pytorchvideo if spec.origin == "pytorchvideo" else needs_torch)
        for name, spec in MODELS.items()
    ]


def test_the_rows_of_the_table_are_there_under_their_names() -> None:
    named = {spec.published_name: spec for spec in MODELS.values() if spec.published_name}
    assert set(named) == {row["name"] for row in PUBLISHED}
    assert {spec.name for spec in named.values()} == set(TABLE_4_1)


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row["name"])
def test_each_is_shown_as_many_frames_at_the_rate_of_the_table(row: dict[str, Any]) -> None:
    (spec,) = (spec for spec in MODELS.values() if spec.published_name == row["name"])
    assert " + ".join(f"{stream.frames}x{stream.rate}" for stream in spec.streams) == row["frames"]
    assert spec.title == row["name"]


def test_names_and_titles_are_unique_and_can_be_typed() -> None:
    assert len({spec.title for spec in MODELS.values()}) == len(MODELS)
    for name, spec in MODELS.items():
        assert name == spec.name
        assert re.fullmatch(r"[a-z0-9-]+", name)


@pytest.mark.parametrize("name", buildable())
def test_every_network_answers_with_a_logit_per_class(name: str) -> None:
    import torch

    spec = model_spec(name)
    with torch.device("meta"):
        network = spec.build(7).eval()
        clips = [torch.empty(2, *stream.shape) for stream in spec.streams]
    assert network(*clips).shape == (2, 7)


@needs_torch
def test_logits_have_passed_no_softmax() -> None:
    import torch

    torch.manual_seed(0)
    spec = model_spec("x3d-xs-112")
    network = spec.build(5).eval()
    torch.nn.init.constant_(network.blocks[5].proj.bias, 3.0)  # type: ignore[union-attr, index]
    with torch.no_grad():
        assert float(network(torch.rand(1, *spec.streams[0].shape)).sum()) > 10


@needs_torch
@pytest.mark.parametrize(
    ("name", "builder"), [("resnet50", "resnet50"), ("mvit", "video.mvit_v1_b"), ("r3d-18", "video.r3d_18")]
)
def test_entries_have_the_names_of_torchvisions_weights(name: str, builder: str) -> None:
    import torch

    spec = model_spec(name)
    with torch.device("meta"):
        ours = spec.build(5).state_dict()
        from torchvision import models

        theirs = operator.attrgetter(builder)(models)(num_classes=1000).state_dict()
    assert list(ours) == list(theirs)


@needs_pytorchvideo
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("slow", "resnet.slow_r50"),
        ("c2d", "resnet.c2d_r50"),
        ("i3d", "resnet.i3d_r50"),
        ("r2plus1d", "r2plus1d.r2plus1d_r50"),
        ("slowfast", "slowfast.slowfast_r50"),
        ("x3d-xs", "x3d.x3d_xs"),
        ("x3d-l", "x3d.x3d_l"),
    ],
)
def test_entries_have_the_names_and_shapes_of_pytorchvideos_weights(name: str, place: str) -> None:
    import torch

    spec = model_spec(name)
    module, _, builder = place.partition(".")
    with torch.device("meta"):
        ours = spec.build(400).state_dict()
        theirs = vars(importlib.import_module(f"pytorchvideo.models.hub.{module}"))[builder]().state_dict()
    shapes = [{entry: tensor.shape for entry, tensor in state.items()} for state in (ours, theirs)]
    assert shapes[0] == shapes[1]


@needs_torch
def test_two_streams_average_what_they_believe() -> None:
    import torch

    from analysis.models.two_stream import TwoStream

    class Fixed(torch.nn.Module):
        def __init__(self, *probabilities: float) -> None:
            super().__init__()
            self.logits = torch.tensor([probabilities]).log() + 2.0

        def forward(self, picture: torch.Tensor) -> torch.Tensor:
            self.seen = picture
            return self.logits

    # given one stream that believes 0.9, 0.1 and another that believes 0.3, 0.7
    motion = Fixed(0.3, 0.7)
    flow = torch.arange(4.0).reshape(1, 2, 2, 1, 1)  # (u1, u2), (v1, v2)
    answer = TwoStream(Fixed(0.9, 0.1), motion)(torch.zeros(1, 3, 1, 1, 1), flow)
    # then together they believe 0.6, 0.4; and the fields went in as u1 v1 u2 v2
    torch.testing.assert_close(answer.softmax(1), torch.tensor([[0.6, 0.4]]))
    assert motion.seen.flatten().tolist() == [0.0, 2.0, 1.0, 3.0]


@needs_pytorchvideo
def test_both_pathways_of_slowfast_count_and_keep_their_input() -> None:
    import torch

    with torch.device("meta"):
        names = list(model_spec("slowfast").build(3).state_dict())
    from pytorchvideo.models.slowfast import create_slowfast

    from analysis.models.pathways import Pathways

    assert names[0].startswith("blocks.0.multipathway_blocks.0.conv")
    torch.manual_seed(0)
    small = create_slowfast(model_num_class=3, head_pool_kernel_sizes=((2, 2, 2), (8, 2, 2)))
    assert names == list(small.state_dict())
    network = Pathways(small).eval()
    slow, fast = torch.rand(1, 3, 2, 64, 64), torch.rand(1, 3, 8, 64, 64)
    with torch.no_grad():
        answer = network(slow, fast)
        assert torch.equal(answer, network(slow, fast))
        assert not torch.equal(answer, network(slow * 0.5, fast))
        assert not torch.equal(answer, network(slow, fast * 0.5))


@pytest.mark.parametrize("name", ["x3d-m", "mvit", "slowfast"])
def test_published_weights_find_the_normalisation_they_were_trained_with(name: str) -> None:
    for stream in MODELS[name].streams:
        assert (stream.mean, stream.std) == ((0.45,) * 3, (0.225,) * 3)


def test_a_mirrored_flow_is_the_flow_with_its_sign_changed() -> None:
    """No mean is taken off vectors, so that no motion is nought in every network."""
    flows = [stream for spec in MODELS.values() for stream in spec.streams if stream.content == "flow"]
    assert len(flows) > 5
    assert {(stream.mean, stream.std) for stream in flows} == {((0.0, 0.0), (1.0, 1.0))}


def test_an_unknown_name_is_answered_with_the_names() -> None:
    with pytest.raises(
        AnalysisError, match=r"no model called 'x3d'; there are: resnet50, i3d.*e2s-x3d-small"
    ):
        model_spec("x3d")


def test_without_pytorchvideo_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optional_packages, "find_spec", lambda _: None)
    with pytest.raises(AnalysisError, match=r"SlowFast is taken from pytorchvideo.*extra `zoo`.*models,zoo"):
        model_spec("slowfast")
    assert model_spec("e2s-x3d").title == "E2S-X3D"


def test_a_stream_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="flow needs 2 means"):
        StreamSpec("flow", 4, 12, 96, 112, (0.0,) * 3, (1.0,) * 3)
    with pytest.raises(ValueError, match="no larger than the frame"):
        StreamSpec("flow", 4, 12, 112, 96, (0.0,) * 2, (1.0,) * 2)
