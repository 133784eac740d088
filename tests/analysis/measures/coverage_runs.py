"""Runs of simulated studies that count how often intervals hold the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.analysis.measures.simulated import CLIPS, USUAL, chances, chosen, right
from tests.conftest import REPOSITORY

STUDIES = 2_000
DRAWS = 500
PEOPLE = (3, 5, 10, 20, 30)
TABLE = REPOSITORY / "build" / "coverage.tsv"

Floats = NDArray[np.float64]
Bounds = tuple[float, float]


def coverage(study: Callable[[np.random.Generator], tuple[float, Bounds]], seed: int) -> tuple[float, float]:
    """Share of ``STUDIES`` whose bounds hold the truth, and the mean width of the bounds."""
    return held(simulate(lambda rng: [study(rng)], seed))[0]


def simulate(study: Callable[[np.random.Generator], list[tuple[float, Bounds]]], seed: int) -> Floats:
    """Truth, lower and upper bound of each quantity of each of ``STUDIES``, (studies, quantities, 3)."""
    rng = np.random.default_rng(seed)
    drawn = [[(truth, *found) for truth, found in study(rng)] for _ in range(STUDIES)]
    return np.array(drawn, dtype=np.float64)


def held(drawn: Floats) -> list[tuple[float, float]]:
    """Share of studies whose bounds hold the truth, and mean width, of each quantity of ``simulate``.

    Bounds that are missing hold nothing.
    """
    truth, low, high = np.moveaxis(drawn, -1, 0)
    shares = ((low <= truth) & (truth <= high)).mean(axis=0)
    widths = np.nanmean(high - low, axis=0)
    return [(float(share), float(width)) for share, width in zip(shares, widths, strict=True)]


def keep(what: str, people: int, truth: float, found: tuple[float, float]) -> None:
    """Print and keep a line: what, participants, truth, per cent held, mean width."""
    TABLE.parent.mkdir(exist_ok=True)
    line = f"{what}\t{people}\t{truth}\t{100 * found[0]:.1f}\t{found[1]:.3f}\n"
    with TABLE.open("a", encoding="utf-8") as file:
        file.write(line)
    print(line, end="")


def bounds(table: pd.DataFrame) -> Bounds:
    return float(table["low"].iloc[0]), float(table["high"].iloc[0])


@dataclass(frozen=True)
class Answers:
    """How often answers are right, and whether each clip group draws wrong answers of its own."""

    accuracy: float
    groups_differ: bool = False

    def __str__(self) -> str:
        own = ", confusions of groups differ" if self.groups_differ else ""
        return f"accuracy {self.accuracy}{own}"

    def of_new_study(self, trials: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        """``trials`` with answers, right ones and wrong ones."""
        correct = right(chances(len(trials) // CLIPS, self.accuracy, USUAL, rng), rng)
        responses = chosen(correct, rng, groups_differ=self.groups_differ)
        return trials.assign(correct=correct, response=pd.Series(responses, dtype="string"))


KINDS = (Answers(0.7), Answers(0.9), Answers(0.7, groups_differ=True))
"""Of the last, few groups tell little: shares and bits are held less often, and the documentation says so."""


def true_differences(test: Floats, correct: NDArray[np.int64], training: Floats) -> Floats:
    """Mean differences of medians (s) of many participants: correct minus wrong, training minus test."""
    of_correct = np.nanmedian(np.where(correct == 1, test, np.nan), axis=1)
    wrong = np.sort(np.where(correct == 0, test, np.inf), axis=1)
    number = (correct == 0).sum(axis=1)
    some = np.flatnonzero((number > 0) & (number < correct.shape[1]))
    middle = (wrong[some, (number[some] - 1) // 2] + wrong[some, number[some] // 2]) / 2
    trained = np.median(training, axis=1) - np.median(test, axis=1)
    return np.array([np.mean(of_correct[some] - middle), np.mean(trained)])
