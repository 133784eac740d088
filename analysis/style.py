"""How figures look: sizes, type, and one colour per action and kind of observer everywhere.

Every figure is drawn at the width of one printed column, 8.5 cm, and no letter in it is smaller than
``SMALLEST_PT``. Colours are those of Okabe & Ito (2008), told apart with every common colour vision; no
figure relies on colour alone. Conditions, participants and outcomes have no colour of their own: conditions
are told by their marks, participants by their names, wrong answers by stripes and crosses, training by a pale
fill.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, cast

import matplotlib as mpl

CM = 1 / 2.54
COLUMN_CM = 8.5
"""Width of every figure: one column of a printed page."""
SMALLEST_PT = 6.0

INK = "#1f2430"
MUTED = "#667085"
GRID = "#d9dde5"
BAND = "#c3cad6"
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
_OBSERVERS = {"human": INK, "simulated": "#7A5195", "model": "#D55E00"}
_MARKS = ("o", "s", "^", "D", "v", "P")
_LINES: tuple[Any, ...] = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (6, 1, 1, 1)))

_SETTINGS: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 6.5,
    "axes.titlesize": 7.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 5.0,
    "axes.labelsize": 6.5,
    "axes.labelpad": 2.5,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.major.pad": 2.0,
    "ytick.major.pad": 2.0,
    "grid.color": GRID,
    "grid.linewidth": 0.5,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 6.5,
    "legend.handlelength": 1.6,
    "legend.columnspacing": 1.2,
    "svg.fonttype": "path",
    # Without a salt of its own, every drawing of the same data would be another file.
    "svg.hashsalt": "appearance-free-actions",
}


def figure_style() -> AbstractContextManager[None]:
    """The settings of matplotlib under which every figure is drawn and saved."""
    return mpl.rc_context(cast("Any", _SETTINGS))


def action_colours(actions: Sequence[str]) -> dict[str, str]:
    """The colour of each action: fixed for the actions of the study, in the order of their names for others.

    Of more than five others each is grey: a colour that means two actions would say less than none.
    """
    others = sorted(action for action in actions if action not in _OF_THE_STUDY)
    further = dict(zip(others, _FURTHER, strict=False)) if len(others) <= len(_FURTHER) else {}
    return {action: _OF_THE_STUDY.get(action, further.get(action, MUTED)) for action in actions}


def observer_colour(kind: str) -> str:
    """The colour of ``human``, ``simulated`` or ``model``."""
    return _OBSERVERS.get(kind, MUTED)


@dataclass(frozen=True)
class ConditionMark:
    """How a condition is told from others: ``line`` is a line style of matplotlib."""

    marker: str
    line: Any
    fill: str


def condition_mark(place: int) -> ConditionMark:
    """The mark of the condition at this place (from 0) of a report's conditions."""
    fill = INK if place % 2 else "white"
    return ConditionMark(_MARKS[place % len(_MARKS)], _LINES[place % len(_LINES)], fill)
