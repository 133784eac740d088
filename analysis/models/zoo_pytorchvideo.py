"""Networks from pytorchvideo, untrained; the package comes with the extra `zoo`.

The settings are those of pytorchvideo's published Kinetics weights, which therefore load by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from analysis.models.optional_packages import require_pytorchvideo
from analysis.models.spec import ModelSpec, StreamSpec
from analysis.models.streams import flow, rgb

if TYPE_CHECKING:
    import torch

# Kernels in time of the first convolution of every bottleneck, per stage.
_NO_TIME = ((1, 1, 1),) * 4
_ALL_TIME = ((3, 1, 1),) * 4
_EVERY_SECOND = (
    (3, 1, 1),
    [(3, 1, 1), (1, 1, 1)],
    [(3, 1, 1), (1, 1, 1)],
    [(1, 1, 1), (3, 1, 1)],
)


def _c2d(classes: int) -> torch.nn.Module:
    return _resnet(
        "C2D", classes, stem_time=1, stage1_pool=True, stage_conv_a_kernel_size=_NO_TIME, pooled_frames=4
    )


def _i3d(classes: int) -> torch.nn.Module:
    return _inflated("I3D", classes, 3)


def _i3d_of(classes: int) -> torch.nn.Module:
    return _inflated("I3D-OF", classes, 2)


def _inflated(title: str, classes: int, channels: int) -> torch.nn.Module:
    return _resnet(
        title,
        classes,
        stem_time=5,
        stage1_pool=True,
        stage_conv_a_kernel_size=_EVERY_SECOND,
        pooled_frames=4,
        input_channel=channels,
    )


def _slow(classes: int) -> torch.nn.Module:
    return _resnet("Slow", classes, stem_time=1, pooled_frames=8)


def _fast(classes: int) -> torch.nn.Module:
    """The fast pathway of SlowFast by itself: an eighth of the width, time in every bottleneck."""
    return _resnet(
        "Fast", classes, stem_time=5, pooled_frames=32, stem_dim_out=8, stage_conv_a_kernel_size=_ALL_TIME
    )


def _resnet(
    title: str,
    classes: int,
    *,
    stem_time: int,
    pooled_frames: int,
    stage1_pool: bool = False,
    **settings: Any,
) -> torch.nn.Module:
    require_pytorchvideo(title)
    from pytorchvideo.models.resnet import create_resnet
    from torch import nn

    network: nn.Module = create_resnet(
        model_num_class=classes,
        stem_conv_kernel_size=(stem_time, 7, 7),
        stage1_pool=nn.MaxPool3d if stage1_pool else None,
        head_pool_kernel_size=(pooled_frames, 7, 7),
        **settings,
    )
    return network


def _r2plus1d(classes: int) -> torch.nn.Module:
    require_pytorchvideo("R2+1D")
    from pytorchvideo.models.r2plus1d import create_r2plus1d

    network: torch.nn.Module = create_r2plus1d(
        model_num_class=classes, dropout_rate=0.5, head_activation=None
    )
    return network


def _slowfast(classes: int) -> torch.nn.Module:
    require_pytorchvideo("SlowFast")
    from pytorchvideo.models.slowfast import create_slowfast

    from analysis.models.pathways import Pathways

    return Pathways(create_slowfast(model_num_class=classes))


def _model(name: str, title: str, *streams: StreamSpec, build: Callable[[int], torch.nn.Module]) -> ModelSpec:
    return ModelSpec(name, title, streams, build, "pytorchvideo", published_name=title)


_8X8 = rgb(8, 8, 224, 256)
_32X2 = rgb(32, 2, 224, 256)

PYTORCHVIDEO = (
    _model("i3d", "I3D", _8X8, build=_i3d),
    _model("c2d", "C2D", _8X8, build=_c2d),
    _model("r2plus1d", "R2+1D", rgb(16, 4, 224, 256), build=_r2plus1d),
    _model("slow", "Slow", _8X8, build=_slow),
    _model("fast", "Fast", _32X2, build=_fast),
    _model("slowfast", "SlowFast", _8X8, _32X2, build=_slowfast),
    _model("i3d-of", "I3D-OF", flow(8, 8, 224, 256), build=_i3d_of),
)
