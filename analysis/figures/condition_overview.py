"""One condition in the content of the published figures: accuracy, confusion, times, numbers of trials."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis.figures.panels import (
    Panel,
    key_below,
    log_seconds,
    name_actions,
    name_room_cm,
    names_below_cm,
    people,
    share_axis,
    sheet,
)
from analysis.figures.times import TimeGroup, draw_times, outcome_key
from analysis.style import DENSITY_MAP, INK, MUTED, SMALLEST_PT, action_colours, figure_style
from analysis.summary import ConditionSummary

_OFFSET = 0.2
MOST_ACTIONS_WITH_NUMBERS = 7
"""Of more, neither the cells of the matrix nor the bars below it have room for their numbers."""


def overview(summary: ConditionSummary, published: pd.DataFrame | None = None) -> Figure:
    """Accuracy, row-normalised confusion matrix (rows are the action shown), time-to-choose per action for
    right and wrong answers, and how many trials of each action were answered right and wrong.

    Parameters
    ----------
    summary
        The condition's measures.
    published
        ``action`` (``all`` or an action) and ``accuracy`` (0 to 1) to mark beside ours, where the study has
        the condition.
    """
    names_cm = name_room_cm(summary.actions)
    rows, names_below = max(len(summary.actions), 3), names_below_cm(summary.actions)
    panels = (
        Panel(
            "Accuracy, with 95 % interval",
            (0.62 if rows <= MOST_ACTIONS_WITH_NUMBERS else 0.48) * (rows + 1),
            left_cm=names_cm,
            right_cm=1.75,
            below_cm=1.0,
        ),
        Panel(
            "Choices (column) where each was shown (row)",
            (0.78 if rows <= MOST_ACTIONS_WITH_NUMBERS else 0.36) * rows,
            left_cm=names_cm,
            below_cm=0.85 + names_below,
        ),
        Panel("Time-to-choose, logarithmic", 4.2, below_cm=0.85 + names_below),
        Panel("Trials per action", 2.8, below_cm=0.75 + names_below),
    )
    below = f"{people(summary.observers)}, {len(summary.trials):,} test trials"
    figure = sheet(summary.heading, below, summary.data_kind, panels, foot_cm=0.4)
    with figure_style():
        accuracy_axes, confusion_axes, times_axes, counts_axes = figure.axes
        _draw_accuracy(accuracy_axes, summary, published)
        _draw_confusion(confusion_axes, summary)
        _draw_choice_times(times_axes, summary)
        _draw_counts(counts_axes, summary)
        figure.legend(handles=outcome_key(), loc="lower center", ncols=2, borderaxespad=0.2)
    return figure


def _draw_accuracy(axes: Axes, summary: ConditionSummary, published: pd.DataFrame | None) -> None:
    colours = action_colours(summary.actions)
    rows = pd.concat([summary.accuracy.assign(action="all"), summary.accuracy_by_action], ignore_index=True)
    places = {name: place for place, name in enumerate(("all", *summary.actions))}
    axes.axvline(summary.chance, color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)))
    for row in rows.itertuples():
        place, whole = places[str(row.action)], row.action == "all"
        colour = INK if whole else colours[str(row.action)]
        axes.plot([row.low, row.high], [place, place], color=colour, linewidth=1.8, solid_capstyle="butt")
        axes.plot(
            row.accuracy,
            place,
            "s" if whole else "o",
            color=colour,
            markersize=4.5,
            markeredgecolor=INK,
            mew=0.6,
        )
    if published is not None:
        # Beside ours, since in a good replication the one would hide the other.
        at = [places[str(name)] + 0.33 for name in published["action"]]
        axes.plot(published["accuracy"], at, "D", color="none", markeredgecolor=INK, markersize=2.8, mew=0.6)
    axes.set_yticks(list(places.values()), ["All", *summary.actions])
    axes.get_yticklabels()[0].set_fontweight("bold")
    axes.set_ylim(len(places) - 0.5, -0.6)
    share_axis(axes)
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)
    values = axes.twinx()
    values.set_ylim(axes.get_ylim())
    values.set_yticks(
        [places[str(row.action)] for row in rows.itertuples()],
        [f"{row.accuracy:.1%}\n{row.low:.1%}–{row.high:.1%}" for row in rows.itertuples()],
        size=SMALLEST_PT,
        linespacing=0.95,
    )
    values.tick_params(axis="y", length=0)
    values.spines[["left", "right", "top", "bottom"]].set_visible(False)
    handles = [Line2D([], [], color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)), label="chance")]
    if published is not None:
        handles.append(
            Line2D([], [], marker="D", color="none", markeredgecolor=INK, markersize=2.8, label="published")
        )
    key_below(axes, handles, 0.45)


def _draw_confusion(axes: Axes, summary: ConditionSummary) -> None:
    size = len(summary.actions)
    shares = summary.confusion["share"].to_numpy(dtype=float).reshape(size, size)
    counts = summary.confusion["count"].to_numpy(dtype=int).reshape(size, size)
    axes.imshow(np.nan_to_num(shares), cmap=DENSITY_MAP, vmin=0.0, vmax=1.0, aspect="auto")
    for row in range(size if size <= MOST_ACTIONS_WITH_NUMBERS else 0):
        for column in range(size):
            share, count = shares[row, column], counts[row, column]
            text = "–" if np.isnan(share) else f"{share:.2f}\n({count:,})" if count else "0"
            colour = "white" if share > 0.6 else INK if count else MUTED
            axes.text(
                column,
                row,
                text,
                ha="center",
                va="center",
                color=colour,
                size=SMALLEST_PT,
                linespacing=1.0,
            )
    name_actions(axes, summary.actions)
    axes.set_yticks(range(size), summary.actions)
    axes.set_xticks(np.arange(size - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(size - 1) + 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)


def _draw_choice_times(axes: Axes, summary: ConditionSummary) -> None:
    colours = action_colours(summary.actions)
    timed = summary.trials.dropna(subset=["time_to_choose"])
    groups = []
    for place, action in enumerate(summary.actions):
        of_action = timed[timed["action"] == action]
        for correct, side in ((1, -_OFFSET), (0, _OFFSET)):
            times = of_action.loc[of_action["correct"] == correct, "time_to_choose"].to_numpy(dtype=float)
            groups.append(TimeGroup(place + side, times, colours[action], "filled" if correct else "striped"))
    draw_times(axes, groups)
    log_seconds(axes, timed["time_to_choose"].to_numpy(dtype=float))
    axes.set_ylabel("seconds")
    axes.grid(axis="y")
    name_actions(axes, summary.actions)


def _draw_counts(axes: Axes, summary: ConditionSummary) -> None:
    colours = action_colours(summary.actions)
    of_action = summary.accuracy_by_action.set_index("action").reindex(summary.actions)
    right = of_action["correct"].fillna(0).astype(int).to_numpy()
    wrong = (of_action["trials"] - of_action["correct"]).fillna(0).astype(int).to_numpy()
    places = np.arange(len(summary.actions))
    fills = [colours[action] for action in summary.actions]
    solid = axes.bar(places - _OFFSET, right, 0.36, color=fills, edgecolor=INK, linewidth=0.6)
    striped = axes.bar(
        places + _OFFSET, wrong, 0.36, color="white", edgecolor=fills, linewidth=0.8, hatch="/////"
    )
    if len(summary.actions) <= MOST_ACTIONS_WITH_NUMBERS:
        axes.bar_label(solid, [f"{number:,}" for number in right], padding=1.5, size=SMALLEST_PT)
        axes.bar_label(striped, [f"{number:,}" for number in wrong], padding=1.5, size=SMALLEST_PT)
    axes.set_ylim(0, max(1, int(max(right.max(), wrong.max()))) * 1.2)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10], integer=True))
    axes.yaxis.set_major_formatter(
        lambda value, _: f"{value:,.0f}" if value < 10_000 else f"{value / 1000:g}k"
    )
    axes.grid(axis="y")
    name_actions(axes, summary.actions)
