"""Participants side by side in one condition: training and test, right and wrong, accuracy of each."""

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
    mark_key,
    name_actions,
    names_below_cm,
    people,
    share_axis,
    sheet,
)
from analysis.figures.times import TimeGroup, draw_times, five_numbers, outcome_key, training_key
from analysis.style import BAND, INK, MUTED, SMALLEST_PT, action_colours, figure_style
from analysis.summary import ConditionSummary

MOST_NAMED = 16
"""With more participants they are put in order of accuracy and not named one by one."""
_MOST_IN_VECTORS = 300
_OFFSET = 0.2
_LETTERS_IN_A_LINE = 48
_LONGEST = 16


def participants(summary: ConditionSummary, training: pd.DataFrame) -> Figure:
    """Time-to-choose per action in training and test, and for right and wrong answers; time-to-choose of
    each participant for right and wrong answers; accuracy of each participant with Wilson intervals.

    ``training`` are the training trials of the same condition; there may be none.
    """
    few = summary.observers <= MOST_NAMED
    per_person = "Time-to-choose per participant" if few else "Participants' times, in the order of panel d"
    names_below = names_below_cm(summary.actions)
    codes_below = _codes_below_cm(list(summary.accuracy_by_observer["observer"])) if few else 0.0
    panels = (
        Panel("Time-to-choose in training and test", 3.3, below_cm=1.2 + names_below),
        Panel("Time-to-choose of right and wrong answers", 3.3, below_cm=1.2 + names_below),
        Panel(per_person, 3.3, below_cm=0.55 + codes_below if few else 1.3),
        Panel(
            "Accuracy per participant, with 95 % interval", 3.2, below_cm=0.45 + codes_below if few else 0.75
        ),
    )
    below = f"{people(summary.observers)}, {len(summary.trials):,} test and {len(training):,} training trials"
    figure = sheet(summary.heading, below, summary.data_kind, panels)
    with figure_style():
        phases_axes, outcomes_axes, times_axes, accuracy_axes = figure.axes
        _draw_phases(phases_axes, summary, training)
        _draw_outcomes(outcomes_axes, summary)
        ordered = summary.accuracy_by_observer.sort_values(
            ["observer"] if few else ["accuracy", "observer"], kind="stable"
        )
        if few:
            _draw_people(times_axes, summary, list(ordered["observer"]))
        else:
            _draw_many_people(times_axes, summary, list(ordered["observer"]))
        _draw_accuracies(accuracy_axes, summary, ordered, few=few)
    return figure


def _draw_phases(axes: Axes, summary: ConditionSummary, training: pd.DataFrame) -> None:
    colours, groups = action_colours(summary.actions), []
    for place, action in enumerate(summary.actions):
        for trials, side in ((training, -_OFFSET), (summary.trials, _OFFSET)):
            times = _times(trials[trials["action"] == action])
            groups.append(TimeGroup(place + side, times, colours[action], "pale" if side < 0 else "filled"))
    _finish_times(axes, groups)
    name_actions(axes, summary.actions)
    key_below(axes, training_key(), 0.72 + names_below_cm(summary.actions))
    if training.empty:
        axes.text(0.01, 0.99, "no training trials", transform=axes.transAxes, va="top", color=MUTED)


def _draw_outcomes(axes: Axes, summary: ConditionSummary) -> None:
    colours, groups = action_colours(summary.actions), []
    for place, action in enumerate(summary.actions):
        of_action = summary.trials[summary.trials["action"] == action]
        for correct, side in ((1, -_OFFSET), (0, _OFFSET)):
            times = _times(of_action[of_action["correct"] == correct])
            groups.append(TimeGroup(place + side, times, colours[action], "filled" if correct else "striped"))
    _finish_times(axes, groups)
    name_actions(axes, summary.actions)
    key_below(axes, outcome_key(), 0.72 + names_below_cm(summary.actions))


def _draw_people(axes: Axes, summary: ConditionSummary, order: list[str]) -> None:
    groups = []
    by_observer = dict(iter(summary.trials.groupby("observer")))
    for place, observer in enumerate(order):
        rows = by_observer[observer]
        for correct, side in ((1, -_OFFSET), (0, _OFFSET)):
            times = _times(rows[rows["correct"] == correct])
            groups.append(TimeGroup(place + side, times, MUTED, "filled" if correct else "striped"))
    _finish_times(axes, groups)
    _name_people(axes, order)


def _draw_many_people(axes: Axes, summary: ConditionSummary, order: list[str]) -> None:
    numbers = five_numbers(summary.trials, ["observer", "correct"])
    drawn = []
    for correct, marker, colour in ((1, "o", INK), (0, "x", MUTED)):
        rows = numbers[numbers["correct"] == correct].set_index("observer").reindex(order)
        places = np.arange(len(order))
        median, q1, q3 = (rows[name].to_numpy(dtype=float) for name in ("median", "q1", "q3"))
        if correct:
            axes.vlines(places, q1, q3, color=BAND, linewidth=1.0, rasterized=True, zorder=1)
            drawn += [q1, q3]
        axes.plot(
            places,
            median,
            marker,
            color=colour,
            markersize=2.0,
            markeredgewidth=0.5 if not correct else 0,
            linestyle="none",
            alpha=0.8,
            rasterized=len(order) > _MOST_IN_VECTORS,
        )
        drawn.append(median)
    times = np.concatenate(drawn)
    log_seconds(axes, times[~np.isnan(times)])
    axes.set_ylabel("seconds")
    axes.grid(axis="y")
    _name_people(axes, order)
    key = [
        mark_key("median, right", "o"),
        Line2D([], [], color=BAND, linewidth=2, label="quartiles, right"),
        mark_key("median, wrong", "x"),
    ]
    key_below(axes, key, 0.85)


def _draw_accuracies(axes: Axes, summary: ConditionSummary, ordered: pd.DataFrame, *, few: bool) -> None:
    places = np.arange(len(ordered))
    accuracy, low, high = (ordered[name].to_numpy(dtype=float) for name in ("accuracy", "low", "high"))
    rasterised = len(ordered) > _MOST_IN_VECTORS
    axes.vlines(
        places, low, high, color=INK if few else BAND, linewidth=1.4 if few else 0.8, rasterized=rasterised
    )
    axes.plot(
        places,
        accuracy,
        "o",
        color=INK,
        markersize=4.0 if few else 1.8,
        markeredgewidth=0,
        rasterized=rasterised,
    )
    axes.axhline(float(summary.accuracy["accuracy"].iloc[0]), color=MUTED, linewidth=0.8)
    if low.min() < summary.chance:
        axes.axhline(summary.chance, color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)))
    share_axis(axes, axis="y", low=float(low.min()))
    axes.grid(axis="y")
    _name_people(axes, list(ordered["observer"]))


def _finish_times(axes: Axes, groups: list[TimeGroup]) -> None:
    draw_times(axes, groups)
    log_seconds(axes, np.concatenate([group.times for group in groups]))
    axes.set_ylabel("seconds")
    axes.grid(axis="y")


def _name_people(axes: Axes, order: list[str]) -> None:
    axes.set_xlim(-0.6, len(order) - 0.4)
    if len(order) <= MOST_NAMED:
        turned = _turned(order)
        names = [name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…" for name in order]
        axes.set_xticks(range(len(order)), names, rotation=60 if turned else 0, size=SMALLEST_PT)
        if turned:
            for label in axes.get_xticklabels():
                label.set(ha="right", rotation_mode="anchor")
        axes.tick_params(axis="x", length=0)
    else:
        axes.set_xlabel("participants, from the least to the most accurate")
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))


def _turned(codes: list[str]) -> bool:
    return max(map(len, codes)) * len(codes) > _LETTERS_IN_A_LINE


def _codes_below_cm(codes: list[str]) -> float:
    """The room that participants' names take below the axes beyond that of one line, in cm."""
    return 0.11 * min(max(map(len, codes)), _LONGEST) if _turned(codes) else 0.0


def _times(trials: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return trials["time_to_choose"].dropna().to_numpy(dtype=float)
