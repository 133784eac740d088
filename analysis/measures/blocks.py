"""Learning over trials: accuracy and time-to-choose by block of trials, and the slope of the log-odds."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from scipy.stats import t
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from analysis.measures.accuracy import accuracy
from analysis.measures.choice_times import quantile_intervals
from analysis.measures.intervals import LEVEL
from analysis.measures.resampling import Items

BLOCK = 18
"""Trials in a block: a fifth of the study's test of 90."""
DRAWS = 2_000
"""Of the bootstrap for each block, in whatever number of participants."""
_OF_BLOCK = ["condition", "phase", "block", "first_trial", "last_trial"]
_SEPARATED = 1_000.0
"""Log-odds per 10 trials; a fit that reports more has run away to infinity."""


def accuracy_by_block(
    trials: pd.DataFrame,
    rng: np.random.Generator,
    size: int = BLOCK,
    draws: int = DRAWS,
    items: Items = "group",
) -> pd.DataFrame:
    """Accuracy per condition, phase and block of ``size`` trials, with the intervals of ``accuracy``.

    A block is told by the number of the trial in its phase; attention checks among them leave it shorter. The
    last block ends with the last trial that anybody answered in its condition and phase.

    Returns
    -------
    DataFrame
        ``condition``, ``phase``, ``block`` (from 1), ``first_trial``, ``last_trial``, ``observers``,
        ``trials``, ``correct``, ``accuracy``, ``low``, ``high`` (0 to 1), ``method``; blocks in order.
    """
    table = accuracy(_blocked(trials, size), _OF_BLOCK, rng, draws, items)
    columns = [*_OF_BLOCK, "observers", "trials", "correct", "accuracy", "low", "high", "method"]
    result: pd.DataFrame = table[columns]
    return result


def times_by_block(
    trials: pd.DataFrame,
    size: int = BLOCK,
    items: Items = "group",
) -> pd.DataFrame:
    """Median time-to-choose (s) per condition, phase and block of ``size`` trials.

    Returns
    -------
    DataFrame
        ``condition``, ``phase``, ``block`` (from 1), ``first_trial``, ``last_trial``, ``trials``, ``median``,
        ``low``, ``high`` (s), ``method``; blocks in order.
    """
    # A trial without a time is one all the same: both tables name the blocks alike.
    timed = _blocked(trials, size).dropna(subset=["time_to_choose"])
    rows = []
    for of_block, group in timed.groupby(_OF_BLOCK, sort=False):
        found = quantile_intervals(group, "time_to_choose", (0.5,), items)
        bounds = (float(found.value[0]), float(found.low[0]), float(found.high[0]))
        rows.append((*of_block, found.trials, *bounds, found.method))
    columns = [*_OF_BLOCK, "trials", "median", "low", "high", "method"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    return table


def learning_slopes(trials: pd.DataFrame) -> pd.DataFrame:
    """How the log-odds of a right answer change over 10 trials, per condition and phase.

    A logistic regression of right or wrong on the number of the trial, all participants together
    (statsmodels). The standard error is robust to the resemblance of trials of one participant (Liang & Zeger
    1986, Biometrika 73, 13), and the interval takes Student's t with n - 1 degrees of freedom, n being the
    participants who were both right and wrong: of the others there is nothing to see of a change. Where n is
    below 2 the robust error is no error at all, and the interval is that of the regression over trials.
    Clips come in another order for every participant and so do not bias the slope.

    Returns
    -------
    DataFrame
        ``condition``, ``phase``, ``observers``, ``trials``, ``slope`` (log-odds per 10 trials;
        above 0 is learning), ``low``, ``high``, ``method``; NaN where it could not be computed, and
        ``method`` then says why.
    """
    rows = []
    for (condition, phase), group in trials.groupby(["condition", "phase"], sort=False):
        rows.append((condition, phase, int(group["observer"].nunique()), len(group), *_slope(group)))
    columns = ["condition", "phase", "observers", "trials", "slope", "low", "high", "method"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    return table


def _slope(trials: pd.DataFrame) -> tuple[float, float, float, str]:
    right = trials["correct"].to_numpy(dtype=np.float64)
    tens = trials["trial"].to_numpy(dtype=np.float64) / 10
    if np.ptp(right) == 0:
        return np.nan, np.nan, np.nan, f"not computed: every answer is {'right' if right.all() else 'wrong'}"
    if np.ptp(tens) == 0:
        return np.nan, np.nan, np.nan, "not computed: there is one trial for each participant"
    observer, _ = pd.factorize(trials["observer"])
    constant_and_tens = np.column_stack([np.ones_like(tens), tens])
    model = GLM(right, constant_and_tens, family=Binomial())
    # Errors of a single participant make the robust error vanish, however little they tell.
    telling = int((trials.groupby("observer")["correct"].nunique() > 1).sum())
    several = telling > 1
    with warnings.catch_warnings():
        # A fit that runs away is told below by how far it ran.
        warnings.simplefilter("ignore")
        fit = model.fit(cov_type="cluster", cov_kwds={"groups": observer}) if several else model.fit()
    df = telling - 1 if several else len(right) - 2
    method = f"logistic regression{', clustered by participant' if several else ' over trials'}"
    quantile = t.ppf(0.5 + LEVEL / 2, df)
    slope, half = float(fit.params[1]), float(quantile * fit.bse[1])
    if not np.isfinite(half) or half > _SEPARATED:
        return np.nan, np.nan, np.nan, "not computed: right and wrong answers do not overlap in time"
    return slope, slope - half, slope + half, method


def _blocked(trials: pd.DataFrame, size: int) -> pd.DataFrame:
    """The trials in the order of conditions and phases as they stand, then of blocks."""
    number = trials["trial"].astype(int)
    block = (number - 1) // size + 1
    parts = trials.groupby(["condition", "phase"], sort=False)
    latest = parts["trial"].transform("max").astype(int)
    blocked = trials.assign(
        block=block,
        first_trial=(block - 1) * size + 1,
        last_trial=(block * size).clip(upper=latest),
        place=parts.ngroup(),
    )
    ordered: pd.DataFrame = blocked.sort_values(["place", "block"], kind="stable").drop(columns="place")
    return ordered
