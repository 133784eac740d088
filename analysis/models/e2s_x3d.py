"""E2S-X3D: one X3D reads the pictures, another the optical flow, and their outputs are read together.

F. Ilic, T. Pock, R. P. Wildes, ECCV 2022. The thesis' text and the published code differ in what is joined;
docs/models.md, "E2S configurations", says which is the default here, and why.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from analysis.models.x3d import FEATURES, X3D, X3DSize

Fusion = Literal["logits", "features"]


class E2SX3D(nn.Module):
    """(rgb, motion), each (B, channels, frames, H, W) -> logits (B, classes).

    `fusion`: `logits`, each stream has a classifier of its own, and a linear layer reads both results, motion
    first as in the published code; `features`, one linear layer reads the 2 x 2048 features of both.
    """

    def __init__(
        self,
        rgb: X3DSize,
        motion: X3DSize,
        classes: int,
        *,
        motion_channels: int = 2,
        fusion: Fusion = "logits",
    ) -> None:
        super().__init__()
        if fusion == "logits":
            own_classes, joined = classes, 2 * classes
        else:
            own_classes, joined = None, 2 * FEATURES
        self.rgb = X3D(rgb, own_classes)
        self.motion = X3D(motion, own_classes, motion_channels)
        self.fusion = nn.Linear(joined, classes)

    def forward(self, rgb: Tensor, motion: Tensor) -> Tensor:
        logits: Tensor = self.fusion(torch.cat([self.motion(motion), self.rgb(rgb)], dim=1))
        return logits
