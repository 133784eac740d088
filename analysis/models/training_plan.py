"""All that decides what a training ends with, and the order in which it shows its clips."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from analysis.models.augmentation import STAGE_EPOCHS
from analysis.models.splits import VALIDATION_SHARE

LEARNING_RATE = 3e-4
"""Of Adam, constant (study)."""


class TrainingPlan(BaseModel):
    """The same plan on the same machine, with as many threads and processes, ends with the same weights.

    `model`: its name; `conditions` and `manifest_sha256`: the clips; `flow`: the identity of the flow's
    source; `start_sha256`: of the weights that are fine-tuned, None from scratch; `batch`: clips of one step,
    all processes together; `patience`: epochs without a better one before training ends.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    conditions: tuple[str, ...]
    manifest_sha256: str
    flow: str
    seed: int = Field(default=0, ge=0)
    epochs: int = Field(default=100, ge=1)
    batch: int = Field(default=16, ge=1)
    patience: int = Field(default=20, ge=1)
    stage_epochs: int = Field(default=STAGE_EPOCHS, ge=1)
    learning_rate: float = Field(default=LEARNING_RATE, gt=0)
    validation_share: float = Field(default=VALIDATION_SHARE, gt=0, lt=1)
    precision: Literal["fp32", "bf16"] = "fp32"
    start_sha256: str | None = None
    processes: int = 1

    def difference_from(self, other: TrainingPlan) -> str | None:
        """The first field that differs, as in "batch is 8 instead of 16"; None for equal plans."""
        for name in type(self).model_fields:
            here, there = getattr(self, name), getattr(other, name)
            if here != there:
                return f"{name} is {there} instead of {here}"
        return None

    def batches(self, epoch: int, clips: int) -> list[list[int]]:
        """Which clips, by their place in the split, make up each step of an epoch: every clip once.

        A last batch with fewer clips than there are processes is left out.
        """
        order = np.random.default_rng([self.seed, epoch, 0]).permutation(clips).tolist()
        batches = [order[start : start + self.batch] for start in range(0, clips, self.batch)]
        return [batch for batch in batches if len(batch) >= self.processes]

    def seed_of_step(self, epoch: int, step: int, process: int) -> int:
        """What torch's own random numbers begin with in a step, such as those of dropout."""
        state = np.random.SeedSequence([self.seed, epoch, step, process, 1]).generate_state(1, np.uint64)
        return int(state[0]) >> 1

    def generator_of_clip(self, epoch: int, place: int) -> np.random.Generator:
        """What the variation of a clip in an epoch is drawn from."""
        return np.random.default_rng([self.seed, epoch, place, 2])
