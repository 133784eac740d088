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

Numbers = npt.NDArray[np.float64]

PSEUDO_COUNTS = (0.4, 0.3, 0.3, 0.4)
"""Added to the four counts for the interval and the p value.

Without them the likelihood-ratio interval covers too little where a count is 0 (down to 86 % at 90 items).
They were chosen by simulation: of some twenty choices between 0.25 and 0.7 they bring the coverage at
accuracies of .898, .95 and .99 and kappas from 0 to .6 nearest to 95 %. What they reach, in other draws than
those they were chosen on, stands in ``docs/comparison.md``.
"""
_ITERATIONS = 60
_HALVINGS = 12
_ENOUGH = 1e-7
"""A gain in log-likelihood that is not worth another step."""
_BISECTIONS = 16
_NEAREST_EDGE = 0.1
"""No probability shrinks to less than this share of itself in one step."""
_EDGE = 1 - 1e-4
"""The likelihood has no maximum inside at kappa = -1 and 1 themselves."""


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
    kappa = (observed - chance) / (1 - chance)
    low, high, p_value = (np.full(len(table), np.nan) for _ in range(3))
    defined = np.isfinite(kappa)
    if defined.any():
        low[defined], high[defined], p_value[defined] = _interval(table[defined])
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
        kappa: Numbers = np.where(room > 0, 1 - disagreement * total / room, np.nan)
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


def _interval(table: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    smoothed = table + np.array(PSEUDO_COUNTS)
    total = smoothed.sum(axis=1)
    best = (smoothed * np.log(smoothed / total[:, None])).sum(axis=1)
    centre = kappa_of(smoothed)
    allowed = float(stats.chi2.ppf(0.95, 1))

    def refused(kappa: Numbers) -> npt.NDArray[np.bool_]:
        over: npt.NDArray[np.bool_] = np.greater(2 * (best - _profile(smoothed, kappa)), allowed)
        return over

    def bound(end: float) -> Numbers:
        inside, outside = centre.copy(), np.full_like(centre, end)
        open_ended = ~refused(outside)
        for _ in range(_BISECTIONS):
            middle = (inside + outside) / 2
            out = refused(middle)
            outside = np.where(out, middle, outside)
            inside = np.where(out, inside, middle)
        return np.where(open_ended, np.sign(end), (inside + outside) / 2)

    evidence = 2 * (best - _profile(smoothed, np.zeros_like(centre)))
    p_value: Numbers = stats.chi2.sf(np.maximum(evidence, 0), 1)
    return bound(-_EDGE), bound(_EDGE), p_value


def _shares(p1: Numbers, p2: Numbers, kappa: Numbers) -> Numbers:
    """The four probabilities of two accuracies and a kappa, shape (pairs, 4); some negative if impossible."""
    both = kappa * (p1 + p2) / 2 + (1 - kappa) * p1 * p2
    return np.stack([both, p1 - both, p2 - both, 1 - p1 - p2 + both], axis=-1)


def _likelihood(table: Numbers, p1: Numbers, p2: Numbers, kappa: Numbers) -> Numbers:
    shares = _shares(p1, p2, kappa)
    with np.errstate(invalid="ignore", divide="ignore"):
        value: Numbers = (table * np.log(shares)).sum(axis=1)
    return np.where((shares > 0).all(axis=1), value, -np.inf)


def _profile(table: Numbers, kappa: Numbers) -> Numbers:
    """The largest log-likelihood of each table at its kappa, over both accuracies (halved Newton steps)."""
    pooled = (2 * table[:, 0] + table[:, 1] + table[:, 2]) / (2 * table.sum(axis=1))
    # Errors can be opposed only as far as there are enough of them: equal accuracies near .5 always can. The
    # start lies well inside: at the edge of what is possible the steps are too short to get away.
    least = np.where(kappa < 0, -kappa / (1 - kappa), 0)
    least = least + (1 - 2 * least) * np.where(kappa < 0, 0.05, 1e-3)
    p1 = np.clip(pooled, least, 1 - least)
    p2 = p1.copy()
    value = _likelihood(table, p1, p2, kappa)
    moving = np.arange(len(table))
    for _ in range(_ITERATIONS):
        new1, new2, new_value = _climb(table[moving], p1[moving], p2[moving], kappa[moving], value[moving])
        gained = new_value - value[moving]
        p1[moving], p2[moving], value[moving] = new1, new2, new_value
        moving = moving[gained > _ENOUGH]
        if not len(moving):
            break
    return value


def _climb(
    table: Numbers, p1: Numbers, p2: Numbers, kappa: Numbers, value: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """One Newton step, halved until the likelihood is no smaller; a row without such a step stays where it is."""
    step1, step2 = _newton_step(table, p1, p2, kappa)
    # A step to the very edge of what is possible gains, and then no other one does.
    floor = _NEAREST_EDGE * _shares(p1, p2, kappa)
    new1, new2, new_value = p1.copy(), p2.copy(), value.copy()
    trying = np.arange(len(table))
    size = 1.0
    for _ in range(_HALVINGS):
        try1, try2 = p1[trying] + size * step1[trying], p2[trying] + size * step2[trying]
        tried = _likelihood(table[trying], try1, try2, kappa[trying])
        clear = (_shares(try1, try2, kappa[trying]) >= floor[trying]).all(axis=1)
        better = clear & (tried >= value[trying])
        taken = trying[better]
        new1[taken], new2[taken], new_value[taken] = try1[better], try2[better], tried[better]
        trying = trying[~better]
        if not len(trying):
            break
        size /= 2
    return new1, new2, new_value


def _newton_step(table: Numbers, p1: Numbers, p2: Numbers, kappa: Numbers) -> tuple[Numbers, Numbers]:
    shares = _shares(p1, p2, kappa)
    by_p1 = kappa / 2 + (1 - kappa) * p2
    by_p2 = kappa / 2 + (1 - kappa) * p1
    gradient1 = np.stack([by_p1, 1 - by_p1, -by_p1, by_p1 - 1], axis=-1)
    gradient2 = np.stack([by_p2, -by_p2, 1 - by_p2, by_p2 - 1], axis=-1)
    slope = table / shares
    slope1, slope2 = (slope * gradient1).sum(axis=1), (slope * gradient2).sum(axis=1)
    # The outer-product part of the second derivative: positive definite, so that every step climbs.
    curvature = table / shares**2
    h11 = (curvature * gradient1**2).sum(axis=1)
    h22 = (curvature * gradient2**2).sum(axis=1)
    h12 = (curvature * gradient1 * gradient2).sum(axis=1)
    ridge = 1e-9 * (h11 + h22)
    h11, h22 = h11 + ridge, h22 + ridge
    determinant = h11 * h22 - h12**2
    return (h22 * slope1 - h12 * slope2) / determinant, (h11 * slope2 - h12 * slope1) / determinant
