"""Times of groups of trials as marks, boxes or, where there are many, outlines of their distribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch
from numpy.typing import NDArray

from analysis.figures.panels import Numbers
from analysis.style import INK, MUTED

Look = Literal["filled", "pale", "striped"]
FEWEST_FOR_A_BOX = 5
MOST_MARKS = 2_000
"""Of more trials than this in a panel the distribution is drawn, not each trial."""
_WIDTH, _PALE = 0.34, 0.22


@dataclass(frozen=True)
class TimeGroup:
    """Times (s) drawn at one place of the horizontal axis.

    ``filled`` are test trials or right answers, ``pale`` is training, ``striped`` are wrong answers.
    """

    at: float
    times: Numbers
    colour: str
    look: Look


def draw_times(axes: Axes, groups: Sequence[TimeGroup]) -> None:
    """Each group's trials and, from five trials, a box: quartiles, median, whiskers to both extremes."""
    many = sum(len(group.times) for group in groups) > MOST_MARKS
    rng = np.random.default_rng(0)
    for group in groups:
        if len(group.times) >= FEWEST_FOR_A_BOX:
            if many:
                _draw_outline(axes, group, _WIDTH)
                _draw_box(axes, replace(group, at=group.at - 0.25 * _WIDTH), 0.4 * _WIDTH)
            else:
                _draw_box(axes, group, _WIDTH)
                _draw_marks(axes, group, rng, _WIDTH, size=1.8, alpha=0.45)
        elif len(group.times):
            _draw_marks(axes, group, rng, _WIDTH, size=3.2, alpha=1.0)


def five_numbers(trials: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """What the boxes show: ``by``, then ``trials``, ``fastest``, ``q1``, ``median``, ``q3``, ``slowest`` (s).

    Trials without a time are left out. Quartiles interpolate linearly (Hyndman & Fan 1996, type 7).
    """
    timed = trials.dropna(subset=["time_to_choose"])
    grouped = timed.groupby(list(by), sort=False)["time_to_choose"]
    table: pd.DataFrame = pd.DataFrame(
        {
            "trials": grouped.size(),
            "fastest": grouped.min(),
            "q1": grouped.quantile(0.25),
            "median": grouped.median(),
            "q3": grouped.quantile(0.75),
            "slowest": grouped.max(),
        }
    )
    flat: pd.DataFrame = table.reset_index()
    return flat


def outlines(trials: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """What the outlines show: ``by``, then ``from_s``, ``to_s``, ``trials`` of each step of an outline."""
    timed = trials.dropna(subset=["time_to_choose"])
    parts = []
    for key, group in timed.groupby(list(by), sort=False):
        if len(group) < FEWEST_FOR_A_BOX:
            continue
        counts, edges_s = _outline(group["time_to_choose"].to_numpy(dtype=float))
        part = pd.DataFrame({"from_s": edges_s[:-1], "to_s": edges_s[1:], "trials": counts})
        parts.append(part.assign(**dict(zip(by, key, strict=True)))[[*by, "from_s", "to_s", "trials"]])
    columns = [*by, "from_s", "to_s", "trials"]
    table: pd.DataFrame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return table


def outcome_key() -> list[Patch]:
    """What filled and striped mean."""
    return [
        Patch(facecolor=MUTED, edgecolor=INK, linewidth=0.6, label="right (filled, dots)"),
        Patch(
            facecolor="white", edgecolor=INK, linewidth=0.6, hatch="/////", label="wrong (striped, crosses)"
        ),
    ]


def training_key() -> list[Patch]:
    """What pale and filled mean."""
    return [
        Patch(facecolor=to_rgba(MUTED, _PALE), edgecolor=INK, linewidth=0.6, label="training (pale)"),
        Patch(facecolor=MUTED, edgecolor=INK, linewidth=0.6, label="test (filled)"),
    ]


def _draw_marks(
    axes: Axes, group: TimeGroup, rng: np.random.Generator, width: float, *, size: float, alpha: float
) -> None:
    wrong, alone = group.look == "striped", alpha == 1.0
    across = group.at + rng.uniform(-0.34 * width, 0.34 * width, len(group.times))
    face = to_rgba(group.colour, _PALE if group.look == "pale" else 1.0) if alone else to_rgba(INK, alpha)
    axes.plot(
        across,
        group.times,
        "x" if wrong else "o" if alone else ".",
        markerfacecolor=face,
        markersize=size if not wrong else size + 0.6,
        markeredgecolor=to_rgba(group.colour if alone else INK, alpha) if wrong else INK,
        markeredgewidth=(0.9 if alone else 0.6) if wrong else (0.5 if alone else 0.0),
        zorder=3,
    )


def _outline(times: Numbers) -> tuple[NDArray[np.int64], Numbers]:
    """Numbers of times (s) in steps of equal ratio, and the edges of the steps (s)."""
    logs = np.log10(times)
    counts, edges = np.histogram(logs, bins=min(60, max(8, int(np.sqrt(len(logs))))))
    return counts, 10**edges


def _draw_outline(axes: Axes, group: TimeGroup, width: float) -> None:
    """Half an outline of the distribution beside the box, over the logarithm of time."""
    counts, edges_s = _outline(group.times)
    axes.stairs(
        group.at + 0.5 * width * counts / counts.max(),
        edges_s,
        baseline=group.at,
        orientation="horizontal",
        fill=True,
        color=MUTED,
        alpha=0.55,
        linewidth=0,
        zorder=1,
    )


def _draw_box(axes: Axes, group: TimeGroup, width: float) -> None:
    fastest, q1, median, q3, slowest = np.percentile(group.times, (0, 25, 50, 75, 100))
    stats = {"med": median, "q1": q1, "q3": q3, "whislo": fastest, "whishi": slowest, "fliers": []}
    boxes = axes.bxp(
        [stats],
        positions=[group.at],
        widths=width,
        manage_ticks=False,
        patch_artist=True,
        showcaps=False,
        showfliers=False,
        medianprops={"color": INK, "linewidth": 1.3},
        whiskerprops={"color": MUTED, "linewidth": 0.6},
        boxprops={"linewidth": 0.6, "edgecolor": INK},
    )
    for box in boxes["boxes"]:
        if group.look == "striped":
            box.set_facecolor("white")
            box.set_hatch("/////")
            # The stripes take the colour of the edge.
            box.set_edgecolor(group.colour)
        elif group.look == "pale":
            box.set_facecolor(to_rgba(group.colour, _PALE))
        else:
            box.set_facecolor(group.colour)
