"""Which clips were hard: all clips of a condition by accuracy, and a look at the hardest."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from analysis.figures.clip_marks import MOST_IN_A_KEY, action_shape
from analysis.figures.panels import Panel, people, share_axis, sheet
from analysis.style import CM, COLUMN_CM, INK, MUTED, SMALLEST_PT, action_colours, figure_style

HARDEST = 6
"""How many clips are looked at one by one."""
_IN_A_ROW = 3
_TILE_CM = (2.62, 1.97)
_CAPTION_CM = 0.85


def hardest_clips(clips: pd.DataFrame) -> pd.DataFrame:
    """The first of the ranked clips, those that were always answered right left out."""
    hardest: pd.DataFrame = clips[clips["accuracy"] < 1].head(HARDEST)
    return hardest


def clip_ranking(
    heading: str,
    clips: pd.DataFrame,
    actions: tuple[str, ...],
    observers: int,
    data_kind: str,
    pictures: Mapping[str, NDArray[np.uint8]],
) -> Figure:
    """All clips of a condition from the hardest to the easiest, with 95 % intervals, and the hardest of them.

    ``clips`` has ``clip_id``, ``action``, ``trials``, ``correct``, ``accuracy``, ``low``, ``high``, the
    hardest first.
    ``pictures`` maps clips to a frame, (height, width, 3); with none the hardest clips are only named.
    """
    hardest = hardest_clips(clips)
    rows = -(-len(hardest) // _IN_A_ROW)
    tile_cm = _CAPTION_CM + (_TILE_CM[1] if pictures else 0.1)
    key_rows = -(-len(actions) // 3) if len(actions) <= MOST_IN_A_KEY else 0
    below_cm = 0.95 + 0.34 * key_rows
    panels = [Panel("Accuracy of each clip, with 95 % interval", 4.6, below_cm=below_cm)]
    if rows:
        panels.append(Panel("The hardest", rows * tile_cm, left_cm=0.12, right_cm=0.12, below_cm=0.05))
    below = f"{len(clips):,} clips, {people(observers)}"
    figure = sheet(f"{heading}: difficulty of clips", below, data_kind, panels)
    with figure_style():
        _draw_curve(figure.axes[0], clips, actions)
        for tiles_axes in figure.axes[1:]:
            tiles_axes.axis("off")
        for place, row in enumerate(hardest.to_dict("records")):
            _draw_tile(figure, figure.axes[1], place, row, tile_cm, pictures)
    return figure


def _draw_curve(axes: Axes, clips: pd.DataFrame, actions: tuple[str, ...]) -> None:
    ordered = clips.assign(place=np.arange(1, len(clips) + 1))
    colours, handles = action_colours(actions), []
    for number, action in enumerate(actions):
        rows = ordered[ordered["action"] == action]
        marker = action_shape(number)
        axes.vlines(rows["place"], rows["low"], rows["high"], color=colours[action], linewidth=0.7, alpha=0.7)
        axes.plot(
            rows["place"],
            rows["accuracy"],
            marker,
            color=colours[action],
            markersize=2.6,
            mew=0.3,
            markeredgecolor=INK,
        )
        handles.append(
            Line2D(
                [],
                [],
                color=colours[action],
                marker=marker,
                markersize=3,
                mew=0.3,
                markeredgecolor=INK,
                linewidth=0.8,
                label=action,
            )
        )
    lowest = float(clips["low"].min())
    if lowest < 1 / len(actions):
        axes.axhline(1 / len(actions), color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)))
    share_axis(axes, axis="y", low=lowest)
    axes.grid(axis="y")
    axes.set_xlim(0.2, len(ordered) + 0.8)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.set_xlabel("clips, from the hardest to the easiest")
    if len(actions) <= MOST_IN_A_KEY:
        axes.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(-0.05, -0.85 / 4.6), ncols=3, borderaxespad=0
        )


def _draw_tile(
    figure: Figure,
    axes: Axes,
    place: int,
    row: Mapping[Hashable, Any],
    tile_cm: float,
    pictures: Mapping[str, NDArray[np.uint8]],
) -> None:
    total_cm = figure.get_figheight() / CM
    top_cm = axes.get_position().y1 * total_cm - (place // _IN_A_ROW) * tile_cm
    left_cm = 0.12 + (place % _IN_A_ROW) * (_TILE_CM[0] + 0.2)
    clip_id = str(row["clip_id"])
    text_cm = top_cm - 0.08
    if pictures:
        text_cm -= _TILE_CM[1]
        if clip_id in pictures:
            tile = figure.add_axes(
                (
                    left_cm / COLUMN_CM,
                    (top_cm - _TILE_CM[1]) / total_cm,
                    _TILE_CM[0] / COLUMN_CM,
                    _TILE_CM[1] / total_cm,
                )
            )
            tile.imshow(pictures[clip_id], aspect="auto", interpolation="antialiased")
            tile.axis("off")
    name = clip_id.rsplit("/", 1)[-1].removeprefix("v_")
    name = name if len(name) <= 20 else f"{name[:19]}…"
    figure.text(
        left_cm / COLUMN_CM,
        text_cm / total_cm,
        f"{name}\n{row['accuracy']:.0%} ({row['correct']:,} of {row['trials']:,})",
        size=SMALLEST_PT,
        va="top",
        linespacing=1.15,
    )
