"""What went wrong while trials were shown, and who paid attention."""

from __future__ import annotations

from typing import Any

import pandas as pd


def presentation(trials: pd.DataFrame) -> pd.DataFrame:
    """Late flips and repeated trials per participant, session, condition and phase.

    Returns
    -------
    DataFrame
        ``observer``, ``session``, ``condition``, ``phase``, ``trials``, ``shown_again`` (trials answered in a
        later attempt), ``dropped_frames`` (late flips as ``TrialRow`` counts them, not the frames missed
        meanwhile), ``trials_with_dropped_frames``; the last two are missing where no trial says.
    """
    marked = trials.assign(
        shown_again=(trials["attempt"] > 1).astype(int),
        dropped_frames=trials["dropped_frames"].astype("Int64"),
        with_drops=(trials["dropped_frames"].astype("Int64") > 0).astype("Int64"),
    )
    keys = ["observer", "session", "condition", "phase"]
    counts: pd.DataFrame = (
        marked.groupby(keys, sort=False)
        .agg(
            trials=("clip_id", "size"),
            shown_again=("shown_again", "sum"),
            dropped_frames=("dropped_frames", _sum),
            trials_with_dropped_frames=("with_drops", _sum),
        )
        .reset_index()
    )
    return counts


def _sum(counts: pd.Series[Any]) -> Any:
    """Missing where every count is."""
    return counts.sum(min_count=1)


def attention_checks(trials: pd.DataFrame) -> pd.DataFrame:
    """How many attention checks each participant passed, per session, condition and phase.

    In an attention check the label of the action was shown; it is passed where that action was chosen, and
    failed otherwise, also where no response came.

    Returns
    -------
    DataFrame
        ``observer``, ``session``, ``condition``, ``phase``, ``checks``, ``passed``, ``failed``; no row where
        there were none.
    """
    checks = trials[trials["attention_check"] == 1]
    keys = ["observer", "session", "condition", "phase"]
    counts: pd.DataFrame = (
        checks.groupby(keys, sort=False)
        .agg(checks=("correct", "size"), passed=("correct", "sum"))
        .reset_index()
    )
    counts["failed"] = counts["checks"] - counts["passed"]
    return counts


def session_timing(trials: pd.DataFrame) -> pd.DataFrame:
    """How well the clips of each session were shown, training and attention checks included.

    Returns
    -------
    DataFrame
        ``session`` (a name, ``<observer>_<number>``), ``observer``, ``trials``; ``flips``,
        ``dropped_frames`` (late flips as ``TrialRow`` counts them), ``dropped_share`` (of the flips),
        ``late_per_trial``; ``interval_ms`` and ``interval_sd_ms`` (time between flips: mean and standard
        deviation within a trial, both averaged over trials), ``worst_interval_sd_ms`` (of the worst trial);
        ``early_presses`` (before the first frame). NaN where the data do not say.
    """
    keys = ["observer", "session"]
    named = trials[keys].drop_duplicates()
    grouped = trials.groupby(keys, sort=False)
    table: pd.DataFrame = (
        grouped.agg(
            trials=("clip_id", "size"),
            late_per_trial=("dropped_frames", "mean"),
            interval_ms=("interval_ms", "mean"),
            interval_sd_ms=("interval_sd_ms", "mean"),
            worst_interval_sd_ms=("interval_sd_ms", "max"),
        )
        .join(grouped[["flips", "dropped_frames", "early_presses"]].sum(min_count=1))
        .reset_index(drop=True)
    )
    # A share is one of the same trials: those of which both numbers are known.
    both = trials.dropna(subset=["flips", "dropped_frames"])
    sums = both.groupby(keys, sort=False)[["dropped_frames", "flips"]].sum()
    shares = (sums["dropped_frames"] / sums["flips"]).reindex(pd.MultiIndex.from_frame(named))
    columns = ["trials", "flips", "dropped_frames", "dropped_share", "late_per_trial", "interval_ms"]
    columns += ["interval_sd_ms", "worst_interval_sd_ms", "early_presses"]
    numbers: pd.DataFrame = table.assign(dropped_share=shares.to_numpy())[columns]
    names = [f"{observer}_{number:02d}" for observer, number in named.itertuples(index=False)]
    counts = ("flips", "dropped_frames", "early_presses")
    kinds = {name: "Int64" if name in counts else "float64" for name in columns if name != "trials"}
    numbers = numbers.astype(kinds)
    numbers.insert(0, "observer", named["observer"].to_numpy())
    numbers.insert(0, "session", names)
    return numbers
