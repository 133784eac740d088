"""Ex-Gaussian and log-normal distributions fitted to times-to-choose, with a check of the fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, stats

from analysis.measures.intervals import LEVEL, Floats

DRAWS = 200
FEWEST = 20
EX_GAUSSIAN, LOG_NORMAL = "ex-gaussian", "log-normal"
METHOD = "maximum likelihood; Kolmogorov-Smirnov and percentile intervals by parametric bootstrap"
_PARAMETERS = ("mu", "sigma", "tau")
_SMALLEST = 1e-6


@dataclass(frozen=True)
class TimeFit:
    """A fitted distribution: two or three parameters in seconds (log-normal: of log-seconds)."""

    distribution: str
    mu: float
    sigma: float
    tau: float
    log_likelihood: float

    def frozen(self) -> Any:
        """The distribution as scipy has it."""
        if self.distribution == LOG_NORMAL:
            return stats.lognorm(s=self.sigma, scale=np.exp(self.mu))
        return stats.exponnorm(K=self.tau / self.sigma, loc=self.mu, scale=self.sigma)


def fit_ex_gaussian(times: Floats) -> TimeFit:
    """Maximum likelihood of a normal (``mu``, ``sigma``) plus an exponential time (``tau``), all in s.

    The mean is ``mu + tau``, the variance ``sigma^2 + tau^2`` (Luce 1986, Response Times). The search starts
    at the moments.
    """
    spread = max(float(times.std()), _SMALLEST)
    skew = float(np.clip(stats.skew(times), 0.05, 1.9))
    tau = spread * (skew / 2) ** (1 / 3)
    sigma = spread * np.sqrt(max(1 - (skew / 2) ** (2 / 3), 0.01))

    def loss(parameters: Floats) -> float:
        mu, log_sigma, log_tau = parameters
        widths = np.exp([log_sigma, log_tau])
        logs = stats.exponnorm.logpdf(times, K=widths[1] / widths[0], loc=mu, scale=widths[0])
        total = -float(logs.sum())
        return total if np.isfinite(total) else 1e12

    start = np.array([times.mean() - tau, np.log(sigma), np.log(tau)])
    with np.errstate(all="ignore"):
        found = optimize.minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-4})
    mu, log_sigma, log_tau = found.x
    return TimeFit(
        EX_GAUSSIAN, float(mu), float(np.exp(log_sigma)), float(np.exp(log_tau)), -float(found.fun)
    )


def fit_log_normal(times: Floats) -> TimeFit:
    """Maximum likelihood of a normal distribution of log-seconds (``mu``, ``sigma``); ``tau`` is NaN."""
    logs = np.log(times)
    mu, sigma = float(logs.mean()), max(float(logs.std()), _SMALLEST)
    likelihood = float(stats.lognorm.logpdf(times, s=sigma, scale=np.exp(mu)).sum())
    return TimeFit(LOG_NORMAL, mu, sigma, float("nan"), likelihood)


FITS: dict[str, Callable[[Floats], TimeFit]] = {EX_GAUSSIAN: fit_ex_gaussian, LOG_NORMAL: fit_log_normal}


@dataclass(frozen=True)
class FitCheck:
    """How far times are from a fit, and how surely its parameters are told.

    ``distance`` is that of Kolmogorov and Smirnov, ``p`` how often a true fit is as far off. ``low`` and
    ``high`` bound ``mu``, ``sigma`` and ``tau``, (3,); NaN for a parameter that the distribution lacks.
    """

    distance: float
    p: float
    low: Floats
    high: Floats


def goodness(times: Floats, fit: TimeFit, rng: np.random.Generator, draws: int = DRAWS) -> FitCheck:
    """The distance of ``times`` to the fit, its p value, and the 95 % intervals of the parameters.

    Tables of the distance do not hold where the parameters come from the same times (Lilliefors 1967), so as
    many times are drawn from the fit, fitted again, and measured; the share of draws that are as far off, the
    data counted among them, is the p-value (Davison & Hinkley 1997, Bootstrap Methods, equation 4.11). The
    parameters of the same draws give the intervals: their percentiles (section 5.3.1), which take the
    distribution for true and the times for independent, and are rather too narrow for ``sigma``.
    """
    refit = FITS[fit.distribution]
    distance = float(stats.ks_1samp(times, fit.frozen().cdf).statistic)
    further = 0
    parameters = np.empty((draws, 3))
    for draw in range(draws):
        drawn = fit.frozen().rvs(len(times), random_state=rng)
        again = refit(drawn)
        further += stats.ks_1samp(drawn, again.frozen().cdf).statistic >= distance
        parameters[draw] = again.mu, again.sigma, again.tau
    low, high = np.quantile(parameters, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return FitCheck(distance, (further + 1) / (draws + 1), low, high)


_UNCHECKED = FitCheck(np.nan, np.nan, np.full(3, np.nan), np.full(3, np.nan))


def time_fits(
    trials: pd.DataFrame,
    by: Sequence[str],
    rng: np.random.Generator,
    distributions: Sequence[str] = (EX_GAUSSIAN, LOG_NORMAL),
    draws: int = DRAWS,
) -> pd.DataFrame:
    """Fits to the times of every group of ``trials`` that agrees in the columns ``by``.

    Times are best fitted for each participant: a mixture of fast and slow people is neither distribution,
    and the goodness of the fit takes times as independent.

    Returns
    -------
    DataFrame
        ``by``, then ``distribution``, ``trials``, ``mu``, ``sigma``, ``tau`` (s; log-normal: of log-seconds,
        ``tau`` NaN), each with ``_low`` and ``_high``, ``aic`` (lower is better), ``distance``, ``p`` (below
        .05: the times are not of this distribution, and the intervals are worth little), ``method``; NaN
        below 20 times, and without ``draws`` for what comes from them.
    """
    rows = []
    for key, group in trials.dropna(subset=["time_to_choose"]).groupby(list(by), sort=False):
        times = group["time_to_choose"].to_numpy(dtype=np.float64)
        for name in distributions:
            if len(times) < FEWEST or np.ptp(times) == 0:
                why = f"fewer than {FEWEST} times" if len(times) < FEWEST else "all times are the same"
                rows.append((*key, name, len(times), *[np.nan] * 12, f"not computed: {why}"))
                continue
            fit = FITS[name](times)
            parameters = 2 if name == LOG_NORMAL else 3
            aic = 2 * parameters - 2 * fit.log_likelihood
            found = goodness(times, fit, rng, draws) if draws else _UNCHECKED
            told = zip((fit.mu, fit.sigma, fit.tau), found.low, found.high, strict=True)
            bounded = (float(value) for parameter in told for value in parameter)
            rows.append((*key, name, len(times), *bounded, aic, found.distance, found.p, METHOD))
    parameters_and_bounds = [f"{name}{end}" for name in _PARAMETERS for end in ("", "_low", "_high")]
    columns = [*by, "distribution", "trials", *parameters_and_bounds, "aic", "distance", "p", "method"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    return table
