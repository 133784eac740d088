"""X3D, the video networks that E2S-X3D is made of.

C. Feichtenhofer, X3D: Expanding Architectures for Efficient Video Recognition, CVPR 2020, section 3, table 3.
A residual network of bottlenecks whose 3x3x3 convolution works on each channel by itself; every second
bottleneck weights its channels by squeeze and excitation. Time is never subsampled.

Parameters carry the names of pytorchvideo's `create_x3d`, so that published weights load by name. What
differs: the network ends in logits instead of a softmax.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor, nn

STEM_WIDTH = 24
STAGE_WIDTHS = (24, 48, 96, 192)
INNER_FACTOR = 2.25  # width of the 3x3x3 convolution over the width of the stage
FEATURES = 2048  # width of the last hidden layer
SPATIAL_STRIDE = 32  # of the whole network: the stem's 2 and each stage's 2
DROPOUT = 0.5
LAST_LAYER_STD = 0.01  # of the initial weights of the classifier


@dataclass(frozen=True)
class X3DSize:
    """A member of the family: what it is shown, and how many bottlenecks each stage has."""

    frames: int
    crop_px: int
    depths: tuple[int, int, int, int]


SMALL_DEPTHS = (3, 5, 11, 7)
XS = X3DSize(frames=4, crop_px=160, depths=SMALL_DEPTHS)
S = X3DSize(frames=13, crop_px=160, depths=SMALL_DEPTHS)
M = X3DSize(frames=16, crop_px=224, depths=SMALL_DEPTHS)
L = X3DSize(frames=16, crop_px=312, depths=(5, 10, 25, 15))


class X3D(nn.Module):
    """(B, channels, frames, H, W) float -> logits (B, classes).

    The features are averaged over windows of the nominal size, `frames` x (crop_px / 32, rounded up) squared.
    A larger input therefore gives several windows, whose logits are averaged; a smaller one cannot be read.
    With `classes` None there is no classifier: the 2048 features come out, after dropout.
    """

    def __init__(self, size: X3DSize, classes: int | None, channels: int = 3) -> None:
        super().__init__()
        blocks: list[nn.Module] = [Stem(channels)]
        width_in = STEM_WIDTH
        for width, depth in zip(STAGE_WIDTHS, size.depths, strict=True):
            blocks.append(Stage(width_in, width, depth))
            width_in = width
        window = math.ceil(size.crop_px / SPATIAL_STRIDE)
        blocks.append(Head(width_in, classes, (size.frames, window, window)))
        self.blocks = nn.ModuleList(blocks)
        _initialise(self)

    def forward(self, clip: Tensor) -> Tensor:
        for block in self.blocks:
            clip = block(clip)
        return clip


class Stem(nn.Module):
    """A 1x3x3 convolution that halves the picture, then 5x1x1 on each channel by itself."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = SpaceThenTime(channels, STEM_WIDTH)
        self.norm = nn.BatchNorm3d(STEM_WIDTH)
        self.activation = nn.ReLU(inplace=True)

    def forward(self, clip: Tensor) -> Tensor:
        out: Tensor = self.activation(self.norm(self.conv(clip)))
        return out


class SpaceThenTime(nn.Module):
    """The published weights have the two names the wrong way round: `conv_t` reads space, and comes first."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.conv_t = nn.Conv3d(channels, width, (1, 3, 3), (1, 2, 2), (0, 1, 1), bias=False)
        self.conv_xy = nn.Conv3d(width, width, (5, 1, 1), padding=(2, 0, 0), groups=width, bias=False)

    def forward(self, clip: Tensor) -> Tensor:
        out: Tensor = self.conv_xy(self.conv_t(clip))
        return out


class Stage(nn.Module):
    """`depth` residual blocks; the first halves the picture, every second has squeeze and excitation."""

    def __init__(self, width_in: int, width: int, depth: int) -> None:
        super().__init__()
        self.res_blocks = nn.ModuleList(
            ResidualBlock(width_in if i == 0 else width, width, halve=i == 0, squeeze=i % 2 == 0)
            for i in range(depth)
        )

    def forward(self, x: Tensor) -> Tensor:
        for block in self.res_blocks:
            x = block(x)
        return x


class ResidualBlock(nn.Module):
    """shortcut + bottleneck, then ReLU. The shortcut is a convolution where the picture is halved."""

    def __init__(self, width_in: int, width: int, *, halve: bool, squeeze: bool) -> None:
        super().__init__()
        stride = 2 if halve else 1
        self.branch1_conv: nn.Module | None = None
        self.branch1_norm: nn.Module | None = None
        if halve:
            self.branch1_conv = nn.Conv3d(width_in, width, 1, (1, stride, stride), bias=False)
        if width_in != width:
            self.branch1_norm = nn.BatchNorm3d(width)
        self.branch2 = Bottleneck(width_in, width, stride, squeeze=squeeze)
        self.activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x
        if self.branch1_conv is not None:
            shortcut = self.branch1_conv(shortcut)
        if self.branch1_norm is not None:
            shortcut = self.branch1_norm(shortcut)
        out: Tensor = self.activation(shortcut + self.branch2(x))
        return out


class Bottleneck(nn.Module):
    """1x1x1 widening, 3x3x3 on each channel by itself, 1x1x1 narrowing, each with batch normalisation."""

    def __init__(self, width_in: int, width: int, stride: int, *, squeeze: bool) -> None:
        super().__init__()
        inner = int(INNER_FACTOR * width)
        self.conv_a = nn.Conv3d(width_in, inner, 1, bias=False)
        self.norm_a = nn.BatchNorm3d(inner)
        self.act_a = nn.ReLU(inplace=True)
        self.conv_b = nn.Conv3d(inner, inner, 3, (1, stride, stride), 1, groups=inner, bias=False)
        self.norm_b = nn.Sequential(
            nn.BatchNorm3d(inner), SqueezeExcitation(inner) if squeeze else nn.Identity()
        )
        self.act_b = nn.SiLU(inplace=True)
        self.conv_c = nn.Conv3d(inner, width, 1, bias=False)
        self.norm_c = nn.BatchNorm3d(width)

    def forward(self, x: Tensor) -> Tensor:
        x = self.act_a(self.norm_a(self.conv_a(x)))
        x = self.act_b(self.norm_b(self.conv_b(x)))
        out: Tensor = self.norm_c(self.conv_c(x))
        return out


class SqueezeExcitation(nn.Module):
    """Each channel times a weight in 0..1, read off the averages of all channels (Hu et al., CVPR 2018)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        narrow = squeezed_width(width)
        self.block = nn.Sequential(
            nn.Conv3d(width, narrow, 1), nn.ReLU(inplace=True), nn.Conv3d(narrow, width, 1), nn.Sigmoid()
        )

    def forward(self, x: Tensor) -> Tensor:
        weights: Tensor = self.block(x.mean(dim=(2, 3, 4), keepdim=True))
        return x * weights


def squeezed_width(width: int) -> int:
    """A sixteenth of `width` to the nearest multiple of 8, at least 8, and never more than a tenth below.

    432 / 16 = 27; 24 would be 11 % below, so 32.
    """
    wanted = width / 16
    rounded = max(8, int(wanted + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * wanted else rounded + 8


class Head(nn.Module):
    """Averages over windows between two 1x1x1 convolutions, then one linear layer: logits."""

    def __init__(self, width: int, classes: int | None, window: tuple[int, int, int]) -> None:
        super().__init__()
        self.pool = ProjectedPool(width, window)
        self.dropout = nn.Dropout(DROPOUT)
        self.proj: nn.Module = nn.Identity() if classes is None else nn.Linear(FEATURES, classes)

    def forward(self, x: Tensor) -> Tensor:
        features = self.dropout(self.pool(x)).permute(0, 2, 3, 4, 1)
        logits: Tensor = self.proj(features)
        return logits.mean(dim=(1, 2, 3))


class ProjectedPool(nn.Module):
    """(B, width, T, h, w) -> (B, 2048, windows in time, in height, in width)."""

    def __init__(self, width: int, window: tuple[int, int, int]) -> None:
        super().__init__()
        inner = int(INNER_FACTOR * width)
        self.pre_conv = nn.Conv3d(width, inner, 1, bias=False)
        self.pre_norm = nn.BatchNorm3d(inner)
        self.pre_act = nn.ReLU(inplace=True)
        self.pool = nn.AvgPool3d(window, stride=1)
        self.post_conv = nn.Conv3d(inner, FEATURES, 1, bias=False)
        self.post_act = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(self.pre_act(self.pre_norm(self.pre_conv(x))))
        out: Tensor = self.post_act(self.post_conv(x))
        return out


def _initialise(network: nn.Module) -> None:
    """As the published networks started: He et al. (2015) for convolutions, a small classifier, and residual
    blocks that begin as their shortcut alone (Goyal et al. 2017, section 5.1).
    """
    for module in network.modules():
        if isinstance(module, nn.Conv3d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=LAST_LAYER_STD)
            nn.init.zeros_(module.bias)
        elif isinstance(module, Bottleneck):
            nn.init.zeros_(module.norm_c.weight)
