"""What an observer does in a condition: which answers it gives to each action, and how long it takes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np


@dataclass(frozen=True)
class LogNormal:
    """Times whose logarithm (seconds) has mean ``mu`` and standard deviation ``sigma``."""

    mu: float
    sigma: float

    @classmethod
    def from_quartiles(cls, median_s: float, q1_s: float, q3_s: float) -> LogNormal:
        """The log-normal with this median whose quartiles have this ratio.

        ``ln q3 - ln q1 = 2 * 0.6745 * sigma``; from (2.2, 1.6, 3.3): mu = 0.788, sigma = 0.537.
        """
        return cls(math.log(median_s), math.log(q3_s / q1_s) / (2 * NormalDist().inv_cdf(0.75)))

    def draw(self, generator: np.random.Generator) -> float:
        """A time in seconds."""
        return float(generator.lognormal(self.mu, self.sigma))


@dataclass(frozen=True)
class Habits:
    """How an observer answers in one condition: action -> probability of each choice, action ->
    time-to-choose.
    """

    choices: Mapping[str, Mapping[str, float]]
    times: Mapping[str, LogNormal]

    def shifted(self, log_odds: float) -> Habits:
        """The same habits with the log odds of every right answer shifted; errors keep their proportions.

        90 % right with a shift of -1: odds 9 become 9 / e, so 76.8 % right.
        """
        choices = {action: _shifted_row(action, row, log_odds) for action, row in self.choices.items()}
        return Habits(choices, self.times)


def row_with(
    actions: tuple[str, ...], action: str, right: float, errors: Mapping[str, float]
) -> dict[str, float]:
    """Choice probabilities for one true action: ``right`` on the diagonal, the rest in the proportions of
    ``errors``, in equal parts where those are all zero.
    """
    others = [other for other in actions if other != action]
    total = sum(errors.get(other, 0.0) for other in others)
    row = {
        other: (1 - right) * (errors.get(other, 0.0) / total if total > 0 else 1 / len(others))
        for other in others
    }
    row[action] = right
    whole = sum(row.values())
    return {name: row[name] / whole for name in actions}


def _shifted_row(action: str, row: Mapping[str, float], log_odds: float) -> Mapping[str, float]:
    right = row[action]
    if not 0 < right < 1:
        return row
    right = 1 / (1 + math.exp(-math.log(right / (1 - right)) - log_odds))
    return row_with(tuple(row), action, right, row)
