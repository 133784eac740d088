"""How well each model tells which clips are hard or slow for people, beside the most that could be told."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MultipleLocator

from analysis.figures.panels import Panel, key_below, name_room_cm, people, sheet, short_name
from analysis.style import BAND, INK, MUTED, SMALLEST_PT, figure_style, observer_colour
from stimuli.tsv import EMPTY

_SHOWN = (
    ("accuracy", "p_right", "Accuracy of people, probability of the right action"),
    ("median_time", "entropy", "Median time of people, entropy of the model"),
)


def item_correlations_figure(
    heading: str, correlations: pd.DataFrame, observers: int, data_kind: str
) -> Figure:
    """Rank correlations over the clips of one condition, a row a model, with 95 % intervals.

    ``correlations`` has the columns of ``item_correlations``. The band is the 95 % interval of the noise
    ceiling, the line the ceiling. For a model without probabilities its answers stand in for them, and an
    open mark says so.
    """
    names = list(dict.fromkeys(str(name) for name in correlations["observer"]))
    left = min(max(name_room_cm(names), 1.4), 3.2)
    height = max(0.46 * len(names) + 0.3, 1.2)
    panels = [
        Panel(title, height, left_cm=left, right_cm=0.35, below_cm=1.0 + 0.3 * (place == len(_SHOWN) - 1))
        for place, (_, _, title) in enumerate(_SHOWN)
    ]
    number = f"{len(names)} model{'s' * (len(names) != 1)}"
    figure = sheet(heading, f"{people(observers)}, {number}, the same clips", data_kind, panels)
    with figure_style():
        substitutes = False
        shown = pd.concat([_of(correlations, human, model) for human, model, _ in _SHOWN])
        lowest = min(-0.1, float(np.nanmin([0.0, *shown["rho"], *shown["low"]])) - 0.05)
        for axes, (human, model, _) in zip(figure.axes, _SHOWN, strict=True):
            of_human = correlations[correlations["human"] == human]
            substitutes |= _draw(axes, of_human, names, model)
            axes.set_xlim(max(lowest, -1.0), 1.0)
            # Quarters run together where there are negative ones as well.
            axes.xaxis.set_major_locator(MultipleLocator(0.25 if lowest > -0.5 else 0.5))
        keys = [
            Patch(facecolor=BAND, alpha=0.6, label="noise ceiling, 95 %"),
            Line2D([], [], color=observer_colour("model"), marker="o", markersize=4, mew=0, label="model"),
        ]
        if substitutes:
            keys.append(
                Line2D(
                    [],
                    [],
                    color=observer_colour("model"),
                    marker="o",
                    markersize=4,
                    mfc="white",
                    label="by its answers alone",
                )
            )
        key_below(figure.axes[-1], keys, 0.85)
    return figure


def _of(correlations: pd.DataFrame, human: str, model: str) -> pd.DataFrame:
    measures = [model, "right"] if model == "p_right" else [model]
    chosen: pd.DataFrame = correlations[
        (correlations["human"] == human) & correlations["model"].isin(measures)
    ]
    return chosen


def _draw(axes: Axes, correlations: pd.DataFrame, names: list[str], model: str) -> bool:
    """Whether a model's answers stand in for its probabilities."""
    ceiling = correlations.iloc[0]
    if np.isfinite(ceiling["ceiling_low"]):
        axes.axvspan(ceiling["ceiling_low"], ceiling["ceiling_high"], color=BAND, alpha=0.6, linewidth=0)
    if np.isfinite(ceiling["ceiling"]):
        axes.axvline(ceiling["ceiling"], color=INK, linewidth=0.8)
    axes.axvline(0, color=MUTED, linewidth=0.6, linestyle=(0, (2, 2)))
    colour, substitutes = observer_colour("model"), False
    for place, name in enumerate(names):
        own = correlations[correlations["observer"] == name].set_index("model")
        row, filled = own.loc[model], True
        if np.isnan(row["rho"]) and model == "p_right" and np.isfinite(own.loc["right", "rho"]):
            row, filled, substitutes = own.loc["right"], False, True
        if np.isnan(row["rho"]):
            axes.text(0.02, place, EMPTY, va="center", size=SMALLEST_PT, color=MUTED)
            continue
        ends = [value for value in (row["low"], row["high"]) if np.isfinite(value)]
        axes.plot(ends, [place] * len(ends), color=colour, linewidth=1.2)
        axes.plot(
            row["rho"],
            place,
            "o",
            color=colour,
            markersize=4.0,
            mew=0.8,
            markerfacecolor=colour if filled else "white",
        )
    axes.set_xlabel("rank correlation over clips")
    axes.set_yticks(range(len(names)), [short_name(name) for name in names], size=SMALLEST_PT)
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    return substitutes
