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
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.measures.intervals import Floats, Spread, ratio

Items = Literal["group", "clip", "fixed"]
"""What is drawn beside participants: groups of clips (same actor and scene), single clips, or nothing.

``fixed`` answers for these very clips and new participants; the others for new clips too.
"""

DRAWS = 10_000
_MOST_WEIGHTS, _FEWEST_DRAWS = 1_000_000, 1_000
_CHUNK = 4_000_000

_METHODS: dict[Items, str] = {
    "group": "crossed bootstrap over participants and clip groups",
    "clip": "crossed bootstrap over participants and clips",
    "fixed": "bootstrap over participants, clips fixed",
}


def draws_for(observers: int, draws: int = DRAWS) -> int:
    """How many draws a table of this size is worth.

    ``draws`` up to 100 participants, then fewer, not below 1,000; the standard error is then off by 2 %.
    """
    return min(draws, max(_FEWEST_DRAWS, _MOST_WEIGHTS // max(observers, 1)))


@dataclass(frozen=True)
class Crossing:
    """Which participants met which items.

    ``observer`` and ``item`` number them for every trial, (trials,); ``stratum`` says which items are drawn
    from together, (items,).
    """

    observer: NDArray[np.int64]
    item: NDArray[np.int64]
    stratum: NDArray[np.int64]
    method: str

    @property
    def observers(self) -> int:
        return int(self.observer.max()) + 1

    @property
    def items(self) -> int:
        return len(self.stratum)

    @property
    def df_observers(self) -> int:
        return self.observers - 1

    @property
    def df_items(self) -> int:
        return self.items - len(np.unique(self.stratum))

    def cells(self, values: NDArray[np.generic]) -> Floats:
        """Sums of ``values``, (trials,) or (trials, k), per participant and item: (observers, items, k)."""
        columns = np.asarray(values, dtype=np.float64).reshape(len(self.observer), -1)
        cell = self.observer * self.items + self.item
        sums = [np.bincount(cell, column, self.observers * self.items) for column in columns.T]
        cells: Floats = np.stack(sums, axis=-1).astype(np.float64)
        return cells.reshape(self.observers, self.items, -1)

    def shares(self, cells: Floats) -> Spread:
        """The spread of every column of ``cells`` but the last over the last: shares of a total.

        What the bootstrap of ``Resampling`` tends to with ever more draws, without drawing: its variance of
        the share's linear part is a sum of squares (Owen & Eckles 2012).
        """
        whole = cells.sum(axis=(0, 1))
        share = whole[:-1] / whole[-1]
        pull = (cells[..., :-1] - share * cells[..., -1:]) / whole[-1]
        of_items, scale = pull.sum(axis=0), np.ones(self.items)
        centred = pull - pull.mean(axis=0)
        for stratum in np.unique(self.stratum):
            members = self.stratum == stratum
            of_items[members] -= of_items[members].mean(axis=0)
            centred[:, members] -= centred[:, members].mean(axis=1, keepdims=True)
            scale[members] = members.sum() / max(members.sum() - 1, 1)
        of_people = self.observers / max(self.df_observers, 1)
        return self.combine(
            share,
            of_people * (pull.sum(axis=1) ** 2).sum(axis=0) * (self.df_observers > 0),
            (scale[:, None] * of_items**2).sum(axis=0),
            of_people * (scale[:, None] * centred**2).sum(axis=(0, 1)),
        )

    def combine(self, estimate: Floats, people: Floats, things: Floats, both: Floats) -> Spread:
        """The spread from its parts: variance over participants, over items, and of their interaction.

        The degrees of freedom are the fewest of the parts that are there: of two-way clusters those of the
        smaller way (MacKinnon, Nielsen & Webb 2021, Journal of Business & Economic Statistics 39, 505). A
        part that does not exceed the interaction is estimated as nothing and drops out of the variance
        (Thompson 1962, Annals of Mathematical Statistics 33, 273), so it must not set them either.
        """
        # Parts of a variance are not negative, though the estimate of one may be.
        variance = both + np.maximum(people - both, 0) + np.maximum(things - both, 0)
        if self.df_observers + self.df_items == 0:
            return Spread(estimate, np.full_like(variance, np.nan), np.full_like(variance, np.nan))
        rounding = 1e-9 * variance
        parts = [
            (people - both > rounding, self.df_observers),
            (things - both > rounding, self.df_items),
            (both > rounding, self.df_observers * self.df_items),
        ]
        df = np.full_like(variance, np.inf)
        for there, of_part in parts:
            if of_part > 0:
                df = np.where(there, np.minimum(df, of_part), df)
        return Spread(estimate, variance, df)


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
        cells = self.crossing.cells(values).astype(np.float32)
        whole = statistic(cells.sum(axis=(0, 1), dtype=np.float64)[None])[0]
        people = statistic((self.observer_weights @ cells.sum(axis=1)).astype(np.float64)) - whole
        things = statistic((self.item_weights @ cells.sum(axis=0)).astype(np.float64)) - whole
        both = statistic(self._crossed(cells)) - whole - people - things
        return self.crossing.combine(
            whole, variance_of_draws(people), variance_of_draws(things), variance_of_draws(both)
        )

    def shares(self, values: NDArray[np.generic]) -> Spread:
        """The spread of the sums of every column of ``values`` but the last over the last."""
        return self.spread(values, lambda sums: ratio(sums[..., :-1], sums[..., -1:]))

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


def cross(trials: pd.DataFrame, items: Items = "group") -> Crossing:
    """Number the participants and the items of ``trials``.

    Items are drawn within each action, since the actions of a study are fixed. Actions with a single item are
    drawn from together (collapsed strata: Cochran 1977, Sampling Techniques, section 5A.12). Clips without a
    group stand for themselves. A clip and the clip that was made from it are one item, so that conditions
    drawn together stay paired.
    """
    if items == "group" and ("group" not in trials or trials["group"].isna().all()):
        items = "clip"
    observer, people = pd.factorize(trials["observer"])
    item, stratum = _items(trials, items)
    several_items = len(stratum) > len(np.unique(stratum))
    return Crossing(observer.astype(np.int64), item, stratum, _method(items, len(people) > 1, several_items))


def resample(
    trials: pd.DataFrame, rng: np.random.Generator, items: Items = "group", draws: int = DRAWS
) -> Resampling:
    """Draw the participants and the items of ``trials``, as ``cross`` numbers them."""
    crossing = cross(trials, items)
    number = draws_for(crossing.observers, draws)
    item_weights = np.ones((number, crossing.items), dtype=np.float32)
    for stratum in np.unique(crossing.stratum):
        members = np.flatnonzero(crossing.stratum == stratum)
        item_weights[:, members] = _weights(len(members), rng, number)
    return Resampling(crossing, _weights(crossing.observers, rng, number), item_weights)


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


def _items(trials: pd.DataFrame, items: Items) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The item of every trial, (trials,), and the stratum that every item is drawn in, (items,)."""
    if items == "fixed":
        return np.zeros(len(trials), dtype=np.int64), np.zeros(1, dtype=np.int64)
    action, actions = pd.factorize(trials["action"])
    source = trials["clip_id"]
    if "source_clip_id" in trials:
        source = trials["source_clip_id"].fillna(source)
    clip, _ = pd.factorize(source)
    within = clip
    if items == "group":
        group, _ = pd.factorize(trials["group"], use_na_sentinel=True)
        within = np.where(group >= 0, group + clip.max() + 1, clip)
    key = within * len(actions) + action
    item, keys = pd.factorize(key)
    stratum = np.asarray(keys) % len(actions)
    alone = np.bincount(stratum, minlength=len(actions))[stratum] == 1
    return item.astype(np.int64), np.where(alone, len(actions), stratum).astype(np.int64)


def _method(items: Items, several_people: bool, several_items: bool) -> str:
    if several_people and (several_items or items == "fixed"):
        return _METHODS[items]
    name = {"group": "clip group", "clip": "clip", "fixed": "clip"}[items]
    if several_people:
        return f"bootstrap over participants (there is one {name})"
    if several_items:
        return f"bootstrap over {name}s (there is one participant)"
    return f"not computed: one participant and one {name}"
