"""How far kappa strays from zero by chance, between observers with independent errors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import gammaln, xlogy
from scipy.stats import binom

from analysis.comparison.kappa import Numbers, kappa_of
from analysis.measures.intervals import LEVEL

COLUMNS = ("accuracy", "low", "high")
MOST_COUNTED = 100
"""Of so many items all 176,851 results of a pair are counted; of 1,000 items there are 1,000 times more."""
_PAIRS = 2_000
"""Simulated where there are more items: an end of the band is then off by some 4 % of its width."""
_STEPS = 41
_ENDS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


def independent_band(items: int, lowest: float, rng: np.random.Generator) -> pd.DataFrame:
    """Between which kappas 95 % of pairs of independent observers fall, or more where kappa takes few values.

    Both have the same accuracy: of two whose accuracies differ, kappa strays less. Pairs without a kappa
    (both always right) do not count. Up to ``MOST_COUNTED`` items the ends are exact, and ``rng`` is not
    used; above, they are simulated.

    Parameters
    ----------
    items
        How many items a pair shares, 1 or more.
    lowest
        The lowest accuracy of the band, from 0 to below 1; it ends before 1, where kappa is undefined.

    Returns
    -------
    DataFrame
        ``accuracy``, and ``low`` and ``high`` of kappa there; no row where no pair has a kappa.
    """
    accuracies = np.linspace(lowest, 1 - 1 / (2 * items), _STEPS)
    ends = _counted(items, accuracies) if items <= MOST_COUNTED else _simulated(items, accuracies, rng)
    rows = np.column_stack([accuracies, list(ends)])
    table: pd.DataFrame = pd.DataFrame(rows, columns=list(COLUMNS)).dropna(ignore_index=True)
    return table


def _counted(items: int, accuracies: Numbers) -> Iterator[tuple[float, float]]:
    """The quantiles of kappa over all results that a pair may have."""
    right, only_a, only_b = (part.ravel() for part in np.indices((items + 1,) * 3))
    counts = np.stack([right, only_a, only_b, items - right - only_a - only_b], axis=1).astype(np.float64)
    counts = counts[counts[:, 3] >= 0]
    kappas = kappa_of(counts)
    order = np.argsort(kappas)[: int(np.isfinite(kappas).sum())]
    kappas, counts = kappas[order], counts[order]
    ways = gammaln(items + 1) - gammaln(counts + 1).sum(axis=1)
    wrong = counts[:, 1] + counts[:, 2] + 2 * counts[:, 3]
    for accuracy in accuracies:
        chance = np.exp(ways + xlogy(2 * items - wrong, accuracy) + xlogy(wrong, 1 - accuracy))
        below = np.cumsum(chance)
        if not len(below) or below[-1] <= 0:
            yield np.nan, np.nan
            continue
        low, high = np.searchsorted(below, np.array(_ENDS) * below[-1])
        yield float(kappas[low]), float(kappas[high])


def _simulated(items: int, accuracies: Numbers, rng: np.random.Generator) -> Iterator[tuple[float, float]]:
    # The same numbers at every accuracy: draws of its own would give each some ends that its neighbours lack.
    for_wrong, for_a, for_b = rng.random((3, _PAIRS))
    for accuracy in accuracies:
        wrong = 1 - accuracy
        both = binom.ppf(for_wrong, items, wrong**2)
        only_a = binom.ppf(for_a, items - both, wrong / (1 + wrong))
        only_b = binom.ppf(for_b, items - both - only_a, wrong)
        kappas = kappa_of(np.stack([items - both - only_a - only_b, only_a, only_b, both], axis=1))
        known = kappas[np.isfinite(kappas)]
        if not len(known):
            yield np.nan, np.nan
            continue
        low, high = np.quantile(known, _ENDS, method="inverted_cdf")
        yield float(low), float(high)
