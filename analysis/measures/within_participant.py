"""Intervals for comparing conditions by eye, with the differences between participants taken out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t

from analysis.measures.intervals import LEVEL

METHOD = "within participants (Cousineau-Morey)"
TOO_FEW = "not computed: it takes two participants who answered in all conditions, and two conditions"


def within_participant_intervals(scores: pd.DataFrame, value: str) -> pd.DataFrame:
    """Mean of ``value`` per condition, with intervals for plots of a comparison within participants.

    Each participant's mean over conditions is put at the mean of all (Cousineau 2005), and the variance is
    multiplied by C / (C - 1) for C conditions (Morey 2008, Tutorials in Quantitative Methods for Psychology
    4, 61). Such intervals do not say how well a mean is known, only how well conditions are told apart; the
    interval of the difference itself is ``accuracy_drop``.

    Parameters
    ----------
    scores : DataFrame
        One row per ``observer`` and ``condition``. Only participants with all conditions enter.
    value : str
        The column of scores, for instance ``accuracy``.

    Returns
    -------
    DataFrame
        ``condition``, ``observers``, ``mean``, ``low``, ``high`` (not cut at the ends of the scale),
        ``method``.
    """
    wide = scores.pivot(index="observer", columns="condition", values=value)
    wide = wide[list(scores["condition"].unique())].dropna()
    people, conditions = wide.shape
    mean = wide.mean()
    if people < 2 or conditions < 2:
        half = pd.Series(np.nan, index=wide.columns)
    else:
        level = wide.sub(wide.mean(axis="columns"), axis="index") + float(wide.to_numpy().mean())
        error = np.sqrt(level.var(ddof=1) * conditions / (conditions - 1) / people)
        half = error * float(t.ppf(0.5 + LEVEL / 2, people - 1))
    table: pd.DataFrame = pd.DataFrame(
        {
            "condition": list(wide.columns),
            "observers": people,
            "mean": mean.to_numpy(),
            "low": (mean - half).to_numpy(),
            "high": (mean + half).to_numpy(),
            "method": TOO_FEW if people < 2 or conditions < 2 else METHOD,
        }
    )
    return table
