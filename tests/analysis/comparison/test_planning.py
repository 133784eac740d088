"""The power of planned studies: simulated, and against closed forms where there are some."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from scipy.special import expit
from statsmodels.stats.power import NormalIndPower, TTestPower
from statsmodels.stats.proportion import proportion_effectsize

from analysis.comparison.kappa import error_consistency, pair_counts
from analysis.comparison.planned_tests import answered, kappa_spread
from analysis.comparison.planning import Grid, plan_sentence, power_table
from analysis.comparison.planning_question import Question, question_of
from analysis.comparison.ranking import rank_models
from analysis.comparison.simulated_answers import Design, ModelAnswers, people_and_model, possible_kappas
from analysis.comparison.study_source import StudySource, log_odds_for, pilot_source, published_source
from analysis.errors import AnalysisError
from analysis.figures.study_power import study_power
from analysis.measures.intervals import plain_interval
from tests.analysis.comparison.test_ranking import answers
from tests.analysis.measures.simulated import USUAL, chances, frame, right

ALIKE = StudySource("AFD5", np.full(5, 0.8), 0.0, 0.0, 0.0, 7, "nobody and nothing differs")


def power_of(kind: str, source: StudySource, participants: int, trials: int, **given: float) -> float:
    question = question_of(kind, source, **given)  # type: ignore[arg-type]
    table = power_table(question, source, Grid((participants,), (trials,), 300), 0.8, seed=3)
    return float(table["power"].iloc[0])


@pytest.mark.parametrize(("participants", "value"), [(8, 0.5), (16, 0.5), (24, 0.53)])
def test_where_people_differ_most_the_power_is_that_of_a_t_test_over_people(
    participants: int, value: float
) -> None:
    """The closed form of statsmodels, for means of people that vary by their skill and by chance."""
    source = replace(ALIKE, observers=0.8)
    skills = expit(log_odds_for(0.6, 0.8) + 0.8 * np.random.default_rng(1).standard_normal(200_000))
    deviation = np.sqrt(skills.var() + (skills * (1 - skills)).mean() / 90)
    closed = TTestPower().power((0.6 - value) / deviation, participants, 0.05)
    simulated = power_of("accuracy", source, participants, 90, expected=0.6, value=value)
    assert simulated == pytest.approx(closed, abs=0.08)


@pytest.mark.parametrize(("trials", "value"), [(40, 0.775), (70, 0.82)])
def test_where_nothing_differs_the_power_is_a_little_below_that_of_independent_trials(
    trials: int, value: float
) -> None:
    """The closed form for one share (Cohen's h), for those who know that nothing differs."""
    closed = NormalIndPower(ddof=0).power(proportion_effectsize(0.8, value), 40 * trials, 0.05, ratio=0)
    simulated = power_of("accuracy", ALIKE, 40, trials, expected=0.8, value=value)
    assert closed - 0.15 < simulated < closed + 0.05


def test_people_who_differ_need_more_of_them_and_more_trials_do_not_help() -> None:
    source = replace(ALIKE, observers=1.0)
    few_long = power_of("accuracy", source, 5, 180, value=0.7)
    many_short = power_of("accuracy", source, 20, 45, value=0.7)
    assert many_short > few_long + 0.3


def test_what_is_not_there_is_seldom_found() -> None:
    """An accuracy a hair from its value, kappa a hair from 0: 2.5 % on the expected side."""
    source = published_source("AFD5")
    accuracy = power_of("accuracy", source, 10, 90, expected=0.9, value=0.8994)
    kappa = power_of("kappa", source, 10, 90, expected=0.0001, value=0.0)
    assert accuracy < 0.06
    assert kappa < 0.07


def test_models_that_differ_by_the_margin_are_seldom_called_on_a_par() -> None:
    assert power_of("par", ALIKE, 30, 360, expected=0.0499, value=0.05) < 0.09
    assert power_of("par", ALIKE, 30, 720, expected=0.0, value=0.05) > 0.5


def test_simulated_answers_have_the_accuracies_and_the_kappa_asked_for() -> None:
    source = published_source("AFD5")
    design = Design(20, 200, 5, 40)
    people, model = people_and_model(
        source, 0.9, ModelAnswers(0.85, 0.3), design, 60, np.random.default_rng(1)
    )
    assert people.shape == (60, 20, 200)
    assert people.mean() == pytest.approx(0.9, abs=0.01)
    assert model.mean() == pytest.approx(0.85, abs=0.015)
    counts = sum(pair_counts(people[:, one].ravel(), model.ravel()) for one in range(20))
    assert error_consistency(np.array([counts])).kappa[0] == pytest.approx(0.3, abs=0.025)
    by_action = people.mean(axis=(0, 1))
    easy, hard = by_action[design.action == 0].mean(), by_action[design.action == 2].mean()
    assert easy - hard == pytest.approx(0.95 - 0.85, abs=0.03)


def test_the_bounds_of_kappa_are_those_of_the_literature() -> None:
    """Accuracies .8 and .6: at most .545454 (Geirhos, Meding & Wichmann 2020)."""
    low, high = possible_kappas(0.8, 0.6)
    assert high == pytest.approx(0.545454, abs=1e-6)
    assert low == pytest.approx((0.4 - 0.56) / 0.44)


def test_the_interval_of_mean_kappa_without_drawing_is_that_of_the_bootstrap() -> None:
    design = Design(10, 200, 5, 10)
    people, model = people_and_model(
        published_source("AFD5"), 0.85, ModelAnswers(0.8, 0.3), design, 1, np.random.default_rng(2)
    )
    low, high = plain_interval(kappa_spread(people[0], model[0], design), -1, 1)
    rows = {f"P{place}": row for place, row in enumerate(people[0])} | {"M": model[0]}
    shared = replace(
        answers(rows, {"M"}), actions=design.action.astype(np.int64), groups=design.group.astype(np.int64)
    )
    row = rank_models(shared, "AFD5", np.random.default_rng(1)).models.iloc[0]
    assert (low[0] + high[0]) / 2 == pytest.approx(row["kappa"])
    assert high[0] - low[0] == pytest.approx(row["high"] - row["low"], rel=0.1)


def test_a_mean_kappa_passes_over_people_whose_kappa_is_undefined() -> None:
    design = Design(3, 20, 5, 2)
    model = np.ones(20)
    people = np.ones((3, 20))
    assert np.isnan(kappa_spread(people, model, design).estimate[0])
    people[0, :4] = 0
    assert kappa_spread(people, model, design).estimate[0] == 0


def test_a_design_shares_out_clips_and_groups() -> None:
    design = Design(4, 12, 5, 2)
    assert np.bincount(design.action).tolist() == [3, 3, 2, 2, 2]
    assert design.group.tolist() == [0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9]
    assert design.by_group(np.ones(12)).tolist() == [2, 1, 2, 1, 1, 1, 1, 1, 1, 1]
    assert design.crossing.df_items == 5


def test_the_same_seed_gives_the_same_table_whichever_designs_are_tried() -> None:
    source = published_source("AFD5")
    question = question_of("accuracy", source)
    one = power_table(question, source, Grid((5, 10), (45,), 40), 0.8, seed=1)
    other = power_table(question, source, Grid((10,), (45, 90), 40), 0.8, seed=1)
    assert one.iloc[1].to_dict() == other.iloc[0].to_dict()
    assert one["power"].iloc[1] != power_table(question, source, Grid((10,), (45,), 40), 0.8, 2)["power"][0]


def test_the_published_study_gives_accuracies_and_the_pilot_its_own() -> None:
    source = published_source("AFD5")
    assert source.accuracies[0] == pytest.approx(191 / 202)
    assert source.groups_per_action == 7
    with pytest.raises(AnalysisError, match="the published study has no AFD101, only UCF5, AFD5"):
        published_source("AFD101")


def test_a_pilot_tells_how_much_people_and_clips_differ() -> None:
    """20 pilots of ten: standard deviations of .6, .5 and .5 come out a little small on average."""
    rng, trials = np.random.default_rng(1), frame(10).assign(attention_check=0)
    sources = [
        pilot_source(trials.assign(correct=right(chances(10, 0.9, USUAL, rng), rng)), "AFD5")
        for _ in range(20)
    ]
    found = np.array([(source.observers, np.hypot(source.groups, source.clips)) for source in sources])
    assert found.mean(axis=0) == pytest.approx([0.6, np.sqrt(0.5)], abs=0.16)
    assert np.mean([source.accuracy for source in sources]) == pytest.approx(0.9, abs=0.02)
    assert sources[0].groups_per_action == 7
    assert "10 participants with 900 test trials" in sources[0].described


def test_a_pilot_is_as_accurate_as_its_trials_whatever_is_added_to_its_actions() -> None:
    """Four of the five actions without a mistake: half a wrong answer in each would cost a point."""
    trials = frame(2).assign(attention_check=0, correct=1)
    wrong = trials.index[trials["action"].isin(["Lunges", "Swing"])][:7]
    trials.loc[wrong, "correct"] = 0
    source = pilot_source(trials, "AFD5")
    assert source.accuracy == pytest.approx(1 - 7 / 180, abs=1e-9)
    assert ((source.accuracies > 0) & (source.accuracies < 1)).all()
    assert source.accuracies.argmin() == 1, "Lunges has the mistakes"
    assert "half a right and half a wrong answer added to each action, and the accuracy" in source.described


def test_a_pilot_without_any_mistake_or_with_nothing_right_still_plans() -> None:
    trials = frame(3).assign(attention_check=0)
    for answer in (0, 1):
        source = pilot_source(trials.assign(correct=answer), "AFD5")
        assert 0 < source.accuracy < 1
        assert source.deviation < 0.1
        assert f"since all answers are {('wrong', 'right')[answer]}" in source.described


def test_a_pilot_must_have_the_condition_and_two_participants() -> None:
    trials = frame(1).assign(attention_check=0, correct=1)
    with pytest.raises(AnalysisError, match="has 1 participant in AFD5"):
        pilot_source(trials, "AFD5")
    with pytest.raises(AnalysisError, match="no test trial in UCF5; its conditions are: AFD5"):
        pilot_source(trials, "UCF5")


@pytest.mark.parametrize(
    ("kind", "given", "sentence"),
    [
        ("kappa", {"expected": 0.99, "model_accuracy": 0.5}, "a kappa of 0.99 is not possible"),
        ("kappa", {"expected": 0.3, "value": 0.3}, "told from 0.3, which is the same$"),
        ("accuracy", {"expected": 0.897153, "value": 0.897}, "0.897, which is the same, 89.7%, in print"),
        ("kappa", {"model_accuracy": 1.0}, "--model-accuracy is 1; allowed is more than 0"),
        ("kappa", {"value": -2.0}, "kappa: to be told from -2; allowed is -1 to 1"),
        ("difference", {"value": np.nan}, "difference: to be told from nan; allowed is -1 to 1"),
        ("difference", {"expected": np.nan}, "a difference of nan leaves a model nan"),
        ("par", {"value": np.nan}, "the margin is nan"),
        ("accuracy", {"expected": 1.0}, "and an expected one between them"),
        ("difference", {"expected": -0.3}, "a difference of -0.3 leaves a model 1.2"),
        ("par", {"value": 0.0}, "the margin must be larger than the difference"),
        ("par", {"expected": 0.1}, "the margin must be larger than the difference"),
    ],
)
def test_questions_without_an_answer_are_refused(kind: str, given: dict[str, float], sentence: str) -> None:
    source = published_source("AFD5")
    with pytest.raises(AnalysisError, match=sentence):
        power_table(question_of(kind, source, **given), source, Grid((5,), (45,), 2), 0.8, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("grid", "power", "sentence"),
    [
        (Grid((1,), (45,)), 0.8, "--participants: found 1; allowed are whole numbers from 2"),
        (Grid((5,), (9,)), 0.8, "--trials: found 9; allowed are whole numbers from 10"),
        (Grid((5, 5), (45,)), 0.8, "--participants: give each number once"),
        (Grid((5,), (45,), 0), 0.8, "--studies is 0; allowed is 1 and more"),
        (Grid((5,), (45,)), 1.0, "--power is 1; allowed is more than 0 and less than 1"),
    ],
)
def test_designs_that_are_none_are_refused(grid: Grid, power: float, sentence: str) -> None:
    source = published_source("AFD5")
    with pytest.raises(AnalysisError, match=sentence):
        power_table(question_of("accuracy", source), source, grid, power, 1)


def designs(*rows: tuple[int, int, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["participants", "trials", "power"])
    return table.assign(
        all_trials=table["participants"] * table["trials"],
        low=table["power"] - 0.05,
        high=(table["power"] + 0.05).clip(upper=1),
        studies=300,
        enough=(table["power"] >= 0.8).astype(int),
    )


def test_the_sentence_names_the_smallest_design_that_is_enough() -> None:
    question = question_of("kappa", published_source("AFD5"))
    table = designs((10, 45, 0.5), (20, 45, 0.7), (5, 90, 0.6), (20, 90, 0.9), (10, 90, 0.82), (5, 180, 0.85))
    assert plan_sentence(table, question, 0.8) == (
        "To tell a kappa of 0.3 between people and a model from 0 with a power of 80%, 5 participants with "
        "180 trials each are enough (power 85%, 80% to 90% given 300 simulated studies); so are 10 with 90; "
        "with 45 trials none of these numbers is."
    )
    assert plan_sentence(designs((10, 45, 0.5), (20, 45, 0.7)), question, 0.8).endswith(
        "none of these designs is enough: the best of them, 20 participants with 45 trials each, has a power "
        "of 70%."
    )


def test_the_figure_has_a_panel_for_each_question_and_a_line_for_each_number_of_trials() -> None:
    table = designs((5, 45, 0.2), (10, 45, 0.4), (5, 90, 0.5), (10, 90, 0.9))
    figure = study_power([("Kappa", table), ("Accuracy", table)], 0.8, "AFD5")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["a  Kappa", "b  Accuracy"]
    lines = [line for line in figure.axes[0].lines if line.get_marker() not in ("None", "", None)]
    assert [list(line.get_ydata()) for line in lines] == [[0.2, 0.4], [0.5, 0.9]]
    assert {"45", "90", "wanted"} <= {text.get_text() for text in figure.findobj(Text)}


def test_log_odds_for_a_mean_chance_are_beyond_those_of_the_typical_person() -> None:
    assert log_odds_for(0.9, 0.0) == pytest.approx(np.log(9))
    assert log_odds_for(0.9, 1.0) > np.log(9)
    assert log_odds_for(0.5, 1.0) == pytest.approx(0)


def test_a_study_without_a_shared_error_tells_nothing_of_kappa() -> None:
    """Its mean kappa has no interval in the analysis, however far below 0 it lies."""
    design = Design(4, 90, 5, 7)
    people, model = np.ones((4, 90)), np.ones(90)
    people[:, [1, 20, 38, 56, 74]] = 0
    model[[3, 22, 40, 58, 76]] = 0
    question = Question("kappa", expected=-0.02, value=0.0, model_accuracy=0.95)
    high = plain_interval(kappa_spread(people, model, design), -1, 1)[1]
    assert high[0] < 0, "by its draws alone, kappa lies below 0"
    assert not answered(question, people, model, design)
    # People who err where the model does are told from chance, as ever.
    people[:, model == 0] = 0
    assert answered(replace(question, expected=0.3), people, model, design)
