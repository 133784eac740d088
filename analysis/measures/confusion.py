"""Which action was chosen when which was shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.measures.intervals import NORMAL, WILSON, Floats, share_interval, wilson
from analysis.measures.resampling import DRAWS, Items, in_order_of, resample

NEVER_SHOWN = "not computed: the action was never shown"


def confusion(
    trials: pd.DataFrame,
    actions: Sequence[str],
    rng: np.random.Generator | None = None,
    draws: int = DRAWS,
    items: Items = "group",
) -> pd.DataFrame:
    """Counts and row shares of every pair of shown and chosen action, pairs that never occurred included.

    A trial without a response is in no count, but among the trials that showed its action: a row of shares
    then adds up to less than 1, and the diagonal is the accuracy.

    The intervals are those of ``accuracy``, for every share by itself: Wilson's over trials where no draw
    differs (0 and 1). Without ``rng`` they all are, which is right for one participant and too narrow for
    several.

    Returns
    -------
    DataFrame
        ``condition``, ``action`` (shown), ``response`` (chosen), ``count``, ``share`` (of the trials that
        showed the action, 0 to 1; NaN where it was never shown), ``low``, ``high``, ``method``, in the order
        of ``actions``.
    """
    parts = []
    for condition, group in trials.groupby("condition", sort=True):
        for action in actions:
            shown = group[group["action"] == action]
            row = _row(shown, actions, rng, draws, items)
            row.insert(0, "action", action)
            row.insert(0, "condition", condition)
            parts.append(row)
    if not parts:
        columns = ["condition", "action", "response", "count", "share", "low", "high", "method"]
        parts = [pd.DataFrame(columns=columns)]
    return in_order_of(pd.concat(parts, ignore_index=True), trials)


def with_accuracies(matrix: pd.DataFrame, accuracies: pd.DataFrame) -> pd.DataFrame:
    """``matrix`` of ``confusion`` with the intervals of ``accuracies`` on its diagonal.

    ``accuracies`` is the table of ``accuracy`` by condition and action, of the same trials. Two draws of one
    interval would differ in their last digit.
    """
    columns = ["low", "high", "method"]
    of_cells = pd.MultiIndex.from_frame(matrix[["condition", "action"]])
    of_actions = accuracies.set_index(["condition", "action"])[columns].reindex(of_cells)
    known = (matrix["action"] == matrix["response"]).to_numpy() & of_actions["method"].notna().to_numpy()
    values = of_actions[columns].set_index(matrix.index)
    result: pd.DataFrame = matrix.assign(**{name: matrix[name].mask(known, values[name]) for name in columns})
    return result


def confusion_by_observer(trials: pd.DataFrame, actions: Sequence[str]) -> pd.DataFrame:
    """The table of ``confusion`` for every participant, with a first column ``observer``.

    Wilson's intervals over the trials that showed the action.
    """
    kept = trials[trials["action"].isin(list(actions))]
    shown = kept.groupby(["observer", "condition", "action"], sort=False).size()
    pairs = kept.groupby(["observer", "condition", "action", "response"], sort=False).size()
    rows = kept[["observer", "condition"]].drop_duplicates()
    table = rows.merge(pd.DataFrame({"action": list(actions)}), how="cross").merge(
        pd.DataFrame({"response": list(actions)}), how="cross"
    )
    keys = ["observer", "condition", "action"]
    number = shown.reindex(pd.MultiIndex.from_frame(table[keys])).to_numpy(dtype=np.float64)
    count = pairs.reindex(pd.MultiIndex.from_frame(table[[*keys, "response"]]), fill_value=0).to_numpy(
        dtype=int
    )
    low, high = wilson(count / number, number, NORMAL)
    method = np.where(np.isnan(number), NEVER_SHOWN, WILSON)
    result: pd.DataFrame = table.assign(count=count, share=count / number, low=low, high=high, method=method)
    return result


def _row(
    shown: pd.DataFrame,
    actions: Sequence[str],
    rng: np.random.Generator | None,
    draws: int,
    items: Items,
) -> pd.DataFrame:
    responses = shown["response"].to_numpy(dtype=object, na_value="")
    chosen: Floats = (responses[:, None] == np.array(list(actions), dtype=object)).astype(np.float64)
    count, number = chosen.sum(axis=0), len(shown)
    share = count / number if number else np.full(len(actions), np.nan)
    method: str | NDArray[np.str_]
    if number == 0:
        low = high = share
        method = NEVER_SHOWN
    elif rng is None or shown["observer"].nunique() == 1:
        low, high = wilson(share, np.full(len(actions), float(number)), NORMAL)
        method = WILSON
    else:
        drawn = resample(shown, rng, items, draws)
        spread = drawn.shares(np.column_stack([chosen, np.ones(number)]))
        low, high = share_interval(spread, number)
        # Where no draw differs (always or never chosen) ``share_interval`` gave Wilson's.
        method = np.where(spread.variance > 0, drawn.method, WILSON)
    table: pd.DataFrame = pd.DataFrame(
        {
            "response": list(actions),
            "count": count.astype(int),
            "share": share,
            "low": low,
            "high": high,
            "method": method,
        }
    )
    return table
