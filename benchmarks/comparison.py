"""Agreement: wall-clock time for the kappas of all pairs of 100 observers on 1,280 items, with intervals.

    python -m benchmarks.comparison [--observers 100] [--items 1280]

Counting, kappa, its interval, its bounds and its p value are in the first figure, in this process and after
one round that warms it up; the second is the same with a twentieth of the answers missing. The bar is 2 s.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass

import numpy as np

from analysis.comparison.kappa import Numbers, all_pair_counts, error_consistency

_MISSING = 0.05


@dataclass(frozen=True)
class Cost:
    """What the intervals of all pairs took."""

    observers: int
    items: int
    pairs: int
    wall_s: float
    wall_s_with_missing_answers: float
    most_allowed_s: float = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--observers", type=int, default=100)
    parser.add_argument("--items", type=int, default=1280)
    given = parser.parse_args()
    print(json.dumps(asdict(cost_of_all_pairs(given.observers, given.items))))


def cost_of_all_pairs(observers: int, items: int) -> Cost:
    """Draw answers of observers who err together on hard items, and time all pairs of them."""
    rng = np.random.default_rng(observers)
    ease = 2.5 + rng.normal(size=items)
    right = (rng.random((observers, items)) < 1 / (1 + np.exp(-ease))).astype(np.float64)
    with_missing = np.where(rng.random(right.shape) < _MISSING, np.nan, right)
    _seconds(right[:10])
    return Cost(
        observers=observers,
        items=items,
        pairs=observers * (observers - 1) // 2,
        wall_s=_seconds(right),
        wall_s_with_missing_answers=_seconds(with_missing),
    )


def _seconds(right: Numbers) -> float:
    start = time.perf_counter()
    error_consistency(all_pair_counts(right))
    return round(time.perf_counter() - start, 3)


if __name__ == "__main__":
    main()
