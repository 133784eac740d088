"""Error consistency of two observers: Cohen's kappa of their being right or wrong on the same items.

Everything is vectorised over pairs. A pair is four counts, in this order: both right, only the first right,
only the second right, both wrong. With p1 and p2 the accuracies, the observed agreement is the share of items
where both are right or both wrong, the expected one is p1 p2 + (1 - p1) (1 - p2), and kappa = (observed -
expected) / (1 - expected) (Geirhos, Meding & Wichmann, 2020, "Beyond accuracy: quantifying trial-by-trial
behaviour of CNNs and humans by measuring error consistency"). Where both observers are always right, or both
always wrong, ``1 - expected`` is zero: kappa is then undefined, and NaN here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.comparison.profile_likelihood import deviance, likelihood_bounds

Numbers = npt.NDArray[np.float64]

PSEUDO_COUNTS = (0.4, 0.3, 0.3, 0.4)
"""Added to the four counts for the interval and the p value.

Without them the likelihood-ratio interval covers too little where a count is 0 (down to 86 % at 90 items).
They were chosen by simulation: of some twenty choices between 0.25 and 0.7 they bring the coverage at
accuracies of .898, .95 and .99 and kappas from 0 to .6 nearest to 95 %. What they reach, in other draws than
those they were chosen on, stands in ``docs/comparison.md``.
"""


@dataclass(frozen=True)
class Consistency:
    """Arrays of shape (pairs,). ``items`` are shared items; ``low`` and ``high`` bound kappa at 95 %.

    ``smallest`` and ``largest`` are the kappas that these two accuracies leave possible; ``p_value`` is that
    of independent errors (kappa 0). All but ``items`` are NaN without a shared item; ``kappa`` and all that
    follows it also where kappa is undefined.
    """

    items: npt.NDArray[np.int64]
    accuracy_a: Numbers
    accuracy_b: Numbers
    observed: Numbers
    expected: Numbers
    kappa: Numbers
    low: Numbers
    high: Numbers
    smallest: Numbers
    largest: Numbers
    p_value: Numbers


def error_consistency(counts: npt.ArrayLike) -> Consistency:
    """Kappa of every pair with its interval, its bounds and the p value of independence.

    Parameters
    ----------
    counts
        Shape (pairs, 4): both right, only the first right, only the second right, both wrong; 0 or more.

    Notes
    -----
    The interval holds every kappa that a likelihood-ratio test at 5 % does not refuse, the two accuracies
    being nuisance parameters (profile likelihood; Venzon & Moolgavkar, 1988), on the counts with
    ``PSEUDO_COUNTS`` added. The large-sample standard error of Fleiss, Cohen & Everitt (1969), which
    statsmodels gives, leads to intervals that cover 61 % at 90 items, accuracies of .898 and independent
    errors. The attainable kappas follow from the observed agreement, which lies between abs(p1 + p2 - 1) and
    1 - abs(p1 - p2).

    Raises
    ------
    ValueError
        Where the shape is another, or a count is negative or not finite.
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != 4:
        raise ValueError(f"counts have the shape {table.shape}; allowed is (pairs, 4)")
    if not (np.isfinite(table).all() and (table >= 0).all()):
        raise ValueError("a count is negative or not finite; allowed is 0 and more")
    items = table.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        accuracy_a = (table[:, 0] + table[:, 1]) / items
        accuracy_b = (table[:, 0] + table[:, 2]) / items
        observed = (table[:, 0] + table[:, 3]) / items
    expected = accuracy_a * accuracy_b + (1 - accuracy_a) * (1 - accuracy_b)
    chance = np.where(_is_certain(table), np.nan, expected)
    kappa = kappa_of(table)
    low, high, p_value = (np.full(len(table), np.nan) for _ in range(3))
    defined = np.isfinite(kappa)
    if defined.any():
        smoothed = table[defined] + np.array(PSEUDO_COUNTS)
        evidence = deviance(smoothed, np.zeros(len(smoothed)))
        p_value[defined] = stats.chi2.sf(evidence, 1)
        low[defined], high[defined] = likelihood_bounds(smoothed, kappa_of(smoothed), _allowed(np.inf))
    # With few items the smoothed counts can lie to one side of the counts themselves.
    low, high = np.fmin(low, kappa), np.fmax(high, kappa)
    return Consistency(
        items=items.astype(np.int64),
        accuracy_a=accuracy_a,
        accuracy_b=accuracy_b,
        observed=observed,
        expected=expected,
        kappa=kappa,
        low=low,
        high=high,
        smallest=(np.abs(accuracy_a + accuracy_b - 1) - chance) / (1 - chance),
        largest=(1 - np.abs(accuracy_a - accuracy_b) - chance) / (1 - chance),
        p_value=p_value,
    )


def clustered_interval(
    counts: npt.ArrayLike, design_effect: npt.ArrayLike, df: float
) -> tuple[Numbers, Numbers]:
    """The interval of ``error_consistency``, made wider for items that resemble one another.

    A design effect is how many times more kappa varies than it would with independent items. The likelihood
    ratio is divided by it and compared with F of 1 and ``df`` degrees of freedom (Rao & Scott 1984, Annals of
    Statistics 12, 46); effects below 1 count as 1.

    Parameters
    ----------
    counts
        Shape (pairs, 4), as there.
    design_effect
        Shape (pairs,).
    df
        Clip groups less strata.

    Returns
    -------
    Lower and upper bounds, (pairs,); NaN where kappa or the effect is.
    """
    table = np.asarray(counts, dtype=np.float64)
    effect = np.maximum(np.asarray(design_effect, dtype=np.float64), 1)
    kappa = kappa_of(table)
    low, high = np.full_like(kappa, np.nan), np.full_like(kappa, np.nan)
    told = np.isfinite(kappa) & np.isfinite(effect)
    if told.any():
        smoothed = table[told] + np.array(PSEUDO_COUNTS)
        low[told], high[told] = likelihood_bounds(smoothed, kappa_of(smoothed), effect[told] * _allowed(df))
    return np.fmin(low, kappa), np.fmax(high, kappa)


def _allowed(df: float) -> float:
    """How far twice the log-likelihood may lie below its top, within 95 %."""
    return float(stats.f.ppf(0.95, 1, df) if np.isfinite(df) else stats.chi2.ppf(0.95, 1))


def pair_counts(right_a: npt.ArrayLike, right_b: npt.ArrayLike) -> Numbers:
    """The four counts of two observers, shape (4,); NaN marks an item that one of them did not answer.

    Parameters
    ----------
    right_a, right_b
        Shape (items,): 1 right, 0 wrong, NaN not answered; the same items in the same order.
    """
    a, b = np.asarray(right_a, dtype=np.float64), np.asarray(right_b, dtype=np.float64)
    return _all_counts(np.stack([a, b]))[:, 0, 1]


def all_pair_counts(right: npt.ArrayLike) -> Numbers:
    """The four counts of every pair of rows (first < second), in the order of ``numpy.triu_indices(n, 1)``.

    Parameters
    ----------
    right
        Shape (observers, items): 1 right, 0 wrong, NaN not answered.

    Returns
    -------
    Shape (pairs, 4).
    """
    answers = np.asarray(right, dtype=np.float64)
    first, second = np.triu_indices(len(answers), 1)
    counts: Numbers = _all_counts(answers)[:, first, second].T
    return counts


def weighted_kappas(right: Numbers, weights: Numbers) -> Numbers:
    """Kappa of every pair of observers in every resample of the items.

    Parameters
    ----------
    right
        Shape (observers, items): 1 right, 0 wrong, NaN not answered.
    weights
        Shape (resamples, items): how often a resample holds each item.

    Returns
    -------
    Shape (resamples, pairs), pairs as in ``all_pair_counts``; NaN where undefined.
    """
    first, second = np.triu_indices(len(right), 1)
    kappas = np.full((len(weights), len(first)), np.nan)
    for row, weight in enumerate(weights):
        kappas[row] = kappa_of(_all_counts(right, weight)[:, first, second].T)
    return kappas


def kappa_of(counts: Numbers) -> Numbers:
    """Kappa alone of counts of shape (..., 4); NaN where undefined."""
    right_both, only_a, only_b, wrong_both = np.moveaxis(counts, -1, 0)
    disagreement = only_a + only_b
    # (1 - expected) n^2, written so that it is exactly zero where kappa is undefined.
    room = (right_both + only_a) * (only_a + wrong_both) + (only_b + wrong_both) * (right_both + only_b)
    total = counts.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        # One division of whole numbers: a kappa of 0 is exactly 0, in every draw too.
        kappa: Numbers = np.where(room > 0, (room - disagreement * total) / room, np.nan)
    return kappa


def _all_counts(right: Numbers, weights: Numbers | None = None) -> Numbers:
    answered = np.isfinite(right)
    is_right = np.where(answered, right, 0)
    is_wrong = np.where(answered, 1 - right, 0)
    heavy_right = is_right if weights is None else is_right * weights
    heavy_wrong = is_wrong if weights is None else is_wrong * weights
    return np.stack(
        [
            heavy_right @ is_right.T,
            heavy_right @ is_wrong.T,
            heavy_wrong @ is_right.T,
            heavy_wrong @ is_wrong.T,
        ]
    )


def _is_certain(table: Numbers) -> npt.NDArray[np.bool_]:
    """Whether both are right on all items, both wrong on all, or there is none."""
    always_right = table[:, 1:].sum(axis=1) == 0
    always_wrong = table[:, :3].sum(axis=1) == 0
    certain: npt.NDArray[np.bool_] = np.logical_or(always_right, always_wrong)
    return certain
