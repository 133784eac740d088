"""How well the clips were shown, session by session."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.figures.panels import Panel, name_room_cm, sheet
from analysis.style import BAND, INK, MUTED, SMALLEST_PT, figure_style

_MOST_NAMED = 30
_MOST_IN_VECTORS = 300


def timing_quality(sessions: pd.DataFrame, data_kind: str) -> Figure:
    """Late flips per trial, and the time between flips with its spread, per session.

    ``sessions`` has ``session`` (a name), ``late_per_trial``, ``interval_ms`` and ``interval_sd_ms`` (mean
    over trials; empty where the data have none).
    """
    few = len(sessions) <= _MOST_NAMED
    ordered = sessions if few else sessions.sort_values(["late_per_trial", "session"], kind="stable")
    names = [str(name) for name in ordered["session"]]
    left = max(name_room_cm(names), 0.95) if few else 0.95
    height = max(0.34 * len(ordered), 1.4) if few else 3.6
    timed = bool(ordered["interval_ms"].notna().any())
    panels = [Panel("Late flips per trial", height, left_cm=left, right_cm=0.3, below_cm=0.95)]
    if timed:
        panels.append(
            Panel(
                "Time between flips ± its standard deviation",
                height,
                left_cm=left,
                right_cm=0.3,
                below_cm=0.9,
            )
        )
    number = f"{len(sessions):,} session{'s' * (len(sessions) != 1)}, training and test"
    figure = sheet("Timing of the display", number, data_kind, panels)
    with figure_style():
        places, rasterised = np.arange(len(ordered)), len(ordered) > _MOST_IN_VECTORS
        late = ordered["late_per_trial"].to_numpy(dtype=float)
        figure.axes[0].hlines(
            places,
            0,
            late,
            color=MUTED if few else BAND,
            linewidth=1.2 if few else 0.6,
            rasterized=rasterised,
        )
        figure.axes[0].plot(
            late, places, "o", color=INK, markersize=4 if few else 2, mew=0, rasterized=rasterised
        )
        reach = max(1.12 * float(np.nanmax(late, initial=0.0)), 0.1)
        # With a margin, so that the marks of sessions without a late flip stand in full.
        figure.axes[0].set_xlim(-0.02 * reach, reach)
        figure.axes[0].set_xlabel("late flips per trial")
        if timed:
            mean = ordered["interval_ms"].to_numpy(dtype=float)
            spread = ordered["interval_sd_ms"].fillna(0).to_numpy(dtype=float)
            axes = figure.axes[1]
            axes.hlines(
                places,
                mean - spread,
                mean + spread,
                color=INK if few else BAND,
                linewidth=1.2 if few else 0.6,
                rasterized=rasterised,
            )
            axes.plot(mean, places, "o", color=INK, markersize=4 if few else 2, mew=0, rasterized=rasterised)
            # Nobody should be alarmed by hundredths of a millisecond.
            middle, reach = float(np.nanmean(mean)), float(np.nanmax(abs(mean - np.nanmean(mean)) + spread))
            axes.set_xlim(middle - 1.15 * max(reach, 1.0), middle + 1.15 * max(reach, 1.0))
            axes.set_xlabel("milliseconds")
        for axes in figure.axes:
            _name(axes, names, few=few)
    return figure


def _name(axes: Axes, names: list[str], *, few: bool) -> None:
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    if few:
        axes.set_yticks(range(len(names)), names, size=SMALLEST_PT)
        axes.tick_params(axis="y", length=0)
    else:
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        axes.set_ylabel("sessions, by late flips")
