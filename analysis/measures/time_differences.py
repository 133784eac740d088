"""Differences of time-to-choose within participants: correct minus wrong, training minus test.

Each participant's difference is that of two medians, so a long time counts as one; the group's is the mean
of these differences over the participants who have both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import t

from analysis.measures.choice_times import ALL
from analysis.measures.intervals import LEVEL, Floats
from analysis.measures.resampling import DRAWS

CORRECT_MINUS_WRONG, TRAINING_MINUS_TEST = "correct minus wrong", "training minus test"
_FEW = 6


def differences_by_observer(trials: pd.DataFrame, actions: Sequence[str]) -> pd.DataFrame:
    """Every participant's differences of median times (s), overall and per action.

    Returns
    -------
    DataFrame
        ``contrast`` (``correct minus wrong``, per ``phase``; ``training minus test``, of phase ``both``),
        ``condition``, ``phase``, ``action`` (``all`` or one of ``actions``), ``observer``, ``trials_first``,
        ``trials_second``, ``first``, ``second`` (medians, s), ``difference`` (s); no row where a participant
        lacks one of the two.
    """
    timed = trials.dropna(subset=["time_to_choose"])
    timed = timed[timed["action"].isin(list(actions))]
    both = pd.concat([timed.assign(action=ALL), timed])
    outcome = both["correct"].map({1: "first", 0: "second"})
    phase = both["phase"].map({"training": "first", "test": "second"})
    parts = [
        _pairs(both.assign(side=outcome), ["condition", "phase"], CORRECT_MINUS_WRONG),
        _pairs(both.assign(side=phase, phase="both"), ["condition", "phase"], TRAINING_MINUS_TEST),
    ]
    table: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return table


def time_differences(
    trials: pd.DataFrame, actions: Sequence[str], rng: np.random.Generator, draws: int = DRAWS
) -> pd.DataFrame:
    """The mean over participants of ``differences_by_observer``, with paired intervals.

    Participants are drawn with replacement and the mean of each draw is measured in its own standard error
    (bootstrap-t: Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 12), which is right for
    skewed differences; below 6 participants there are too few draws that differ, and the interval is
    Student's. Such intervals speak of new participants and these very clips. Of new clips they say too
    little: every participant meets the same ones, and a slow clip slows them all.

    Returns
    -------
    DataFrame
        ``contrast``, ``condition``, ``phase``, ``action``, ``observers``, ``difference``, ``low``, ``high``
        (s), ``method``; NaN bounds with one participant.
    """
    rows = []
    keys = ["contrast", "condition", "phase", "action"]
    # The rows stand in one order, whoever comes first in the table and lacks one of the two sides.
    orders = (
        (CORRECT_MINUS_WRONG, TRAINING_MINUS_TEST),
        tuple(trials["condition"].unique()),
        ("training", "test", "both"),
        (ALL, *actions),
    )
    groups = list(differences_by_observer(trials, actions).groupby(keys, sort=False))
    for key, group in sorted(
        groups, key=lambda each: [order.index(part) for order, part in zip(orders, each[0], strict=True)]
    ):
        # Sorted, so that the same draws meet the same people whatever they are called.
        differences = np.sort(group["difference"].to_numpy(dtype=np.float64))
        rows.append(
            (*key, len(differences), float(differences.mean()), *mean_interval(differences, rng, draws))
        )
    columns = [*keys, "observers", "difference", "low", "high", "method"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    return table


def mean_interval(
    values: Floats, rng: np.random.Generator, draws: int = DRAWS, level: float = LEVEL
) -> tuple[float, float, str]:
    """Bounds of the mean of ``values``, one per participant, and how they were found."""
    tail = (1 - level) / 2
    number, mean = len(values), float(values.mean())
    if number < 2:
        return np.nan, np.nan, "not computed: one participant"
    error = float(values.std(ddof=1)) / np.sqrt(number)
    if error <= 1e-12:
        return np.nan, np.nan, "not computed: all participants differ alike"
    if number < _FEW:
        half = float(t.ppf(1 - tail, number - 1)) * error
        return mean - half, mean + half, "Student's t over participants"
    few_draws = max(1_000, min(draws, 2_000_000 // number))
    weights = rng.multinomial(number, np.full(number, 1 / number), size=few_draws)
    means = weights @ values / number
    spreads = np.sqrt(np.maximum(weights @ values**2 / number - means**2, 0) / (number - 1))
    told = spreads > 1e-3 * error
    low, high = np.quantile((means[told] - mean) / spreads[told], [tail, 1 - tail])
    return mean - float(high) * error, mean - float(low) * error, "paired bootstrap-t over participants"


def _pairs(trials: pd.DataFrame, keys: list[str], contrast: str) -> pd.DataFrame:
    """Medians of the two sides of ``trials``, and their difference, where a participant has both."""
    every = [*keys, "action", "observer"]
    sides = (
        trials.groupby([*every, "side"], sort=False)["time_to_choose"].agg(["median", "size"]).reset_index()
    )
    of_side = {side: sides[sides["side"] == side].drop(columns="side") for side in ("first", "second")}
    pairs = of_side["first"].merge(of_side["second"], on=every, suffixes=("_first", "_second"))
    renamed = pairs.rename(
        columns={
            "median_first": "first",
            "median_second": "second",
            "size_first": "trials_first",
            "size_second": "trials_second",
        }
    )
    table: pd.DataFrame = renamed.assign(contrast=contrast, difference=renamed["first"] - renamed["second"])[
        ["contrast", *every, "trials_first", "trials_second", "first", "second", "difference"]
    ]
    return table
