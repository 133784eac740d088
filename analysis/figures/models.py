"""People and models on the same clips: accuracy in each condition, and the drop from one to the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from analysis.figures.panels import (
    Panel,
    condition_keys,
    key_below,
    name_room_cm,
    people,
    share_axis,
    sheet,
    short_name,
)
from analysis.style import (
    BAND,
    INK,
    MUTED,
    SMALLEST_PT,
    condition_mark,
    figure_style,
    observer_colour,
)
from stimuli.tsv import EMPTY

PEOPLE = "People"
"""The name of the row of all participants together."""
_SPREAD = 0.32
_LONGEST_NAME_CM = 3.2


def people_and_models(
    accuracy: pd.DataFrame, drops: pd.DataFrame, chance: float, participants: int, data_kind: str
) -> Figure:
    """Accuracy of people and of each model, a mark a condition, and their drops where there are any.

    ``accuracy`` has ``observer`` (``PEOPLE`` or a model), ``condition``, ``accuracy``, ``low``, ``high`` (0
    to 1); ``drops`` has ``observer``, ``first``, ``second``, ``drop``, ``low``, ``high`` of one pair of
    conditions, or no row. ``chance`` is the accuracy of guessing, 0 to 1. People stand first, models by what
    they reach in the last condition.
    """
    conditions = [str(name) for name in accuracy["condition"].unique()]
    order = _order(accuracy, conditions[-1])
    left = min(max(name_room_cm(order), 1.4), _LONGEST_NAME_CM)
    height = max((0.34 + 0.16 * len(conditions)) * len(order), 1.3)
    panels = [Panel("Accuracy, with 95 % interval", height, left_cm=left, right_cm=0.35, below_cm=1.25)]
    if len(drops):
        title = f"Drop from {drops['first'].iloc[0]} to {drops['second'].iloc[0]}"
        panels.append(Panel(title, 0.42 * len(order) + 0.4, left_cm=left, right_cm=0.35, below_cm=0.85))
    number = len(order) - (PEOPLE in order)
    below = f"{people(participants)}, {number} model{'s' * (number != 1)}, the same clips"
    figure = sheet("People and models", below, data_kind, panels)
    with figure_style():
        _draw_accuracies(figure.axes[0], accuracy, order, conditions, chance)
        if len(drops):
            _draw_drops(figure.axes[1], drops, order)
        for axes in figure.axes:
            axes.set_yticks(range(len(order)), [short_name(name) for name in order], size=SMALLEST_PT)
            axes.set_ylim(len(order) - 0.45, -0.55)
            axes.tick_params(axis="y", length=0)
            axes.grid(axis="x")
            for label in axes.get_yticklabels():
                label.set_fontweight("bold" if label.get_text() == PEOPLE else "normal")
    return figure


def _order(accuracy: pd.DataFrame, last: str) -> list[str]:
    """People, then models from the best in ``last`` down; models without it after all others."""
    whole = accuracy.pivot_table("accuracy", "observer", "condition")
    best = whole.reindex(columns=[last])[last].fillna(-1.0)
    names = [str(name) for name in whole.index]
    return sorted(names, key=lambda name: (name != PEOPLE, -float(best[name]), name))


def _draw_accuracies(
    axes: Axes, accuracy: pd.DataFrame, order: Sequence[str], conditions: Sequence[str], chance: float
) -> None:
    axes.axvline(chance, color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)))
    _separate(axes, order)
    for place, condition in enumerate(conditions):
        mark = condition_mark(place)
        aside = (place - (len(conditions) - 1) / 2) * _SPREAD
        for row in accuracy[accuracy["condition"] == condition].to_dict("records"):
            at = order.index(str(row["observer"])) + aside
            colour = _colour(str(row["observer"]))
            axes.plot([row["low"], row["high"]], [at, at], color=colour, linewidth=1.2)
            axes.plot(
                row["accuracy"],
                at,
                mark.marker,
                color=colour,
                markerfacecolor="white" if mark.fill == "white" else colour,
                markersize=4.0,
                mew=0.8,
            )
    share_axis(axes, low=min(float(accuracy["low"].min()), chance))
    dashes = Line2D([], [], color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)), label="chance")
    key_below(axes, [*condition_keys(conditions, lines=False), dashes], 0.5)


def _draw_drops(axes: Axes, drops: pd.DataFrame, order: Sequence[str]) -> None:
    axes.axvline(0, color=INK, linewidth=0.6)
    _separate(axes, order)
    ours = drops[drops["observer"] == PEOPLE]
    if len(ours):
        axes.axvspan(
            float(ours["low"].iloc[0]), float(ours["high"].iloc[0]), color=BAND, alpha=0.5, linewidth=0
        )
    for row in drops.to_dict("records"):
        at, colour = order.index(str(row["observer"])), _colour(str(row["observer"]))
        axes.plot([row["low"], row["high"]], [at, at], color=colour, linewidth=1.4)
        axes.plot(row["drop"], at, "o", color=colour, markersize=4.0, mew=0)
    for at, name in enumerate(order):
        if name not in set(drops["observer"]):
            axes.annotate(EMPTY, (0, at), (3, 0), textcoords="offset points", va="center", color=MUTED)
    ends = np.concatenate([drops["low"].to_numpy(dtype=float), drops["high"].to_numpy(dtype=float), [0.0]])
    room = 0.04 * float(np.ptp(ends)) + 0.005
    axes.set_xlim(float(ends.min()) - room, float(ends.max()) + room)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=""))
    axes.set_xlabel("percentage points; band: people" if len(ours) else "percentage points")


def _separate(axes: Axes, order: Sequence[str]) -> None:
    if order[0] == PEOPLE and len(order) > 1:
        axes.axhline(0.5, color=BAND, linewidth=0.6)


def _colour(observer: str) -> str:
    return observer_colour("human" if observer == PEOPLE else "model")
