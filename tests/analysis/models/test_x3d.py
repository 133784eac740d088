"""X3D: the published sizes, and the same answers as pytorchvideo with the same weights."""

from __future__ import annotations

from typing import Any

import pytest

from stimuli.torchvision_import import require_torchvision

pytest.importorskip("torch", reason="needs torch, which the extra `models` brings")

import torch

from analysis.models import x3d
from analysis.models.flops import multiply_adds, parameter_count
from analysis.models.x3d import X3D, X3DSize

SIZES = {"XS": x3d.XS, "S": x3d.S, "M": x3d.M, "L": x3d.L}


@pytest.fixture(scope="module")
def create_x3d() -> Any:
    """pytorchvideo's builder.

    The package imports torchvision, whose wheels on the package index are built for CUDA; beside a CPU-only
    torch they stop at the operators `nms` and `qnms`. `require_torchvision` declares the two and imports
    torchvision first. pytorchvideo's `transforms`, which need an older torchvision, are not touched:
    `pytorchvideo.models` does not import them.
    """
    pytest.importorskip("pytorchvideo", reason="needs pytorchvideo, which the extra `zoo` brings")
    require_torchvision("this test")
    from pytorchvideo.models.x3d import create_x3d

    return create_x3d


def on_meta(size: X3DSize, classes: int, px: int | None = None) -> tuple[X3D, Any]:
    """A network and a clip without values: shapes cost nothing."""
    px = px or size.crop_px
    with torch.device("meta"):
        return X3D(size, classes), torch.empty(1, 3, size.frames, px, px)


def with_all_weights_at_work(network: Any) -> Any:
    """Residual branches start at zero, where no error in them would show: give every number a value."""
    torch.manual_seed(7)
    for name, tensor in network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        if name.endswith("running_var"):
            tensor.uniform_(0.5, 2.0)
        elif name.endswith("norm_c.weight"):  # so that the sum over 26 blocks stays near 1
            tensor.uniform_(0.1, 0.3)
        elif "norm" in name and tensor.dim() == 1 and name.endswith("weight"):
            tensor.uniform_(0.5, 1.5)
        elif name.endswith("conv_b.weight"):
            tensor.normal_(std=0.2)
        elif tensor.dim() > 1:
            torch.nn.init.kaiming_normal_(tensor, mode="fan_in")
        else:
            tensor.normal_(std=0.1)
    return network.eval()


@pytest.mark.parametrize(
    ("name", "entries", "of_400", "of_5"),
    [
        ("XS", 563, 3_794_274, 2_984_919),
        ("S", 563, 3_794_274, 2_984_919),
        ("M", 563, 3_794_274, 2_984_919),
        ("L", 1141, 6_153_384, 5_344_029),
    ],
)
def test_the_family_has_the_published_sizes(name: str, entries: int, of_400: int, of_5: int) -> None:
    large, _ = on_meta(SIZES[name], 400)
    small, _ = on_meta(SIZES[name], 5)
    assert len(large.state_dict()) == entries
    assert (parameter_count(large), parameter_count(small)) == (of_400, of_5)


@pytest.mark.parametrize(
    ("name", "gflops"), [("XS", 0.625), ("S", 2.030), ("M", 4.895), ("L", 18.93)], ids=list(SIZES)
)
def test_one_clip_costs_what_is_published(name: str, gflops: float) -> None:
    network, clip = on_meta(SIZES[name], 5)
    digits = len(str(gflops).partition(".")[2])
    assert round(multiply_adds(network, clip) / 1e9, digits) == gflops


@pytest.mark.parametrize(("name", "px", "gflops"), [("S", 182, 2.96), ("M", 256, 6.72)])
def test_larger_frames_cost_what_the_model_zoo_prints(name: str, px: int, gflops: float) -> None:
    """pytorchvideo's zoo counts at the full frame and in training mode, where fvcore takes five operations
    per normalised value instead of two.
    """
    network, clip = on_meta(SIZES[name], 400, px)
    normalised = 0

    def count(_: Any, inputs: Any, __: Any) -> None:
        nonlocal normalised
        normalised += inputs[0].numel()

    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm3d):
            module.register_forward_hook(count)
    in_training = multiply_adds(network, clip) + 3 * normalised
    assert round(in_training / 1e9, 2) == gflops


def test_names_begin_and_end_as_in_published_files() -> None:
    names = list(on_meta(x3d.M, 400)[0].state_dict())
    assert names[0] == "blocks.0.conv.conv_t.weight"
    assert names[-1] == "blocks.5.proj.bias"


@pytest.mark.parametrize(
    ("size", "px"),
    [
        (x3d.XS, 160),
        (X3DSize(13, 64, x3d.SMALL_DEPTHS), 64),
        (X3DSize(2, 64, x3d.L.depths), 64),
        (X3DSize(2, 64, x3d.SMALL_DEPTHS), 98),  # several windows, whose logits are averaged
    ],
    ids=["XS", "thirteen frames", "depth of L", "larger than nominal"],
)
def test_same_weights_give_the_logits_of_pytorchvideo(create_x3d: Any, size: X3DSize, px: int) -> None:
    # given pytorchvideo's network and ours with its weights
    depth_factor = 5.0 if size.depths == x3d.L.depths else 2.2
    theirs = create_x3d(
        input_clip_length=size.frames,
        input_crop_size=size.crop_px,
        model_num_class=7,
        depth_factor=depth_factor,
        head_activation=None,
    )
    with_all_weights_at_work(theirs)
    ours = X3D(size, 7).eval()
    ours.load_state_dict(theirs.state_dict())
    # when both see the same two clips
    clips = torch.rand(2, 3, size.frames, px, px, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        expected, found = theirs(clips), ours(clips)
    # then they answer alike, with answers of a usual size that depend on the clip
    assert 0.1 < float(expected.abs().max()) < 10
    assert float((expected[0] - expected[1]).abs().max()) > 1e-3
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


def test_batch_statistics_and_initial_values_are_those_of_pytorchvideo(create_x3d: Any) -> None:
    theirs = create_x3d(input_clip_length=4, input_crop_size=96, model_num_class=5)
    ours = X3D(X3DSize(4, 96, x3d.SMALL_DEPTHS), 5)
    for (name, wanted), found in zip(theirs.named_parameters(), ours.parameters(), strict=True):
        assert found.shape == wanted.shape, name
        if wanted.numel() > 2000:
            spread = float(wanted.detach().std())
            assert float(found.detach().std()) == pytest.approx(spread, rel=0.1), name
        if wanted.dim() == 1:
            assert torch.equal(found, wanted), name
    for wanted_module, module in zip(theirs.modules(), ours.modules(), strict=False):
        if isinstance(module, torch.nn.BatchNorm3d):
            assert (module.eps, module.momentum) == (wanted_module.eps, wanted_module.momentum)


def test_without_a_classifier_the_features_come_out() -> None:
    size = X3DSize(2, 64, x3d.SMALL_DEPTHS)
    torch.manual_seed(1)
    whole: Any = X3D(size, 5).eval()
    body = X3D(size, None).eval()
    body.load_state_dict({k: v for k, v in whole.state_dict().items() if not k.startswith("blocks.5.proj")})
    clip = torch.rand(2, 3, 2, 64, 64)
    with torch.no_grad():
        features = body(clip)
        assert features.shape == (2, x3d.FEATURES)
        torch.testing.assert_close(whole.blocks[5].proj(features), whole(clip))


def test_squeezed_widths_are_those_of_the_published_weights() -> None:
    assert [x3d.squeezed_width(width) for width in (54, 108, 216, 432)] == [8, 8, 16, 32]
