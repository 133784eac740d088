"""Races of every participant and of all together, and what they predict beside what people did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.decisions.race import cumulative
from analysis.decisions.race_fit import fit_race
from analysis.decisions.race_parameters import RaceFit, RaceModel
from analysis.decisions.race_trials import answered, race_trials
from analysis.errors import AnalysisError
from analysis.measures.intervals import Floats

EVERYBODY = "all"
"""The observer of the fit to all participants at once, who differ in speed alone there."""
QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
RIGHT, WRONG = "right", "wrong"
_METHOD = "penalised maximum likelihood; normal approximation"
_GRID = 300
_PARAMETERS = ["observer", "condition", "trials", "parameter", "action", "value", "low", "high", "method"]
_QUANTILES = ["condition", "action", "answer", "trials", "share", "predicted_share", "quantile"]
_QUANTILES += ["time_s", "predicted_s"]


@dataclass(frozen=True)
class FittedRace:
    """The race of one ``observer``, or of ``EVERYBODY``; without a ``fit`` where ``why`` says so."""

    observer: str
    condition: str
    trials: int
    fit: RaceFit | None
    why: str = ""


def fitted_races(trials: pd.DataFrame, condition: str, actions: Sequence[str]) -> tuple[FittedRace, ...]:
    """A race for every participant of ``condition``, and one for ``EVERYBODY`` after them.

    ``trials`` are test trials; those without a response or a time are left out.
    """
    rows = answered(trials[trials["condition"] == condition])
    parts = [(str(observer), part) for observer, part in rows.groupby("observer", sort=False)]
    if len(parts) > 1:
        parts.append((EVERYBODY, rows))
    return tuple(_fitted(observer, condition, part, actions) for observer, part in parts)


def _fitted(observer: str, condition: str, rows: pd.DataFrame, actions: Sequence[str]) -> FittedRace:
    try:
        fit = fit_race(race_trials(rows, actions), RaceModel())
    except AnalysisError as error:
        return FittedRace(observer, condition, len(rows), None, str(error))
    return FittedRace(observer, condition, len(rows), fit)


def race_parameters(races: Sequence[FittedRace]) -> pd.DataFrame:
    """The parameters of all ``races``.

    Returns
    -------
    DataFrame
        ``observer, condition, trials, parameter`` (level, bias, advantage, scale, scale_shown, shift_s),
        ``action``, ``value, low, high, method``; one empty row with the reason where there is no fit.
    """
    rows: list[tuple[object, ...]] = []
    for race in races:
        head = (race.observer, race.condition, race.trials)
        if race.fit is None:
            rows.append((*head, "level", None, *[np.nan] * 3, f"not computed: {race.why}"))
            continue
        method = _METHOD if race.fit.settled else f"{_METHOD}; the search did not settle"
        rows += [(*head, *row, method) for row in race.fit.parameters().itertuples(index=False, name=None)]
    table: pd.DataFrame = pd.DataFrame(rows, columns=_PARAMETERS)
    return table


def predicted_quantiles(trials: pd.DataFrame, races: Sequence[FittedRace]) -> pd.DataFrame:
    """Shares and times of right and wrong answers to each action beside those that the races predict.

    Each participant's own race predicts for as many trials of the action as he or she answered, guesses
    counted; those without a race are left out of both sides.

    Returns
    -------
    DataFrame
        ``condition, action, answer`` (right or wrong), ``trials, share`` (of the action's trials),
        ``predicted_share, quantile, time_s, predicted_s``. Times are NaN without two answers.
    """
    rows = []
    for condition in dict.fromkeys(race.condition for race in races):
        own = [
            (race, race.fit)
            for race in races
            if race.condition == condition and race.observer != EVERYBODY and race.fit is not None
        ]
        of_condition = answered(trials[trials["condition"] == condition])
        for place, action in enumerate(own[0][1].layout.actions if own else ()):
            of_action = of_condition[of_condition["action"] == action]
            counts = np.array([int((of_action["observer"] == race.observer).sum()) for race, _ in own])
            of_action = of_action[of_action["observer"].isin([race.observer for race, _ in own])]
            if not counts.sum():
                continue
            fits = [fit for _, fit in own]
            for answer, correct in ((RIGHT, 1), (WRONG, 0)):
                times = of_action.loc[of_action["correct"] == correct, "time_to_choose"].to_numpy(np.float64)
                share, foretold = _predicted(fits, counts, place, bool(correct))
                seen = np.quantile(times, QUANTILES) if len(times) > 1 else np.full(len(QUANTILES), np.nan)
                head = (condition, action, answer, len(times), len(times) / len(of_action), share)
                rows += [(*head, *of_one) for of_one in zip(QUANTILES, seen, foretold, strict=True)]
    table: pd.DataFrame = pd.DataFrame(rows, columns=_QUANTILES)
    return table


def _predicted(fits: Sequence[RaceFit], counts: np.ndarray, shown: int, right: bool) -> tuple[float, Floats]:
    """Share and quantiles (s) of right or wrong answers where ``shown`` is shown, over all participants."""
    longest = max(fit.race.longest_s for fit in fits)
    # Where nearly all of the races are over: three times the longest time there was.
    times = np.geomspace(1e-2, 3 * longest, _GRID)
    reached = np.zeros(_GRID)
    for fit, count in zip(fits, counts, strict=True):
        rates = fit.level + fit.bias + fit.speed[0]
        rates[shown] += fit.advantage[shown]
        named = [place for place in range(len(rates)) if (place == shown) == right]
        raced = np.sum([cumulative(fit.race, rates, place, times, shown) for place in named], axis=0)
        guessed = len(named) / len(rates) * np.minimum(times / fit.race.longest_s, 1)
        reached += count * ((1 - fit.race.guesses) * raced + fit.race.guesses * guessed)
    reached /= counts.sum()
    share = float(reached[-1])
    return share, np.interp(np.asarray(QUANTILES) * share, reached, times)
