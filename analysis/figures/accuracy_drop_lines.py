"""From one condition to another: each participant's accuracy in both, and the drop between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.figures.panels import Panel, condition_keys, key_below, name_room_cm, people, share_axis, sheet
from analysis.style import BAND, INK, MUTED, SMALLEST_PT, condition_mark, figure_style

_MOST_NAMED = 30
_MOST_IN_VECTORS = 300


def accuracy_drop_lines(
    first: str, second: str, drops: pd.DataFrame, whole: pd.DataFrame, data_kind: str
) -> Figure:
    """Accuracy of each participant in two conditions, and the drop with its 95 % interval.

    ``drops`` has ``observer``, ``accuracy_first``, ``accuracy_second``, ``drop``, ``low``, ``high`` (0 to 1);
    ``whole`` is the one row ``drop``, ``low``, ``high`` over all of them, drawn as a band.
    """
    ordered = drops.sort_values(["drop", "observer"], kind="stable").reset_index(drop=True)
    few = len(ordered) <= _MOST_NAMED
    left = max(name_room_cm([str(name) for name in ordered["observer"]]), 0.95) if few else 0.95
    height = max(0.34 * len(ordered), 1.2) if few else 4.0
    panels = (
        Panel("Accuracy in both conditions", height, left_cm=left, below_cm=1.25),
        Panel("Drop, with 95 % interval", height, left_cm=left, below_cm=0.9),
    )
    figure = sheet(f"From {first} to {second}", people(len(ordered)), data_kind, panels)
    with figure_style():
        accuracy_axes, drop_axes = figure.axes
        _draw_accuracies(accuracy_axes, ordered, (first, second))
        _draw_drops(drop_axes, ordered, whole)
        for axes in figure.axes:
            axes.set_ylim(-0.7, len(ordered) - 0.3)
            axes.grid(axis="x")
            if few:
                axes.set_yticks(range(len(ordered)), list(ordered["observer"]), size=SMALLEST_PT)
                axes.tick_params(axis="y", length=0)
            else:
                axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    return figure


def _draw_accuracies(axes: Axes, drops: pd.DataFrame, names: tuple[str, str]) -> None:
    places, few = np.arange(len(drops)), len(drops) <= _MOST_NAMED
    rasterised = len(drops) > _MOST_IN_VECTORS
    columns = [drops[name].to_numpy(dtype=float) for name in ("accuracy_first", "accuracy_second")]
    axes.hlines(
        places, columns[0], columns[1], color=BAND, linewidth=1.0 if few else 0.6, rasterized=rasterised
    )
    for place, values in enumerate(columns):
        mark = condition_mark(place)
        axes.plot(
            values,
            places,
            mark.marker,
            color=INK,
            markerfacecolor=mark.fill,
            markersize=4.0 if few else 1.8,
            mew=0.7 if few else 0.3,
            rasterized=rasterised,
        )
    smallest = min(float(values.min()) for values in columns)
    share_axis(axes, low=smallest)
    key_below(axes, condition_keys(names, lines=False), 0.5)


def _draw_drops(axes: Axes, drops: pd.DataFrame, whole: pd.DataFrame) -> None:
    places, few = np.arange(len(drops)), len(drops) <= _MOST_NAMED
    rasterised = len(drops) > _MOST_IN_VECTORS
    row = whole.iloc[0]
    axes.axvspan(float(row["low"]), float(row["high"]), color=BAND, alpha=0.5, linewidth=0)
    # Of many participants the intervals are one field, and the line stands on it.
    axes.axvline(float(row["drop"]), color=MUTED if few else INK, linewidth=0.8, zorder=1 if few else 4)
    axes.axvline(0, color=INK, linewidth=0.6)
    low, high, drop = (drops[name].to_numpy(dtype=float) for name in ("low", "high", "drop"))
    axes.hlines(
        places, low, high, color=INK if few else BAND, linewidth=1.2 if few else 0.6, rasterized=rasterised
    )
    axes.plot(drop, places, "o", color=INK, markersize=4.0 if few else 1.8, mew=0, rasterized=rasterised)
    # Steps of 2.5 would be printed as 3 and 5, without a word of it.
    axes.xaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.6g}".replace("-", "−"))
    axes.set_xlabel("percentage points; line and band: all participants")
