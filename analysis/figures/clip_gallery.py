"""The clips on which people and a model part most, each as a strip of frames."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from analysis.figures.panels import Panel, people, sheet, short_name
from analysis.style import CM, COLUMN_CM, MUTED, SMALLEST_PT, figure_style

_MARGIN_CM = 0.12
_WIDTH_CM = COLUMN_CM - 2 * _MARGIN_CM
_TEXT_CM = 0.62
_GAP_CM = 0.16
_MOST_LETTERS = 44


def clip_gallery(
    heading: str,
    model: str,
    parting: pd.DataFrame,
    observers: int,
    data_kind: str,
    pictures: Mapping[str, NDArray[np.uint8]],
) -> Figure:
    """The clips of ``parting_clips`` of one condition and model, in two panels, one a direction.

    ``pictures`` maps clips to strips, (height, width, 3); a clip without one is only named. A direction
    without a clip is left out.
    """
    told = [
        ("people", "People do better than the model"),
        ("model", "The model does better than people"),
    ]
    parts = [(title, parting[parting["told_by"] == by]) for by, title in told]
    parts = [(title, rows) for title, rows in parts if len(rows)]
    panels = [
        Panel(
            title,
            sum(_row_cm(str(clip), pictures) for clip in rows["clip_id"]),
            left_cm=_MARGIN_CM,
            right_cm=_MARGIN_CM,
            below_cm=0.1,
        )
        for title, rows in parts
    ]
    figure = sheet(heading, f"{model}, {people(observers)}", data_kind, panels)
    with figure_style():
        for axes, (_, rows) in zip(list(figure.axes), parts, strict=True):
            axes.axis("off")
            _draw(figure, axes, rows, pictures)
    return figure


def _row_cm(clip_id: str, pictures: Mapping[str, NDArray[np.uint8]]) -> float:
    if clip_id not in pictures:
        return _TEXT_CM + _GAP_CM
    height, width = pictures[clip_id].shape[:2]
    return _TEXT_CM + _GAP_CM + _WIDTH_CM * float(height) / float(width)


def _draw(figure: Figure, axes: Axes, rows: pd.DataFrame, pictures: Mapping[str, NDArray[np.uint8]]) -> None:
    total_cm = figure.get_figheight() / CM
    top_cm = axes.get_position().y1 * total_cm
    for row in rows.to_dict("records"):
        clip_id = str(row["clip_id"])
        name, numbers = _words(row)
        left = _MARGIN_CM / COLUMN_CM
        figure.text(left, top_cm / total_cm, name, size=SMALLEST_PT + 0.5, va="top")
        figure.text(left, (top_cm - 0.3) / total_cm, numbers, size=SMALLEST_PT, va="top", color=MUTED)
        height_cm = _row_cm(clip_id, pictures) - _TEXT_CM - _GAP_CM
        if clip_id in pictures:
            tile = figure.add_axes(
                (
                    left,
                    (top_cm - _TEXT_CM - height_cm) / total_cm,
                    _WIDTH_CM / COLUMN_CM,
                    height_cm / total_cm,
                )
            )
            tile.imshow(pictures[clip_id], aspect="auto", interpolation="antialiased")
            tile.axis("off")
        top_cm -= _row_cm(clip_id, pictures)


def _words(row: Mapping[Hashable, Any]) -> tuple[str, str]:
    name = short_name(str(row["clip_id"]).rsplit("/", 1)[-1].removeprefix("v_"), _MOST_LETTERS)
    seconds = "" if pd.isna(row["median_time"]) else f", median {row['median_time']:.1f} s"
    if pd.notna(row["p_right"]):
        sure = f"{row['p_right']:.2f} for the right action"
    else:
        right = float(row["right"])
        sure = {0.0: "wrong", 1.0: "right"}.get(right, f"right in {right:.0%} of its runs")
    number = int(row["people"])
    told = round(float(row["accuracy"]) * number)
    return name, f"People: {told} of {number} right{seconds}. Model: {sure}"
