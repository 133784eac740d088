from __future__ import annotations

import importlib

import pytest

from analysis.errors import AnalysisError
from analysis.models.optional_packages import require_pytorchvideo, require_torchvision
from analysis.models.published_weights import ADDRESSES, published_at
from analysis.models.zoo import MODELS

HUB = "pytorchvideo.models.hub"


def test_addresses_are_of_networks_that_there_are() -> None:
    assert set(ADDRESSES) <= set(MODELS)


def test_addresses_are_those_that_pytorchvideo_downloads_from() -> None:
    try:
        require_pytorchvideo("this test")
    except AnalysisError as error:
        pytest.skip(str(error))
    modules = (importlib.import_module(f"{HUB}.{name}") for name in ("x3d", "resnet", "r2plus1d", "slowfast"))
    known = {address for module in modules for address in module.checkpoint_paths.values()}
    ours = {address for address in ADDRESSES.values() if "pytorchvideo" in address}
    assert len(ours) == 9
    assert ours <= known


def test_addresses_are_those_that_torchvision_downloads_from() -> None:
    try:
        require_torchvision("this test")
    except AnalysisError as error:
        pytest.skip(str(error))
    from torchvision import models

    known = {weights.url for name in models.list_models() for weights in models.get_model_weights(name)}
    ours = {address for address in ADDRESSES.values() if "pytorch.org" in address}
    assert len(ours) == 6
    assert ours <= known


def test_a_network_without_published_weights_has_no_address() -> None:
    assert published_at("x3d-m").endswith("/X3D_M.pyth")
    assert published_at("e2s-x3d") == ""
