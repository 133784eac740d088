"""Which clips were shown to whom, and how hard each was."""

from __future__ import annotations

import pandas as pd

from analysis.measures.intervals import NORMAL, WILSON, wilson


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


def clip_difficulty(trials: pd.DataFrame) -> pd.DataFrame:
    """Accuracy and median time-to-choose of every clip, the hardest first.

    The interval is Wilson's over the people who met the clip, who are independent; where somebody met it
    more often, in a second session, these trials count as one. It is wide (5 of 10 right: .24 to .76), so the
    order of single clips says little.

    Returns
    -------
    DataFrame
        ``condition``, ``clip_id``, ``action``, ``group``, ``trials``, ``correct``, ``accuracy``, ``low``,
        ``high`` (0 to 1), ``method``, ``median_time`` (s; NaN where no trial has a time), ``wrong_response``
        (the most frequent wrong choice, NaN where there is none); within a condition by accuracy, then by
        median time from slow to fast.
    """
    keys = ["condition", "clip_id", "action"]
    group = trials["group"] if "group" in trials else pd.Series(pd.NA, index=trials.index, dtype="Int64")
    table = (
        trials.assign(group=group)
        .groupby(keys, sort=False)
        .agg(
            group=("group", "first"),
            people=("observer", "nunique"),
            trials=("correct", "size"),
            correct=("correct", "sum"),
            median_time=("time_to_choose", "median"),
        )
        .reset_index()
    )
    number = table["trials"].to_numpy(dtype=float)
    share = table["correct"].to_numpy(dtype=float) / number
    low, high = wilson(share, table["people"].to_numpy(dtype=float), NORMAL)
    wrong = trials[(trials["correct"] == 0) & trials["response"].notna()]
    chosen = wrong.groupby([*keys, "response"], sort=False).size().rename("times").reset_index()
    most = chosen.sort_values("times", ascending=False, kind="stable").drop_duplicates(keys)
    table = table.assign(accuracy=share, low=low, high=high, method=WILSON).merge(
        most[[*keys, "response"]].rename(columns={"response": "wrong_response"}), on=keys, how="left"
    )
    order = table["condition"].map({name: place for place, name in enumerate(table["condition"].unique())})
    sorted_table = table.assign(order=order).sort_values(
        ["order", "accuracy", "median_time"], ascending=[True, True, False], kind="stable"
    )
    columns = ["condition", "clip_id", "action", "group", "trials", "correct", "accuracy", "low", "high"]
    result: pd.DataFrame = sorted_table[[*columns, "method", "median_time", "wrong_response"]].reset_index(
        drop=True
    )
    return result
