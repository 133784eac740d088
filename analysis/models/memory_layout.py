"""How tensors of clips lie in memory: channels last, as the fast kernels of GPUs want them."""

from __future__ import annotations

import torch
from torch import nn

CLIPS = torch.channels_last_3d


def lay_out_channels_last(network: nn.Module) -> None:
    """Lay out the weights of 3D convolutions channels last; all others, such as those of networks for single
    pictures, stay as they are, since torch has no such layout for them.
    """
    for parameter in network.parameters():
        if parameter.ndim == 5:
            parameter.data = parameter.data.contiguous(memory_format=CLIPS)
