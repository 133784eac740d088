"""Which participants met which items, and how far a statistic varies between studies of new ones of both.

The variance over participants, plus that over items, minus that of their interaction: the two-way
cluster-robust variance of Cameron, Gelbach & Miller (2011, Journal of Business & Economic Statistics 29,
238). ``resampling`` draws what is put together here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.measures.intervals import Floats, Spread

Items = Literal["group", "clip", "fixed"]
"""What is drawn beside participants: groups of clips (same actor and scene), single clips, or nothing.

``fixed`` answers for these very clips and new participants; the others for new clips too.
"""

_ROUNDING = 1e-6
"""Parts of a variance that differ by less, as a share of all, are the same."""

_METHODS: dict[Items, str] = {
    "group": "crossed bootstrap over participants and clip groups",
    "clip": "crossed bootstrap over participants and clips",
    "fixed": "bootstrap over participants, clips fixed",
}


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
        return self.combine(share, *self.parts(pull))

    def parts(self, pull: Floats) -> tuple[Floats, Floats, Floats]:
        """Variance over participants, over items, and of their interaction, of sums of ``pull``.

        ``pull`` (observers, items, statistics) is how far each cell moves a statistic that is a sum of them.
        """
        of_people, of_items = pull.sum(axis=1), pull.sum(axis=0)
        scale, centred = np.ones(self.items), pull - pull.mean(axis=0)
        for stratum in np.unique(self.stratum):
            members = self.stratum == stratum
            of_items[members] -= of_items[members].mean(axis=0)
            centred[:, members] -= centred[:, members].mean(axis=1, keepdims=True)
            scale[members] = members.sum() / max(members.sum() - 1, 1)
        drawn = self.observers / max(self.df_observers, 1)
        return (
            drawn * ((of_people - of_people.mean(axis=0)) ** 2).sum(axis=0),
            (scale[:, None] * of_items**2).sum(axis=0),
            drawn * (scale[:, None] * centred**2).sum(axis=(0, 1)),
        )

    def combine(
        self,
        estimate: Floats,
        people: Floats,
        things: Floats,
        both: Floats,
        *,
        linear: tuple[Floats, Floats, Floats] | None = None,
    ) -> Spread:
        """The spread from its parts: variance over participants, over items, and of their interaction.

        The degrees of freedom are the fewest of the parts that are there: of two-way clusters those of the
        smaller way (MacKinnon, Nielsen & Webb 2021, Journal of Business & Economic Statistics 39, 505). A
        part that does not exceed the interaction is estimated as nothing and drops out of the variance
        (Thompson 1962, Annals of Mathematical Statistics 33, 273), so it must not set them either.

        Which are there is told from the parts of the ``linear`` statistic where they are given: in a small
        study a part and the interaction are often the same, and draws would toss a coin between a narrow
        interval and a wide one.
        """
        # Parts of a variance are not negative, though the estimate of one may be.
        variance = both + np.maximum(people - both, 0) + np.maximum(things - both, 0)
        if self.df_observers + self.df_items == 0:
            return Spread(estimate, np.full_like(variance, np.nan), np.full_like(variance, np.nan))
        of_people, of_things, of_both = people, things, both
        if linear is not None:
            sums = sum(linear)
            # A statistic that is level here, or moves by rounding alone, tells no part from another.
            told = np.isfinite(sums) & ~(sums <= _ROUNDING * variance)
            of_people, of_things, of_both = (
                np.where(told, one, other) for one, other in zip(linear, (people, things, both), strict=True)
            )
        rounding = _ROUNDING * (of_people + of_things + of_both)
        there = [
            (of_people - of_both > rounding, self.df_observers),
            (of_things - of_both > rounding, self.df_items),
            (of_both > rounding, self.df_observers * self.df_items),
        ]
        df = np.full_like(variance, np.inf)
        for is_there, of_part in there:
            if of_part > 0:
                df = np.where(is_there, np.minimum(df, of_part), df)
        # Slopes are rounded, and tell of parts even where nothing varies: all answers are right.
        return Spread(estimate, variance, np.where(variance == 0, np.inf, df))


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


def sources(trials: pd.DataFrame) -> pd.Series[Any]:
    """The clip that the clip of each trial was made from, or is."""
    if "source_clip_id" not in trials:
        return trials["clip_id"]
    sources: pd.Series[Any] = trials["source_clip_id"].fillna(trials["clip_id"])
    return sources


def _items(trials: pd.DataFrame, items: Items) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The item of every trial, (trials,), and the stratum that every item is drawn in, (items,)."""
    if items == "fixed":
        return np.zeros(len(trials), dtype=np.int64), np.zeros(1, dtype=np.int64)
    action, actions = pd.factorize(trials["action"])
    clip, _ = pd.factorize(sources(trials))
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
