"""SlowFast of pytorchvideo takes its pathways as one list; here every stream is an argument."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn


class Pathways(nn.Module):
    """(slow, fast), each (B, 3, frames, H, W) -> logits (B, classes).

    Parameters keep pytorchvideo's names, `blocks. ...`, so that published weights load.
    """

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.blocks: nn.ModuleList = network.blocks

    def forward(self, slow: Tensor, fast: Tensor) -> Tensor:
        pathways: Any = [slow, fast]  # a new list: the blocks write into it, and the last returns a tensor
        for block in self.blocks:
            pathways = block(pathways)
        logits: Tensor = pathways
        return logits
