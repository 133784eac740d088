"""Each clip as people and as a model have it: accuracy against probability, time against entropy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter

from analysis.figures.clip_marks import action_keys, action_shape
from analysis.figures.panels import Numbers, Panel, height_cm, log_seconds, people, sheet
from analysis.style import INK, action_colours, figure_style

ACROSS = 0.618
"""Marks of equal value stand aside of one another by this step, modulo 1: it never comes back soon."""
_ASIDE, _ASIDE_OF_ANSWERS = 0.028, 0.3
_LIMITS = {"p_right": (0.0004, 0.9996), "entropy": (0.0005, 10.0), "right": (0.0, 1.0)}
"""What lies beyond is drawn at the end of the axis."""
_ACROSS = {
    "p_right": "probability that the model gives to the right action",
    "entropy": "entropy of the model's probabilities, bits",
    "right": "answers of the model in all its runs",
}


def clip_scatter(
    heading: str,
    model: str,
    items: pd.DataFrame,
    correlations: pd.DataFrame,
    actions: Sequence[str],
    observers: int,
    data_kind: str,
) -> Figure:
    """The clips of one condition and one model.

    ``items`` has the columns of ``item_table``, ``correlations`` those of ``item_correlations``. Panels
    without a single clip (no probabilities, no times) are left out; a panel names its rank correlation, the
    interval, and the ceiling.
    """
    sure = "p_right" if items["p_right"].notna().any() else "right"
    shown = [
        ("accuracy", sure, "Who is right"),
        ("median_time", "entropy", "Who is slow, and who is unsure"),
    ]
    shown = [part for part in shown if items[[part[0], part[1]]].notna().all(axis=1).any()]
    keys = action_keys(actions)
    room_cm = 0.75 if keys else 0.0
    panels = [
        Panel(title, 4.6, left_cm=1.25, right_cm=0.3, below_cm=1.35 + room_cm * (place == len(shown) - 1))
        for place, (_, _, title) in enumerate(shown)
    ]
    both = int(items[["accuracy", sure]].notna().all(axis=1).sum())
    figure = sheet(heading, f"{model}, {both:,} clips, {people(observers)}", data_kind, panels)
    with figure_style():
        for axes, (human, measure, _) in zip(figure.axes, shown, strict=True):
            _draw(axes, items, human, measure, actions)
            axes.set_xlabel(f"{_ACROSS[measure]}\n{_correlation(correlations, human, measure)}")
        if keys and figure.axes:
            axes = figure.axes[-1]
            axes.legend(
                handles=keys,
                loc="upper left",
                bbox_to_anchor=(-0.1, -1.2 / height_cm(axes)),
                ncols=3,
                borderaxespad=0,
                handletextpad=0.2,
            )
    return figure


def _draw(axes: Axes, items: pd.DataFrame, human: str, model: str, actions: Sequence[str]) -> None:
    known = items[items[[human, model]].notna().all(axis=1)]
    colours = action_colours(actions)
    # People are few, so that accuracies of clips repeat: marks are moved a little, always by the same rule.
    aside = ((np.arange(len(known)) * ACROSS) % 1 - 0.5) * _ASIDE * (human == "accuracy")
    across = ((np.arange(len(known)) * np.sqrt(2)) % 1 - 0.5) * _ASIDE_OF_ANSWERS * (model == "right")
    x: Numbers = np.clip(known[model].to_numpy(dtype=np.float64), *_LIMITS[model]) + across
    y: Numbers = known[human].to_numpy(dtype=np.float64)
    for place, action in enumerate(actions):
        own = (known["action"] == action).to_numpy()
        axes.plot(
            x[own],
            y[own] + aside[own],
            action_shape(place),
            color=colours[action],
            markersize=3.0,
            mew=0.3,
            markeredgecolor=INK,
            alpha=0.85,
            clip_on=False,
        )
    if human == "accuracy":
        low = max(0.0, np.floor(float(y.min()) * 5) / 5)
        axes.set_ylim(low - 0.05 * (1 - low) - 0.01, 1.03)
        axes.yaxis.set_major_locator(FixedLocator(np.arange(0, 1.01, 0.2).round(1).tolist()))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.set_ylabel("people right")
    else:
        log_seconds(axes, y)
        axes.set_ylabel("median time of people, s")
    _scale(axes, model, x)
    axes.grid()


def _scale(axes: Axes, model: str, x: Numbers) -> None:
    """Log-odds and a logarithm: networks are often so sure that all clips would lie on one line."""
    if model == "right":
        axes.set_xlim(-0.2, 1.2)
        axes.set_xticks([0, 1], ["always wrong", "always right"])
        return
    ticks = [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999] if model == "p_right" else [0.001, 0.01, 0.1, 1.0]
    axes.set_xscale("logit" if model == "p_right" else "log")
    low, high = _LIMITS[model]
    # As far as the marks reach, and one tick more.
    below = [tick for tick in (low, *ticks) if tick < x.min()][-1:] or [low]
    above = [tick for tick in (*ticks, high) if tick > x.max()][:1] or [high]
    axes.set_xlim(below[0], above[0])
    axes.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if below[0] <= tick <= above[0]]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")


def _correlation(correlations: pd.DataFrame, human: str, model: str) -> str:
    rows = correlations[(correlations["human"] == human) & (correlations["model"] == model)]
    if not len(rows) or np.isnan(rows["rho"].iloc[0]):
        return "rank correlation n/a"
    row = rows.iloc[0]
    said = f"rank correlation {row['rho']:.2f}"
    if not np.isnan(row["low"]):
        said += f" (95 % {row['low']:.2f} to {row['high']:.2f})"
    said += "" if np.isnan(row["ceiling"]) else f", ceiling {row['ceiling']:.2f}"
    return said.replace("-", "−")
