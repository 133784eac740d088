"""The figures of the ranking and of equivalence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.comparison.equivalence import equivalence
from analysis.comparison.independent_band import independent_band
from analysis.comparison.ranking import rank_models
from analysis.figures.kappa_and_accuracy import kappa_and_accuracy
from analysis.figures.model_ranking import model_ranking
from analysis.figures.on_a_par import on_a_par
from analysis.figures.study_power import study_power
from analysis.style import COLUMN_CM
from tests.analysis.comparison.predicted import model, people
from tests.analysis.comparison.test_ranking import crowd

LONG = "slowfast_r50 (ours, fine-tuned on five classes)"


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text)]


def reaches_beyond(figure: Figure) -> list[str]:
    """The texts that stick out of the sheet."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    # Matplotlib keeps a tick or two beyond the end of an axis, which it does not draw.
    undrawn = {
        tick.label1
        for axes in figure.axes
        for tick in axes.xaxis.get_major_ticks()
        if not min(axes.get_xlim()) <= tick.get_loc() <= max(axes.get_xlim())
    }
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible() and text not in undrawn
    ]
    return [
        text for text, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > width + 1 or box.y1 > height + 1
    ]


def ranked(number: int) -> Figure:
    rng = np.random.default_rng(1)
    names = [LONG, *(f"net{place}" for place in range(number - 1))]
    found = rank_models(crowd(rng, dict(zip(names, np.linspace(0.9, 0, number), strict=True))), "AFD5", rng)
    return model_ranking(found.models, found.probabilities, 10, "simulated")


@pytest.mark.parametrize("number", [1, 3, 14])
def test_every_model_has_a_row_with_its_letters_and_its_probabilities(number: int) -> None:
    figure = ranked(number)
    of_kappa, of_ranks = figure.axes
    assert [len(axes.get_yticks()) for axes in (of_kappa, of_ranks)] == [number, number]
    assert len(of_kappa.texts) == number
    assert np.shape(of_ranks.images[0].get_array()) == (number, number)
    assert len(of_ranks.texts) == (number**2 if number <= 12 else 0)
    assert reaches_beyond(figure) == []
    assert figure.get_figwidth() == pytest.approx(COLUMN_CM / 2.54)


def test_the_figure_of_power_keeps_its_words_on_the_sheet() -> None:
    table = pd.DataFrame(
        {
            "participants": [5, 10],
            "trials": [90, 90],
            "power": [0.5, 0.9],
            "low": [0.4, 0.8],
            "high": [0.6, 1],
        }
    )
    wide = pd.concat([table.assign(trials=number) for number in (45, 90, 180, 360)])
    assert reaches_beyond(study_power([("Kappa of 0.3, told from 0", wide)], 0.8, "AFD5")) == []


def test_kappas_that_are_not_estimable_are_told_by_their_marks_and_nothing_is_cut_off() -> None:
    pairs = pd.DataFrame(
        [("human-human", 0.9, 0.9, 1.0, 0.2), ("human-human", 0.8, 0.7, -0.43, 0.0)],
        columns=["kind", "accuracy_a", "accuracy_b", "kappa", "undefined_share"],
    ).assign(condition="AFD5")
    band = independent_band(10, 0.65, np.random.default_rng(1)).assign(condition="AFD5", items=10)
    figure = kappa_and_accuracy(pairs, band, 3, "simulated")
    assert reaches_beyond(figure) == []
    marks = {line.get_ydata()[0]: line for line in figure.axes[0].lines if line.get_marker() == "o"}
    assert marks[1.0].get_markerfacecolor() == "white"
    assert marks[-0.43].get_markerfacecolor() != "white"
    said = "Small, hollow, grey: kappa is not estimable with so few errors."
    assert said in texts(figure)
    assert said not in texts(kappa_and_accuracy(pairs.iloc[1:], band, 3, "simulated"))


def test_one_model_is_sure_of_its_rank() -> None:
    assert "100" in texts(ranked(1))


def test_the_margin_is_a_band_and_a_diamond_says_on_a_par() -> None:
    models = pd.concat([model("near", {"UCF5": 0.97, "AFD5": 0.95}, seed=3), model(LONG, {"AFD5": 0.5})])
    figure = on_a_par(equivalence(people(10), models, margin=0.15), "simulated")
    easy, hard = figure.axes
    assert [axes.get_title(loc="left") for axes in (easy, hard)] == ["a  UCF5", "b  AFD5"]
    band = hard.patches[0].get_extents().transformed(hard.transData.inverted())
    assert (band.x0, band.x1) == pytest.approx((-0.15, 0.15))
    marks = [line.get_marker() for line in hard.lines if line.get_marker() in ("D", "o")]
    assert marks == ["D", "o"]
    assert reaches_beyond(figure) == []
    assert {"margin", "90 %", "95 %", "on a par"} <= set(texts(figure))
