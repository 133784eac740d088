"""Conditions compared within participants: everybody's accuracies, and the means with their intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.figures.panels import Panel, people, share_axis, sheet
from analysis.style import BAND, INK, condition_mark, figure_style

MOST_JOINED = 300
"""Of more participants only the means are drawn: their lines would be one grey field."""


def within_participants(scores: pd.DataFrame, means: pd.DataFrame, data_kind: str) -> Figure:
    """Accuracy of each participant in all conditions, a line each, and the means with 95 % intervals.

    ``scores`` has one row per ``observer`` and ``condition`` with ``accuracy`` (0 to 1); those who lack a
    condition are left out. ``means`` is the table of ``within_participant_intervals``.
    """
    names = [str(name) for name in means["condition"]]
    wide = scores.pivot(index="observer", columns="condition", values="accuracy")[names].dropna()
    panel = Panel("Accuracy, with 95 % interval within participants", 4.6, below_cm=0.6)
    figure = sheet("Within participants", people(len(wide)), data_kind, [panel])
    with figure_style():
        (axes,) = figure.axes
        places = np.arange(len(names), dtype=float)
        if len(wide) <= MOST_JOINED:
            axes.plot(
                places,
                wide.to_numpy(dtype=float).T,
                color=BAND,
                linewidth=0.8 if len(wide) <= 50 else 0.4,
                marker=".",
                markersize=3 if len(wide) <= 50 else 1.5,
                zorder=1,
            )
        mean, low, high = (means[name].to_numpy(dtype=float) for name in ("mean", "low", "high"))
        axes.plot(places, mean, color=INK, linewidth=1.0, zorder=2)
        axes.vlines(places, low, high, color=INK, linewidth=2.0, zorder=3)
        for place in range(len(names)):
            mark = condition_mark(place)
            axes.plot(
                places[place],
                mean[place],
                mark.marker,
                color=INK,
                markerfacecolor=mark.fill,
                markersize=6,
                mew=0.9,
                zorder=4,
            )
        lowest = float(low.min()) if len(wide) > MOST_JOINED else float(min(low.min(), wide.to_numpy().min()))
        share_axis(axes, axis="y", low=max(lowest, 0.0))
        # The interval of a mean near 100 % may reach beyond it: it is not cut.
        axes.set_ylim(top=max(axes.get_ylim()[1], 1.01 * float(high.max())))
        axes.grid(axis="y")
        axes.set_xticks(places, names)
        axes.set_xlim(-0.5, len(names) - 0.5)
        axes.tick_params(axis="x", length=0)
    return figure
