"""How well something predicted of clips goes with what people did there: rank correlation with interval.

Clip groups and participants are resampled, crossed, as ``analysis.measures.resampling`` does for accuracies;
predictions stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.measures.intervals import Floats, plain_interval
from analysis.measures.resampling import resample, variance_of_draws

DRAWS = 500
FEWEST_CLIPS = 10
Middle = Literal["median", "mean"]
Weights = NDArray[np.float32]
_ALMOST_ONE = 1 - 1e-6


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation, -1 to 1, with its 95 % interval; NaN where ``method`` says why.

    The interval alone may be NaN.
    """

    value: float
    low: float
    high: float
    method: str


def clip_correlation(
    trials: pd.DataFrame,
    observed: Floats,
    predicted: Floats,
    rng: np.random.Generator,
    middle: Middle,
    *,
    within_actions: bool = False,
    draws: int = DRAWS,
) -> Correlation:
    """Correlation over clips of the ``middle`` of ``observed`` and the mean of ``predicted``, (trials,) each.

    ``trials`` has ``observer``, ``clip_id``, ``action``, ``group`` and perhaps ``source_clip_id``. With
    ``within_actions``, each action's mean is taken out of both first: what is left says nothing of which
    actions are slow.
    """
    clip, clips = pd.factorize(trials["clip_id"])
    action = pd.factorize(trials.drop_duplicates("clip_id")["action"])[0] if within_actions else None
    foretold = np.bincount(clip, predicted) / np.bincount(clip)
    if len(clips) < FEWEST_CLIPS:
        return _none(f"fewer than {FEWEST_CLIPS} clips")
    resampling = resample(trials, rng, draws=draws)
    crossing = resampling.crossing
    item = crossing.item[np.unique(clip, return_index=True)[1]]
    cells = _Cells(clip, crossing.observer, observed, middle)
    ones = np.ones(len(clips))

    def fisher(middles: Floats, items: Floats) -> float:
        return float(np.arctanh(_spearman(middles, foretold, items, action)))

    as_met = cells.middles(None)
    whole = fisher(as_met, ones)
    if not np.isfinite(whole):
        return _none("all clips are alike")
    deviations = np.empty((3, len(resampling.item_weights)))
    for number, (of_people, of_items) in enumerate(
        zip(resampling.observer_weights, resampling.item_weights, strict=True)
    ):
        weights, drawn = of_items[item].astype(np.float64), cells.middles(of_people)
        people, things = fisher(drawn, ones) - whole, fisher(as_met, weights) - whole
        deviations[:, number] = people, things, fisher(drawn, weights) - whole - people - things
    if (np.isfinite(deviations).sum(axis=1) <= len(deviations.T) / 2).any():
        why = "not computed: in half of the draws or more all clips are alike"
        return Correlation(float(np.tanh(whole)), float("nan"), float("nan"), why)
    # Drawn people are fewer different ones, and their noisier medians lower every correlation: that is no
    # chance of this study, so deviations are counted from their own mean.
    centred = deviations - np.nanmean(deviations, axis=1, keepdims=True)
    variances = [variance_of_draws(part[:, None]) for part in centred]
    spread = crossing.combine(np.array([whole]), *variances)
    low, high = plain_interval(spread)
    return Correlation(
        float(np.tanh(whole)), float(np.tanh(low[0])), float(np.tanh(high[0])), crossing.method
    )


class _Cells:
    """The values of all trials by clip, padded to one length: the middle of each clip for any weights."""

    def __init__(self, clip: NDArray[np.int64], person: NDArray[np.int64], values: Floats, middle: Middle):
        order = np.lexsort((values, clip))
        clip, person, values = clip[order], person[order], values[order]
        counts = np.bincount(clip)
        place = np.arange(len(clip)) - np.repeat(np.cumsum(counts) - counts, counts)
        shape = (len(counts), int(counts.max()))
        self.middle, self.there = middle, np.zeros(shape)
        self.values, self.person = np.zeros(shape), np.zeros(shape, dtype=np.int64)
        self.values[clip, place], self.person[clip, place], self.there[clip, place] = values, person, 1

    def middles(self, people: Weights | None) -> Floats:
        """(clips,); NaN where nobody of weight met the clip."""
        weights = self.there if people is None else self.there * people[self.person]
        total = weights.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            if self.middle == "mean":
                means: Floats = (weights * self.values).sum(axis=1) / total
                return means
            below = np.cumsum(weights, axis=1)
            half = total[:, None] / 2
            rows = np.arange(len(total))
            # Of an even number, the mean of the middle two.
            lower = self.values[rows, (below >= half * (1 - 1e-9)).argmax(axis=1)]
            upper = self.values[rows, (below > half * (1 + 1e-9)).argmax(axis=1)]
            return np.where(total > 0, (lower + upper) / 2, np.nan)


def _spearman(x: Floats, y: Floats, weights: Floats, action: NDArray[np.int64] | None) -> float:
    """The rank correlation where items count by ``weights``; within ``action`` where that is given."""
    counted = np.isfinite(x) & np.isfinite(y) & (weights > 0)
    x, y, weights = x[counted], y[counted], weights[counted]
    if action is not None:
        codes = action[counted]
        total = np.bincount(codes, weights)
        x, y = (
            values - (np.bincount(codes, weights * values) / np.maximum(total, 1e-12))[codes]
            for values in (x, y)
        )
    rank_x, rank_y = _ranks(x, weights), _ranks(y, weights)
    share = weights / weights.sum()
    rank_x, rank_y = rank_x - share @ rank_x, rank_y - share @ rank_y
    spread = np.sqrt((share @ rank_x**2) * (share @ rank_y**2))
    if not spread > 0:
        return float("nan")
    return float(np.clip(share @ (rank_x * rank_y) / spread, -_ALMOST_ONE, _ALMOST_ONE))


def _ranks(values: Floats, weights: Floats) -> Floats:
    """Mid-ranks of weighted values; rounding must not make ranks of values that are the same."""
    _, place = np.unique(np.round(values, 9), return_inverse=True)
    of_value = np.bincount(place, weights)
    ranks: Floats = (np.cumsum(of_value) - of_value / 2)[place]
    return ranks


def _none(why: str) -> Correlation:
    return Correlation(float("nan"), float("nan"), float("nan"), f"not computed: {why}")
