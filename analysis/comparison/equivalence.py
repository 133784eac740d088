"""Are people and a model on a par? Two one-sided tests of the difference of their accuracies.

The difference is paired: the model answered the clips that people saw, and each trial of a person stands
beside the model's answer to its clip. Participants and clip groups are chance, the model is fixed.

Equivalence is claimed where the accuracies differ by less than a margin in both directions, each tested at
5 % (Schuirmann 1987, Journal of Pharmacokinetics and Biopharmaceutics 15, 657; Lakens 2017, Social
Psychological and Personality Science 8, 355). That is the same as a 90 % interval of the difference that lies
inside the margin. The interval is put together from those of the two accuracies (Zou 2007), which holds near
100 % too; the p value is the smallest p at which the interval of 1 - 2 p still lies inside, and above .5 that
of the other side.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from analysis.comparison.margin import MARGIN, check_margin
from analysis.comparison.paired_answers import PairedAnswers, pair_answers
from analysis.errors import AnalysisError
from analysis.measures.accuracy import difference_interval
from analysis.measures.intervals import Floats, Spread
from analysis.measures.resampling import cross

TEST_LEVEL = 0.05
COLUMNS = (
    "model",
    "condition",
    "observers",
    "clips",
    "trials",
    "left_out",
    "accuracy_people",
    "accuracy_model",
    "difference",
    "low",
    "high",
    "low90",
    "high90",
    "margin",
    "p_value",
    "verdict",
    "method",
)

Verdict = Literal["on a par", "different", "different, within the margin", "cannot be told"]


def equivalence(people: pd.DataFrame, models: pd.DataFrame, margin: float = MARGIN) -> pd.DataFrame:
    """People against every model in every condition that both answered.

    Parameters
    ----------
    people, models
        Trial tables; only test trials count.
    margin
        The largest difference of accuracies that does not matter, above 0 and below 1.

    Returns
    -------
    DataFrame
        One row a model and condition, in order of first appearance. ``observers``, ``clips`` and ``trials``
        are those of people at clips that the model answered, ``left_out`` their other trials, and
        ``accuracy_model`` counts a clip as often as people saw it. ``difference`` is people minus model (-1
        to 1), ``low`` and ``high`` bound it at 95 %, ``low90`` and ``high90`` at 90 %. ``p_value`` is that of
        the two one-sided tests. ``verdict``: *on a par* where the 90 % interval lies inside the margin;
        *different* where the 95 % one leaves out 0; *different, within the margin* for both; else *cannot be
        told*.

    Raises
    ------
    AnalysisError
        Where the margin is none, or a model shares no condition or no clip with people.
    """
    check_margin(margin)
    rows = []
    for name, answers in models.groupby("observer", sort=False):
        common = [
            condition
            for condition in people["condition"].unique()
            if (answers["condition"] == condition).any()
        ]
        if not common:
            raise AnalysisError(f"{name} has no answer in a condition that people answered in")
        for condition in common:
            pairs = pair_answers(
                people[people["condition"] == condition],
                answers[answers["condition"] == condition],
                str(name),
            )
            rows.append((name, condition, *_row(pairs, margin)))
    table: pd.DataFrame = pd.DataFrame(rows, columns=list(COLUMNS))
    return table


def paired_spread(pairs: PairedAnswers) -> tuple[Spread, str]:
    """The spread of people's accuracy, the model's and their difference, and how it was found."""
    crossing = cross(pairs.trials)
    columns = np.column_stack([pairs.people, pairs.model, pairs.people - pairs.model])
    cells = crossing.cells(np.column_stack([columns, np.ones(len(columns))]))
    return crossing.shares(cells), crossing.method


def two_one_sided(spread: Spread, trials: Floats, margin: float) -> float:
    """The p value of the two one-sided tests that the difference lies between -``margin`` and ``margin``.

    ``spread`` is that of two shares and their difference, ``trials`` the number each share is told from. It
    is the larger of the two, .5 where the difference is the margin itself and more beyond it.
    """

    def bounds(p_value: float) -> tuple[float, float]:
        return difference_interval(spread, trials, 1 - 2 * p_value)

    difference = float(spread.estimate[2])
    above = _one_sided(lambda p: margin - bounds(p)[1], lambda p: bounds(p)[0] - margin, margin - difference)
    below = _one_sided(lambda p: bounds(p)[0] + margin, lambda p: -margin - bounds(p)[1], difference + margin)
    return max(above, below)


def _one_sided(inside: Callable[[float], float], outside: Callable[[float], float], distance: float) -> float:
    """The p value at which the interval of 1 - 2 p ends at one end of the margin.

    ``distance`` is how far inside that end the difference lies. ``inside`` and ``outside`` are how far the
    interval of a p value stays away from the end, of a difference that lies on that side of it.
    """
    room = inside if distance >= 0 else outside
    smallest = 1e-12
    if room(0.5) <= 0:
        return 0.5
    p_value = smallest if room(smallest) > 0 else float(brentq(room, smallest, 0.5, xtol=1e-12))
    return p_value if distance >= 0 else 1 - p_value


def _row(
    pairs: PairedAnswers, margin: float
) -> tuple[int, int, int, int, float, float, float, float, float, float, float, float, float, Verdict, str]:
    spread, method = paired_spread(pairs)
    trials = np.array([len(pairs.people), pairs.clips], dtype=np.float64)
    ours, theirs, difference = (float(value) for value in spread.estimate)
    low, high = difference_interval(spread, trials)
    low90, high90 = difference_interval(spread, trials, 1 - 2 * TEST_LEVEL)
    told = bool(np.isfinite(spread.variance).all())
    p_value = two_one_sided(spread, trials, margin) if told else np.nan
    return (
        pairs.observers,
        pairs.clips,
        len(pairs.people),
        pairs.left_out,
        ours,
        theirs,
        difference,
        low if told else np.nan,
        high if told else np.nan,
        low90 if told else np.nan,
        high90 if told else np.nan,
        margin,
        p_value,
        _verdict(p_value, low, high) if told else "cannot be told",
        f"{method}, the model fixed",
    )


def _verdict(p_value: float, low: float, high: float) -> Verdict:
    on_a_par, different = p_value < TEST_LEVEL, low > 0 or high < 0
    if on_a_par:
        return "different, within the margin" if different else "on a par"
    return "different" if different else "cannot be told"
