"""How long a choice took: quantiles of time-to-choose with 95 % intervals, nothing cut off.

Quantiles are over all trials of a cell together, and interpolate linearly between order statistics (Hyndman
& Fan 1996, type 7): of 1, 2, 3, 4 s the quartiles are 1.75 s and 3.25 s.

The interval of a quantile is found through the share of times below it (Woodruff 1952, Journal of the
American Statistical Association 47, 635): the crossed bootstrap, in its limit for many draws, says how far
that share varies between studies, and the times at the ends of its interval are the ends of the quantile's.
So no scale has to be chosen, and long times need no care.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.measures.intervals import NORMAL, Floats, wilson
from analysis.measures.resampling import Items, cross

ALL = "all"
OUTCOMES = (ALL, "correct", "wrong")
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
SECONDS, LOOPS = "s", "loops"
_COLUMNS = {SECONDS: "time_to_choose", LOOPS: "loops"}

OVER_TRIALS = "order statistics over trials"
NO_TRIALS = "not computed: no trial"
TOO_FEW = "; not computed where n/a: too few trials"


@dataclass(frozen=True)
class QuantileIntervals:
    """Quantiles of one set of times, all (quantiles,); a bound that the trials cannot give is NaN."""

    trials: int
    value: Floats
    low: Floats
    high: Floats
    method: str


def choice_times(
    trials: pd.DataFrame,
    actions: Sequence[str],
    items: Items = "group",
) -> pd.DataFrame:
    """Median and quartiles (seconds) per condition, action and outcome, whatever the phase.

    A trial without a response has no time and is left out, also of ``trials``. Of one participant, intervals
    are those of order statistics over trials.

    Returns
    -------
    DataFrame
        ``condition``, ``action`` (``all`` or one of ``actions``), ``outcome`` (``all``, ``correct``,
        ``wrong``), ``trials``, ``median``, ``q1``, ``q3`` (NaN where there is no trial), ``low``, ``high``
        (of the median), ``q1_low``, ``q1_high``, ``q3_low``, ``q3_high``, ``method``.
    """
    rows = []
    for condition, of_condition in trials.groupby("condition", sort=False):
        for action, outcome, chosen in _cells(of_condition.dropna(subset=["time_to_choose"]), actions):
            found = quantile_intervals(chosen, "time_to_choose", (0.25, 0.5, 0.75), items)
            q1, median, q3 = found.value
            bounds = [bound for pair in zip(found.low, found.high, strict=True) for bound in pair]
            q1_bounds, median_bounds, q3_bounds = bounds[:2], bounds[2:4], bounds[4:]
            named = (condition, action, outcome, found.trials, median, q1, q3)
            rows.append((*named, *median_bounds, *q1_bounds, *q3_bounds, found.method))
    columns = ["condition", "action", "outcome", "trials", "median", "q1", "q3", "low", "high"]
    columns += ["q1_low", "q1_high", "q3_low", "q3_high", "method"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    return table


def choice_time_quantiles(
    trials: pd.DataFrame,
    actions: Sequence[str],
    items: Items = "group",
) -> pd.DataFrame:
    """Quantiles per condition, phase, action and outcome, in seconds and in loops of the clip.

    Returns
    -------
    DataFrame
        ``condition``, ``phase``, ``action`` (``all`` or one of ``actions``), ``outcome`` (``all``,
        ``correct``, ``wrong``), ``unit`` (``s``, ``loops``), ``quantile`` (of ``QUANTILES``), ``trials``,
        ``value``, ``low``, ``high``, ``method``. Loops have no rows where no trial has them.
    """
    parts = []
    for (condition, phase), group in trials.groupby(["condition", "phase"], sort=False):
        answered = group.dropna(subset=["time_to_choose"])
        for unit, column in _COLUMNS.items():
            if column not in answered or answered[column].isna().all():
                continue
            for action, outcome, chosen in _cells(answered.dropna(subset=[column]), actions):
                found = quantile_intervals(chosen, column, QUANTILES, items)
                part = pd.DataFrame(
                    {
                        "quantile": QUANTILES,
                        "trials": found.trials,
                        "value": found.value,
                        "low": found.low,
                        "high": found.high,
                        "method": found.method,
                    }
                )
                named = {"condition": condition, "phase": phase, "action": action}
                for place, (name, value) in enumerate((named | {"outcome": outcome, "unit": unit}).items()):
                    part.insert(place, name, value)
                parts.append(part)
    if not parts:
        names = ["condition", "phase", "action", "outcome", "unit", "quantile", "trials", "value"]
        nothing: pd.DataFrame = pd.DataFrame(columns=[*names, "low", "high", "method"])
        return nothing
    table: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return table


def choice_times_by_observer(trials: pd.DataFrame) -> pd.DataFrame:
    """Median and quartiles (seconds) per participant, condition, phase and outcome.

    Intervals are over the participant's trials, by order statistics.

    Returns
    -------
    DataFrame
        ``observer``, ``condition``, ``phase``, ``outcome``, ``trials``, ``median``, ``q1``, ``q3``, ``low``,
        ``high`` (of the median), ``method``; no row where there is no trial.
    """
    timed = trials.dropna(subset=["time_to_choose"])
    outcome = np.where(timed["correct"] == 1, "correct", "wrong")
    both = pd.concat([timed.assign(outcome=ALL), timed.assign(outcome=outcome)])
    rows = []
    for key, group in both.groupby(["observer", "condition", "phase", "outcome"], sort=False):
        times = np.sort(group["time_to_choose"].to_numpy(dtype=np.float64))
        q1, median, q3 = np.quantile(times, (0.25, 0.5, 0.75))
        low, high = _bounds(times, np.array([0.5]), np.array([float(len(times))]), NORMAL)
        method = OVER_TRIALS + (TOO_FEW if np.isnan([low, high]).any() else "")
        rows.append((*key, len(times), median, q1, q3, float(low[0]), float(high[0]), method))
    columns = ["observer", "condition", "phase", "outcome", "trials", "median", "q1", "q3", "low", "high"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=[*columns, "method"])
    return table


def quantile_intervals(
    trials: pd.DataFrame,
    column: str,
    quantiles: Sequence[float],
    items: Items = "group",
) -> QuantileIntervals:
    """Quantiles of ``column`` over ``trials``, none of them NaN there, and their intervals."""
    shares = np.array(quantiles)
    times = trials[column].to_numpy(dtype=np.float64)
    if not len(times):
        nothing = np.full(len(shares), np.nan)
        return QuantileIntervals(0, nothing, nothing, nothing, NO_TRIALS)
    values: Floats = np.quantile(times, shares)
    effective = np.full(len(shares), float(len(times)))
    t: Floats | float = NORMAL
    method = OVER_TRIALS
    if trials["observer"].nunique() > 1:
        crossing = cross(trials, items)
        below = np.column_stack([times[:, None] <= values, np.ones(len(times))])
        spread = crossing.shares(crossing.cells(below))
        with np.errstate(divide="ignore", invalid="ignore"):
            of_draws = shares * (1 - shares) / spread.variance
        effective = np.where(spread.variance > 0, np.minimum(of_draws, effective), effective)
        t, method = spread.quantile, f"{crossing.method}, through shares below"
    low, high = _bounds(np.sort(times), shares, effective, t)
    if np.isnan([low, high]).any():
        method += TOO_FEW
    return QuantileIntervals(len(times), values, low, high, method)


def _bounds(ordered: Floats, shares: Floats, effective: Floats, t: Floats | float) -> tuple[Floats, Floats]:
    """The times at the ends of the intervals of the shares; NaN where less than one trial lies beyond."""
    lower, upper = wilson(shares, effective, t)
    low = np.quantile(ordered, lower, method="lower")
    high = np.quantile(ordered, upper, method="higher")
    number = len(ordered)
    return np.where(lower * number >= 1, low, np.nan), np.where((1 - upper) * number >= 1, high, np.nan)


def _cells(timed: pd.DataFrame, actions: Sequence[str]) -> list[tuple[str, str, pd.DataFrame]]:
    """Trials by action and outcome, ``all`` first."""
    right: NDArray[np.bool_] = (timed["correct"] == 1).to_numpy(dtype=bool)
    action = timed["action"].to_numpy(dtype=object)
    found = []
    for name in (ALL, *actions):
        of_action = np.ones(len(timed), dtype=bool) if name == ALL else action == name
        for outcome in OUTCOMES:
            of_outcome = of_action if outcome == ALL else of_action & (right == (outcome == "correct"))
            found.append((name, outcome, timed[of_outcome]))
    return found
