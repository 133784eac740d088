"""Which properties of clips go with errors of people and of models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter

from analysis.figures.clip_marks import action_keys, action_shape
from analysis.figures.clip_scatter import ACROSS
from analysis.figures.panels import Panel, height_cm, key_below, name_room_cm, people, sheet, short_name
from analysis.style import INK, MUTED, SMALLEST_PT, action_colours, figure_style, observer_colour

PROPERTY_NAMES = {
    "duration_s": "Length of the clip",
    "motion": "All motion",
    "camera_motion": "Camera motion",
    "body_motion": "Other motion",
}
"""What the ``PROPERTIES`` of clips are called."""
_MOST_LETTERS = 24


def clip_properties(
    heading: str,
    properties: pd.DataFrame,
    items: pd.DataFrame,
    correlations: pd.DataFrame,
    actions: Sequence[str],
    observers: int,
    data_kind: str,
) -> Figure:
    """Errors of people against camera motion, clip by clip, and the correlations with every property.

    ``properties`` has the columns of ``property_table``, ``items`` those of ``item_table``, ``correlations``
    those of ``property_correlations``, all of one condition. Filled marks are within actions, open ones over
    all clips; above 0 there are more errors where there is more of the property.
    """
    errors = correlations[correlations["measure"] == "errors"]
    names = list(dict.fromkeys(str(name) for name in errors["observer"]))
    rows = [(name, observer) for name in PROPERTY_NAMES for observer in names]
    left = min(max(name_room_cm(names), 1.4), 3.0)
    height = 0.3 * len(rows) + 0.5 * len(PROPERTY_NAMES)
    panels = [
        Panel("Camera motion and errors of people", 4.0, left_cm=1.1, right_cm=0.3, below_cm=1.75),
        Panel("Correlation of properties with errors", height, left_cm=left, right_cm=0.3, below_cm=1.3),
    ]
    clips = int(properties["camera_motion"].notna().sum())
    figure = sheet(heading, f"{clips:,} clips, {people(observers)}", data_kind, panels)
    with figure_style():
        _draw_clips(figure.axes[0], properties, items, actions)
        _draw_correlations(figure.axes[1], errors, names)
    return figure


def _draw_clips(axes: Axes, properties: pd.DataFrame, items: pd.DataFrame, actions: Sequence[str]) -> None:
    once = items.drop_duplicates("clip_id")[["clip_id", "accuracy"]]
    known = properties.merge(once, on="clip_id").dropna(subset=["camera_motion", "accuracy"])
    aside = ((np.arange(len(known)) * ACROSS) % 1 - 0.5) * 0.02
    colours = action_colours(actions)
    for place, action in enumerate(actions):
        own = (known["action"] == action).to_numpy()
        axes.plot(
            known.loc[own, "camera_motion"].to_numpy(dtype=float),
            1 - known.loc[own, "accuracy"].to_numpy(dtype=float) + aside[own],
            action_shape(place),
            color=colours[action],
            markersize=3.0,
            mew=0.3,
            markeredgecolor=INK,
            alpha=0.85,
        )
    axes.set_ylabel("people wrong")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlabel("camera motion, shorter sides per second")
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.grid()
    if keys := action_keys(actions):
        axes.legend(
            handles=keys,
            loc="upper left",
            bbox_to_anchor=(-0.1, -0.85 / height_cm(axes)),
            ncols=3,
            borderaxespad=0,
            handletextpad=0.2,
        )


def _draw_correlations(axes: Axes, errors: pd.DataFrame, names: Sequence[str]) -> None:
    axes.axvline(0, color=MUTED, linewidth=0.6, linestyle=(0, (2, 2)))
    at, ticks, labels = 0.0, [], []
    ends = [0.0]
    for name, title in PROPERTY_NAMES.items():
        axes.text(
            0, at, title, transform=axes.get_yaxis_transform(), va="center", weight="bold", clip_on=False
        )
        at += 0.9
        for observer in names:
            row = errors[(errors["observer"] == observer) & (errors["property"] == name)].iloc[0]
            colour = observer_colour(str(row["observer_kind"]))
            for shift, filled, columns in (
                (-0.13, True, ("rho_within", "within_low", "within_high")),
                (0.17, False, ("rho", "low", "high")),
            ):
                value, low, high = (float(row[column]) for column in columns)
                if np.isnan(value):
                    continue
                axes.plot([low, high], [at + shift] * 2, color=colour, linewidth=1.1 if filled else 0.6)
                axes.plot(
                    value,
                    at + shift,
                    "o",
                    color=colour,
                    markersize=3.4,
                    mew=0.7,
                    markerfacecolor=colour if filled else "white",
                )
                ends += [end for end in (value, low, high) if np.isfinite(end)]
            ticks.append(at)
            labels.append(short_name(observer, _MOST_LETTERS))
            at += 1.0
        at += 0.6
    axes.set_yticks(ticks, labels, size=SMALLEST_PT)
    axes.set_ylim(at - 0.9, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(min(ends) - 0.05, max(ends) + 0.05)
    axes.set_xlabel("rank correlation with errors")
    axes.grid(axis="x")
    keys = [
        Line2D([], [], color=INK, marker="o", markersize=3.4, linewidth=1.1, label="within actions"),
        Line2D([], [], color=INK, marker="o", markersize=3.4, mfc="white", linewidth=0.6, label="all clips"),
    ]
    key_below(axes, keys, 0.85)
