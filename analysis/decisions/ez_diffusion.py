"""EZ-diffusion: drift, boundary and non-decision time from accuracy and the moments of the times.

Wagenmakers, van der Maas & Grasman (2007, Psychonomic Bulletin & Review 14, 3-22). A diffusion between two
boundaries, right and wrong, that starts half-way and does not vary between trials. With more than two actions
all wrong answers count as one boundary, so this is a baseline and no account of five choices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import logit

from analysis.measures.intervals import LEVEL, Floats

SCALE = 0.1
"""Standard deviation of the evidence per square root of a second; it sets the unit of drift and boundary."""
FEWEST = 10
"""Right answers with a time below which no variance is taken: it would say nothing."""
DRAWS = 1_000
_NEAR_HALF = 1e-4
_QUANTITIES = ("drift", "boundary", "non_decision_s")
_COLUMNS = ["observer", "condition", "trials", "accuracy", "quantity", "value", "low", "high", "method"]


@dataclass(frozen=True)
class EzDiffusion:
    """``drift`` (evidence per s), ``boundary`` (evidence) and ``non_decision_s`` (s), of any one shape."""

    drift: Floats
    boundary: Floats
    non_decision_s: Floats


def ez_diffusion(
    accuracy: Floats | float, variance_s2: Floats | float, mean_s: Floats | float
) -> EzDiffusion:
    """The parameters from the share of right answers, 0 < ``accuracy`` < 1, and their times.

    ``variance_s2`` (above 0) and ``mean_s`` are those of the times of right answers. Accuracy .802, variance
    .112 and mean .723 give .0999, .13997 and .30003 (the paper's example). At an accuracy of .5 the equations
    divide nothing by nothing; their limit is taken: no drift, a boundary of ``SCALE (24 variance)^(1/4)``.
    NaN where the accuracy is 0 or 1, or the variance not above 0: see ``edge_corrected``.
    """
    share, variance, mean = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (accuracy, variance_s2, mean_s))
    )
    inside = (share > 0) & (share < 1) & (variance > 0)
    half = np.abs(share - 0.5) < _NEAR_HALF
    # Places that have no answer, or another formula, go through the equations with harmless numbers.
    p = np.where(inside & ~half, share, 0.75)
    v = np.where(inside, variance, 1.0)
    odds = logit(p)
    drift = np.sign(p - 0.5) * SCALE * (odds * (odds * p**2 - odds * p + p - 0.5) / v) ** 0.25
    boundary = SCALE**2 * odds / drift
    decision_s = boundary / (2 * drift) * np.tanh(odds / 2)
    drift = np.where(half, 0.0, drift)
    boundary = np.where(half, SCALE * (24 * v) ** 0.25, boundary)
    decision_s = np.where(half, (boundary / SCALE) ** 2 / 4, decision_s)
    return EzDiffusion(*(np.where(inside, value, np.nan) for value in (drift, boundary, mean - decision_s)))


def edge_corrected(right: Floats | float, trials: int) -> Floats:
    """The share of ``right`` answers among ``trials``; where all are right, half of one counts as wrong.

    That is the correction of the paper: 1 - 1 / (2 n). No right answer at all stays 0, since there is no time
    of a right answer then.
    """
    share = np.asarray(right, dtype=np.float64) / trials
    corrected: Floats = np.where(share == 1, 1 - 1 / (2 * trials), share)
    return corrected


def ez_table(trials: pd.DataFrame, rng: np.random.Generator, draws: int = DRAWS) -> pd.DataFrame:
    """Drift, boundary and non-decision time of every participant in every condition.

    The interval is that of the bootstrap over the participant's trials, 2.5 to 97.5 %.

    Returns
    -------
    DataFrame
        ``observer, condition, trials, accuracy`` (0 to 1), ``quantity`` (drift, boundary, non_decision_s),
        ``value, low, high``, ``method``; NaN with the reason in ``method`` with fewer than 10 times of right
        answers, and where fewer than half of the answers are right.
    """
    rows = []
    for (observer, condition), answers in trials.groupby(["observer", "condition"], sort=False):
        correct = answers["correct"].to_numpy(dtype=np.float64)
        times = answers["time_to_choose"].to_numpy(dtype=np.float64, na_value=np.nan)
        head = (observer, condition, len(answers), float(correct.mean()))
        if why := _objection(correct, times):
            rows += [(*head, name, *[np.nan] * 3, f"not computed: {why}") for name in _QUANTITIES]
            continue
        whole = _of_trials(np.arange(len(answers))[None], correct, times)
        drawn = _of_trials(rng.integers(len(answers), size=(draws, len(answers))), correct, times)
        for name in _QUANTITIES:
            value = float(getattr(whole, name)[0])
            tails = [100 * (1 - LEVEL) / 2, 100 * (1 + LEVEL) / 2]
            low, high = np.nanpercentile(getattr(drawn, name), tails)
            rows.append((*head, name, value, float(low), float(high), _method(name, value, correct)))
    table: pd.DataFrame = pd.DataFrame(rows, columns=_COLUMNS)
    return table


def _of_trials(drawn: np.ndarray, correct: Floats, times: Floats) -> EzDiffusion:
    """The parameters of every row of ``drawn``, numbers of trials, (draws, trials)."""
    right = correct[drawn] == 1
    with np.errstate(all="ignore"):
        timed = np.where(right, times[drawn], np.nan)
        number = np.isfinite(timed).sum(axis=1)
        mean = np.nansum(timed, axis=1) / number
        variance = np.nansum((timed - mean[:, None]) ** 2, axis=1) / (number - 1)
    return ez_diffusion(edge_corrected(right.sum(axis=1), drawn.shape[1]), variance, mean)


def _objection(correct: Floats, times: Floats) -> str:
    timed = times[(correct == 1) & np.isfinite(times)]
    if not correct.any():
        return "no answer is right, and the times of right answers are needed"
    if correct.mean() < 0.5:
        return "fewer than half of the answers are right, which would be a drift towards wrong ones"
    if len(timed) < FEWEST:
        return f"fewer than {FEWEST} right answers have a time"
    return "all times are the same" if np.ptp(timed) == 0 else ""


def _method(name: str, value: float, correct: Floats) -> str:
    parts = ["closed form; bootstrap over trials"]
    if correct.all():
        parts.append("all are right, and half an answer counts as wrong")
    if name == "non_decision_s" and value < 0:
        parts.append("below 0: the model does not fit these times")
    return "; ".join(parts)
