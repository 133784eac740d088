"""Photographs in figures take little room on the page; areas of one colour are left as they are."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from analysis.report.exhibits import drawn
from analysis.report.photographs import with_small_photographs


def figure_of(picture: np.ndarray) -> Figure:
    figure = Figure(figsize=(3, 1))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.imshow(picture, aspect="auto")
    axes.axis("off")
    return figure


def photograph() -> np.ndarray:
    """Grain on a slope, as film has it."""
    slope = np.linspace(40, 200, 640)[None, :, None] + np.zeros((120, 1, 3))
    return (slope + np.random.default_rng(1).normal(0, 12, slope.shape)).clip(0, 255).astype(np.uint8)


def pictures_in(svg: bytes) -> list[Image.Image]:
    found = re.findall(rb'data:image/\w+;base64,([^"]+)"', svg)
    return [Image.open(io.BytesIO(base64.b64decode(each))) for each in found]


def test_a_photograph_takes_a_fraction_of_its_bytes_and_looks_the_same() -> None:
    buffer = io.BytesIO()
    figure_of(photograph()).savefig(buffer, format="svg", dpi=300)
    svg = drawn(figure_of(photograph()), "svg")
    assert len(svg) < len(buffer.getvalue()) / 3
    (whole,), (small,) = pictures_in(buffer.getvalue()), pictures_in(svg)
    assert (whole.format, small.format) == ("PNG", "JPEG")
    apart = np.asarray(small, dtype=float) - np.asarray(whole.convert("RGB"), dtype=float)
    assert np.abs(apart).mean() < 6
    assert svg == drawn(figure_of(photograph()), "svg")


def test_a_matrix_keeps_its_colours() -> None:
    svg = drawn(figure_of(np.arange(9).reshape(3, 3)), "svg")
    assert [picture.format for picture in pictures_in(svg)] == ["PNG"]


def test_what_is_partly_transparent_stays_as_it_is() -> None:
    seen = np.dstack([photograph(), np.full((120, 640), 128, dtype=np.uint8)])
    buffer = io.BytesIO()
    figure_of(seen).savefig(buffer, format="svg")
    assert with_small_photographs(buffer.getvalue()) == buffer.getvalue()
