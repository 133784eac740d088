from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.collection import Allowed, collect
from analysis.figures import overview
from analysis.report.beside_published import published_accuracy
from analysis.style import action_colours
from analysis.summary import ConditionSummary, summarise


def summary_of(path, condition: str = "AFD5") -> ConditionSummary:
    collection = collect([path], Allowed(True, True, True))
    trials = collection.table.query("condition == @condition and phase == 'test'")
    return summarise(trials, collection.actions, np.random.default_rng(1))


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text)]


def axes_titled(figure: Figure, title: str):
    (axes,) = [axes for axes in figure.axes if title in axes.get_title(loc="left")]
    return axes


def test_the_overview_shows_the_four_panels_of_the_published_figure(study_data) -> None:
    summary = summary_of(study_data)
    figure = overview(summary, published_accuracy(summary))
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.get_title(loc="left")]
    assert titles == [
        "a  Accuracy, with 95 % interval",
        "b  Choices (column) where each was shown (row)",
        "c  Time-to-choose, logarithmic",
        "d  Trials per action",
    ]
    assert "10 participants, 900 test trials" in texts(figure)
    assert "SIMULATED DATA" in texts(figure)


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        ({"simulated": ""}, None),
        ({"simulated": "", "pilot": True}, "PILOT DATA"),
        ({"pilot": True}, "SIMULATED PILOT DATA"),
    ],
)
def test_data_that_are_no_study_say_so_in_the_figure(make_session, recipe, kind, note) -> None:
    figure = overview(summary_of(make_session(replace(recipe, **kind))))
    notes = [text for text in texts(figure) if text.endswith(" DATA")]
    assert notes == ([note] if note else [])


def test_every_time_lies_inside_the_axis(make_session, recipe) -> None:
    summary = summary_of(make_session(recipe))
    trials = summary.trials.assign(time_to_choose=np.geomspace(0.02, 4000, len(summary.trials)))
    axes = axes_titled(overview(replace(summary, trials=trials)), "Time-to-choose")
    low, high = axes.get_ylim()
    drawn = np.concatenate([line.get_ydata() for line in axes.lines if line.get_marker() in (".", "o", "x")])
    assert sorted(drawn) == pytest.approx(sorted(trials["time_to_choose"]))
    assert low < drawn.min() < drawn.max() < high


def test_bars_count_right_and_wrong_answers(make_session, recipe) -> None:
    folder = make_session(replace(recipe, answer=lambda *_: "Swing"))
    axes = axes_titled(overview(summary_of(folder)), "Trials per action")
    assert [bar.get_height() for bar in axes.patches] == [0, 0, 0, 0, 4, 4, 4, 4, 4, 0]
    assert {bar.get_hatch() for bar in axes.patches[5:]} == {"/////"}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda _, action, __: action, id="never wrong"),
        pytest.param(lambda *_: "Swing", id="one action chosen always, the others never"),
        pytest.param(lambda _, action, __: "Lunges" if action == "Swing" else "Swing", id="never right"),
    ],
)
def test_extreme_answers_are_drawn_without_a_warning(make_session, recipe, answer, recwarn) -> None:
    overview(summary_of(make_session(replace(recipe, answer=answer))))
    assert [str(warning.message) for warning in recwarn] == []


def test_an_action_that_was_not_tested_is_drawn_without_a_warning(make_session, recipe, recwarn) -> None:
    collection = collect([make_session(recipe)], Allowed(True, True, True))
    trials = collection.table.query("condition == 'UCF5' and phase == 'test' and action != 'PullUps'")
    figure = overview(summarise(trials, collection.actions, np.random.default_rng(1)))
    assert texts(figure).count("–") == 5
    assert [str(warning.message) for warning in recwarn] == []


@pytest.mark.parametrize("participants", [1, 10])
def test_no_text_lies_on_another(study_data, participants) -> None:
    summary = summary_of(study_data)
    few = summary.trials["observer"].isin(sorted(summary.trials["observer"].unique())[:participants])
    small = summarise(summary.trials[few], summary.actions, np.random.default_rng(1))
    figure = overview(small, published_accuracy(small))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    boxes = [
        (text.get_text(), text.get_window_extent(renderer))
        for text in figure.findobj(Text)
        if text.get_text() and text.get_visible() and not text.get_rotation() % 90
    ]
    width, height = figure.get_size_inches() * figure.dpi
    overlapping = [
        (one, other)
        for place, (one, box) in enumerate(boxes)
        for other, its_box in boxes[:place]
        if box.overlaps(its_box.padded(-1)) and (one, box.bounds) != (other, its_box.bounds)
    ]
    outside = [
        one for one, box in boxes if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]
    assert overlapping == []
    assert outside == []


def test_an_action_keeps_its_colour_whatever_the_order() -> None:
    forward, backward = (
        action_colours(["Swing", "Juggle", "Lunges"]),
        action_colours(["Lunges", "Juggle", "Swing"]),
    )
    assert forward == backward
    assert len(set(forward.values())) == 3


def test_the_table_behind_a_figure_is_left_as_it_was(make_session, recipe) -> None:
    summary = summary_of(make_session(recipe))
    before = summary.trials.copy()
    overview(summary)
    pd.testing.assert_frame_equal(summary.trials, before)
