"""Networks of one or two small convolutions, and a training of seconds, in this process or in another.

`python -m tests.analysis.models.tiny_training SET WEIGHTS [STEP]` trains, and ends itself by SIGKILL after so
many steps, as a power cut would.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import torch
from torch import nn

from analysis.models import training, training_run, zoo
from analysis.models.flow_sources import FlowSource
from analysis.models.spec import ModelSpec, StreamSpec

NAME = "tiny"
RGB = StreamSpec("rgb", 4, 3, 24, 28, (0.45, 0.45, 0.45), (0.25, 0.25, 0.25))
FLOW = StreamSpec("flow", 4, 3, 24, 28, (0.0, 0.0), (1.0, 1.0))


class TinyNetwork(nn.Module):
    """Two streams, normalisation and dropout: whatever a state that is kept could forget."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.rgb = nn.Sequential(nn.Conv3d(3, 4, 3, stride=2), nn.BatchNorm3d(4), nn.ReLU())
        self.flow = nn.Sequential(nn.Conv3d(2, 4, 3, stride=2), nn.BatchNorm3d(4), nn.ReLU())
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(8, classes))

    def forward(self, rgb: torch.Tensor, flow: torch.Tensor) -> torch.Tensor:
        features = [self.rgb(rgb).mean(dim=(2, 3, 4)), self.flow(flow).mean(dim=(2, 3, 4))]
        answers: torch.Tensor = self.head(torch.cat(features, dim=1))
        return answers


class TinyPictureNetwork(nn.Module):
    """As `resnet50` of the zoo, a network for pictures that is given clips of one frame."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.picture = nn.Conv2d(3, 4, 3, stride=2)
        self.head = nn.Linear(4, classes)

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        answers: torch.Tensor = self.head(self.picture(rgb.squeeze(2)).mean(dim=(2, 3)))
        return answers


class TinyOneStream(nn.Module):
    """One of the two streams alone."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.clip = nn.Sequential(nn.Conv3d(channels, 4, 3, stride=2), nn.BatchNorm3d(4), nn.ReLU())
        self.head = nn.Linear(4, classes)

    def forward(self, clip: torch.Tensor) -> torch.Tensor:
        answers: torch.Tensor = self.head(self.clip(clip).mean(dim=(2, 3, 4)))
        return answers


PICTURE = StreamSpec("rgb", 1, 1, 24, 28, RGB.mean, RGB.std)
PICTURE_SPEC = ModelSpec("tiny-picture", "Tiny picture", (PICTURE,), TinyPictureNetwork, "torchvision")
RGB_SPEC = ModelSpec("tiny-rgb", "Tiny RGB", (RGB,), lambda classes: TinyOneStream(3, classes), "ours")
FLOW_SPEC = ModelSpec("tiny-flow", "Tiny flow", (FLOW,), lambda classes: TinyOneStream(2, classes), "ours")
SPEC = ModelSpec(NAME, "Tiny", (RGB, FLOW), TinyNetwork, "ours")
SPECS = (SPEC, RGB_SPEC, FLOW_SPEC, PICTURE_SPEC)


def join_the_zoo() -> None:
    """In a process of its own, where nobody has to take the networks out again."""
    zoo.MODELS |= {spec.name: spec for spec in SPECS}  # type: ignore[misc,operator]


def request(stimuli: Path, out: Path, **changes: Any) -> training_run.TrainingRequest:
    """Two epochs and a bit of three clips a step; the batch and all numbers can be changed."""
    numbers = {"batch": 3, "epochs": 3, "stage_epochs": 1, **changes.pop("numbers", {})}
    asked: dict[str, Any] = {
        "conditions": ("UCF5",),
        "device": "cpu",
        "flow": FlowSource("dis"),
        "cache_folder": out.parent / "cache",
    }
    model = changes.pop("model", NAME)
    return training_run.TrainingRequest(model, stimuli, out, numbers=numbers, **(asked | changes))


def train(
    stimuli: Path, out: Path, on_progress: Any = lambda *_: None, **changes: Any
) -> training_run.Trained:
    def say(text: str) -> None:
        print(text, file=sys.stderr)

    return training_run.run_training(request(stimuli, out, **changes), on_progress, say)


def main() -> None:
    join_the_zoo()
    training.KEPT_EVERY_S = 0.0
    stimuli, out = Path(sys.argv[1]), Path(sys.argv[2])
    steps_left = int(sys.argv[3]) if len(sys.argv) > 3 else -1

    def count(stage: str, *_: int) -> None:
        nonlocal steps_left
        if stage.startswith("epoch"):
            steps_left -= 1
            if steps_left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    if train(stimuli, out, count).is_first:
        print("trained")


if __name__ == "__main__":
    main()
