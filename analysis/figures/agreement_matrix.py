"""Who errs on the same clips as whom: kappa of every pair of observers, those alike side by side."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

from analysis.comparison.agreement import NOTICEABLE
from analysis.comparison.kappa_matrix import kappa_square, observer_order
from analysis.figures.panels import Numbers, Panel, foot, name_room_cm, people, sheet, short_name
from analysis.style import COLUMN_CM, INK, MUTED, SMALLEST_PT, figure_style, observer_colour
from stimuli.tsv import EMPTY

_RIGHT_CM = 0.3
_MOST_NAMED = 30
_MOST_WITH_NUMBERS = 13
_LONGEST_NAME_CM = 2.6
_COLOURS = "PuOr_r"
"""Below zero and above it are two hues, which those who see no red or no green tell apart, too."""


def agreement_matrix(
    pairs: pd.DataFrame, models: Sequence[str], condition: str, participants: int, data_kind: str
) -> Figure:
    """The matrix of one condition; ``pairs`` has ``a``, ``b``, ``kappa`` and ``undefined_share``.

    ``models`` stand last. Kappas that are not estimable have no colour: they would outshine all others.
    """
    names = observer_order(pairs, models)
    square = kappa_square(pairs, names)
    doubtful = kappa_square(pairs.assign(kappa=pairs["undefined_share"]), names) > NOTICEABLE
    shown = np.where(doubtful, np.nan, square)
    named = len(names) <= _MOST_NAMED
    left = min(max(name_room_cm(names), 1.0), _LONGEST_NAME_CM) if named else 1.0
    side = COLUMN_CM - left - _RIGHT_CM
    height = side if len(names) > 4 else min(side, 0.95 * len(names))
    below_cm = 0.25 + 0.13 * max(len(short_name(name)) for name in names) if named else 0.6
    panel = Panel("", height, left_cm=left, right_cm=_RIGHT_CM, below_cm=below_cm)
    below = f"{condition}, {people(participants)}"
    if models:
        below += f", {len(models)} model{'s' * (len(models) != 1)}"
    figure = sheet("Who errs on the same clips?", below, data_kind, (panel,), 0.95)
    with figure_style():
        axes = figure.axes[0]
        largest = max(float(np.nanmax(np.abs(shown), initial=0.0)), 0.1)
        colours = mpl.colormaps[_COLOURS].with_extremes(bad="#eceef2")
        axes.imshow(shown, cmap=colours, vmin=-largest, vmax=largest, aspect="auto")
        axes.tick_params(which="both", length=0)
        axes.spines[:].set_visible(False)
        if len(names) <= _MOST_WITH_NUMBERS:
            _write(axes, square, doubtful, largest)
        if named:
            labels = [short_name(name) for name in names]
            axes.set_yticks(range(len(names)), labels, size=SMALLEST_PT)
            axes.set_xticks(range(len(names)), labels, size=SMALLEST_PT, rotation=90)
            for label, name in zip(axes.get_yticklabels() + axes.get_xticklabels(), names * 2, strict=True):
                label.set_color(observer_colour("model") if name in models else INK)
        else:
            axes.set_xticks([])
            axes.set_yticks([])
            axes.set_xlabel(f"{len(names)} observers, models last" if models else f"{len(names)} observers")
        number = sum(name not in models for name in names)
        if 0 < number < len(names):
            axes.axhline(number - 0.5, color=INK, linewidth=0.9)
            axes.axvline(number - 0.5, color=INK, linewidth=0.9)
        foot(
            figure,
            f"Kappa from {-largest:.2f} (violet) over 0 (white) to {largest:.2f} (orange).".replace("-", "−"),
            0.5,
        )
        numbers = " Numbers: hundredths." if len(names) <= _MOST_WITH_NUMBERS else ""
        told = "Grey: the same observer, or kappa n/a."
        if doubtful.any():
            told = "Grey: the same observer, kappa n/a, or not estimable."
            numbers = numbers and " In hundredths."
        foot(figure, told + numbers)
    return figure


def _write(axes: mpl.axes.Axes, square: Numbers, doubtful: npt.NDArray[np.bool_], largest: float) -> None:
    for (row, column), kappa in np.ndenumerate(square):
        if row == column:
            continue
        text = EMPTY if np.isnan(kappa) else f"{round(100 * kappa)}".replace("-", "−")
        unsure = bool(doubtful[row, column]) and not np.isnan(kappa)
        text = f"({text})" if unsure else text
        strong = abs(kappa) > 0.65 * largest
        colour = MUTED if np.isnan(kappa) or unsure else "white" if strong else INK
        axes.text(column, row, text, ha="center", va="center", color=colour, size=SMALLEST_PT)
