"""Time-to-choose as distributions: quantiles per action, and the share of answers given by a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.figures.panels import (
    Numbers,
    Panel,
    height_cm,
    key_below,
    linear_view,
    log_seconds,
    mark_key,
    name_actions,
    names_below_cm,
    people,
    share_axis,
    sheet,
)
from analysis.style import INK, SMALLEST_PT, action_colours, figure_style
from analysis.summary import ConditionSummary

_STEPS = 200
"""A curve has at most so many corners; a thousand participants' times would give a hundred thousand."""
_ROWS_CM = 0.36
MOST_COUNTED_APART = 8
"""Of more actions, what lies beyond the axis is counted together."""


def time_quantiles(summary: ConditionSummary, training: pd.DataFrame, quantiles: Sequence[float]) -> Figure:
    """Quantiles per action in training and in the test for right and wrong answers; the share of answers
    given by each time, on linear axes in seconds and a logarithmic one in loops of the clip.

    What lies beyond the linear axis is counted at its right edge, action by action.
    """
    apart = len(summary.actions) <= MOST_COUNTED_APART
    rows_cm = _ROWS_CM * ((len(summary.actions) + 2) // 3 if apart else 0)
    timed = summary.trials.dropna(subset=["time_to_choose"])
    looped = bool((timed["loops"] > 0).any())
    panels = [
        Panel("Quantiles, logarithmic", 4.2, below_cm=1.35 + names_below_cm(summary.actions)),
        Panel("Share answered by a time, linear", 3.4, right_cm=1.25, below_cm=0.95 + rows_cm * (not looped)),
    ]
    if looped:
        panels.append(
            Panel("The same in loops of the clip, logarithmic", 3.0, right_cm=1.25, below_cm=0.85 + rows_cm)
        )
    below = f"{people(summary.observers)}, {len(timed):,} timed test trials"
    figure = sheet(f"{summary.heading}: time-to-choose", below, summary.data_kind, panels)
    with figure_style():
        _draw_quantiles(figure.axes[0], summary, training, quantiles)
        _draw_linear(figure.axes[1], summary)
        if looped:
            _draw_loops(figure.axes[2], summary)
        colours = action_colours(summary.actions)
        if apart:
            last = figure.axes[-1]
            last.legend(
                handles=[Line2D([], [], color=colours[name], label=name) for name in summary.actions],
                loc="upper left",
                bbox_to_anchor=(-0.02, -0.8 / height_cm(last)),
                ncols=3,
                borderaxespad=0,
            )
    return figure


def shares_by_time(trials: pd.DataFrame, actions: Sequence[str], column: str) -> pd.DataFrame:
    """The corners of the curves: ``action``, ``column`` (``time_to_choose`` or ``loops``) and ``share``.

    The share of the action's trials answered by then, 0 to 1, at each trial; of more than 200 trials at 200
    quantiles. Trials without a time are left out.
    """
    timed, parts = trials.dropna(subset=["time_to_choose"]), []
    for action in actions:
        values = np.sort(timed.loc[timed["action"] == action, column].dropna().to_numpy(dtype=float))
        shares = np.arange(1, len(values) + 1) / max(len(values), 1)
        if len(values) > _STEPS:
            shares = np.linspace(0, 1, _STEPS + 1)
            values = np.quantile(values, shares)
        parts.append(pd.DataFrame({"action": action, column: values, "share": shares}))
    table: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return table


def _draw_quantiles(
    axes: Axes, summary: ConditionSummary, training: pd.DataFrame, quantiles: Sequence[float]
) -> None:
    colours = action_colours(summary.actions)
    looks = (
        (training, None, -0.26, "D", "white"),
        (summary.trials, 1, 0.0, "o", None),
        (summary.trials, 0, 0.26, "X", None),
    )
    drawn: list[Numbers] = []
    for place, action in enumerate(summary.actions):
        for trials, correct, side, marker, fill in looks:
            rows = trials[trials["action"] == action]
            rows = rows if correct is None else rows[rows["correct"] == correct]
            times = rows["time_to_choose"].dropna().to_numpy(dtype=float)
            if not len(times):
                continue
            at = np.percentile(times, [100 * quantile for quantile in quantiles])
            axes.plot(
                np.full(len(at), place + side),
                at,
                marker=marker,
                color=colours[action],
                markerfacecolor=fill or colours[action],
                markeredgecolor=INK,
                markeredgewidth=0.4,
                markersize=3.6,
                linewidth=0.8,
            )
            drawn.append(at)
    log_seconds(axes, np.concatenate(drawn) if drawn else np.array([]))
    axes.set_ylabel("seconds")
    axes.grid(axis="y")
    name_actions(axes, summary.actions)
    key = [mark_key("test, right", "o"), mark_key("test, wrong", "X")]
    if len(training):
        key.insert(0, mark_key("training", "D", "white"))
    key_below(axes, key, 0.75 + names_below_cm(summary.actions))


def _draw_linear(axes: Axes, summary: ConditionSummary) -> None:
    every = summary.trials["time_to_choose"].dropna().to_numpy(dtype=float)
    view = linear_view(every)
    beyond = _draw_shares(axes, summary, "time_to_choose", view)
    axes.set_xlim(0, view)
    axes.set_xlabel("seconds")
    colours = action_colours(summary.actions)
    axes.text(1.03, 1.0, f"beyond\n{view:g} s", transform=axes.transAxes, va="top", size=SMALLEST_PT)
    if len(summary.actions) > MOST_COUNTED_APART:
        total = f"{sum(beyond.values()):,}\nof all"
        axes.text(1.03, 0.72, total, transform=axes.transAxes, va="top", size=SMALLEST_PT)
        return
    step = 0.7 / max(len(summary.actions), 1)
    for place, action in enumerate(summary.actions):
        at = 0.72 - place * step
        axes.plot(1.05, at, "s", color=colours[action], markersize=3, transform=axes.transAxes, clip_on=False)
        axes.text(1.1, at, f"{beyond[action]:,}", transform=axes.transAxes, va="center", size=SMALLEST_PT)


def _draw_loops(axes: Axes, summary: ConditionSummary) -> None:
    timed = summary.trials.dropna(subset=["time_to_choose", "loops"])
    loops = timed.loc[timed["loops"] > 0, "loops"].to_numpy(dtype=float)
    _draw_shares(axes, summary, "loops", float("inf"))
    log_seconds(axes, loops, axis="x")
    axes.set_xlabel("loops")


def _draw_shares(axes: Axes, summary: ConditionSummary, column: str, view: float) -> dict[str, int]:
    """Draw the curves; return how many trials of each action lie beyond ``view``."""
    colours, beyond = action_colours(summary.actions), {}
    timed = summary.trials.dropna(subset=["time_to_choose"])
    curves = shares_by_time(summary.trials, summary.actions, column)
    for action in summary.actions:
        beyond[action] = int((timed.loc[timed["action"] == action, column] > view).sum())
        curve = curves[curves["action"] == action]
        axes.step(curve[column], curve["share"], where="post", color=colours[action], linewidth=1.1)
    share_axis(axes, axis="y")
    axes.grid()
    return beyond
