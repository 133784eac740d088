"""From how far a statistic varies between studies to the bounds of its 95 % interval.

Intervals take Student's t, since few participants tell their spread badly. ``Crossing.combine`` in
``crossing`` says how many degrees of freedom it has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
LEVEL = 0.95
NORMAL = float(stats.norm.ppf(0.5 + LEVEL / 2))
WILSON = "wilson"
"""The method of Wilson's interval over trials, wherever it stands."""


@dataclass(frozen=True)
class Spread:
    """How far statistics vary between studies: ``variance`` and degrees of freedom ``df``, (statistics,).

    ``variance`` is NaN where the draws could not tell, for instance with one participant and one item, and 0
    where no draw differs; ``df`` is then without end.
    """

    estimate: Floats
    variance: Floats
    df: Floats

    @property
    def quantile(self) -> Floats:
        """Student's t for an interval of ``LEVEL``."""
        return self.quantile_at(LEVEL)

    def quantile_at(self, level: float) -> Floats:
        """Student's t for an interval of ``level``, 0 to 1."""
        t: Floats = stats.t.ppf(0.5 + level / 2, self.df)
        return t


def share_interval(
    spread: Spread, trials: NDArray[np.generic] | float, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """Intervals of shares (0 to 1) of ``trials``: Wilson's (1927) at the effective number of trials.

    The effective number is that of independent trials with the same variance, at most ``trials``, and
    Student's t takes the place of the normal quantile (Dean & Pagano 2015, Journal of Survey Statistics and
    Methodology 3, 484). Where no draw differs (all right), it is Wilson's over trials. It stays in 0 to 1.
    """
    share, total = spread.estimate, np.asarray(trials, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = np.minimum(share * (1 - share) / spread.variance, total)
    # Below a millionth of a trial the interval is 0 to 1 all the same, and its squares overflow.
    told = (spread.variance > 0) & (effective > 0)
    effective = np.where(told, np.maximum(effective, 1e-6), total)
    return wilson(share, effective, spread.quantile_at(level))


def wilson(share: Floats, trials: Floats, quantile: Floats | float) -> tuple[Floats, Floats]:
    """Wilson's score interval for a share of so many trials, which need not be whole."""
    with np.errstate(divide="ignore", invalid="ignore"):
        square = np.square(quantile) / trials
        centre = (share + square / 2) / (1 + square)
        half = np.sqrt(share * (1 - share) * square + square**2 / 4) / (1 + square)
        return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def plain_interval(
    spread: Spread, lowest: Floats | float = -np.inf, highest: Floats | float = np.inf
) -> tuple[Floats, Floats]:
    """Estimate plus and minus t times the standard error, kept between ``lowest`` and ``highest``."""
    half = spread.quantile * np.sqrt(spread.variance)
    half = np.where(spread.variance > 0, half, np.nan)
    return np.clip(spread.estimate - half, lowest, highest), np.clip(spread.estimate + half, lowest, highest)


def methods(spread: Spread, method: str) -> list[str]:
    """``method`` for every statistic of ``spread``, or why ``plain_interval`` has no bounds for it."""
    found = []
    for variance in spread.variance:
        if variance > 0:
            found.append(method)
        elif np.isnan(variance):
            why = "not computed: too few draws hold the answers that it takes"
            found.append(method if method.startswith("not computed") else why)
        else:
            found.append("not computed: no draw differs")
    return found


def ratio(part: Floats, whole: Floats) -> Floats:
    """``part / whole``, NaN where there is nothing to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shares: Floats = np.where(whole > 0, part / whole, np.nan)
    return shares
