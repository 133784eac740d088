"""The figures of clips: what they show, and that nothing is cut off."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.comparison.clip_findings import ClipFindings, clip_findings
from analysis.comparison.clip_motion import ClipMotion
from analysis.comparison.gallery import Strips
from analysis.figures.item_correlations import item_correlations_figure
from analysis.report.clip_sheets import clip_sheets
from analysis.style import SMALLEST_PT, figure_style
from tests.analysis.comparison.answering import MENU
from tests.analysis.comparison.test_items import simulated


@pytest.fixture(scope="module")
def findings() -> ClipFindings:
    answers, of_models = simulated(6, items=60, models=2, knows=0.6)
    rng = np.random.default_rng(3)
    speed = rng.random(len(answers.items)).tolist()
    motions = [
        ClipMotion(name, 2 + each, each, each / 2, 1 - each, "dis")
        for name, each in zip(answers.items, speed, strict=True)
    ]
    return clip_findings(answers, of_models, rng, motions, draws=100)


@pytest.fixture(scope="module")
def figures(findings: ClipFindings) -> dict[str, Figure]:
    return clip_sheets(findings, MENU, "simulated", "there is no set.")


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text)]


def test_every_model_and_condition_has_its_figures(figures: dict[str, Figure]) -> None:
    assert set(figures) == {
        "correlations_AFD5",
        "properties_AFD5",
        *(f"{kind}_AFD5_{model}" for kind in ("clips", "gallery") for model in ("m0", "m1")),
    }


def test_no_text_is_cut_off_or_too_small(figures: dict[str, Figure]) -> None:
    for name, figure in figures.items():
        with figure_style():
            FigureCanvasAgg(figure)
            box = figure.get_tightbbox()
        width, height = figure.get_size_inches()
        assert box.x0 >= 0, f"{name}: something begins left of the figure"
        assert box.x1 <= width, f"{name}: something ends right of the figure"
        assert box.y0 >= 0, f"{name}: something ends below the figure"
        assert box.y1 <= height, f"{name}: something begins above the figure"
        sizes = [float(text.get_fontsize()) for text in figure.findobj(Text) if text.get_text().strip()]
        assert min(sizes) >= SMALLEST_PT


def test_every_clip_is_a_mark_inside_the_panel(figures: dict[str, Figure], findings: ClipFindings) -> None:
    for axes in figures["clips_AFD5_m0"].axes:
        x, y = (np.concatenate([line.get_data()[axis] for line in axes.lines]) for axis in (0, 1))
        assert len(x) == 60
        (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
        assert (x >= left).all()
        assert (x <= right).all()
        assert (y >= low).all()
        assert (y <= high).all()


def test_the_scatter_names_its_correlation_and_the_ceiling(
    figures: dict[str, Figure], findings: ClipFindings
) -> None:
    row = findings.correlations.query("observer == 'm1' and human == 'accuracy' and model == 'p_right'").iloc[
        0
    ]
    said = f"rank correlation {row['rho']:.2f} (95 % {row['low']:.2f} to {row['high']:.2f})"
    assert any(f"{said}, ceiling {row['ceiling']:.2f}" in text for text in texts(figures["clips_AFD5_m1"]))


def test_the_ceiling_is_a_band_behind_the_models(figures: dict[str, Figure], findings: ClipFindings) -> None:
    ceiling = findings.ceilings.query("human == 'accuracy'").iloc[0]
    axes = figures["correlations_AFD5"].axes[0]
    edges = {round(float(patch.get_x()), 6) for patch in axes.patches}  # type: ignore[attr-defined]
    assert round(float(ceiling["ceiling_low"]), 6) in edges
    assert [label.get_text() for label in axes.get_yticklabels()] == ["m0", "m1"]


def test_labels_of_correlations_do_not_run_together_where_some_are_negative(findings: ClipFindings) -> None:
    wide = findings.correlations.assign(low=-0.9)
    figure = item_correlations_figure("AFD5", wide, 6, "simulated")
    with figure_style():
        FigureCanvasAgg(figure).draw()
        for axes in figure.axes:
            boxes = [label.get_window_extent() for label in axes.get_xticklabels() if label.get_text()]
            assert len(boxes) >= 3
            assert all(left.x1 + 5 < right.x0 for left, right in pairwise(boxes))


def test_galleries_name_clips_without_footage_and_show_them_with_it(
    findings: ClipFindings, figures: dict[str, Figure], monkeypatch: pytest.MonkeyPatch
) -> None:
    of_model = findings.parting.query("observer == 'm0'")
    words = texts(figures["gallery_AFD5_m0"])
    for clip in of_model["clip_id"]:
        assert str(clip).removeprefix("AFD5/") in words
    picture = np.zeros((120, 652, 3), dtype=np.uint8)
    shown = Strips({str(clip): picture for clip in of_model["clip_id"]})
    monkeypatch.setattr("analysis.report.clip_sheets.strips", lambda *_: shown)
    gallery = clip_sheets(findings, MENU, "", "never asked")["gallery_AFD5_m0"]
    assert sum(len(axes.images) for axes in gallery.axes) == len(of_model)


def test_without_probabilities_answers_stand_in_and_that_is_said(findings: ClipFindings) -> None:
    answers, of_models = simulated(6, items=60, models=1)
    of_models = of_models.assign(p_right=np.nan, margin=np.nan, entropy=np.nan)
    plain = clip_findings(answers, of_models, np.random.default_rng(1), draws=100)
    sheets = clip_sheets(plain, MENU, "", "no set")
    assert "by its answers alone" in texts(sheets["correlations_AFD5"])
    assert len(sheets["clips_AFD5_m0"].axes) == 1
    assert not any(name.startswith("properties") for name in sheets)


def test_people_without_times_have_one_panel() -> None:
    answers, of_models = simulated(6, items=60, models=1)
    timeless = replace(answers, times_s=np.full(answers.right.shape, np.nan))
    found = clip_findings(timeless, of_models, np.random.default_rng(1), draws=100)
    assert len(clip_sheets(found, MENU, "", "no set")["clips_AFD5_m0"].axes) == 1
    rows = found.correlations[found.correlations["human"] == "median_time"]
    assert pd.isna(rows["rho"]).all()
