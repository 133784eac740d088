"""How accuracy and time-to-choose go over the trials of a test."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.panels import Panel, condition_keys, key_below, log_seconds, people, share_axis, sheet
from analysis.style import INK, condition_mark, figure_style


def learning_curves(blocks: pd.DataFrame, observers: int, data_kind: str) -> Figure:
    """Accuracy and median time-to-choose by block of test trials, each with its 95 % interval.

    ``blocks`` has ``condition``, ``first_trial``, ``last_trial``, ``accuracy``, ``low``, ``high`` (0 to 1)
    and ``median``, ``median_low``, ``median_high`` (seconds); conditions in their order.
    """
    panels = (
        Panel("Accuracy, with 95 % interval", 3.4, below_cm=0.75),
        Panel("Median time-to-choose, with 95 % interval", 3.4, below_cm=1.35),
    )
    figure = sheet("Over the trials of a test", people(observers), data_kind, panels)
    with figure_style():
        accuracy_axes, times_axes = figure.axes
        names = [str(name) for name in blocks["condition"].unique()]
        for place, name in enumerate(names):
            rows = blocks[blocks["condition"] == name]
            _draw(accuracy_axes, rows, ("accuracy", "low", "high"), place, len(names))
            _draw(times_axes, rows, ("median", "median_low", "median_high"), place, len(names))
        share_axis(accuracy_axes, axis="y", low=float(blocks["low"].min()))
        times = blocks[["median", "median_low", "median_high"]].to_numpy(dtype=float).ravel()
        log_seconds(times_axes, times[~np.isnan(times)])
        times_axes.set_ylabel("seconds (logarithmic)")
        times_axes.set_xlabel("trial of the test")
        for axes in figure.axes:
            axes.grid(axis="y")
            axes.set_xlim(0.5, float(blocks["last_trial"].max()) + 0.5)
        key_below(times_axes, condition_keys(names, lines=True), 0.85)
    return figure


def _draw(axes: Axes, rows: pd.DataFrame, columns: tuple[str, str, str], place: int, places: int) -> None:
    mark = condition_mark(place)
    value, low, high = (rows[name].to_numpy(dtype=float) for name in columns)
    first, last = (rows[name].to_numpy(dtype=float) for name in ("first_trial", "last_trial"))
    # Side by side, so that intervals do not hide each other.
    aside = (place - (places - 1) / 2) * 0.09 * (last - first + 1)
    middle = (first + last) / 2 + aside
    axes.vlines(middle, low, high, color=INK, linewidth=0.9)
    axes.plot(
        middle,
        value,
        color=INK,
        linestyle=mark.line,
        marker=mark.marker,
        markerfacecolor=mark.fill,
        markersize=3.6,
        linewidth=0.8,
        mew=0.7,
    )
