"""Where weights lie that others have published, and that a training can start from.

Nothing here downloads them: whoever wants them is told the address.
"""

from __future__ import annotations

from collections.abc import Mapping

_PYTORCHVIDEO = "https://dl.fbaipublicfiles.com/pytorchvideo/model_zoo/kinetics/"
_TORCHVISION = "https://download.pytorch.org/models/"

ADDRESSES: Mapping[str, str] = {
    "x3d-xs": _PYTORCHVIDEO + "X3D_XS.pyth",
    "x3d-s": _PYTORCHVIDEO + "X3D_S.pyth",
    "x3d-m": _PYTORCHVIDEO + "X3D_M.pyth",
    "x3d-l": _PYTORCHVIDEO + "X3D_L.pyth",
    # The same parameters, at another size of picture.
    "x3d-xs-112": _PYTORCHVIDEO + "X3D_XS.pyth",
    "i3d": _PYTORCHVIDEO + "I3D_8x8_R50.pyth",
    "c2d": _PYTORCHVIDEO + "C2D_8x8_R50.pyth",
    "r2plus1d": _PYTORCHVIDEO + "R2PLUS1D_16x4_R50.pyth",
    "slow": _PYTORCHVIDEO + "SLOW_8x8_R50.pyth",
    "slowfast": _PYTORCHVIDEO + "SLOWFAST_8x8_R50.pyth",
    "resnet50": _TORCHVISION + "resnet50-0676ba61.pth",
    "mvit": _TORCHVISION + "mvit_v1_b-dbeb1030.pth",
    "r3d-18": _TORCHVISION + "r3d_18-b3b3357e.pth",
    "mc3-18": _TORCHVISION + "mc3_18-a90a0ba3.pth",
    "s3d": _TORCHVISION + "s3d-d76dad2f.pth",
    "swin3d-t": _TORCHVISION + "swin3d_t-7615ae03.pth",
}
"""By the names of the zoo: Kinetics-400, and ImageNet for `resnet50`. The others have none."""


def published_at(model: str) -> str:
    """What to say of a network's published weights where a file is missing: "; ..." or nothing."""
    address = ADDRESSES.get(model)
    return "" if address is None else f"; published weights to start a training from: {address}"
