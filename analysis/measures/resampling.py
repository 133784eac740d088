"""A bootstrap that resamples participants and clip groups, crossed, for small studies.

Every participant meets the same clips, so trials that share a participant or a clip group resemble one
another, and new participants and new clip groups are both chance. Weights are drawn for participants, for
items, and for both at once (the product of the two: Owen & Eckles 2012, Annals of Applied Statistics 6, 895).

The product alone counts the noise of single trials three times (their equation for two crossed factors). So
the variance is put together from its parts: that over participants, plus that over items, minus that of
their interaction, each part no less than nothing. This is the bootstrap's form of the two-way cluster-robust
variance of Cameron, Gelbach & Miller (2011, Journal of Business & Economic Statistics 29, 238).

Of n participants (or n items of one action) n - 1 are drawn, which makes the variance unbiased (Rao & Wu
1988, Journal of the American Statistical Association 83, 231). ``intervals`` turns it into bounds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.measures.crossing import Crossing, Items, cross, sources
from analysis.measures.intervals import Floats, Spread, ratio

__all__ = [
    "DRAWS",
    "Crossing",
    "Items",
    "Resampling",
    "cross",
    "draws_for",
    "in_order_of",
    "resample",
    "slopes",
    "variance_of_draws",
]

DRAWS = 10_000
_MOST_WEIGHTS, _FEWEST_DRAWS = 1_000_000, 1_000
_CHUNK = 4_000_000
_STEP = 1e-4
"""Of slopes, as a share of each sum."""


def draws_for(observers: int, draws: int = DRAWS) -> int:
    """How many draws a table of this size is worth.

    ``draws`` up to 100 participants, then fewer, not below 1,000; the standard error is then off by 2 %.
    """
    return min(draws, max(_FEWEST_DRAWS, _MOST_WEIGHTS // max(observers, 1)))


@dataclass(frozen=True)
class Resampling:
    """Draws of the participants and the items of a ``crossing``.

    The weights are (draws, observers) and (draws, items); 1 is a participant or an item as it is.
    """

    crossing: Crossing
    observer_weights: NDArray[np.float32]
    item_weights: NDArray[np.float32]

    @property
    def method(self) -> str:
        return self.crossing.method

    def spread(self, values: NDArray[np.generic], statistic: Callable[[Floats], Floats]) -> Spread:
        """The spread of ``statistic`` of the sums of ``values``, (trials, k).

        ``statistic`` maps sums (draws, k) to statistics (draws, m).
        """
        exact = self.crossing.cells(values)
        sums = exact.sum(axis=(0, 1))
        linear = self.crossing.parts(exact @ slopes(statistic, sums))
        cells = exact.astype(np.float32)
        whole = statistic(sums[None])[0]
        people = statistic((self.observer_weights @ cells.sum(axis=1)).astype(np.float64)) - whole
        things = statistic((self.item_weights @ cells.sum(axis=0)).astype(np.float64)) - whole
        both = statistic(self._crossed(cells)) - whole - people - things
        parts = [variance_of_draws(part) for part in (people, things, both)]
        return self.crossing.combine(whole, *parts, linear=linear)

    def shares(self, values: NDArray[np.generic]) -> Spread:
        """The spread of the sums of every column of ``values`` but the last over the last: shares, 0 to 1."""
        drawn = self.spread(values, lambda sums: ratio(sums[..., :-1], sums[..., -1:]))
        # No draw of nothing or of all differs, whatever the rounding of its sums.
        level = ((drawn.estimate == 0) | (drawn.estimate == 1)) & np.isfinite(drawn.variance)
        return Spread(drawn.estimate, np.where(level, 0, drawn.variance), np.where(level, np.inf, drawn.df))

    def _crossed(self, cells: NDArray[np.float32]) -> Floats:
        draws, columns = len(self.observer_weights), cells.shape[2]
        sums = np.empty((draws, columns))
        flat = cells.reshape(len(cells), -1)
        step = max(1, _CHUNK // flat.shape[1])
        for start in range(0, draws, step):
            part = slice(start, start + step)
            drawn = (self.observer_weights[part] @ flat).reshape(-1, cells.shape[1], columns)
            sums[part] = np.matmul(self.item_weights[part, None, :], drawn)[:, 0, :]
        return sums


def resample(
    trials: pd.DataFrame, rng: np.random.Generator, items: Items = "group", draws: int = DRAWS
) -> Resampling:
    """Draw the participants and the items of ``trials``, as ``cross`` numbers them."""
    crossing = cross(trials, items)
    number = draws_for(crossing.observers, draws)
    people = _by_name(trials["observer"], crossing.observer)
    things = np.zeros(1, dtype=np.int64) if items == "fixed" else _by_name(sources(trials), crossing.item)
    item_weights = np.ones((number, crossing.items), dtype=np.float32)
    # In the order of names: the draws do not depend on who comes first in the table.
    for stratum in dict.fromkeys(crossing.stratum[things]):
        members = things[crossing.stratum[things] == stratum]
        item_weights[:, members] = _weights(len(members), rng, number)
    observer_weights = np.ones((number, crossing.observers), dtype=np.float32)
    observer_weights[:, people] = _weights(crossing.observers, rng, number)
    return Resampling(crossing, observer_weights, item_weights)


def in_order_of(table: pd.DataFrame, trials: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``table`` with its conditions in the order of first appearance in ``trials``.

    For tables whose conditions were drawn in the order of their names, so that no bound depends on which of
    them the first participant met first.
    """
    place = {name: number for number, name in enumerate(trials["condition"].unique())}
    ordered: pd.DataFrame = table.sort_values(
        "condition", key=lambda names: names.map(place), kind="stable", ignore_index=True
    )
    return ordered


def _by_name(names: pd.Series[Any], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers in ``places``, (trials,), in the order of the first of their ``names``, (trials,)."""
    rank, ordered = pd.factorize(names, sort=True)
    first = np.full(int(places.max()) + 1, len(ordered))
    np.minimum.at(first, places, rank)
    order: NDArray[np.int64] = np.argsort(first, kind="stable")
    return order


def slopes(statistic: Callable[[Floats], Floats], sums: Floats) -> Floats:
    """How fast ``statistic`` changes with each of ``sums``, (sums, statistics), by central differences.

    0 where a sum is 0: it is 0 in every draw as well.
    """
    steps = _STEP * sums
    after, before = statistic(sums + np.diag(steps)), statistic(sums - np.diag(steps))
    with np.errstate(divide="ignore", invalid="ignore"):
        change: Floats = np.where(sums[:, None] != 0, (after - before) / (2 * steps[:, None]), 0)
    return change


def variance_of_draws(draws: Floats) -> Floats:
    """The variance of deviations from the estimate, ``draws`` (draws, statistics): their mean square.

    Draws in which the statistic does not exist are passed over; NaN where they are half of all or more.
    """
    exists = np.isfinite(draws)
    number = exists.sum(axis=0)
    squares = np.where(exists, draws, 0) ** 2
    variance: Floats = np.where(number > len(draws) / 2, squares.sum(axis=0) / np.maximum(number, 1), np.nan)
    return variance


def _weights(number: int, rng: np.random.Generator, draws: int) -> NDArray[np.float32]:
    """How much each of ``number`` counts in each draw, (draws, number): n - 1 of n, on average 1 each."""
    if number == 1:
        return np.ones((draws, 1), dtype=np.float32)
    counts = rng.multinomial(number - 1, np.full(number, 1 / number), size=draws)
    weights: NDArray[np.float32] = (counts * (number / (number - 1))).astype(np.float32)
    return weights
