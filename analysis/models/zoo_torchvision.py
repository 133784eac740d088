"""Networks from torchvision, untrained."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from analysis.models.optional_packages import require_torchvision
from analysis.models.spec import ModelSpec, StreamSpec
from analysis.models.streams import IMAGENET_RGB, TORCHVISION_VIDEO_RGB, flow, flow_colours, rgb

if TYPE_CHECKING:
    import torch

_FLOW_FIELDS = 10  # of TwoStream, stacked as channels


def _resnet50(classes: int, channels: int = 3) -> torch.nn.Module:
    require_torchvision("ResNet50")
    from torch import nn
    from torchvision.models import resnet50

    network: nn.Module = resnet50(num_classes=classes)
    if channels != 3:
        network.conv1 = nn.Conv2d(channels, 64, 7, 2, 3, bias=False)
        nn.init.kaiming_normal_(network.conv1.weight, mode="fan_out", nonlinearity="relu")
    return network


def _single_frame(classes: int) -> torch.nn.Module:
    network = _resnet50(classes)
    from analysis.models.two_stream import given_one_frame

    network.register_forward_pre_hook(given_one_frame)
    return network


def _two_stream(classes: int) -> torch.nn.Module:
    appearance, motion = _resnet50(classes), _resnet50(classes, 2 * _FLOW_FIELDS)
    from analysis.models.two_stream import TwoStream

    return TwoStream(appearance, motion)


def _video(builder: str) -> Callable[[int], torch.nn.Module]:
    """The function of that name in torchvision.models.video."""

    def build(classes: int) -> torch.nn.Module:
        require_torchvision(builder)
        from torchvision.models import video

        make: Any = getattr(video, builder)
        network: torch.nn.Module = make(num_classes=classes)
        return network

    return build


def _model(
    name: str,
    title: str,
    *streams: StreamSpec,
    build: Callable[[int], torch.nn.Module],
    published_name: str | None = None,
) -> ModelSpec:
    return ModelSpec(name, title, streams, build, "torchvision", published_name)


_PICTURE = rgb(1, 1, 224, 256, IMAGENET_RGB)
# The three-dimensional ResNets of torchvision are made for 16 frames of 15 per second at 112 pixels.
_RESNET_3D = rgb(16, 2, 112, 128, TORCHVISION_VIDEO_RGB)

TORCHVISION = (
    _model("resnet50", "ResNet50", _PICTURE, build=_single_frame, published_name="ResNet50"),
    # The control that the flow of a single frame tells little.
    _model("resnet50-flow", "ResNet50 flow", flow_colours(1, 1, 224, 256), build=_single_frame),
    _model(
        "two-stream",
        "TwoStream",
        _PICTURE,
        flow(_FLOW_FIELDS, 1, 224, 256),
        build=_two_stream,
        published_name="TwoStream",
    ),
    _model("mvit", "MViT", rgb(16, 4, 224, 256), build=_video("mvit_v1_b"), published_name="MViT"),
    _model("r3d-18", "R3D-18", _RESNET_3D, build=_video("r3d_18")),
    _model("mc3-18", "MC3-18", _RESNET_3D, build=_video("mc3_18")),
    _model("s3d", "S3D", rgb(64, 2, 224, 256, TORCHVISION_VIDEO_RGB), build=_video("s3d")),
    _model("swin3d-t", "Swin3D-T", rgb(32, 2, 224, 256, IMAGENET_RGB), build=_video("swin3d_t")),
)
