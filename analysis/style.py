"""How figures look: sizes, type, and one colour per action everywhere.

Colours are those of Okabe & Ito (2008), told apart with every common colour vision; no figure relies on
colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, cast

import matplotlib as mpl

CM = 1 / 2.54
PAGE_WIDTH = 17.0 * CM
"""Width of a figure over two columns, inches."""

INK = "#1f2430"
MUTED = "#667085"
GRID = "#d9dde5"
ALERT = "#b42318"
DENSITY_MAP = "Blues"

_OF_THE_STUDY = {
    "JumpingJack": "#0072B2",
    "Lunges": "#E69F00",
    "PullUps": "#009E73",
    "PushUps": "#CC79A7",
    "Swing": "#56B4E9",
}
_FURTHER = ("#D55E00", "#7A5195", "#8C8C8C", "#A6761D", "#4D4D4D")

_SETTINGS: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 7.5,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "grid.color": GRID,
    "grid.linewidth": 0.5,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 7,
    "svg.fonttype": "path",
    # Without a salt of its own, every drawing of the same data would be another file.
    "svg.hashsalt": "appearance-free-actions",
}


def figure_style() -> AbstractContextManager[None]:
    """The settings of matplotlib under which every figure is drawn and saved."""
    return mpl.rc_context(cast("Any", _SETTINGS))


def action_colours(actions: Sequence[str]) -> dict[str, str]:
    """The colour of each action: fixed for the actions of the study, by order for others."""
    others = [action for action in actions if action not in _OF_THE_STUDY]
    further = {action: _FURTHER[place % len(_FURTHER)] for place, action in enumerate(others)}
    return {action: _OF_THE_STUDY.get(action, further.get(action, MUTED)) for action in actions}
