"""The answers to the questionnaire, one bar a question."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.panels import Panel, people, sheet
from analysis.style import INK, SMALLEST_PT, figure_style

_ROW_CM = 0.82
_SHADES = "Greys"
_DARK = 0.55
_LETTER = 0.0145
"""Width of a letter of the smallest size, as a share of the bar's."""


def questionnaire_bars(answers: pd.DataFrame, data_kind: str) -> Figure:
    """How often each answer was given, as parts of a bar; from light (first option) to dark (last).

    ``answers`` is the table of ``count_answers``.
    """
    questions = list(answers.groupby(["item", "question", "page"], sort=False))
    lines = sum(
        1 + (place == 0 or key[2] != questions[place - 1][0][2]) * 0.8
        for place, (key, _) in enumerate(questions)
    )
    panel = Panel("", lines * _ROW_CM, left_cm=0.12, right_cm=0.25, below_cm=0.1)
    asked = int(answers["asked"].max())
    figure = sheet("Questionnaire", f"answers of {people(asked)}; no free texts", data_kind, [panel])
    with figure_style():
        (axes,) = figure.axes
        at, page = 0.0, None
        for (_, question, heading), options in questions:
            if heading != page:
                axes.text(0, at + 0.62, textwrap.shorten(str(heading), 68), weight="bold", va="center")
                at, page = at + 0.8, heading
            _draw_question(axes, at, str(question), options)
            at += 1.0
        axes.set(xlim=(0, 1), ylim=(lines, 0))
        axes.axis("off")
    return figure


def _draw_question(axes: Axes, at: float, question: str, options: pd.DataFrame) -> None:
    answered, asked = int(options["answered"].iloc[0]), int(options["asked"].iloc[0])
    open_ones = f"  ({asked - answered} without an answer)" if answered < asked else ""
    axes.text(0, at + 0.26, textwrap.shorten(question, 62, placeholder=" …") + open_ones, va="center")
    shades = colormaps[_SHADES](np.linspace(0.12, 0.75, len(options)))
    left = 0.0
    for row, shade in zip(options.to_dict("records"), shades, strict=True):
        chosen = int(row["chosen"])
        if not chosen:
            continue
        share = chosen / answered
        axes.barh(at + 0.68, share, 0.42, left=left, color=shade, edgecolor=INK, linewidth=0.5)
        axes.text(
            left + share / 2,
            at + 0.69,
            _fitting((f"{row['label']}: {chosen}", f"{row['option']}: {chosen}", str(chosen)), share),
            ha="center",
            va="center",
            size=SMALLEST_PT,
            color="white" if float(np.mean(shade[:3])) < _DARK else INK,
        )
        left += share


def _fitting(texts: tuple[str, ...], share: float) -> str:
    """The first of the texts that fits into a part of the bar; none where none does."""
    return next((text for text in texts if len(text) * _LETTER <= share), "")
