"""What all figures are put together from: a sheet of one column's width, panels one under the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter
from numpy.typing import NDArray

from analysis.style import ALERT, CM, COLUMN_CM, INK, MUTED, SMALLEST_PT, condition_mark, figure_style

Numbers: TypeAlias = NDArray[np.float64]

_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_FINE_SECONDS = tuple(
    digit * 10.0**power for power in range(-2, 4) for digit in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
)
_NARROW = 5
"""Times that differ by less than this factor get the finer steps."""
_MOST_NAMES_LEVEL = 6
_MOST_LETTERS = 28
_HEAD_CM = 1.0
_TITLE_CM = 0.62


@dataclass(frozen=True)
class Panel:
    """One panel of a sheet: how high its axes are, and the room left, right and below them, in cm."""

    title: str
    height_cm: float
    left_cm: float = 0.95
    right_cm: float = 0.2
    below_cm: float = 0.85

    @property
    def title_cm(self) -> float:
        """The room that the title takes above the axes."""
        return _TITLE_CM if self.title else 0.0


def sheet(heading: str, below: str, data_kind: str, panels: Sequence[Panel], foot_cm: float = 0.1) -> Figure:
    """A figure of one column's width with an axes for each panel, in ``figure.axes``.

    ``below`` stands in small letters under the ``heading``; ``data_kind`` is what a reader must be told the
    data are (``simulated``, ``pilot``, both or nothing).
    ``foot_cm`` is the room below the last panel. The axes are placed by hand: everything has a known size,
    and an automatic layout would draw each figure several times.
    """
    total_cm = _HEAD_CM + foot_cm + sum(panel.title_cm + panel.height_cm + panel.below_cm for panel in panels)
    with figure_style():
        figure = Figure(figsize=(COLUMN_CM * CM, total_cm * CM))
        _head(figure, heading, below, data_kind, total_cm)
        top_cm = total_cm - _HEAD_CM
        for place, panel in enumerate(panels):
            width_cm = COLUMN_CM - panel.left_cm - panel.right_cm
            bottom_cm = top_cm - panel.title_cm - panel.height_cm
            axes = figure.add_axes(
                (
                    panel.left_cm / COLUMN_CM,
                    bottom_cm / total_cm,
                    width_cm / COLUMN_CM,
                    panel.height_cm / total_cm,
                )
            )
            letter = f"{'abcdefgh'[place]}  " if len(panels) > 1 else ""
            axes.set_title(f"{letter}{panel.title}", x=(0.12 - panel.left_cm) / width_cm)
            top_cm = bottom_cm - panel.below_cm
    return figure


def _head(figure: Figure, heading: str, below: str, data_kind: str, total_cm: float) -> None:
    at = 1 - 0.3 / total_cm
    figure.text(0.12 / COLUMN_CM, at, heading, va="center", size=8, weight="bold")
    figure.text(0.12 / COLUMN_CM, 1 - 0.68 / total_cm, below, va="center", color=MUTED)
    if data_kind:
        figure.text(
            1 - 0.2 / COLUMN_CM,
            at,
            f"{data_kind.upper()} DATA",
            va="center",
            ha="right",
            size=SMALLEST_PT,
            weight="bold",
            color=ALERT,
            bbox={"boxstyle": "round,pad=0.3", "facecolor": "white", "edgecolor": ALERT, "linewidth": 0.8},
        )


def foot(figure: Figure, text: str, at_cm: float = 0.12) -> None:
    """A line of small print at the bottom of a sheet."""
    height_cm = figure.get_figheight() / CM
    figure.text(0.12 / COLUMN_CM, at_cm / height_cm, text, size=SMALLEST_PT, color=MUTED, va="bottom")


def wrapped(name: str) -> str:
    """``JumpingJack`` on two lines; names of up to seven letters on one."""
    return name if len(name) <= 7 else re.sub(r"(?<=[a-z])(?=[A-Z])", "\n", name, count=1)


def short_name(name: str, letters: int = _MOST_LETTERS) -> str:
    """The name of a model or clip as there is room for it: of ``letters`` letters at most, the last a …"""
    return name if len(name) <= letters else f"{name[: letters - 1]}…"


def name_room_cm(names: Sequence[str]) -> float:
    """The room that the longest name takes left of the axes, in cm."""
    return 0.3 + 0.152 * max((len(name) for name in names), default=0)


def names_below_cm(names: Sequence[str]) -> float:
    """The room that the names of actions take below the axes beyond that of two lines, in cm."""
    turned = len(names) > _MOST_NAMES_LEVEL
    return max(0.0, 0.122 * max(map(len, names)) - 0.35) if turned else 0.0


def name_actions(axes: Axes, actions: Sequence[str]) -> None:
    """The actions along the horizontal axis."""
    if len(actions) <= _MOST_NAMES_LEVEL:
        axes.set_xticks(range(len(actions)), [wrapped(action) for action in actions], linespacing=0.95)
    else:
        axes.set_xticks(range(len(actions)), list(actions), rotation=90)
    axes.set_xlim(-0.5, len(actions) - 0.5)
    axes.tick_params(axis="x", length=0)


def log_seconds(axes: Axes, times: Numbers, *, axis: str = "y") -> None:
    """A logarithmic axis that holds every time, and at least the round number on either side."""
    if not len(times):
        return
    fastest, slowest = float(times.min()), float(times.max())
    steps = _SECONDS if slowest / fastest > _NARROW else _FINE_SECONDS
    below = [second for second in steps if second <= fastest / 1.02][-1:]
    above = [second for second in steps if second >= slowest * 1.02][:1]
    low, high = min([fastest / 1.25, *below]), max([slowest * 1.25, *above])
    if steps is _FINE_SECONDS:
        low, high = max(low, fastest / 1.25), min(high, slowest * 1.25)
    (axes.set_yscale if axis == "y" else axes.set_xscale)("log")
    (axes.set_ylim if axis == "y" else axes.set_xlim)(low, high)
    scale = axes.yaxis if axis == "y" else axes.xaxis
    scale.set_major_locator(FixedLocator([second for second in steps if low <= second <= high]))
    scale.set_minor_locator(NullLocator())
    scale.set_major_formatter(lambda value, _: f"{value:g}")


def linear_view(times: Numbers) -> float:
    """How far a linear axis reaches: a round number at or above 95 % of the times, and above their median.

    What lies beyond is for the caller to count in the margin.
    """
    if not len(times):
        return 1.0
    wanted = float(np.percentile(times, 95))
    decade = 10.0 ** np.floor(np.log10(wanted))
    return float(next(step * decade for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * decade >= wanted))


def people(number: int) -> str:
    """``1 participant``, ``1,000 participants``."""
    return f"{number:,} participant{'s' * (number != 1)}"


def height_cm(axes: Axes) -> float:
    """How high an axes is, for what must stand at a fixed distance from it."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    return float(axes.get_position().height * figure.get_figheight() / CM)


def key_below(axes: Axes, handles: Sequence[Artist], distance_cm: float) -> None:
    """A legend on one line, ``distance_cm`` below the axes."""
    axes.legend(
        handles=list(handles),
        loc="upper center",
        bbox_to_anchor=(0.47, -distance_cm / height_cm(axes)),
        ncols=len(handles),
        borderaxespad=0,
        handletextpad=0.5,
    )


def mark_key(label: str, marker: str, fill: str = INK, line: Any = "none") -> Line2D:
    """How a kind of mark stands in a legend."""
    return Line2D(
        [],
        [],
        color=INK,
        linestyle=line,
        linewidth=0.8,
        marker=marker,
        markerfacecolor=fill,
        markeredgewidth=0.6,
        markersize=3.8,
        label=label,
    )


def condition_keys(names: Sequence[str], *, lines: bool) -> list[Line2D]:
    """The marks of conditions, in their order; with their ``lines`` where the figure has them."""
    marks = [condition_mark(place) for place in range(len(names))]
    return [
        mark_key(name, mark.marker, mark.fill, mark.line if lines else "none")
        for name, mark in zip(names, marks, strict=True)
    ]


def share_axis(axes: Axes, *, axis: str = "x", low: float = 0.0) -> None:
    """Shares as percent, from the tenth below ``low`` (0 to 1) to 100 %."""
    floor = min(max(np.floor((low - 0.005) * 10) / 10, 0.0), 0.8)
    room = 0.025 * (1 - floor)
    (axes.set_xlim if axis == "x" else axes.set_ylim)(floor - room * (floor == 0), 1 + room)
    scale = axes.xaxis if axis == "x" else axes.yaxis
    scale.set_major_formatter(PercentFormatter(1.0, decimals=0))
    step = 0.2 if floor < 0.45 else 0.1 if floor < 0.75 else 0.05
    scale.set_major_locator(
        FixedLocator([round(float(tick), 3) for tick in np.arange(1.0, floor - 1e-9, -step)])
    )
