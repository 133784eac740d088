"""The networks of the comparison as pytorchvideo makes them, with the weights of ours."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from analysis.models.optional_packages import require_pytorchvideo
from analysis.models.spec import ModelSpec, StreamSpec

CLASSES = 5


def pytorchvideo_x3d(stream: StreamSpec, classes: int) -> nn.Module:
    """X3D for that stream, which ends in logits."""
    require_pytorchvideo("the network that ours is compared with")
    from pytorchvideo.models.x3d import create_x3d

    network: nn.Module = create_x3d(
        input_channel=stream.channels,
        input_clip_length=stream.frames,
        input_crop_size=stream.crop_px,
        model_num_class=classes,
        head_activation=None,
    )
    return network


class PytorchvideoE2S(nn.Module):
    """Two of them, and a linear layer over their logits, motion first."""

    def __init__(self, spec: ModelSpec, classes: int) -> None:
        super().__init__()
        appearance, motion = spec.streams
        self.rgb = pytorchvideo_x3d(appearance, classes)
        self.motion = pytorchvideo_x3d(motion, classes)
        self.fusion = nn.Linear(2 * classes, classes)

    def forward(self, rgb: torch.Tensor, motion: torch.Tensor) -> torch.Tensor:
        joined: torch.Tensor = self.fusion(torch.cat([self.motion(motion), self.rgb(rgb)], dim=1))
        return joined


def pair(spec: ModelSpec, seed: int) -> tuple[nn.Module, nn.Module]:
    """Ours and pytorchvideo's with the same weights, in evaluation mode.

    The normalisations are given means and variances unlike those of a fresh network, as training would.
    """
    torch.manual_seed(seed)
    ours = spec.build(CLASSES)
    for module in ours.modules():
        if isinstance(module, nn.BatchNorm3d):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2)
            nn.init.uniform_(module.weight, 0.7, 1.3)
    theirs = (
        PytorchvideoE2S(spec, CLASSES)
        if len(spec.streams) > 1
        else pytorchvideo_x3d(spec.streams[0], CLASSES)
    )
    theirs.load_state_dict(ours.state_dict())
    return ours.eval(), theirs.eval()


def with_trained_heads(network: Any, streams: list[torch.Tensor], labels: np.ndarray[Any, Any]) -> None:
    """Fit the classifiers of such a network to clips of known classes, by least squares on its features.

    A network with random classifiers answers all clips nearly alike, and which answer is largest would be
    decided by rounding. `streams` are (clips, ...), a tensor per stream.
    """
    parts = [network.rgb, network.motion] if hasattr(network, "rgb") else [network]
    for part, stream in zip(parts, streams, strict=True):
        head = part.blocks[5].proj
        seen: list[torch.Tensor] = []
        hook = head.register_forward_pre_hook(lambda _, inputs, seen=seen: seen.append(inputs[0]))
        with torch.inference_mode():
            for look in stream:
                part(look[None].to(head.weight.device))
        hook.remove()
        features = torch.cat(seen).reshape(len(stream), -1, head.in_features).mean(dim=1)
        centre = features.mean(dim=0)
        wanted = 4.0 * (np.eye(CLASSES)[labels] - 1 / CLASSES)
        shifted = (features - centre).double().cpu().numpy()
        # Ridge in its dual form: there are far fewer clips than features.
        gram = shifted @ shifted.T
        dual = np.linalg.solve(gram + 1e-3 * np.trace(gram) / len(gram) * np.eye(len(gram)), wanted)
        weight = torch.from_numpy(shifted.T @ dual).T.to(head.weight)
        head.weight.data.copy_(weight)
        head.bias.data.copy_(-weight @ centre)
    if len(parts) > 1:
        network.fusion.weight.data.copy_(torch.cat([torch.eye(CLASSES), torch.eye(CLASSES)], dim=1))
        network.fusion.bias.data.zero_()
