"""How far kappa strays from zero by chance, between observers with independent errors."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.comparison.kappa import kappa_of
from analysis.measures.intervals import LEVEL

COLUMNS = ("accuracy", "low", "high")
_PAIRS = 2_000
"""Simulated at each accuracy: an end of the band is then off by some 4 % of its width."""
_STEPS = 41


def independent_band(items: int, lowest: float, rng: np.random.Generator) -> pd.DataFrame:
    """Between which kappas 95 % of pairs of independent observers fall, by simulation.

    Both have the same accuracy: of two whose accuracies differ, kappa strays less. Pairs without a kappa
    (both always right) do not count.

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
    rows = []
    for accuracy in accuracies:
        wrong = 1 - accuracy
        shares = [accuracy**2, accuracy * wrong, wrong * accuracy, wrong**2]
        kappas = kappa_of(rng.multinomial(items, shares, size=_PAIRS).astype(np.float64))
        known = kappas[np.isfinite(kappas)]
        if len(known):
            low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
            rows.append((float(accuracy), float(low), float(high)))
    table: pd.DataFrame = pd.DataFrame(rows, columns=list(COLUMNS))
    return table
