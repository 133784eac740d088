"""Whether those who take longer are right more often: one mark a participant and condition."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.panels import (
    Numbers,
    Panel,
    condition_keys,
    key_below,
    log_seconds,
    people,
    share_axis,
    sheet,
)
from analysis.style import BAND, INK, SMALLEST_PT, condition_mark, figure_style

_MOST_NAMED = 16
_MOST_JOINED = 60
_MOST_IN_VECTORS = 300


def speed_and_accuracy(points: pd.DataFrame, data_kind: str) -> Figure:
    """Accuracy over median time-to-choose of each participant, the conditions of one joined by a line.

    ``points`` has ``observer``, ``condition``, ``accuracy`` (0 to 1) and ``median_time`` (seconds);
    conditions in their order. Participants without any time are left out by the caller.
    """
    observers = points["observer"].nunique()
    panel = Panel("Accuracy over median time-to-choose", 5.6, below_cm=1.35)
    figure = sheet("Speed and accuracy", people(observers), data_kind, [panel])
    with figure_style():
        (axes,) = figure.axes
        names = [str(name) for name in points["condition"].unique()]
        many = observers > _MOST_IN_VECTORS
        if len(names) > 1 and observers <= _MOST_JOINED:
            _join(axes, points, names)
        for place, name in enumerate(names):
            mark = condition_mark(place)
            rows = points[points["condition"] == name]
            axes.plot(
                rows["median_time"],
                rows["accuracy"],
                mark.marker,
                color=INK,
                markerfacecolor=mark.fill,
                markersize=4.2 if observers <= 50 else 2.4,
                mew=0.7 if observers <= 50 else 0.4,
                alpha=1.0 if observers <= 50 else 0.6,
                rasterized=many,
            )
        log_seconds(axes, points["median_time"].to_numpy(dtype=float), axis="x")
        share_axis(axes, axis="y", low=float(points["accuracy"].min()))
        axes.grid()
        axes.set_xlabel("median time-to-choose, seconds (logarithmic)")
        if observers <= _MOST_NAMED:
            _name(axes, points[points["condition"] == names[-1]], points)
        key_below(axes, condition_keys(names, lines=False), 0.85)
    return figure


def _join(axes: Axes, points: pd.DataFrame, names: list[str]) -> None:
    order = {name: place for place, name in enumerate(names)}
    for _, rows in points.groupby("observer", sort=False):
        line = rows.sort_values("condition", key=lambda column: column.map(order))
        axes.plot(line["median_time"], line["accuracy"], color=BAND, linewidth=0.6, zorder=1)


def _name(axes: Axes, named: pd.DataFrame, points: pd.DataFrame) -> None:
    """Names beside the marks, where there is room for them; crowded ones go without."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    to_points = axes.transData
    per_point = figure.dpi / 72
    marks: Numbers = (
        to_points.transform(points[["median_time", "accuracy"]].to_numpy(dtype=float)) / per_point
    )
    taken: list[tuple[float, float, float]] = []
    for row in named.sort_values("accuracy").itertuples():
        x, y = to_points.transform((float(str(row.median_time)), float(str(row.accuracy)))) / per_point
        width = 3.9 * len(str(row.observer))
        inside = (marks[:, 0] > x + 0.5) & (marks[:, 0] < x + 5 + width) & (abs(marks[:, 1] - y) < 5)
        crowded = any(
            abs(y - its_y) < 6.5 and x < its_x + wide + 5 and its_x < x + width + 5
            for its_x, its_y, wide in taken
        )
        if crowded or bool(np.any(inside)):
            continue
        taken.append((x, y, width))
        axes.annotate(
            str(row.observer),
            (float(str(row.median_time)), float(str(row.accuracy))),
            (4, 0),
            textcoords="offset points",
            va="center",
            size=SMALLEST_PT,
        )
