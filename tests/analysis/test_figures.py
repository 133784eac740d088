from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.collection import Allowed, collect
from analysis.figures import (
    choices_per_participant,
    overview,
    shares_by_time,
    spread_of_choices,
    time_quantiles,
)
from analysis.figures.times import TimeGroup, draw_times, outlines
from analysis.measures.confusion import confusion_by_observer
from analysis.measures.sensitivity import sensitivity, sensitivity_by_observer
from analysis.report.beside_published import published_accuracy
from analysis.report.exhibits import drawn
from analysis.style import COLUMN_CM, INK, SMALLEST_PT, action_colours
from analysis.summary import ConditionSummary, named, summarise

ACTIONS = ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")


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


def all_figures(data) -> dict[str, Figure]:
    from analysis.report.all_exhibits import all_exhibits
    from analysis.report.findings import gather

    findings = gather(collect([data], Allowed(True, True, True)))
    return {shown.name: shown.figure for shown in all_exhibits(findings) if shown.figure is not None}


def test_every_figure_is_one_column_wide_and_its_letters_can_be_read_in_print(study_data) -> None:
    figures = all_figures(study_data)
    assert len(figures) >= 12
    for name, figure in figures.items():
        assert figure.get_figwidth() * 2.54 == pytest.approx(COLUMN_CM), name
        assert figure.get_figheight() * 2.54 < 24, name
        sizes = {text.get_fontsize() for text in figure.findobj(Text) if text.get_text()}
        assert min(sizes) >= SMALLEST_PT, name


def texts_in_sight(axes) -> list[Text]:
    """Titles, labels and texts of an axes, and the ticks within its limits."""
    shown = [axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label, *axes.texts]
    for axis, limits in ((axes.xaxis, sorted(axes.get_xlim())), (axes.yaxis, sorted(axes.get_ylim()))):
        shown += [tick.label1 for tick in axis.get_major_ticks() if limits[0] <= tick.get_loc() <= limits[1]]
    return [text for text in shown if text.get_text() and text.get_visible()] if axes.axison else []


def test_nothing_in_a_figure_lies_outside_it(study_data) -> None:
    for name, figure in all_figures(study_data).items():
        FigureCanvasAgg(figure).draw()
        width, height = figure.get_size_inches() * figure.dpi
        for text in [*figure.texts, *(text for axes in figure.axes for text in texts_in_sight(axes))]:
            box = text.get_window_extent()
            inside = box.x0 > -2 and box.y0 > -2 and box.x1 < width + 2 and box.y1 < height + 2
            assert inside, (name, text.get_text())


def test_what_a_linear_axis_cuts_off_is_counted_in_its_margin(make_session, recipe) -> None:
    # Given times of 1 s and of each action one of 500 s
    summary = summary_of(make_session(recipe))
    trials = summary.trials.assign(time_to_choose=1.0).reset_index(drop=True)
    trials.loc[trials.groupby("action").head(1).index, "time_to_choose"] = 500.0
    many = pd.concat([trials, *[trials[trials["time_to_choose"] == 1.0]] * 9], ignore_index=True)
    figure = time_quantiles(replace(summary, trials=many), many[:0], (0.1, 0.5, 0.9))
    # Then the axis ends before them, and their number stands beside it for each action
    (axes,) = [axes for axes in figure.axes if "linear" in axes.get_title(loc="left")]
    assert axes.get_xlim()[1] < 500
    counts = [text.get_text() for text in axes.texts]
    assert counts[1:] == ["1"] * 5
    assert counts[0].startswith("beyond")


def test_a_thousand_participants_make_no_large_figure(make_session, recipe) -> None:
    summary = summary_of(make_session(recipe))
    many = pd.concat([summary.trials] * 300, ignore_index=True)
    times = np.random.default_rng(1).lognormal(1.0, 0.6, len(many))
    figure = overview(replace(summary, trials=many.assign(time_to_choose=times)))
    assert len(drawn(figure, "svg")) < 400_000


def test_ticks_of_the_drop_stand_where_they_say(study_data) -> None:
    drop = all_figures(study_data)["drop_UCF5_AFD5"]
    FigureCanvasAgg(drop).draw()
    ticks = drop.axes[1].xaxis.get_major_ticks()
    assert len(ticks) > 3
    for tick in ticks:
        assert float(tick.label1.get_text().replace("−", "-")) == pytest.approx(100 * tick.get_loc())


def test_data_without_loops_have_no_empty_panel(make_session, recipe) -> None:
    summary = summary_of(make_session(recipe))
    without = replace(summary, trials=summary.trials.assign(loops=np.nan))
    assert len(time_quantiles(summary, summary.trials, (0.5,)).axes) == 3
    assert len(time_quantiles(without, summary.trials, (0.5,)).axes) == 2


def test_few_training_trials_are_marked_pale_as_their_boxes_are() -> None:
    axes = Figure().subplots()
    times = np.array([1.0, 2.0])
    draw_times(axes, [TimeGroup(0, times, "#0072b2", look) for look in ("pale", "filled")])
    pale, filled = axes.lines
    assert to_rgba(pale.get_markerfacecolor()) == to_rgba("#0072b2", 0.22)
    assert to_rgba(filled.get_markerfacecolor()) == to_rgba("#0072b2")
    assert pale.get_alpha() is None, "it would take the place of that of the face"
    assert to_rgba(pale.get_markeredgecolor()) == to_rgba(filled.get_markeredgecolor()) == to_rgba(INK)


def test_outlines_and_curves_hold_every_time(make_session, recipe) -> None:
    trials = summary_of(make_session(recipe)).trials
    drawn_outlines = outlines(pd.concat([trials] * 3), ["action"])
    assert drawn_outlines.groupby("action")["trials"].sum().to_dict() == dict.fromkeys(ACTIONS, 12)
    fastest, slowest = trials["time_to_choose"].min(), trials["time_to_choose"].max()
    assert drawn_outlines["from_s"].min() == pytest.approx(fastest)
    assert drawn_outlines["to_s"].max() == pytest.approx(slowest)
    curves = shares_by_time(trials, ACTIONS, "time_to_choose")
    for action in ACTIONS:
        assert list(curves.loc[curves["action"] == action, "share"]) == [0.25, 0.5, 0.75, 1.0]


def test_the_spread_of_choices_is_over_participants(study_data) -> None:
    # Given the matrices of ten participants
    trials = summary_of(study_data).trials
    shares = confusion_by_observer(trials, ACTIONS).query("action == 'Swing' and response == 'Swing'")[
        "share"
    ]
    # Then what stands for many of them is their median, and what one in ten lies below and above
    (row,) = (
        spread_of_choices(confusion_by_observer(trials, ACTIONS))
        .query("action == 'Swing' and response == 'Swing'")
        .to_dict("records")
    )
    expected = np.quantile(shares, [0.5, 0.1, 0.9])
    assert [row["median"], row["p10"], row["p90"]] == pytest.approx(list(expected))


@pytest.mark.parametrize("observers", [1, 16, 17, 120])
def test_choices_are_drawn_for_few_and_for_many(make_session, recipe, observers) -> None:
    trials = summary_of(make_session(recipe)).trials
    many = pd.concat([trials.assign(observer=f"P{number:04d}") for number in range(observers)])
    told = sensitivity_by_observer(many, ACTIONS)
    together = sensitivity(many, ACTIONS, np.random.default_rng(1), draws=100).query("measure == 'd_prime'")
    figure = choices_per_participant(
        "AFD5", ACTIONS, told, together, confusion_by_observer(many, ACTIONS), "simulated"
    )
    named_ones = [text for text in texts(figure) if text.startswith("P0")]
    assert len(named_ones) == (observers if observers <= 16 else 0)


def test_a_condition_without_a_word_for_its_name_is_called_condition() -> None:
    assert (named("AFD5"), named("0")) == ("AFD5", "condition 0")
