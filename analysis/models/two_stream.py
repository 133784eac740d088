"""Two-dimensional networks in the shape of this project's: clips in, logits out.

TwoStream: K. Simonyan, A. Zisserman, Two-Stream Convolutional Networks for Action Recognition in Videos,
NeurIPS 2014.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


def given_one_frame(_: nn.Module, clips: tuple[Tensor, ...]) -> tuple[Tensor]:
    """Put before a network for pictures: clips (B, channels, 1, H, W) -> the pictures in them.

    A hook instead of a wrapper, so that parameters keep the names that published weights have.
    """
    return (clips[0].squeeze(2),)


class TwoStream(nn.Module):
    """(rgb (B, 3, 1, H, W), flow (B, 2, frames, H, W)) -> logits (B, classes): the mean belief of both.

    The flow fields are stacked as channels, u1 v1 u2 v2 ..., for a network of 2 x frames input channels. The
    streams' probabilities are averaged; the result is the logarithm, so that its softmax is that average, and
    cross-entropy works on it as on any logits.
    """

    def __init__(self, appearance: nn.Module, motion: nn.Module) -> None:
        super().__init__()
        self.appearance = appearance
        self.motion = motion

    def forward(self, rgb: Tensor, flow: Tensor) -> Tensor:
        stacked = flow.transpose(1, 2).flatten(1, 2)
        streams = torch.stack([self.appearance(rgb.squeeze(2)), self.motion(stacked)])
        return torch.logsumexp(streams.log_softmax(dim=-1), dim=0) - math.log(len(streams))
