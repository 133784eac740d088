"""Measures -> matplotlib figures; nothing is read or written here."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator, PercentFormatter
from numpy.typing import NDArray

from analysis.style import ALERT, CM, DENSITY_MAP, INK, MUTED, PAGE_WIDTH, action_colours, figure_style
from analysis.summary import ConditionSummary

Numbers: TypeAlias = NDArray[np.float64]

_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_OFFSET = 0.2
_BOX = 0.32
_FEWEST_FOR_A_BOX = 5
_MOST_POINTS_DRAWN_ONE_BY_ONE = 2_000


def overview(summary: ConditionSummary, published: pd.DataFrame | None = None) -> Figure:
    """One condition in the layout of the published figures.

    Accuracy, row-normalised confusion matrix (rows are the action shown), time-to-choose per action for right
    and wrong answers, and how many trials of each action were answered right and wrong.

    Parameters
    ----------
    summary
        The condition's measures.
    published
        ``action`` (``all`` or an action) and ``accuracy`` (0 to 1) to mark beside ours, where the study has
        the condition.
    """
    with figure_style():
        layout = ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.06, wspace=0.03, hspace=0.03)
        figure = Figure(figsize=(PAGE_WIDTH, 15.5 * CM), layout=layout)
        rows = figure.add_gridspec(3, 1, height_ratios=[0.11, 1, 1.05])
        head, upper, lower = (figure.add_subfigure(rows[row]) for row in range(3))
        _headline(head, summary)
        accuracy_axes, confusion_axes = upper.subplots(1, 2, width_ratios=[1, 1])
        times_axes, counts_axes = lower.subplots(1, 2, width_ratios=[1.35, 1])
        _draw_accuracy(accuracy_axes, summary, published)
        _draw_confusion(confusion_axes, summary)
        _draw_choice_times(times_axes, summary)
        _draw_counts(counts_axes, summary)
        lower.legend(handles=_outcome_key(), loc="outside lower center", ncols=2)
    return figure


def _headline(head: SubFigure, summary: ConditionSummary) -> None:
    people = f"{summary.observers} participant{'s' * (summary.observers != 1)}"
    count = f"{people}, {len(summary.trials):,} test trials"
    head.text(0.012, 0.5, f"{summary.condition}: {count}", va="center", size=10, weight="bold")
    if summary.data_kind:
        head.text(
            0.985,
            0.5,
            f"{summary.data_kind.upper()} DATA",
            va="center",
            ha="right",
            size=8,
            weight="bold",
            color=ALERT,
            bbox={"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": ALERT, "linewidth": 1.0},
        )


def _draw_accuracy(axes: Axes, summary: ConditionSummary, published: pd.DataFrame | None) -> None:
    colours = action_colours(summary.actions)
    rows = pd.concat([summary.accuracy.assign(action="all"), summary.accuracy_by_action], ignore_index=True)
    places = {name: place for place, name in enumerate(("all", *summary.actions))}
    axes.axvline(1 / len(summary.actions), color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)))
    for row in rows.itertuples():
        place, whole = places[str(row.action)], row.action == "all"
        colour = INK if whole else colours[str(row.action)]
        axes.plot([row.low, row.high], [place, place], color=colour, linewidth=2.0, solid_capstyle="butt")
        axes.plot(
            row.accuracy,
            place,
            "s" if whole else "o",
            color=colour,
            markersize=5.5,
            markeredgecolor=INK,
            mew=0.6,
        )
    if published is not None:
        # Beside ours, since in a good replication the one would hide the other.
        at = [places[str(name)] + 0.3 for name in published["action"]]
        axes.plot(published["accuracy"], at, "D", color="none", markeredgecolor=INK, markersize=3.2, mew=0.7)
    axes.set_yticks(list(places.values()), ["All", *summary.actions])
    axes.get_yticklabels()[0].set_fontweight("bold")
    axes.set_ylim(len(places) - 0.5, -0.6)
    axes.set_xlim(min(0.0, float(rows["low"].min())), 1.02)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.xaxis.set_major_locator(FixedLocator([0, 0.2, 0.4, 0.6, 0.8, 1.0]))
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)
    axes.set_title("Accuracy, with 95 % interval")
    values = axes.twinx()
    values.set_ylim(axes.get_ylim())
    values.set_yticks(
        [places[str(row.action)] for row in rows.itertuples()],
        [f"{row.accuracy:.1%}\n{row.low:.1%}–{row.high:.1%}" for row in rows.itertuples()],
        size=6.5,
    )
    values.tick_params(axis="y", length=0)
    values.spines[["left", "right", "top", "bottom"]].set_visible(False)
    handles = [Line2D([], [], color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)), label="chance")]
    if published is not None:
        handles.append(
            Line2D([], [], marker="D", color="none", markeredgecolor=INK, markersize=3.2, label="published")
        )
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=2, borderaxespad=0)


def _draw_confusion(axes: Axes, summary: ConditionSummary) -> None:
    size = len(summary.actions)
    shares = summary.confusion["share"].to_numpy(dtype=float).reshape(size, size)
    counts = summary.confusion["count"].to_numpy(dtype=int).reshape(size, size)
    axes.imshow(np.nan_to_num(shares), cmap=DENSITY_MAP, vmin=0.0, vmax=1.0, aspect="auto")
    for row in range(size):
        for column in range(size):
            share, count = shares[row, column], counts[row, column]
            text = "–" if np.isnan(share) else f"{share:.2f}\n({count})" if count else "0"
            colour = "white" if share > 0.6 else INK if count else MUTED
            axes.text(
                column, row, text, ha="center", va="center", color=colour, size=6.5 if size <= 6 else 4.5
            )
    axes.set_xticks(range(size), summary.actions, rotation=25, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(size), summary.actions)
    axes.set_xticks(np.arange(size - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(size - 1) + 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    axes.set_ylabel("shown")
    axes.set_xlabel("chosen")
    axes.set_title("Share of choices (number)")


def _draw_choice_times(axes: Axes, summary: ConditionSummary) -> None:
    colours, rng = action_colours(summary.actions), np.random.default_rng(0)
    timed = summary.trials.dropna(subset=["time_to_choose"])
    many = len(timed) > _MOST_POINTS_DRAWN_ONE_BY_ONE
    for place, action in enumerate(summary.actions):
        for correct, side in ((1, -_OFFSET), (0, _OFFSET)):
            chosen = timed[(timed["action"] == action) & (timed["correct"] == correct)]
            times = chosen["time_to_choose"].to_numpy(dtype=float)
            across = place + side + rng.uniform(-0.11, 0.11, len(times))
            if len(times) < _FEWEST_FOR_A_BOX:
                _draw_few_points(axes, across, times, colours[action], wrong=not correct)
            else:
                _draw_points(axes, across, times, wrong=not correct, many=many)
                _draw_box(axes, place + side, times, colours[action], wrong=not correct)
    if len(timed):
        _scale_seconds(axes, timed["time_to_choose"].min(), timed["time_to_choose"].max())
    axes.set_ylabel("seconds (logarithmic)")
    axes.grid(axis="y")
    _name_actions(axes, summary)
    axes.set_title("Time-to-choose, every trial")


def _draw_few_points(axes: Axes, across: Numbers, times: Numbers, colour: str, *, wrong: bool) -> None:
    """Points that stand without a box and must be seen by themselves."""
    edge = colour if wrong else INK
    marker, size, width = ("x", 4.0, 1.4) if wrong else ("o", 4.0, 0.6)
    axes.plot(
        across,
        times,
        marker,
        color=colour,
        markersize=size,
        markeredgecolor=edge,
        markeredgewidth=width,
        zorder=3,
    )


def _draw_points(axes: Axes, across: Numbers, times: Numbers, *, wrong: bool, many: bool) -> None:
    axes.plot(
        across,
        times,
        "x" if wrong else ".",
        color=INK,
        alpha=0.12 if many else 0.4,
        markersize=2.8 if wrong else 2.2,
        markeredgewidth=0.7 if wrong else 0.0,
        zorder=1 if many else 3,
        # A point each would make a file that no browser opens gladly.
        rasterized=many,
    )


def _scale_seconds(axes: Axes, fastest: float, slowest: float) -> None:
    """A logarithmic axis that holds every time, and at least the round number on either side."""
    below = [second for second in _SECONDS if second <= fastest][-1:]
    above = [second for second in _SECONDS if second >= slowest][:1]
    low, high = min([fastest / 1.25, *below]), max([slowest * 1.25, *above])
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(FixedLocator([second for second in _SECONDS if low <= second <= high]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")


def _draw_box(axes: Axes, at: float, times: Numbers, colour: str, *, wrong: bool) -> None:
    boxes = axes.boxplot(
        [times],
        positions=[at],
        widths=_BOX,
        whis=(0, 100),
        manage_ticks=False,
        patch_artist=True,
        showcaps=False,
        medianprops={"color": INK, "linewidth": 1.4},
        whiskerprops={"color": MUTED, "linewidth": 0.7},
        boxprops={"linewidth": 0.7, "edgecolor": INK},
    )
    for box in boxes["boxes"]:
        box.set_facecolor("white" if wrong else colour)
        box.set_hatch("////" if wrong else "")
        if wrong:
            # The stripes take the colour of the edge.
            box.set_edgecolor(colour)


def _draw_counts(axes: Axes, summary: ConditionSummary) -> None:
    colours = action_colours(summary.actions)
    of_action = summary.accuracy_by_action.set_index("action").reindex(summary.actions)
    right = of_action["correct"].fillna(0).astype(int).to_numpy()
    wrong = (of_action["trials"] - of_action["correct"]).fillna(0).astype(int).to_numpy()
    places = np.arange(len(summary.actions))
    fills = [colours[action] for action in summary.actions]
    solid = axes.bar(places - _OFFSET, right, 0.36, color=fills, edgecolor=INK, linewidth=0.7)
    striped = axes.bar(
        places + _OFFSET, wrong, 0.36, color="white", edgecolor=fills, linewidth=0.9, hatch="////"
    )
    size = 6.5 if max(right.max(), wrong.max()) < 1000 else 5.5
    axes.bar_label(solid, right.astype(str).tolist(), padding=1.5, size=size)
    axes.bar_label(striped, wrong.astype(str).tolist(), padding=1.5, size=size)
    axes.set_ylim(0, max(1, int(max(right.max(), wrong.max()))) * 1.12)
    axes.set_ylabel("trials")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=True))
    axes.grid(axis="y")
    _name_actions(axes, summary)
    axes.set_title("Trials per action")


def _outcome_key() -> list[Patch]:
    return [
        Patch(facecolor=MUTED, edgecolor=INK, linewidth=0.7, label="answered right (filled, dots)"),
        Patch(
            facecolor="white",
            edgecolor=INK,
            linewidth=0.7,
            hatch="////",
            label="answered wrong (striped, crosses)",
        ),
    ]


def _name_actions(axes: Axes, summary: ConditionSummary) -> None:
    axes.set_xticks(
        range(len(summary.actions)), summary.actions, rotation=25, ha="right", rotation_mode="anchor"
    )
    axes.set_xlim(-0.5, len(summary.actions) - 0.5)
    axes.tick_params(axis="x", length=0)
