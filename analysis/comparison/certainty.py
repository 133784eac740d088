"""How sure a model is of the right answer to each clip, read from its probabilities."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.probabilities import probabilities

MEASURES = ("p_right", "margin", "entropy", "right")


def certainty(trials: pd.DataFrame) -> pd.DataFrame:
    """One row per model and clip of a trial table, people passed over; several runs of a model are averaged.

    Returns
    -------
    DataFrame
        ``observer``, ``clip_id``; ``right`` (share of the runs that are right); ``p_right``, the probability
        of the right action (0 to 1); ``margin``, that less the largest of the others (-1 to 1, above 0 where
        the model is right and its response the most probable action); ``entropy`` of the probabilities in
        bits, from 0 to log2 of the actions: .5, .5 has 1 bit. The last three are NaN where the model gave no
        probabilities. Test trials alone count.
    """
    tests = trials[(trials["phase"] == "test") & (trials["observer_kind"] == "model")]
    given = probabilities(tests)
    values = given.to_numpy(dtype=np.float64)
    columns = list(given.columns)
    shown = (
        np.array(columns, dtype=object)[None, :]
        == tests["action"].astype(str).to_numpy(dtype=object)[:, None]
    )
    told = np.isfinite(values).any(axis=1)
    filled = np.where(np.isfinite(values), values, 0.0)
    right = np.where(told, (filled * shown).sum(axis=1), np.nan)
    other = np.where(shown, 0.0, filled).max(axis=1, initial=0.0)
    logs = np.log2(np.where(filled > 0, filled, 1.0))
    table = pd.DataFrame(
        {
            "observer": tests["observer"].astype(str).to_numpy(dtype=object),
            "clip_id": tests["clip_id"].astype(str).to_numpy(dtype=object),
            "p_right": right,
            "margin": right - other,
            "entropy": np.where(told, np.abs((filled * logs).sum(axis=1)), np.nan),
            "right": tests["correct"].to_numpy(dtype=np.float64),
        }
    )
    averaged: pd.DataFrame = table.groupby(["observer", "clip_id"], sort=False).mean().reset_index()
    return averaged


def on_items(of_models: pd.DataFrame, observer: str, items: tuple[str, ...]) -> pd.DataFrame:
    """The rows of one model for these clips, in their order, by ``clip_id``; NaN where it has none."""
    own = of_models[of_models["observer"] == observer].set_index("clip_id")
    rows: pd.DataFrame = own[list(MEASURES)].reindex(pd.Index(items, name="clip_id"))
    return rows
