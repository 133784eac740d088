"""How much the choices tell about the action shown, in bits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.stats.rates import confint_poisson

from analysis.measures.intervals import NORMAL, Floats, Spread, methods, ratio, wilson
from analysis.measures.resampling import DRAWS, Items, in_order_of, resample

UNIQUE = "not computed: all trials showed one action"
ALWAYS_ALIKE = "not computed: every action was always answered alike"
AT_THE_CEILING = "not computed: of so few answers, the correction of the bias leaves nothing that is missing"
FANO = "wilson over trials, through Fano's inequality"


def transmitted_bits(counts: Floats) -> Floats:
    """Transmitted information of confusion counts (..., shown, chosen), in bits, bias-corrected.

    ``H(shown) + H(chosen) - H(both)`` (Miller & Nicely 1955), each entropy with the correction of Miller
    (1955, in: Information Theory in Psychology): cells that occurred, less one, over twice the trials, in
    nats. Uncorrected, chance answers seem to tell (rows - 1)(columns - 1) / (2 N ln 2) bits. Perfect answers
    to two equally frequent actions in 100 trials: 1 bit and a correction of 1 / (200 ln 2), 1.0072.
    """
    shown, chosen, both = counts.sum(axis=-1), counts.sum(axis=-2), counts.reshape(*counts.shape[:-2], -1)
    bits: Floats = _entropy(shown) + _entropy(chosen) - _entropy(both)
    return bits


def information(
    trials: pd.DataFrame,
    actions: Sequence[str],
    rng: np.random.Generator,
    draws: int = DRAWS,
    items: Items = "group",
) -> pd.DataFrame:
    """Transmitted information per condition, all participants together.

    A trial without a response is left out: it tells nothing of how answers depend on actions.

    Intervals come from the variance of the crossed bootstrap. Near the ceiling bits have a tail to one side:
    what is missing of the possible bits varies like a rare count, in proportion to itself. So the interval is
    that of the score test of a Poisson rate (Barker 2002, American Statistician 56, 85) for what is missing,
    at the count that would vary as much, with Student's t; far from the ceiling it is the estimate plus and
    minus t times the standard error.

    Where every action had an answer of its own, for instance because all answers were right, draws differ
    only in how often an action was shown. The upper bound is then all there is to tell, and the lower one
    that of Fano's inequality (Cover & Thomas 2006, Elements of Information Theory, theorem 2.10.1) at
    Wilson's upper bound of the share of errors: 90 right answers to five equally frequent actions leave up to
    4.09 % errors, and so at least 1.993 of 2.322 bits.

    Returns
    -------
    DataFrame
        ``condition``, ``trials``, ``bits``, ``low``, ``high`` (0 to ``possible``), ``possible`` (the entropy
        of the actions shown), ``method``; NaN where fewer than two actions were shown.
    """
    rows = []
    for condition, group in trials.dropna(subset=["response"]).groupby("condition", sort=True):
        counts = _counts(group, actions)
        possible = float(_plain_entropy(counts.sum(axis=0).reshape(len(actions), -1).sum(axis=1)))
        if not possible > 0:
            rows.append((condition, len(group), np.nan, np.nan, np.nan, possible, UNIQUE))
            continue
        table_of_counts = counts.sum(axis=0).reshape(len(actions), -1)
        bits = min(max(float(transmitted_bits(table_of_counts)), 0.0), possible)
        if (np.count_nonzero(table_of_counts, axis=1) <= 1).all():
            rows.append((condition, len(group), bits, *_alike(table_of_counts, possible)))
            continue
        if bits >= possible:
            rows.append((condition, len(group), bits, np.nan, np.nan, possible, AT_THE_CEILING))
            continue
        drawn = resample(group, rng, items, draws)
        spread = drawn.spread(counts, lambda sums: _bits(sums, len(actions)))
        method = methods(spread, drawn.method)[0]
        rows.append(
            (condition, len(group), bits, *_bounds(possible, possible - bits, spread), possible, method)
        )
    columns = ["condition", "trials", "bits", "low", "high", "possible", "method"]
    return in_order_of(pd.DataFrame(rows, columns=columns), trials)


def information_by_observer(trials: pd.DataFrame, actions: Sequence[str]) -> pd.DataFrame:
    """Transmitted information of every participant, without interval: there is one table for each.

    Returns
    -------
    DataFrame
        ``observer``, ``condition``, ``trials``, ``bits`` (0 or more), ``possible``.
    """
    rows = []
    answered = trials.dropna(subset=["response"])
    for (observer, condition), group in answered.groupby(["observer", "condition"], sort=False):
        counts = _counts(group, actions).sum(axis=0).reshape(len(actions), -1)
        possible = float(_plain_entropy(counts.sum(axis=1)))
        bits = min(max(float(transmitted_bits(counts)), 0.0), possible) if possible > 0 else np.nan
        rows.append((observer, condition, len(group), bits, possible))
    columns = ["observer", "condition", "trials", "bits", "possible"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    return table


def _counts(trials: pd.DataFrame, actions: Sequence[str]) -> Floats:
    """One column for each pair of shown and chosen action, (trials, pairs); 1 for that pair."""
    place = {name: number for number, name in enumerate(actions)}
    pair = trials["action"].map(place) * len(place) + trials["response"].map(place)
    counts: Floats = (pair.to_numpy(dtype=int)[:, None] == np.arange(len(place) ** 2)).astype(np.float64)
    return counts


def _bits(sums: Floats, actions: int) -> Floats:
    return transmitted_bits(sums.reshape(-1, actions, actions))[:, None]


def _bounds(possible: float, missing: float, spread: Spread) -> tuple[float, float]:
    """The interval of bits of which so many are ``missing``; NaN where ``spread`` does not tell."""
    variance, quantile = float(spread.variance[0]), float(spread.quantile[0])
    if not variance > 0:
        return np.nan, np.nan
    count = missing**2 / variance
    low, high = confint_poisson(count, count / missing, method="score", alpha=2 * float(norm.sf(quantile)))
    return max(possible - float(high), 0.0), possible - float(low)


def _alike(counts: Floats, possible: float) -> tuple[float, float, float, str]:
    """``low``, ``high``, ``possible`` and ``method`` where every action shown has a single answer."""
    if (np.count_nonzero(counts, axis=0) > 1).any():
        return np.nan, np.nan, possible, ALWAYS_ALIKE
    right, _ = wilson(np.array(1.0), counts.sum(), NORMAL)
    others = np.count_nonzero(counts.sum(axis=1)) - 1
    low = possible - float(_plain_entropy(np.stack([right, 1 - right])) + (1 - right) * np.log2(others))
    return max(low, 0.0), possible, possible, FANO


def _plain_entropy(counts: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        share = counts / counts.sum(axis=-1, keepdims=True)
        # Not a bare minus: of a single action it would make -0.
        bits: Floats = 0.0 - np.where(share > 0, share * np.log2(share), 0).sum(axis=-1)
    return bits


def _entropy(counts: Floats) -> Floats:
    correction = ratio((counts > 0).sum(axis=-1) - 1.0, 2 * np.log(2) * counts.sum(axis=-1))
    bits: Floats = _plain_entropy(counts) + correction
    return bits
