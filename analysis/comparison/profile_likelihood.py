"""The likelihood of a kappa, both accuracies being nuisance parameters, and which kappas it does not refuse.

Profile likelihood: Venzon & Moolgavkar (1988, Applied Statistics 37, 87). Tables are counts of both right,
only the first right, only the second right, both wrong, (pairs, 4), all above 0.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_ITERATIONS = 60
_HALVINGS = 12
_ENOUGH = 1e-7
"""A gain in log-likelihood that is not worth another step."""
_STEPS = 60
_CLOSE = 1e-6
_FIRST_REACH = 1.3
"""The first guess of a bound, in standard errors of the level asked for: mostly just outside."""
_NEAREST_EDGE = 0.1
"""No probability shrinks to less than this share of itself in one step."""
_EDGE = 1 - 1e-4
"""The likelihood has no maximum inside at kappa = -1 and 1 themselves."""


def deviance(table: Numbers, kappa: Numbers) -> Numbers:
    """Twice how far the log-likelihood at ``kappa`` lies below the highest, (pairs,); 0 or more."""
    shares = table / table.sum(axis=1, keepdims=True)
    best = (table * np.log(shares)).sum(axis=1)
    distance: Numbers = np.maximum(2 * (best - _profile(table, kappa)), 0)
    return distance


def likelihood_bounds(table: Numbers, centre: Numbers, allowed: Numbers | float) -> tuple[Numbers, Numbers]:
    """The smallest and the largest kappa whose deviance is ``allowed`` or less, to about 1e-6.

    ``centre`` is the kappa of each table, where the deviance is 0.
    """

    root = np.sqrt(np.broadcast_to(np.asarray(allowed, dtype=np.float64), centre.shape))
    reach = _FIRST_REACH * root * _standard_error(table)
    return (
        _crossing(table, centre, np.clip(centre - reach, -_EDGE, None), -_EDGE, root),
        _crossing(table, centre, np.clip(centre + reach, None, _EDGE), _EDGE, root),
    )


def _crossing(table: Numbers, centre: Numbers, guess: Numbers, end: float, root: Numbers) -> Numbers:
    """Where the root of the deviance is ``root`` between ``centre`` and ``end``; else the sign of ``end``.

    False position as in Dowell & Jarratt (1971, BIT 11, 168): the root of the deviance is nearly a straight
    line. Each pair is at work only until its own bound is found.
    """

    def beyond(rows: npt.NDArray[np.int64], kappa: Numbers) -> Numbers:
        return np.sqrt(deviance(table[rows], kappa)) - root[rows]

    everyone = np.arange(len(table))
    inside, outside = centre.copy(), guess.copy()
    under, over = -root.copy(), beyond(everyone, guess)
    farther = everyone[(over <= 0) & (guess != end)]
    inside[farther], under[farther], outside[farther] = outside[farther], over[farther], end
    over[farther] = beyond(farther, outside[farther])
    found = np.full_like(centre, np.sign(end))
    active = everyone[over > 0]
    found[active] = outside[active]
    for _ in range(_STEPS):
        if not len(active):
            break
        middle = (inside[active] * over[active] - outside[active] * under[active]) / (
            over[active] - under[active]
        )
        height = beyond(active, middle)
        found[active] = middle
        high, low = active[height > 0], active[height <= 0]
        # The end that stays loses half its height, or it might stay for ever.
        outside[high], over[high], under[high] = middle[height > 0], height[height > 0], under[high] / 2
        inside[low], under[low], over[low] = middle[height <= 0], height[height <= 0], over[low] / 2
        there = (np.abs(height) < _CLOSE) | (np.abs(outside[active] - inside[active]) < _CLOSE)
        active = active[~there]
    return found


def _standard_error(table: Numbers) -> Numbers:
    """Roughly that of kappa: of the observed agreement, over what chance leaves (Cohen 1960)."""
    total = table.sum(axis=1)
    observed = (table[:, 0] + table[:, 3]) / total
    p1, p2 = (table[:, 0] + table[:, 1]) / total, (table[:, 0] + table[:, 2]) / total
    error: Numbers = np.sqrt(observed * (1 - observed) / total) / (p1 + p2 - 2 * p1 * p2)
    return error


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
    """One Newton step, halved until the likelihood is no smaller; a row without such a step stays."""
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
