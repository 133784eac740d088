"""Kappa of every pair against their accuracy, beside what observers with independent errors would show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.comparison.agreement import NOTICEABLE
from analysis.figures.panels import Panel, foot, key_below, people, share_axis, sheet
from analysis.style import BAND, MUTED, figure_style, observer_colour

_KINDS = {
    "human-human": ("o", "people"),
    "human-model": ("D", "person, model"),
    "model-model": ("s", "models"),
}
_UNSURE = {"color": MUTED, "markerfacecolor": "white", "mew": 0.5, "markersize": 2.4}
_ROOM = 0.08


def kappa_and_accuracy(pairs: pd.DataFrame, bands: pd.DataFrame, participants: int, data_kind: str) -> Figure:
    """A panel a condition. ``pairs`` has the columns of ``pair_agreement``; ``bands`` those of
    ``independent_band``, ``condition`` and ``items``. Pairs without a kappa have no mark, and those whose
    kappa is not estimable a small one, hollow and grey.
    """
    conditions = [str(name) for name in bands["condition"].unique()]
    last = len(conditions) - 1
    panels = [
        Panel(name, 3.6, left_cm=1.35, right_cm=0.3, below_cm=0.95 + 0.45 * (place == last))
        for place, name in enumerate(conditions)
    ]
    below = f"each mark a pair; {people(participants)}"
    doubtful = pairs["undefined_share"] > NOTICEABLE
    figure = sheet(
        "Error consistency and accuracy", below, data_kind, panels, 0.45 if doubtful.any() else 0.1
    )
    kinds = [kind for kind in _KINDS if (pairs["kind"] == kind).any()]
    human = "simulated" if "simulated" in data_kind else "human"
    with figure_style():
        for axes, name in zip(figure.axes, conditions, strict=True):
            band, own = bands[bands["condition"] == name], pairs[pairs["condition"] == name]
            accuracy = band["accuracy"].to_numpy(dtype=float)
            low, high = (band[end].to_numpy(dtype=float) for end in ("low", "high"))
            axes.fill_between(accuracy, low, high, color=BAND, alpha=0.6, linewidth=0)
            axes.axhline(0, color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)))
            for kind in kinds:
                of_kind = own[own["kind"] == kind]
                for unsure, some in of_kind.groupby(doubtful[of_kind.index]):
                    axes.plot(
                        some[["accuracy_a", "accuracy_b"]].mean(axis=1).to_numpy(dtype=float),
                        some["kappa"].to_numpy(dtype=float),
                        _KINDS[kind][0],
                        **(_UNSURE if unsure else {"markersize": 3.2, **_face(kind, human)}),
                        alpha=0.85,
                        rasterized=len(some) > 300,
                    )
            share_axis(axes, low=float(accuracy.min()))
            ends = np.concatenate([own["kappa"].to_numpy(dtype=float), low, high])
            ends = ends[np.isfinite(ends)]
            axes.set_ylim(max(float(ends.min()) - _ROOM, -1.02), min(float(ends.max()) + _ROOM, 1.02))
            axes.set_ylabel("kappa")
            axes.grid()
        figure.axes[-1].set_xlabel("mean accuracy of the two")
        keys = [
            Line2D(
                [],
                [],
                ls="none",
                marker=_KINDS[kind][0],
                markersize=3.6,
                label=_KINDS[kind][1],
                **_face(kind, human),
            )
            for kind in kinds
        ]
        key_below(figure.axes[-1], [Patch(facecolor=BAND, alpha=0.6, label="independent"), *keys], 0.85)
        if doubtful.any():
            foot(figure, "Small, hollow, grey: kappa is not estimable with so few errors.")
    return figure


def _face(kind: str, human: str) -> dict[str, Any]:
    """How a kind of pair is filled: models among themselves are hollow, told from people without colour."""
    colour = observer_colour(human if kind == "human-human" else "model")
    if kind == "model-model":
        return {"color": colour, "markerfacecolor": "white", "mew": 0.8}
    return {"color": colour, "markeredgecolor": "white", "mew": 0.4}
