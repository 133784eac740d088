"""Which action was chosen when which was shown."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def confusion(trials: pd.DataFrame, actions: Sequence[str]) -> pd.DataFrame:
    """Counts and row shares of every pair of shown and chosen action, pairs that never occurred included.

    A trial without a response is in no count, but among the trials that showed its action: a row of shares
    then adds up to less than 1, and the diagonal is the accuracy.

    Returns
    -------
    DataFrame
        ``condition``, ``action`` (shown), ``response`` (chosen), ``count``, ``share`` (of the trials that
        showed the action, 0 to 1; NaN where it was never shown), in the order of ``actions``.
    """
    parts = []
    for condition, group in trials.groupby("condition", sort=False):
        counts = pd.crosstab(group["action"], group["response"]).reindex(
            index=list(actions), columns=list(actions), fill_value=0
        )
        shown = group["action"].value_counts().reindex(list(actions))
        shares = counts.div(shown, axis="index")
        part = pd.DataFrame(
            {
                "condition": condition,
                "action": [action for action in actions for _ in actions],
                "response": [response for _ in actions for response in actions],
                "count": counts.to_numpy(dtype=int).ravel(),
                "share": shares.to_numpy(dtype=float).ravel(),
            }
        )
        parts.append(part)
    matrix: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return matrix
