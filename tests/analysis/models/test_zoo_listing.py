"""What networks cost, counted, and the list of them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from stimuli.torchvision_import import require_torchvision

pytest.importorskip("torch", reason="needs torch, which the extra `models` brings")

import torch

from analysis.models import optional_packages, zoo_listing
from analysis.models.flops import ModelCost, model_cost, multiply_adds
from analysis.models.spec import ModelSpec
from analysis.models.zoo import MODELS, model_spec


def test_operations_of_a_network_that_can_be_counted_by_hand() -> None:
    """4 filters of 3x3x3 at 2x6x6 places: 4 * 27 * 72 = 7776 multiply-adds; normalising 288 values: 576; a
    linear layer from 288 to 5: 1440.
    """
    network = torch.nn.Sequential(
        torch.nn.Conv3d(1, 4, 3, padding=1),
        torch.nn.BatchNorm3d(4),
        torch.nn.Flatten(),
        torch.nn.Linear(288, 5),
    )
    assert multiply_adds(network, torch.zeros(1, 1, 2, 6, 6)) == 7776 + 576 + 1440


@pytest.mark.parametrize(
    ("name", "weights"),
    [("resnet50", "ResNet50"), ("mvit", "MViT_V1_B"), ("r3d-18", "R3D_18"), ("mc3-18", "MC3_18")],
)
def test_costs_agree_with_what_torchvision_states(name: str, weights: str) -> None:
    require_torchvision("this test")
    from torchvision import models

    place: Any = models if name == "resnet50" else models.video
    stated = getattr(place, f"{weights}_Weights").DEFAULT.meta
    classes = len(stated["categories"])
    cost = model_cost(model_spec(name), classes)
    assert cost.parameters == stated["num_params"]
    # torchvision leaves normalisation out
    assert cost.gflops == pytest.approx(stated["_ops"], rel=0.01)


@pytest.mark.parametrize(
    ("name", "parameters_m"),
    [("i3d", 28.04), ("c2d", 24.33), ("r2plus1d", 28.11), ("slow", 32.45), ("slowfast", 34.57)],
)
def test_sizes_are_those_of_pytorchvideos_model_zoo(name: str, parameters_m: float) -> None:
    pytest.importorskip("pytorchvideo", reason="needs pytorchvideo, which the extra `zoo` brings")
    assert round(model_cost(model_spec(name), 400).parameters_m, 2) == parameters_m


def few(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    monkeypatch.setattr(zoo_listing, "MODELS", {name: MODELS[name] for name in names})


def test_the_list_shows_streams_parameters_and_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch, "x3d-m", "e2s-x3d-colours")
    seen: list[tuple[str, int, int]] = []
    text = zoo_listing.model_list(5, lambda *told: seen.append(told))
    rows = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines() if "X3D" in line]
    assert rows == [
        ["x3d-m", "X3D-M", "ours", "rgb 16x5@224", "2.985", "4.895"],
        [
            "e2s-x3d-colours",
            "E2S-X3D colours",
            "ours",
            "rgb 16x5@224 + flow-colours 13x6@160",
            "5.970",
            "6.925",
        ],
    ]
    assert seen == [("networks", 1, 2), ("networks", 2, 2)]


def test_no_cell_of_any_row_is_cut_off() -> None:
    listed: list[tuple[ModelSpec, ModelCost | None]] = [
        (spec, ModelCost(123_456_789, 123_456_789_000)) for spec in MODELS.values()
    ]
    from rich.console import Console

    console = Console(width=zoo_listing.WIDTH, color_system=None)
    with console.capture() as captured:
        console.print(zoo_listing.model_table(listed))
    text = captured.get()
    assert "…" not in text
    for spec in MODELS.values():
        assert spec.name in text
        assert spec.title in text


def test_a_missing_package_leaves_its_networks_in_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch, "x3d-xs", "slow")
    monkeypatch.setattr(optional_packages, "find_spec", lambda _: None)
    text = zoo_listing.model_list()
    assert re.search(r"slow +Slow +pytorchvideo +rgb 8x8@224 +- +-", text)
    assert (
        'Not installed: pytorchvideo; to get all networks: pip install -c constraints.txt -e ".[models,zoo]"'
        in text
    )
