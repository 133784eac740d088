"""The confusion matrix of a network in the order of what it confuses, and the classes chosen from it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.figures.panels import Panel, foot, name_actions, name_room_cm, names_below_cm, sheet
from analysis.measures.class_choice import ClassChoice
from analysis.measures.intervals import Floats
from analysis.style import ALERT, COLUMN_CM, DENSITY_MAP, INK, SMALLEST_PT, figure_style

_MOST_NAMED = 24
_MOST_WITH_NUMBERS = 8
_RIGHT_CM = 0.3
_CM_PER_LETTER = 0.122


def class_confusion(choice: ClassChoice, network: str, trials: int) -> Figure:
    """All classes with the chosen ones framed, and the matrix of the chosen ones with its numbers.

    Rows are the class shown, columns the class answered; darker is a larger share of the row.
    ``network`` and ``trials`` stand in the head.
    """
    named = choice.classes if len(choice.classes) <= _MOST_NAMED else choice.chosen
    left = name_room_cm(named)
    square = COLUMN_CM - left - _RIGHT_CM
    few = len(choice.classes) <= _MOST_NAMED
    # Those of the large matrix are always turned.
    below = 0.5 + (_CM_PER_LETTER * max(map(len, choice.classes)) if few else 0.0)
    left_of_chosen, turned = name_room_cm(choice.chosen), names_below_cm(choice.chosen)
    rows = max(0.78 * len(choice.chosen), 2.4)
    panels = (
        Panel(f"All {len(choice.classes)} classes", square, left_cm=left, right_cm=_RIGHT_CM, below_cm=below),
        Panel(
            f"The {len(choice.chosen)} chosen",
            rows,
            left_cm=left_of_chosen,
            right_cm=_RIGHT_CM,
            below_cm=0.85 + turned,
        ),
    )
    figure = sheet("Classes that are taken for one another", f"{network}, {trials:,} clips", "", panels, 0.35)
    with figure_style():
        whole, part = figure.axes
        _draw(whole, choice.shares)
        _frame(whole, choice)
        _name(whole, choice, few=few)
        places = [choice.classes.index(name) for name in choice.chosen]
        shares = choice.shares[np.ix_(places, places)]
        _draw(part, shares)
        if len(places) <= _MOST_WITH_NUMBERS:
            _number(part, shares)
        name_actions(part, choice.chosen)
        part.set_yticks(range(len(places)), choice.chosen)
        foot(figure, "Rows: shown; columns: answered. Outlined: the chosen classes.")
    return figure


def _draw(axes: Axes, shares: Floats) -> None:
    axes.imshow(np.nan_to_num(shares), cmap=DENSITY_MAP, vmin=0.0, vmax=1.0, aspect="auto")
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)


def _frame(axes: Axes, choice: ClassChoice) -> None:
    """Around each run of chosen neighbours; a class that was not accurate enough may stand between them."""
    places = np.array([choice.classes.index(name) for name in choice.chosen])
    for run in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1):
        corner, side = run[0] - 0.5, len(run)
        axes.add_patch(
            Rectangle((corner, corner), side, side, fill=False, edgecolor=ALERT, linewidth=1.1, clip_on=False)
        )


def _name(axes: Axes, choice: ClassChoice, *, few: bool) -> None:
    if few:
        axes.set_yticks(range(len(choice.classes)), choice.classes, size=SMALLEST_PT)
        axes.set_xticks(range(len(choice.classes)), choice.classes, size=SMALLEST_PT, rotation=90)
        labels = axes.get_yticklabels() + axes.get_xticklabels()
    else:
        # With a hundred classes a row is lower than the smallest letter: only the run as a whole is named.
        middle = float(np.mean([choice.classes.index(name) for name in choice.chosen]))
        axes.set_yticks([middle], ["\n".join(choice.chosen)], size=SMALLEST_PT)
        axes.set_xticks([])
        labels = axes.get_yticklabels()
    for label in labels:
        if not few or label.get_text() in choice.chosen:
            label.set_color(ALERT)


def _number(axes: Axes, shares: Floats) -> None:
    for (row, column), share in np.ndenumerate(shares):
        text = "–" if np.isnan(share) else f"{share:.2f}"
        colour = "white" if share > 0.6 else INK
        axes.text(column, row, text, ha="center", va="center", color=colour, size=SMALLEST_PT)
