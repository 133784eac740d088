"""Noise ceilings: how well clip scores of these people could be told at all.

Scores of a clip, such as its accuracy, come from a few people and would be others with other people. How much
so is told by the people themselves:

* **Split half.** The people are parted in two, the clip scores of both halves are correlated, and the mean
  over the splits is stepped up to all people with the formula of Spearman and Brown (1910); halves of unequal
  size follow Horst (1951, Educational and Psychological Measurement 11, 368). This is the reliability; its
  root is the highest correlation that even the true scores would reach (Spearman 1904).
* **Leave one out.** How well each person is told by the others (lower bound) and by all, this one included
  (upper bound): Nili et al. (2014, PLOS Computational Biology 10, e1003553). They bound the mean correlation
  of a perfect model with single persons, and not that with the mean of all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.comparison.rank_correlation import Numbers, spearman
from analysis.measures.intervals import LEVEL

Summary = Callable[[Numbers, Numbers], Numbers]
"""(people, items) and weights (draws, people) -> clip scores (draws, items): a weighted mean or median."""

MOST_SPLITS = 1_000
LOWEST_CEILING = 0.3
"""Below it a correlation is not divided by its ceiling: the chance in it would grow more than threefold."""
_SPLITS_DRAWN, _DRAWS = 40, 300


@dataclass(frozen=True)
class Ceiling:
    """What the people of a condition leave to be told.

    ``half`` is the mean rank correlation of two halves over ``splits`` splits; ``reliability``, with a 95 %
    interval over clip groups, is that of the scores of all people; ``correlation``, with its interval, is its
    root. ``lower`` and ``upper`` bound the mean correlation with single persons; ``told`` is how many people
    have one. NaN where ``why_not`` says why.
    """

    people: int
    items: int
    splits: int
    half: float
    reliability: float
    reliability_low: float
    reliability_high: float
    lower: float
    upper: float
    told: int
    why_not: str = ""

    @property
    def correlation(self) -> float:
        return _root(self.reliability)

    @property
    def correlation_low(self) -> float:
        return _root(self.reliability_low)

    @property
    def correlation_high(self) -> float:
        return _root(self.reliability_high)

    @property
    def too_low(self) -> str:
        """Why no correlation is divided by it; empty where it may be."""
        if self.why_not:
            return self.why_not
        if np.isnan(self.reliability_low):
            return "how far the ceiling may be off is not known"
        if self.reliability_low <= 0 or self.correlation < LOWEST_CEILING:
            return (
                f"the ceiling is too low to divide by: the reliability of people is {self.reliability:.2f} "
                f"(95 % {self.reliability_low:.2f} to {self.reliability_high:.2f})"
            )
        return ""

    def corrected(self, rho: float) -> float:
        """A correlation with the true scores of the clips (Spearman 1904); NaN where ``too_low``.

        It may exceed 1: correlation and ceiling are both estimates.
        """
        return rho / self.correlation if not self.too_low else float("nan")


def noise_ceiling(
    scores: Numbers,
    summary: Summary,
    rng: np.random.Generator,
    item_weights: Numbers | None = None,
    most_splits: int = MOST_SPLITS,
) -> Ceiling:
    """The ceiling of ``scores``, (people, items), NaN where somebody has none.

    All splits are taken where there are no more than ``most_splits`` (126 of ten people, 462 of twelve), else
    so many at random. ``item_weights`` (draws, items) are draws of clip groups, for the interval; without
    them it is NaN.
    """
    there = np.isfinite(scores).any(axis=1)
    values = scores[there]
    number, items = len(values), int(np.isfinite(values).any(axis=0).sum()) if len(values) else 0
    lower, upper, told = leave_one_out(values)
    halves = _splits(number, rng, most_splits)
    why_not = "there is one participant, and nobody to compare with" if number == 1 else ""
    why_not = why_not or ("there is no participant" if number == 0 else "")
    half, low, high = float("nan"), float("nan"), float("nan")
    if not why_not:
        first, second = summary(values, halves), summary(values, 1 - halves)
        of_splits = spearman(first, second)
        # The same splits all along: a split whose halves do not vary is passed over.
        use = np.isfinite(of_splits)
        if use.any():
            half = float(of_splits[use].mean())
            low, high = _interval(half, first[use], second[use], item_weights)
        else:
            why_not = _why_no_half(values)
    share = (number // 2) / max(number, 1)
    return Ceiling(
        people=number,
        items=items,
        splits=0 if why_not else len(halves),
        half=half,
        reliability=stepped_up(half, share),
        reliability_low=stepped_up(low, share),
        reliability_high=stepped_up(high, share),
        lower=lower,
        upper=upper,
        told=told,
        why_not=why_not,
    )


def stepped_up(half: float, share: float = 0.5) -> float:
    """The reliability of all from the correlation of two parts, the first with this ``share`` of the people.

    Horst's formula, which for halves is Spearman and Brown's 2 r / (1 + r): .6 becomes .75. A correlation
    below 0 has no such meaning; it is stepped up as that of halves, to -1 at the least.
    """
    if not half > 0:
        return max(2 * half / (1 + half), -1.0) if half > -1 else -1.0 if half == -1 else float("nan")
    if half >= 1:
        return 1.0
    square, parts = half**2, share * (1 - share)
    root = np.sqrt(square**2 + 4 * square * (1 - square) * parts)
    return float((root - square) / (2 * parts * (1 - square)))


def leave_one_out(scores: Numbers) -> tuple[float, float, int]:
    """The lower and upper bound of Nili et al. for ``scores`` (people, items), and how many people count.

    Everybody's scores are ranked and standardised; the bounds are the mean correlations with the mean of the
    others and with that of all. On complete scores no other order of the clips has a higher mean rank
    correlation with the people than the upper bound. People whose scores do not vary are left out; NaN with
    fewer than two others.
    """
    standard = np.full(scores.shape, np.nan)
    for place, row in enumerate(scores):
        known = np.isfinite(row)
        ranks = stats.rankdata(row[known])
        if known.sum() > 1 and ranks.std() > 0:
            standard[place, known] = (ranks - ranks.mean()) / ranks.std()
    standard = standard[np.isfinite(standard).any(axis=1)]
    if len(standard) < 2:
        return float("nan"), float("nan"), len(standard)
    filled, counts = np.nan_to_num(standard), np.isfinite(standard)
    lower, upper = [], []
    for row, known in zip(standard, counts, strict=True):
        others = counts.sum(axis=0) - known
        of_others = np.where(
            others > 0, (filled.sum(axis=0) - np.nan_to_num(row)) / np.maximum(others, 1), np.nan
        )
        of_all = np.where(known, filled.sum(axis=0) / np.maximum(counts.sum(axis=0), 1), np.nan)
        lower.append(_pearson(row, of_others))
        upper.append(_pearson(row, of_all))
    return _mean(lower), _mean(upper), len(standard)


def mean_person_correlation(scores: Numbers, predicted: Numbers) -> float:
    """The mean rank correlation of ``predicted`` (items,) with single persons: what ``lower`` and ``upper``
    bound.
    """
    return _mean(list(spearman(scores, predicted[None, :]))) if len(scores) else float("nan")


def _splits(number: int, rng: np.random.Generator, most: int) -> Numbers:
    """Who is in the first half, (splits, people), 1 or 0; each split once where all are taken."""
    size = number // 2
    if size == 0:
        return np.zeros((0, number))
    # With an even number, that the first person is in the first half names every split once.
    even = number % 2 == 0
    if comb(number, size) // (1 + even) <= most:
        chosen = [members for members in combinations(range(number), size) if not even or members[0] == 0]
        halves = np.zeros((len(chosen), number))
        for split, members in enumerate(chosen):
            halves[split, list(members)] = 1
        return halves
    order = rng.permuted(np.tile(np.arange(number), (most, 1)), axis=1)
    return (order < size).astype(np.float64)


def _interval(
    half: float, first: Numbers, second: Numbers, item_weights: Numbers | None
) -> tuple[float, float]:
    """The interval of the mean correlation over draws of clip groups, on Fisher's scale."""
    if item_weights is None:
        return float("nan"), float("nan")
    chosen = np.unique(np.linspace(0, len(first) - 1, _SPLITS_DRAWN).astype(int))
    weights = item_weights[:_DRAWS]
    drawn = np.stack([spearman(first[place], second[place], weights) for place in chosen])
    there = np.isfinite(drawn)
    means = np.where(there, drawn, 0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    means = means[there.any(axis=0)]
    if len(means) < len(weights) / 2:
        return float("nan"), float("nan")
    scale = np.arctanh(np.clip(means, -0.999999, 0.999999))
    error = float(scale.std())
    if not error > 1e-9:
        return float("nan"), float("nan")
    centre = float(np.arctanh(np.clip(half, -0.999999, 0.999999)))
    quantile = float(stats.norm.ppf(0.5 + LEVEL / 2))
    return float(np.tanh(centre - quantile * error)), float(np.tanh(centre + quantile * error))


def _why_no_half(values: Numbers) -> str:
    both = np.isfinite(values).sum(axis=0)
    if (both < 2).all():
        return "no clip was answered by two participants"
    if (both >= 2).sum() < 4:
        return "too few clips were answered by two participants"
    return "the scores of the clips do not vary in both halves of the participants"


def _pearson(first: Numbers, second: Numbers) -> float:
    use: npt.NDArray[np.bool_] = np.isfinite(first) & np.isfinite(second)
    one, other = first[use], second[use]
    if len(one) < 2 or one.std() < 1e-9 or other.std() < 1e-9:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def _mean(values: list[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")


def _root(reliability: float) -> float:
    return float(np.sqrt(max(reliability, 0.0))) if np.isfinite(reliability) else float("nan")
