"""A figure with all that the page says of it: its caption, its data, its numbers in words."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd
from matplotlib.figure import Figure

from analysis.report.photographs import with_small_photographs
from analysis.style import figure_style

_PNG_DPI = 300

Section = Literal[
    "conditions",
    "drop",
    "models",
    "people",
    "choices",
    "times",
    "course",
    "clips",
    "questionnaire",
    "quality",
]


@dataclass(frozen=True)
class Exhibit:
    """``name`` is the file's without suffix. ``alt`` tells the figure's numbers to those who cannot see it.

    ``data`` maps labels to the tables that are drawn. Where ``figure`` is None, ``why_not`` says why.
    """

    name: str
    title: str
    section: Section
    caption: str = ""
    alt: str = ""
    figure: Figure | None = None
    data: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    why_not: str = ""


def file_name(*parts: str) -> str:
    """``overview`` and ``Shuffled frames`` -> ``overview_Shuffled_frames``."""
    return re.sub(r"[^A-Za-z0-9.-]", "_", "_".join(parts))


def drawn(figure: Figure, form: Literal["svg", "png"]) -> bytes:
    """The figure as a file; the same data give the same bytes."""
    buffer = io.BytesIO()
    with figure_style():
        # Without a date, the same data give the same file.
        figure.savefig(buffer, format=form, dpi=_PNG_DPI, metadata={"Date": None} if form == "svg" else None)
    content = buffer.getvalue()
    return with_small_photographs(content) if form == "svg" else content
