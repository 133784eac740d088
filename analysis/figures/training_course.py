"""How networks got on while they were trained, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis.figures.panels import Panel, foot, key_below, share_axis, sheet
from analysis.style import INK, MUTED, figure_style, observer_colour


def training_course(courses: Mapping[str, pd.DataFrame], actions: int) -> Figure:
    """A panel for each training: accuracy on its varied training clips and on the clips held out.

    ``courses`` maps titles to the logs that ``python -m analysis train`` writes (``epoch``,
    ``train_accuracy``, ``validation_accuracy``; 0 to 1). ``actions`` is their number, for the line of chance.
    The ring marks the epoch whose weights were kept.
    """
    names = list(courses)
    panels = [Panel(name, 2.2, below_cm=1.5 if name == names[-1] else 0.6) for name in names]
    figure = sheet("Training, epoch by epoch", "accuracy", "", panels, foot_cm=0.45)
    longest = max(int(course["epoch"].max()) for course in courses.values())
    colour = observer_colour("model")
    with figure_style():
        for axes, course in zip(figure.axes, courses.values(), strict=True):
            axes.axhline(1 / actions, color=MUTED, linewidth=0.6, linestyle=(0, (1, 1)))
            axes.plot(course["epoch"], course["train_accuracy"], color=INK, linewidth=0.9)
            axes.plot(
                course["epoch"],
                course["validation_accuracy"],
                color=colour,
                linewidth=0.9,
                linestyle=(0, (4, 1.5)),
            )
            kept = course.sort_values(
                ["validation_accuracy", "validation_loss"], ascending=[False, True], kind="stable"
            ).iloc[0]
            axes.plot(
                kept["epoch"],
                kept["validation_accuracy"],
                "o",
                mfc="none",
                mec=colour,
                markersize=5,
                clip_on=False,
            )
            share_axis(axes, axis="y", low=0.0)
            axes.set_xlim(0.5, longest + 0.5)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.grid(axis="y")
        figure.axes[-1].set_xlabel("epoch")
        keys = [
            Line2D([], [], color=INK, linewidth=0.9, label="training clips"),
            Line2D([], [], color=colour, linewidth=0.9, linestyle=(0, (4, 1.5)), label="clips held out"),
            Line2D([], [], color=MUTED, linewidth=0.6, linestyle=(0, (1, 1)), label="chance"),
        ]
        key_below(figure.axes[-1], keys, 0.9)
        foot(figure, "Training clips are varied, and seen while the weights still change. Ring: kept.")
    return figure
