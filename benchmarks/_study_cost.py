"""A command measured for studies of several sizes."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class StudyCost:
    """What a command took for so many participants with so many trials in all."""

    participants: int
    trials: int
    wall_s: float
    processor_s: float
    peak_memory_mb: int


def print_costs(description: str | None, cost_of: Callable[[int, Path], StudyCost]) -> None:
    """Measure for every number of participants that the command line gives, and print the costs as JSON."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--participants", type=int, nargs="+", default=[10, 1000])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        costs = [cost_of(number, Path(folder)) for number in given.participants]
    print(json.dumps({f"participants_{cost.participants}": asdict(cost) for cost in costs}))
