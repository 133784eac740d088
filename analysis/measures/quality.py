"""What went wrong while trials were shown, and who paid attention."""

from __future__ import annotations

import pandas as pd


def presentation(trials: pd.DataFrame) -> pd.DataFrame:
    """Late flips and repeated trials per participant, session, condition and phase.

    Returns
    -------
    DataFrame
        ``observer``, ``session``, ``condition``, ``phase``, ``trials``, ``shown_again`` (trials answered in a
        later attempt), ``dropped_frames`` (late flips as ``TrialRow`` counts them, not the frames missed
        meanwhile), ``trials_with_dropped_frames``.
    """
    marked = trials.assign(
        shown_again=(trials["attempt"] > 1).astype(int),
        with_drops=(trials["dropped_frames"].fillna(0) > 0).astype(int),
    )
    keys = ["observer", "session", "condition", "phase"]
    counts: pd.DataFrame = (
        marked.groupby(keys, sort=False)
        .agg(
            trials=("clip_id", "size"),
            shown_again=("shown_again", "sum"),
            dropped_frames=("dropped_frames", "sum"),
            trials_with_dropped_frames=("with_drops", "sum"),
        )
        .reset_index()
    )
    return counts


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
