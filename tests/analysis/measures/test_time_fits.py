from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import exponnorm, lognorm
from statsmodels.stats.diagnostic import lilliefors

from analysis.measures.time_fits import (
    EX_GAUSSIAN,
    LOG_NORMAL,
    TimeFit,
    fit_ex_gaussian,
    fit_log_normal,
    goodness,
    time_fits,
)


def ex_gaussian(number: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(2.0, 0.3, number) + rng.exponential(1.5, number)


def test_the_parameters_of_an_ex_gaussian_are_recovered() -> None:
    fit = fit_ex_gaussian(ex_gaussian(4_000, 1))
    assert (fit.mu, fit.sigma, fit.tau) == pytest.approx((2.0, 0.3, 1.5), rel=0.1)


def test_the_search_finds_what_scipys_own_finds() -> None:
    times = ex_gaussian(300, 2)
    shape, place, scale = exponnorm.fit(times)
    theirs = exponnorm.logpdf(times, shape, place, scale).sum()
    assert fit_ex_gaussian(times).log_likelihood >= theirs - 0.01


def test_the_parameters_of_a_log_normal_are_those_of_the_logs() -> None:
    fit = fit_log_normal(np.exp(np.array([0.0, 1.0, 2.0])))
    assert (fit.mu, fit.sigma) == pytest.approx((1.0, np.sqrt(2 / 3)))


@pytest.mark.parametrize("name", [EX_GAUSSIAN, LOG_NORMAL])
def test_a_wrong_distribution_is_told(name: str) -> None:
    """Two separate heaps are neither distribution."""
    times = np.concatenate([np.linspace(1.0, 1.2, 60), np.linspace(6.0, 6.2, 60)])
    row = time_fits(frame(times), ["observer"], np.random.default_rng(1), [name], draws=39).iloc[0]
    assert row["p"] == pytest.approx(1 / 40)


def test_a_right_distribution_is_seldom_rejected() -> None:
    rng = np.random.default_rng(3)
    found = [
        goodness(times, fit_log_normal(times), rng, draws=39).p
        for times in np.exp(rng.normal(1, 0.5, (60, 50)))
    ]
    assert np.mean(np.array(found) <= 0.05) < 0.15
    assert np.mean(found) == pytest.approx(0.5, abs=0.15)


def test_the_better_of_two_has_the_lower_criterion() -> None:
    rows = time_fits(frame(ex_gaussian(500, 4)), ["observer"], np.random.default_rng(1), draws=0)
    aic = rows.set_index("distribution")["aic"]
    assert aic[EX_GAUSSIAN] < aic[LOG_NORMAL]


def test_too_few_times_are_not_fitted() -> None:
    row = time_fits(frame(np.arange(1.0, 11.0)), ["observer"], np.random.default_rng(1)).iloc[0]
    assert row["method"] == "not computed: fewer than 20 times"
    same = time_fits(frame(np.full(30, 2.0)), ["observer"], np.random.default_rng(1)).iloc[0]
    assert same["method"] == "not computed: all times are the same"


def frame(times: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"observer": "P001", "time_to_choose": times})


@pytest.mark.parametrize("seed", [1, 2])
def test_the_goodness_of_log_times_is_that_of_lilliefors(seed: int) -> None:
    """The tables of Lilliefors (1967), as statsmodels has them, for times that are nearly log-normal."""
    times = np.exp(np.random.default_rng(seed).gamma(3.0, 1.0, 40))
    found = goodness(times, fit_log_normal(times), np.random.default_rng(4), draws=400)
    # Lilliefors divides by n - 1, maximum likelihood by n.
    statistic, expected = lilliefors(np.log(times), dist="norm")
    assert found.distance == pytest.approx(statistic, abs=0.01)
    assert found.p == pytest.approx(expected, abs=0.06)


def test_the_intervals_of_a_log_normal_are_those_of_its_closed_form() -> None:
    """Mu varies by sigma over the root of n, sigma by sigma over the root of 2 n."""
    times = np.exp(np.random.default_rng(6).normal(1.0, 0.5, 200))
    fit = fit_log_normal(times)
    found = goodness(times, fit, np.random.default_rng(1), draws=2_000)
    error = fit.sigma / np.sqrt([len(times), 2 * len(times)])
    assert (found.high - found.low)[:2] == pytest.approx(2 * 1.96 * error, rel=0.1)
    assert found.low[0] < 1.0 < found.high[0]
    assert found.low[1] < 0.5 < found.high[1]
    assert np.isnan([found.low[2], found.high[2]]).all(), "a log-normal has no tau"


def test_every_parameter_of_the_table_has_its_interval() -> None:
    rows = time_fits(frame(ex_gaussian(90, 7)), ["observer"], np.random.default_rng(1), draws=39)
    for name in ("mu", "sigma", "tau"):
        known = rows.dropna(subset=[name])
        assert len(known) == (1 if name == "tau" else 2)
        assert (known[f"{name}_low"] < known[name]).all()
        assert (known[name] < known[f"{name}_high"]).all()
    unchecked = time_fits(frame(ex_gaussian(90, 7)), ["observer"], np.random.default_rng(1), draws=0)
    assert unchecked.filter(regex="_low|_high").isna().all(axis=None)


def test_an_ex_gaussian_has_the_moments_of_its_parts() -> None:
    """Luce (1986): mean mu + tau, variance sigma^2 + tau^2, skew 2 tau^3 / variance^1.5."""
    mean, variance, skew = TimeFit(EX_GAUSSIAN, 2.0, 0.3, 1.5, 0.0).frozen().stats(moments="mvs")
    assert (float(mean), float(variance)) == pytest.approx((3.5, 0.09 + 2.25))
    assert float(skew) == pytest.approx(2 * 1.5**3 / 2.34**1.5)


def test_the_criterion_is_akaikes() -> None:
    """Twice the number of parameters (log-normal two, ex-Gaussian three) less twice the log-likelihood."""
    times = ex_gaussian(60, 5)
    rows = time_fits(frame(times), ["observer"], np.random.default_rng(1), draws=0).set_index("distribution")
    normal, ex = rows.loc[LOG_NORMAL], rows.loc[EX_GAUSSIAN]
    likelihood = lognorm.logpdf(times, normal["sigma"], scale=np.exp(normal["mu"])).sum()
    assert normal["aic"] == pytest.approx(2 * 2 - 2 * likelihood)
    likelihood = exponnorm.logpdf(times, ex["tau"] / ex["sigma"], ex["mu"], ex["sigma"]).sum()
    assert ex["aic"] == pytest.approx(2 * 3 - 2 * likelihood)
