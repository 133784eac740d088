"""The log-normal race: one accumulator per action, and the first to arrive is the answer.

Accumulator ``a`` arrives at ``shift + exp(scale_a z - rate_a)`` seconds, ``z`` standard normal (Heathcote &
Love 2012, Frontiers in Psychology 3, 292; Rouder, Province, Morey, Gomez & Heathcote 2015, Psychometrika 80,
491). Rates are in log units: one that is higher by .1 makes an accumulator's times about 10 % shorter. The
accumulator of the action that is shown may have another scale than the others, as Heathcote & Love have it:
with one scale for all, wrong answers would be slow by necessity. A small share of answers are guesses: any
action, at any time up to the longest, which keeps single odd times from deciding a fit (Ratcliff &
Tuerlinckx 2002, Psychonomic Bulletin & Review 9, 438).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr, ndtri

from analysis.measures.intervals import Floats

Whole = NDArray[np.int64]
GUESSES = 0.02
"""The share of answers that are guesses; fixed, since 90 trials do not tell it."""
_LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)
_FAR = 30.0
_NODES = 96
_HALVINGS = 60
_STEPS = 400


@dataclass(frozen=True)
class Race:
    """What all trials share.

    ``scale`` (log units, above 0), ``shift_s`` (s, 0 or more) before the race starts, ``longest_s``, up to
    which guesses come, the share of ``guesses``, 0 to 1, and ``scale_shown`` (above 0), the scale of the
    accumulator of the action that is shown, where that is another.
    """

    scale: float
    shift_s: float
    longest_s: float
    guesses: float = GUESSES
    scale_shown: float | None = None

    def scales(self, rates: Floats, shown: Whole | None) -> Floats:
        """The scale of every accumulator, as ``rates`` (trials, actions); ``shown`` (trials,) are places."""
        scales = np.full(rates.shape, self.scale)
        if shown is not None and self.scale_shown is not None:
            scales[np.arange(len(rates)), shown] = self.scale_shown
        return scales


@dataclass(frozen=True)
class LogDensity:
    """The log density of every trial, (trials,), and its derivatives by the rates and by the logarithms of
    the accumulators' scales, (trials, actions) each, and by the shift in s, (trials,)."""

    value: Floats
    by_rate: Floats
    by_log_scale: Floats
    by_shift: Floats


def log_density(
    race: Race, rates: Floats, times_s: Floats, chosen: Whole, shown: Whole | None = None
) -> LogDensity:
    """The log density per second of an answer, ``chosen`` (trials,), at ``times_s`` (trials,), where the
    accumulators have ``rates`` (trials, actions). A time before the shift can only be a guess.

    ``shown`` (trials,) are the places of the actions shown; without it all accumulators have one scale. So it
    is in all functions here.
    """
    rows = np.arange(len(rates))
    started = times_s > race.shift_s
    running = np.where(started, times_s - race.shift_s, 1.0)
    scales = race.scales(rates, shown)
    z = (np.log(running)[:, None] + rates) / scales
    survival = log_ndtr(-z)
    # Far out the hazard of the normal distribution is its argument, and the exponent a difference of giants.
    near = np.minimum(z, _FAR)
    hazard = np.where(z < _FAR, np.exp(-0.5 * near**2 - _LOG_ROOT_2PI - log_ndtr(-near)), z)
    first = z[rows, chosen]
    log_first = -np.log(running * scales[rows, chosen]) - _LOG_ROOT_2PI - 0.5 * first**2
    of_race = log_first + survival.sum(axis=1) - survival[rows, chosen]
    value, weight = _with_guesses(race, np.where(started, of_race, -np.inf), rates.shape[1])
    # By z: the winner's density falls by z, the survival of the others by their hazard.
    by_z = -hazard
    by_z[rows, chosen] = -first
    by_log_scale = -by_z * z
    by_log_scale[rows, chosen] -= 1
    return LogDensity(
        value=value,
        by_rate=weight[:, None] * by_z / scales,
        by_log_scale=weight[:, None] * by_log_scale,
        by_shift=weight * (1 - (by_z / scales).sum(axis=1)) / running,
    )


def _with_guesses(race: Race, of_race: Floats, actions: int) -> tuple[Floats, Floats]:
    """The log density with guesses, and the race's share in it, which its derivatives are multiplied by."""
    if race.guesses == 0:
        return of_race, np.isfinite(of_race).astype(np.float64)
    of_guess = np.log(race.guesses / (actions * race.longest_s))
    from_race = np.log1p(-race.guesses) + of_race
    value = np.logaddexp(from_race, of_guess)
    return value, np.exp(from_race - value)


def choice_probabilities(race: Race, rates: Floats, shown: Whole | None = None) -> Floats:
    """How often each accumulator wins, (trials, actions), guesses counted; each row adds up to 1.

    The winner's place in its normal distribution is integrated over (Gauss-Legendre on its quantiles, 96
    nodes; the error is below .0001).
    """
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    z = ndtri((nodes + 1) / 2)
    scales, wins = race.scales(rates, shown), np.empty_like(rates)
    for action in range(rates.shape[1]):
        # The log time at which it wins, (nodes, trials), and where the others then stand.
        at = z[:, None] * scales[:, action] - rates[:, action]
        others = (at[:, :, None] + np.delete(rates, action, axis=1)) / np.delete(scales, action, axis=1)
        wins[:, action] = weights @ np.exp(log_ndtr(-others).sum(axis=2)) / 2
    share: Floats = (1 - race.guesses) * wins / wins.sum(axis=1, keepdims=True)
    share += race.guesses / rates.shape[1]
    return share


def median_times(race: Race, rates: Floats, shown: Whole | None = None) -> Floats:
    """The median time of an answer, whichever it is, in s, (trials,), by halving; guesses are left aside."""
    scales = race.scales(rates, shown)
    # All accumulators are out with chance .5 at the latest where the fastest alone has that.
    high = -rates.max(axis=1)
    low = (-rates - 8 * scales).min(axis=1)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        still = log_ndtr(-(middle[:, None] + rates) / scales).sum(axis=1) > np.log(0.5)
        low, high = np.where(still, middle, low), np.where(still, high, middle)
    medians: Floats = race.shift_s + np.exp((low + high) / 2)
    return medians


def simulate(
    race: Race, rates: Floats, rng: np.random.Generator, shown: Whole | None = None
) -> tuple[Floats, Whole]:
    """One answer for every row of ``rates`` (trials, actions): times in s and actions, (trials,) each."""
    finish = race.shift_s + np.exp(race.scales(rates, shown) * rng.standard_normal(rates.shape) - rates)
    chosen = finish.argmin(axis=1)
    times = finish.min(axis=1)
    guessed = rng.random(len(rates)) < race.guesses
    number = int(guessed.sum())
    times[guessed] = rng.uniform(0, race.longest_s, number)
    chosen[guessed] = rng.integers(rates.shape[1], size=number)
    return times, chosen.astype(np.int64)


def cumulative(race: Race, rates: Floats, chosen: int, times_s: Floats, shown: int | None = None) -> Floats:
    """The chance that ``chosen`` wins by each of ``times_s``, (times,), where accumulators have ``rates``,
    (actions,); guesses are left aside. Its last value tends to the choice probability."""
    scales = race.scales(rates[None], None if shown is None else np.array([shown]))[0]
    running = np.maximum(times_s - race.shift_s, 1e-12)
    ends = ndtr((np.log(running) + rates[chosen]) / scales[chosen])
    quantile = (np.arange(_STEPS) + 0.5) / _STEPS
    at = ndtri(quantile)[:, None] * scales[chosen] - rates[chosen]
    others = (at + np.delete(rates, chosen)) / np.delete(scales, chosen)
    grid = np.concatenate([[0.0], np.cumsum(np.exp(log_ndtr(-others).sum(axis=1)) / _STEPS)])
    share: Floats = np.interp(ends, np.linspace(0, 1, _STEPS + 1), grid)
    return share
