"""What happened in each epoch of a training, as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from analysis.errors import AnalysisError
from stimuli.durable import write_durably
from stimuli.errors import reason_of


@dataclass(frozen=True)
class EpochRecord:
    """One epoch, counted from 1. `strength`: of the augmentation, 1 to 0; losses are cross-entropies in nats,
    accuracies shares of clips; those of the training are of varied clips while the weights still changed.
    `seconds`: of the epoch with its validation, where it was not interrupted; `processor_s`: of all cores
    together, what it would have taken one core that has nothing else to do.
    """

    epoch: int
    strength: float
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float
    processor_s: float
    clips_per_s: float


def log_path(weights: Path) -> Path:
    """Where the log of the training that makes these weights lies: `x3d.safetensors` has `x3d.log.csv`."""
    return weights.with_suffix(".log.csv")


def write_log(path: Path, records: Sequence[EpochRecord]) -> None:
    """Write the log whole or not at all. Raises AnalysisError when the disk refuses."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(EpochRecord)], lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerow({k: round(v, 5) if isinstance(v, float) else v for k, v in asdict(record).items()})
    try:
        write_durably(path, text.getvalue().encode())
    except OSError as error:
        raise AnalysisError(f"{path} cannot be written: {reason_of(error)}") from error
