"""Models in the order of their likeness to people, and how sure each rank is."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.figures.panels import Panel, foot, name_room_cm, people, sheet, short_name
from analysis.style import DENSITY_MAP, INK, MUTED, SMALLEST_PT, figure_style, observer_colour
from analysis.summary import named

_ROW_CM = 0.42
_LONGEST_NAME_CM = 3.2
_MOST_WRITTEN = 12
"""Of more models the probabilities are told by shade alone: there is no room for figures."""


def model_ranking(
    models: pd.DataFrame, probabilities: pd.DataFrame, participants: int, data_kind: str
) -> Figure:
    """Mean kappa of each model with people, and the probability of each of its ranks.

    ``models`` has ``model``, ``condition``, ``kappa``, ``low``, ``high``, ``letters``, the most human-like
    first; ``probabilities`` has ``model``, ``rank`` (from 1) and ``probability`` (0 to 1), as in
    ``comparison.ranking.Ranking``.
    """
    names = [str(name) for name in models["model"]]
    left = min(max(name_room_cm(names), 1.4), _LONGEST_NAME_CM)
    height = max(_ROW_CM * len(names), 0.9)
    letters = max(len(str(text)) for text in models["letters"])
    right = 0.4 + 0.14 * letters
    panels = (
        Panel("Mean error consistency with people", height, left_cm=left, right_cm=right),
        Panel("Probability of each rank", height, left_cm=left, right_cm=right, below_cm=1.15),
    )
    below = f"{named(str(models['condition'].iloc[0]))}, {people(participants)}"
    figure = sheet("How human-like models err", below, data_kind, panels)
    with figure_style():
        _draw_kappas(figure.axes[0], models)
        _draw_ranks(figure.axes[1], names, probabilities)
        for axes in figure.axes:
            axes.set_yticks(range(len(names)), [short_name(name) for name in names], size=SMALLEST_PT)
            axes.set_ylim(len(names) - 0.5, -0.5)
            axes.tick_params(axis="y", length=0)
        foot(figure, "Models that share a letter cannot be told apart. Dashes: independent errors.")
    return figure


def _draw_kappas(axes: Axes, models: pd.DataFrame) -> None:
    colour = observer_colour("model")
    axes.axvline(0, color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)))
    for place, row in enumerate(models.to_dict("records")):
        axes.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=1.2)
        axes.plot(row["kappa"], place, "o", color=colour, markersize=4.0, mew=0)
        axes.annotate(
            str(row["letters"]),
            (1, place),
            (3, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            size=SMALLEST_PT,
        )
    ends = models[["low", "high", "kappa"]].to_numpy(dtype=float)
    ends = np.append(ends[np.isfinite(ends)], 0.0)
    room = 0.04 * float(np.ptp(ends)) + 0.01
    axes.set_xlim(float(ends.min()) - room, float(ends.max()) + room)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.set_xlabel("kappa, with 95 % interval")
    axes.grid(axis="x")


def _draw_ranks(axes: Axes, names: Sequence[str], probabilities: pd.DataFrame) -> None:
    square = probabilities.pivot(index="model", columns="rank", values="probability").loc[list(names)]
    shares = square.to_numpy(dtype=float)
    axes.imshow(shares, cmap=mpl.colormaps[DENSITY_MAP], vmin=0, vmax=1, aspect="auto")
    if len(names) <= _MOST_WRITTEN:
        for place, row in enumerate(shares):
            for rank, share in enumerate(row):
                axes.text(
                    rank,
                    place,
                    _percent(share),
                    ha="center",
                    va="center",
                    size=SMALLEST_PT,
                    color="white" if share > 0.6 else INK,
                )
    axes.set_xticks(range(len(names)), [str(rank + 1) for rank in range(len(names))])
    axes.tick_params(axis="x", length=0)
    axes.set_xlabel("rank; 1: most human-like. In percent" if len(names) <= _MOST_WRITTEN else "rank")


def _percent(share: float) -> str:
    return "<1" if 0 < share < 0.01 else ">99" if 0.99 < share < 1 else f"{100 * share:.0f}"
