"""The power of a planned study: over participants, a line for each number of trials."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, PercentFormatter

from analysis.figures.panels import Panel, condition_keys, foot, key_below, sheet
from analysis.style import INK, MUTED, condition_mark, figure_style

_HEIGHT_CM = 3.2


def study_power(tables: Sequence[tuple[str, pd.DataFrame]], power: float, below: str) -> Figure:
    """A panel for each question: its title and its power.

    The tables have ``participants``, ``trials`` (of each participant), ``power``, ``low``, ``high`` (0 to 1).
    ``power`` is the power that is wanted; ``below`` says where the simulations come from.
    """
    last = len(tables) - 1
    panels = [
        Panel(title, _HEIGHT_CM, left_cm=1.1, right_cm=0.3, below_cm=1.9 if place == last else 0.85)
        for place, (title, _) in enumerate(tables)
    ]
    figure = sheet("Power of a planned study", below, "", panels)
    with figure_style():
        for axes, (_, table) in zip(figure.axes, tables, strict=True):
            _draw(axes, table, power)
        axes = figure.axes[-1]
        axes.set_xlabel("participants")
        trials = [str(number) for number in tables[-1][1]["trials"].unique()]
        wanted = Line2D([], [], color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)), label="wanted")
        key_below(axes, [*condition_keys(trials, lines=True), wanted], 0.95)
        foot(
            figure,
            "Lines: test trials of each. Bars: 95 % interval of the simulation.",
        )
    return figure


def _draw(axes: Axes, table: pd.DataFrame, power: float) -> None:
    axes.axhline(power, color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)))
    for place, (_, rows) in enumerate(table.groupby("trials", sort=False)):
        mark = condition_mark(place)
        ordered = rows.sort_values("participants")
        at = ordered["participants"].to_numpy(dtype=float)
        axes.vlines(at, ordered["low"], ordered["high"], color=INK, linewidth=0.6)
        axes.plot(
            at,
            ordered["power"],
            color=INK,
            linestyle=mark.line,
            linewidth=0.9,
            marker=mark.marker,
            markerfacecolor=mark.fill,
            markersize=3.8,
            mew=0.6,
        )
    axes.set_ylim(-0.03, 1.03)
    axes.yaxis.set_major_locator(FixedLocator([0, 0.2, 0.4, 0.6, 0.8, 1.0]))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    numbers = sorted(int(number) for number in table["participants"].unique())
    axes.set_xticks(numbers, [str(number) for number in numbers])
    room = 0.05 * (numbers[-1] - numbers[0]) + 0.5
    axes.set_xlim(numbers[0] - room, numbers[-1] + room)
    axes.grid(axis="y")
