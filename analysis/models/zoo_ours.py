"""The X3D family and E2S-X3D: the networks that this project builds itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.models.devices import require_torch
from analysis.models.spec import ModelSpec, StreamSpec
from analysis.models.streams import flow, flow_colours, rgb

if TYPE_CHECKING:
    import torch

    from analysis.models.e2s_x3d import Fusion
    from analysis.models.x3d import X3DSize


def _size(stream: StreamSpec, *, large: bool = False) -> X3DSize:
    from analysis.models import x3d

    return x3d.X3DSize(stream.frames, stream.crop_px, x3d.L.depths if large else x3d.SMALL_DEPTHS)


def _x3d(
    name: str, title: str, stream: StreamSpec, *, large: bool = False, published_name: str | None = None
) -> ModelSpec:
    def build(classes: int) -> torch.nn.Module:
        require_torch(title)
        from analysis.models.x3d import X3D

        return X3D(_size(stream, large=large), classes, stream.channels)

    return ModelSpec(name, title, (stream,), build, "ours", published_name)


def _e2s(
    name: str,
    title: str,
    pictures: StreamSpec,
    motion: StreamSpec,
    *,
    fusion: Fusion = "logits",
    published_name: str | None = None,
) -> ModelSpec:
    def build(classes: int) -> torch.nn.Module:
        require_torch(title)
        from analysis.models.e2s_x3d import E2SX3D

        return E2SX3D(_size(pictures), _size(motion), classes, motion_channels=motion.channels, fusion=fusion)

    return ModelSpec(name, title, (pictures, motion), build, "ours", published_name)


_RGB_M = rgb(16, 5, 224, 256)

OURS = (
    _x3d("x3d-xs", "X3D-XS", rgb(4, 12, 160, 182), published_name="X3D-XS"),
    _x3d("x3d-s", "X3D-S", rgb(13, 6, 160, 182), published_name="X3D-S"),
    _x3d("x3d-m", "X3D-M", _RGB_M, published_name="X3D-M"),
    _x3d("x3d-l", "X3D-L", rgb(16, 5, 312, 356), large=True),
    _x3d("x3d-xs-flow", "X3D-XS flow", flow(4, 12, 160, 182)),
    _x3d("x3d-s-flow", "X3D-S flow", flow(13, 6, 160, 182)),
    _x3d("x3d-m-flow", "X3D-M flow", flow(16, 5, 224, 256)),
    _e2s("e2s-x3d", "E2S-X3D", _RGB_M, flow(13, 6, 160, 182), published_name="E2S-X3D"),
    _e2s("e2s-x3d-features", "E2S-X3D features", _RGB_M, flow(13, 6, 160, 182), fusion="features"),
    _e2s("e2s-x3d-182", "E2S-X3D 182 px", _RGB_M, flow(13, 6, 182, 208)),
    _e2s("e2s-x3d-colours", "E2S-X3D colours", _RGB_M, flow_colours(13, 6, 160, 182)),
    # All three of the published code's choices at once.
    _e2s("e2s-x3d-published", "E2S-X3D published code", _RGB_M, flow_colours(13, 6, 182, 208)),
    # The control: is it the flow, or only the second network?
    _e2s("e2s-x3d-rgb", "E2S-X3D RGB twice", _RGB_M, rgb(13, 6, 160, 182)),
    # For a CPU.
    _x3d("x3d-xs-112", "X3D-XS small", rgb(4, 12, 112, 128)),
    _x3d("x3d-xs-112-flow", "X3D-XS small flow", flow(4, 12, 112, 128)),
    _e2s("e2s-x3d-small", "E2S-X3D small", rgb(4, 12, 96, 112), flow(4, 12, 96, 112)),
)
