"""Which clips were shown to whom."""

from __future__ import annotations

import pandas as pd


def clip_overlap(trials: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """How many source clips a participant met in both conditions.

    The source of a clip is the clip it was made from, else the clip itself.

    Returns
    -------
    DataFrame
        ``observer``, ``clips_first``, ``clips_second`` (distinct source clips met in each), ``shared`` (met
        in both); one row per participant who answered in both.
    """
    sources = trials.assign(source=trials["source_clip_id"].fillna(trials["clip_id"]))
    met = {
        name: {
            str(observer): set(rows["source"])
            for observer, rows in sources[sources["condition"] == name].groupby("observer")
        }
        for name in (first, second)
    }
    rows = [
        (
            observer,
            len(met[first][observer]),
            len(met[second][observer]),
            len(met[first][observer] & met[second][observer]),
        )
        for observer in met[first]
        if observer in met[second]
    ]
    table: pd.DataFrame = pd.DataFrame(rows, columns=["observer", "clips_first", "clips_second", "shared"])
    return table


def same_clips_for_all(trials: pd.DataFrame) -> bool:
    """Whether every participant met the same clips in these trials."""
    return len({frozenset(rows["clip_id"]) for _, rows in trials.groupby("observer")}) <= 1
