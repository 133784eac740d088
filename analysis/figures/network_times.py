"""Times that a network's evidence predicts for clips held out, beside those of people, and what it gains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.figures.panels import Panel, height_cm, log_seconds, people, sheet
from analysis.style import INK, MUTED, SMALLEST_PT, action_colours, figure_style
from stimuli.tsv import EMPTY

_MARKS = ("o", "s", "^", "D", "v", "P", "X")
_GAINS = (
    ("evidence", "none", "evidence"),
    ("shown", "none", "right action"),
    ("both", "none", "both"),
    ("both", "shown", "both, over\nright action"),
)


def network_times(
    clips: pd.DataFrame, measures: pd.DataFrame, actions: Sequence[str], participants: int, data_kind: str
) -> Figure:
    """``clips`` and ``measures`` are those of ``NetworkTimes``, of one model in one condition.

    (a) Each clip's median time, people's over that of a race driven by the network, with the line of equal
    times. (b) Log-likelihood per trial of races on held-out clips, less that of a race that knows neither the
    clip's evidence nor the right action; the last row over one that knows the right action.
    """
    key_rows = -(-len(actions) // 3)
    panels = [
        Panel("Median time of each held-out clip", 6.0, left_cm=0.95, below_cm=0.95 + 0.36 * key_rows),
        Panel("Log-likelihood gained per trial (nats)", 2.2, left_cm=1.75, right_cm=0.35, below_cm=0.75),
    ]
    first = measures.iloc[0]
    below = f"{first['condition']}, {people(participants)}, {len(clips):,} clips"
    figure = sheet(f"{_short(str(first['model']))}: times predicted", below, data_kind, panels)
    with figure_style():
        _draw_clips(figure.axes[0], clips, measures, actions)
        _draw_gains(figure.axes[1], measures)
    return figure


def _draw_clips(axes: Axes, clips: pd.DataFrame, measures: pd.DataFrame, actions: Sequence[str]) -> None:
    colours, key = action_colours(actions), []
    for place, action in enumerate(actions):
        part, mark = clips[clips["action"] == action], _MARKS[place % len(_MARKS)]
        look: dict[str, Any] = {"color": colours[action], "marker": mark, "linestyle": "none"}
        look |= {"markersize": 3.4, "markeredgewidth": 0.3}
        axes.plot(part["predicted_s"], part["median_s"], markeredgecolor="white", **look)
        key.append(Line2D([], [], label=action, **look))
    every = clips[["predicted_s", "median_s"]].to_numpy(dtype=float)
    axes.axline((1, 1), slope=1, color=MUTED, linewidth=0.8, linestyle=(0, (3, 2)), zorder=0)
    log_seconds(axes, every[:, 0], axis="x")
    log_seconds(axes, every[:, 1])
    axes.set_xlabel("predicted from the network, s")
    axes.set_ylabel("people, s")
    axes.grid()
    axes.text(
        0.02,
        0.98,
        "\n".join(_correlations(measures)),
        transform=axes.transAxes,
        va="top",
        size=SMALLEST_PT,
        linespacing=1.2,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.8},
    )
    axes.legend(
        handles=key,
        loc="upper left",
        bbox_to_anchor=(-0.02, -0.8 / height_cm(axes)),
        ncols=3,
        borderaxespad=0,
        handletextpad=0.2,
    )


def _correlations(measures: pd.DataFrame) -> list[str]:
    """What is said of times over all clips, and of those of an action."""
    of_network = measures[measures["race"] == "evidence"].set_index("quantity")
    lines = []
    for quantity, words in (("time", "rank correlation"), ("time_within_actions", "within actions")):
        value, low, high = (float(of_network.loc[quantity, name]) for name in ("value", "low", "high"))
        interval = f"{low:.2f} to {high:.2f}" if np.isfinite(low) else "no interval"
        told = f"{value:.2f} ({interval})" if np.isfinite(value) else EMPTY
        lines.append(f"{words} {told}")
    return lines


def _draw_gains(axes: Axes, measures: pd.DataFrame) -> None:
    axes.axvline(0, color=INK, linewidth=0.6)
    gains, ends = measures[measures["quantity"] == "gain"].set_index(["race", "over"]), [0.0]
    for place, (race, over, _) in enumerate(_GAINS):
        value, low, high = (float(gains.loc[(race, over), name]) for name in ("value", "low", "high"))
        axes.plot([low, high], [place, place], color=INK, linewidth=1.3)
        axes.plot(value, place, "o", color=INK, markersize=4.2)
        ends += [end for end in (value, low, high) if np.isfinite(end)]
    axes.axhline(2.5, color=MUTED, linewidth=0.5, linestyle=(0, (2, 2)))
    axes.set_yticks(range(len(_GAINS)), [label for *_, label in _GAINS], linespacing=0.95)
    axes.set_ylim(len(_GAINS) - 0.45, -0.55)
    room = 0.05 * (max(ends) - min(ends)) + 1e-3
    axes.set_xlim(min(ends) - room, max(ends) + room)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")


def _short(name: str) -> str:
    return name if len(name) <= 22 else f"{name[:21]}…"
