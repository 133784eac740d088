"""Where a training is, kept on disk, so that a kill costs minutes and changes nothing.

Nothing random is kept: what a step draws follows from the seed, the epoch and the step (`TrainingPlan`).
"""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from analysis.errors import AnalysisError
from analysis.models.training_log import EpochRecord
from analysis.models.training_plan import TrainingPlan
from stimuli.durable import write_durably
from stimuli.errors import reason_of

Tensors = dict[str, torch.Tensor]


@dataclass
class Progress:
    """How far a training is: `step` steps of `epoch` (from 0) are done; sums over them; the epochs before.

    `best`: weights of the epoch with the most validation clips right, of several such the one with the lowest
    loss; `best_epoch` counts from 0, -1 before any. `seconds`: spent on whole epochs. `largest_part`: the
    most clips that went through the network at once, fewer than a batch after the GPU ran out of memory.
    """

    epoch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    right: float = 0.0
    seen: float = 0.0
    seconds: float = 0.0
    best_epoch: int = -1
    largest_part: int = 0
    history: list[EpochRecord] = field(default_factory=list)
    best: Tensors = field(default_factory=dict)


def state_path(weights: Path) -> Path:
    """Where the state of an unfinished training lies."""
    return weights.with_suffix(".unfinished")


def save_state(
    path: Path, plan: TrainingPlan, progress: Progress, network: nn.Module, optimizer: torch.optim.Optimizer
) -> None:
    """Write the state whole or not at all. Raises AnalysisError when the disk refuses."""
    plain = asdict(progress)
    best = plain.pop("best")
    data = io.BytesIO()
    torch.save(
        {
            "plan": plan.model_dump_json(),
            "progress": plain,
            "best": best,
            "network": network.state_dict(),
            "optimizer": optimizer.state_dict(),
        },
        data,
    )
    try:
        write_durably(path, data.getvalue())
    except OSError as error:
        raise AnalysisError(
            f"The state of the training cannot be kept in {path}: {reason_of(error)}"
        ) from error


def load_state(
    path: Path, plan: TrainingPlan, network: nn.Module, optimizer: torch.optim.Optimizer
) -> Progress | None:
    """Go on where the file left off; None where there is no file.

    Raises AnalysisError for the state of another training, naming the first difference, and a damaged file.
    """
    if not path.exists():
        return None
    remedy = f"remove {path} to begin again, or name another file of weights"
    try:
        # Checkpoints from elsewhere could run code.
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        other = TrainingPlan.model_validate_json(state["plan"])
        history = [EpochRecord(**record) for record in state["progress"].pop("history")]
        progress = Progress(**state["progress"], history=history, best=state["best"])
    except Exception as error:  # what a damaged file makes the reader raise is open-ended
        raise AnalysisError(f"{path} is no state of a training, or damaged; {remedy}") from error
    if (difference := plan.difference_from(other)) is not None:
        raise AnalysisError(f"{path} is of another training: {difference}; {remedy}")
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    return progress
