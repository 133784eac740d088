"""People minus each model: the difference of accuracies, and the margin that makes them on a par."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from analysis.figures.panels import Panel, key_below, name_room_cm, people, sheet, short_name
from analysis.style import BAND, INK, SMALLEST_PT, figure_style, observer_colour
from analysis.summary import named

_ROW_CM = 0.42
_LONGEST_NAME_CM = 3.2


def on_a_par(table: pd.DataFrame, data_kind: str) -> Figure:
    """A panel for each condition, a row for each model, by their difference to people.

    ``table`` is that of ``comparison.equivalence.equivalence``. Thick: 90 % interval, which the margin must
    hold; thin: 95 %.
    """
    conditions = [str(name) for name in table["condition"].unique()]
    parts = [
        table[table["condition"] == name].sort_values(["difference", "model"], kind="stable")
        for name in conditions
    ]
    names = [str(name) for name in table["model"].unique()]
    left = min(max(name_room_cm(names), 1.4), _LONGEST_NAME_CM)
    last = len(parts) - 1
    panels = [
        Panel(
            named(name),
            max(_ROW_CM * len(part), 0.8),
            left_cm=left,
            right_cm=0.35,
            below_cm=1.5 if place == last else 0.7,
        )
        for place, (name, part) in enumerate(zip(conditions, parts, strict=True))
    ]
    observers = sorted({int(number) for number in table["observers"]})
    below = f"accuracy of people minus that of models; {people(observers[-1])}"
    figure = sheet("On a par?", below, data_kind, panels)
    with figure_style():
        ends = table[["low", "high", "difference"]].to_numpy(dtype=float)
        margin = float(table["margin"].max())
        ends = np.append(ends[np.isfinite(ends)], [-margin, margin])
        room = 0.04 * float(np.ptp(ends))
        for axes, part in zip(figure.axes, parts, strict=True):
            _draw(axes, part)
            axes.set_xlim(float(ends.min()) - room, float(ends.max()) + room)
        axes = figure.axes[-1]
        axes.set_xlabel("percentage points; above 0: people better")
        colour = observer_colour("model")
        key_below(
            axes,
            [
                Patch(facecolor=BAND, alpha=0.5, label="margin"),
                Line2D([], [], color=colour, linewidth=2.6, label="90 %"),
                Line2D([], [], color=colour, linewidth=0.9, label="95 %"),
                Line2D([], [], color=INK, linestyle="none", marker="D", markersize=3.8, label="on a par"),
            ],
            1.0,
        )
    return figure


def _draw(axes: Axes, part: pd.DataFrame) -> None:
    margin, colour = float(part["margin"].iloc[0]), observer_colour("model")
    axes.axvspan(-margin, margin, color=BAND, alpha=0.5, linewidth=0)
    axes.axvline(0, color=INK, linewidth=0.6)
    for place, row in enumerate(part.to_dict("records")):
        axes.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=0.9)
        axes.plot(
            [row["low90"], row["high90"]], [place, place], color=colour, linewidth=2.6, solid_capstyle="butt"
        )
        shown = row["verdict"] in ("on a par", "different, within the margin")
        axes.plot(row["difference"], place, "D" if shown else "o", color=INK, markersize=3.8, mew=0)
    names = [str(name) for name in part["model"]]
    axes.set_yticks(range(len(names)), [short_name(name) for name in names], size=SMALLEST_PT)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.6g}".replace("-", "−"))
    axes.grid(axis="x")
