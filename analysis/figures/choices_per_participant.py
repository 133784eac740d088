"""Which action each participant took for which, and how well everybody tells each action from the others."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.panels import (
    Numbers,
    Panel,
    key_below,
    mark_key,
    name_actions,
    name_room_cm,
    names_below_cm,
    people,
    sheet,
)
from analysis.style import COLUMN_CM, DENSITY_MAP, INK, MUTED, SMALLEST_PT, action_colours, figure_style

MOST_MATRICES = 16
"""Of more participants the matrices are not drawn one by one, but what they have in common."""
_IN_A_ROW = 4
_GAP = 0.13
"""Between matrices, in parts of one."""
_NAME_CM = 0.42
_MOST_NAMED_ACTIONS = 6
_MOST_ACTIONS_WITH_NUMBERS = 7
_MOST_IN_VECTORS = 300


def choices_per_participant(
    heading: str,
    actions: tuple[str, ...],
    told: pd.DataFrame,
    told_together: pd.DataFrame,
    choices: pd.DataFrame,
    data_kind: str,
) -> Figure:
    """d' of each participant and of all together, and the confusion matrices.

    ``told`` is the table of ``sensitivity_by_observer``, ``told_together`` the rows of ``sensitivity`` that
    hold d', ``choices`` the table of ``confusion_by_observer``, each of this condition alone.
    """
    observers = sorted(str(name) for name in choices["observer"].unique())
    few = len(observers) <= MOST_MATRICES
    names_below = names_below_cm(actions)
    left_cm = name_room_cm(actions) if not few or len(actions) <= _MOST_NAMED_ACTIONS else 0.3
    width_cm = COLUMN_CM - left_cm - 0.2
    upper = Panel("d′ of each action, with 95 % interval", 3.4, below_cm=1.2 + names_below)
    if few:
        side_cm = width_cm / (_IN_A_ROW + (_IN_A_ROW - 1) * _GAP)
        height = -(-len(observers) // _IN_A_ROW) * (side_cm + _NAME_CM)
        below_cm = 0.152 * max(map(len, actions)) + 0.2 if len(actions) <= _MOST_NAMED_ACTIONS else 0.2
        lower = Panel("Choices (column) where each was shown (row)", height, left_cm, 0.2, below_cm)
    else:
        lower = Panel(
            "Choices (column) where each was shown (row)",
            0.78 * max(len(actions), 3),
            left_cm,
            0.2,
            0.85 + names_below,
        )
    figure = sheet(f"{heading}: choices", people(len(observers)), data_kind, (upper, lower))
    with figure_style():
        _draw_sensitivity(figure.axes[0], actions, told, told_together)
        if few:
            _draw_matrices(figure.axes[1], actions, observers, choices, side_cm)
        else:
            _draw_spread(figure.axes[1], actions, choices)
    return figure


def spread_of_choices(choices: pd.DataFrame) -> pd.DataFrame:
    """Of each ``action`` and ``response`` ``median``, ``p10`` and ``p90`` of the participants' ``share``."""
    grouped = choices.groupby(["action", "response"], sort=False)["share"]
    table: pd.DataFrame = pd.DataFrame(
        {"median": grouped.median(), "p10": grouped.quantile(0.1), "p90": grouped.quantile(0.9)}
    ).reset_index()
    return table


def _draw_sensitivity(
    axes: Axes, actions: tuple[str, ...], told: pd.DataFrame, told_together: pd.DataFrame
) -> None:
    colours, rng = action_colours(actions), np.random.default_rng(0)
    many = told["observer"].nunique() > 50
    together = told_together.set_index("action").reindex(list(actions))
    for place, action in enumerate(actions):
        values = told.loc[told["action"] == action, "d_prime"].dropna().to_numpy(dtype=float)
        axes.plot(
            place - 0.14 + rng.uniform(-0.16, 0.16, len(values)),
            values,
            "o",
            color=colours[action],
            markersize=1.8 if many else 3.4,
            markeredgecolor=INK,
            mew=0.2 if many else 0.4,
            alpha=0.7,
            rasterized=len(values) > _MOST_IN_VECTORS,
        )
        row = together.loc[action]
        axes.vlines(place + 0.22, float(row["low"]), float(row["high"]), color=INK, linewidth=1.4)
        axes.plot(place + 0.22, float(row["value"]), "s", color=INK, markersize=4.2, mew=0)
    axes.set_ylabel("d′")
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.grid(axis="y")
    name_actions(axes, actions)
    key = [mark_key("one participant", "o", MUTED), mark_key("all together", "s")]
    key_below(axes, key, 0.72 + names_below_cm(actions))


def _draw_matrices(
    axes: Axes, actions: tuple[str, ...], observers: list[str], choices: pd.DataFrame, side_cm: float
) -> None:
    """Matrices of one unit each, the first at the upper left, each with its participant above it."""
    step_x, step_y = 1 + _GAP, 1 + _NAME_CM / side_cm
    rows, size = -(-len(observers) // _IN_A_ROW), len(actions)
    of_each = dict(iter(choices.groupby("observer")))
    for place, observer in enumerate(observers):
        left, top = (place % _IN_A_ROW) * step_x, (place // _IN_A_ROW) * step_y + _NAME_CM / side_cm
        shares = _matrix(of_each[observer], "share", actions)
        edges = np.linspace(0, 1, size + 1)
        axes.pcolormesh(
            left + edges,
            top + edges,
            np.nan_to_num(shares),
            cmap=DENSITY_MAP,
            vmin=0.0,
            vmax=1.0,
            edgecolor="white",
            linewidth=0.4,
        )
        name = observer if len(observer) <= 12 else f"{observer[:11]}…"
        axes.text(left, top - 0.05, name, size=SMALLEST_PT, va="bottom")
        if size > _MOST_NAMED_ACTIONS:
            continue
        middles = (np.arange(size) + 0.5) / size
        if place % _IN_A_ROW == 0:
            for middle, action in zip(middles, actions, strict=True):
                axes.text(-0.05, top + middle, action, size=SMALLEST_PT, ha="right", va="center")
        if place + _IN_A_ROW >= len(observers):
            for middle, action in zip(middles, actions, strict=True):
                axes.text(
                    left + middle, top + 1.05, action, size=SMALLEST_PT, ha="center", va="top", rotation=90
                )
    axes.set_xlim(0, _IN_A_ROW + (_IN_A_ROW - 1) * _GAP)
    axes.set_ylim(rows * step_y, 0)
    axes.axis("off")


def _draw_spread(axes: Axes, actions: tuple[str, ...], choices: pd.DataFrame) -> None:
    size, spread = len(actions), spread_of_choices(choices)
    median, low, high = (_matrix(spread, name, actions) for name in ("median", "p10", "p90"))
    axes.imshow(np.nan_to_num(median), cmap=colormaps[DENSITY_MAP], vmin=0.0, vmax=1.0, aspect="auto")
    for row in range(size if size <= _MOST_ACTIONS_WITH_NUMBERS else 0):
        for column in range(size):
            value = median[row, column]
            spread_of = f"{value:.2f}\n{low[row, column]:.2f}–{high[row, column]:.2f}"
            text = "–" if np.isnan(value) else spread_of if high[row, column] > 0 else "0"
            colour = "white" if value > 0.6 else INK
            axes.text(
                column, row, text, ha="center", va="center", color=colour, size=SMALLEST_PT, linespacing=1.0
            )
    name_actions(axes, actions)
    axes.set_yticks(range(size), actions)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)


def _matrix(table: pd.DataFrame, column: str, actions: tuple[str, ...]) -> Numbers:
    wide = table.pivot(index="action", columns="response", values=column)
    values: Numbers = wide.reindex(index=list(actions), columns=list(actions)).to_numpy(dtype=float)
    return values
