"""Clips as marks: one colour and shape per action."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.lines import Line2D

from analysis.style import INK, action_colours

_SHAPES = ("o", "s", "^", "D", "v", "P", "X")
MOST_IN_A_KEY = 9
"""Of more actions neither colours nor marks could be told apart."""


def action_shape(place: int) -> str:
    """The marker of the action at this place."""
    return _SHAPES[place % len(_SHAPES)]


def action_keys(actions: Sequence[str]) -> list[Line2D]:
    """How the marks of actions stand in a legend; none where they are too many."""
    if len(actions) > MOST_IN_A_KEY:
        return []
    colours = action_colours(actions)
    return [
        Line2D(
            [],
            [],
            color=colours[action],
            marker=action_shape(place),
            markersize=3.2,
            mew=0.3,
            markeredgecolor=INK,
            linestyle="none",
            label=action,
        )
        for place, action in enumerate(actions)
    ]
