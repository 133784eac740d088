"""How well races describe people: times and shares of right and wrong answers beside those predicted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

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
from analysis.style import INK, action_colours, figure_style

_LOOKS = (("right", "o", -0.2), ("wrong", "X", 0.2))
_ASIDE = 0.11
_MOST_LARGE = 8
"""Of more actions, marks are smaller."""
_FEWEST = 5
"""Of fewer answers, quantiles are no distribution, and are not drawn."""


def decision_quantiles(
    heading: str, quantiles: pd.DataFrame, actions: Sequence[str], participants: int, data_kind: str
) -> Figure:
    """``quantiles`` is that of ``predicted_quantiles`` for one condition.

    Marks are people, bars beside them the races of the same people. Times of fewer than 5 answers are left
    out; their share is drawn all the same.
    """
    below_cm = 1.35 + names_below_cm(actions)
    panels = [
        Panel("Quantiles .1 .3 .5 .7 .9 of times, logarithmic", 4.6, below_cm=below_cm),
        Panel("Right answers", 2.4, below_cm=0.75 + names_below_cm(actions)),
    ]
    trials = int(quantiles.drop_duplicates(["action", "answer"])["trials"].sum())
    below = f"{people(participants)}, {trials:,} timed test trials, a race for each participant"
    figure = sheet(f"{heading}: choice and time of a race", below, data_kind, panels)
    with figure_style():
        _draw_times(figure.axes[0], quantiles, actions)
        key = [mark_key("right", "o"), mark_key("wrong", "X"), mark_key("predicted", "_", line="-")]
        key_below(figure.axes[0], key, 0.75 + names_below_cm(actions))
        _draw_shares(figure.axes[1], quantiles, actions)
        for axes in figure.axes:
            axes.grid(axis="y")
            name_actions(axes, actions)
    return figure


def _draw_times(axes: Axes, quantiles: pd.DataFrame, actions: Sequence[str]) -> None:
    colours, drawn = action_colours(actions), []
    size = 3.8 if len(actions) <= _MOST_LARGE else 2.6
    for answer, marker, side in _LOOKS:
        of_answer = quantiles[(quantiles["answer"] == answer) & (quantiles["trials"] >= _FEWEST)]
        for action, part in of_answer.groupby("action", sort=False):
            at = list(actions).index(str(action)) + side
            seen, foretold = (part[name].to_numpy(dtype=float) for name in ("time_s", "predicted_s"))
            axes.plot(
                np.full(len(seen), at - _ASIDE / 2),
                seen,
                linestyle="none",
                marker=marker,
                color=colours[str(action)],
                markeredgecolor=INK,
                markeredgewidth=0.4,
                markersize=size,
            )
            axes.plot(
                np.full(len(foretold), at + _ASIDE),
                foretold,
                marker="_",
                color=INK,
                markersize=1.3 * size,
                markeredgewidth=0.9,
                linewidth=0.6,
            )
            drawn += [seen, foretold]
    log_seconds(axes, np.concatenate(drawn) if drawn else np.array([]))
    axes.set_ylabel("seconds")


def _draw_shares(axes: Axes, quantiles: pd.DataFrame, actions: Sequence[str]) -> None:
    colours = action_colours(actions)
    shares = quantiles[quantiles["answer"] == "right"].drop_duplicates("action")
    for row in shares.to_dict("records"):
        at = list(actions).index(str(row["action"]))
        axes.plot(
            at - _ASIDE,
            row["share"],
            "o",
            color=colours[str(row["action"])],
            markeredgecolor=INK,
            markeredgewidth=0.4,
            markersize=4.2,
            # A mark at 100 % is whole.
            clip_on=False,
        )
        axes.plot(at + _ASIDE, row["predicted_share"], "_", color=INK, markersize=7, markeredgewidth=1.1)
    low = float(shares[["share", "predicted_share"]].min().min()) if len(shares) else 0.0
    share_axis(axes, axis="y", low=low)
