"""People and a model on a par: two one-sided tests of the difference of their accuracies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.weightstats import ttost_paired

from analysis.comparison.equivalence import equivalence, two_one_sided
from analysis.comparison.paired_answers import pair_answers
from analysis.errors import AnalysisError
from analysis.measures.accuracy import difference_interval
from analysis.measures.intervals import Spread
from tests.analysis.comparison.predicted import model, people


def independent(right: int, trials: int, other_right: int, other_trials: int) -> Spread:
    """Two shares with nothing in common, each with its binomial variance."""
    share, other = right / trials, other_right / other_trials
    variances = share * (1 - share) / trials, other * (1 - other) / other_trials
    return Spread(
        np.array([share, other, share - other]), np.array([*variances, sum(variances)]), np.full(3, np.inf)
    )


def test_of_independent_shares_it_is_newcombes_interval_at_ninety_percent() -> None:
    spread = independent(160, 200, 158, 200)
    low, high = difference_interval(spread, np.array([200.0, 200.0]), 0.90)
    assert (low, high) == pytest.approx(
        confint_proportions_2indep(160, 200, 158, 200, method="newcomb", alpha=0.10)
    )


@pytest.mark.parametrize(("margin", "equivalent"), [(0.085, True), (0.07, False)])
def test_the_tests_refuse_at_five_percent_just_where_the_interval_lies_inside(
    margin: float, equivalent: bool
) -> None:
    spread, trials = independent(160, 200, 158, 200), np.array([200.0, 200.0])
    low, high = difference_interval(spread, trials, 0.90)
    assert (-margin < low and high < margin) == equivalent
    assert (two_one_sided(spread, trials, margin) < 0.05) == equivalent


@pytest.mark.parametrize("margin", [0.03, 0.035, 0.04])
def test_the_p_value_is_that_of_paired_t_tests_where_shares_are_in_the_middle(margin: float) -> None:
    """40 accuracies beside one number, as statsmodels tests them: near .5 Wilson's interval is t's."""
    accuracies = np.clip(0.55 + 0.08 * np.random.default_rng(4).standard_normal(40), 0, 1)
    beside = 0.53
    p_value, _, _ = ttost_paired(accuracies, np.full(40, beside), -margin, margin)
    mean, variance = accuracies.mean(), accuracies.var(ddof=1) / 40
    spread = Spread(
        np.array([mean, beside, mean - beside]), np.array([variance, 1e-16, variance]), np.full(3, 39.0)
    )
    assert 0.001 < p_value < 0.5
    assert two_one_sided(spread, np.array([1e6, 1e15]), margin) == pytest.approx(p_value, rel=0.06)


def test_a_model_like_a_person_is_on_a_par_and_a_poor_one_differs() -> None:
    ours = people(10)
    models = pd.concat([model("near", {"AFD5": 0.95}, seed=3), model("far", {"AFD5": 0.5})])
    table = equivalence(ours, models, margin=0.15).set_index("model")
    assert table.loc["near", "verdict"] == "on a par"
    assert -0.15 < table.loc["near", "low90"] < table.loc["near", "high90"] < 0.15
    assert table.loc["near", "p_value"] < 0.05
    assert table.loc["far", "verdict"] == "different"
    assert (table["low"] < table["low90"]).all()
    assert (table["high90"] < table["high"]).all()


def test_the_p_value_goes_on_beyond_the_margin() -> None:
    """At the end of the interval of 1 - 2 p; .5 is a difference as large as the margin itself."""
    ours, theirs = people(10), model("far", {"AFD5": 0.5}, seed=3)
    whole = equivalence(ours, theirs).iloc[0]
    distance = abs(whole["difference"])
    found = {
        share: equivalence(ours, theirs, margin=share * distance).iloc[0]["p_value"]
        for share in (0.5, 0.999, 1.001, 2)
    }
    assert list(found) == sorted(found, key=lambda share: -found[share])
    assert found[1.001] < 0.5 < found[0.999]
    assert found[0.999] == pytest.approx(0.5, abs=0.01)
    # The 90 % interval ends where one of the two tests has p = .05, or .95 on its other side.
    near, far = sorted(abs(bound) for bound in (whole["low90"], whole["high90"]))
    assert equivalence(ours, theirs, margin=far).iloc[0]["p_value"] == pytest.approx(0.05, abs=1e-4)
    assert equivalence(ours, theirs, margin=near).iloc[0]["p_value"] == pytest.approx(0.95, abs=1e-4)


def test_sixty_clips_cannot_tell_a_difference_of_a_few_points() -> None:
    row = equivalence(people(2), model("near", {"AFD5": 0.9}, seed=3), margin=0.02).iloc[0]
    assert row["verdict"] == "cannot be told"


def test_the_difference_is_paired_over_clips() -> None:
    """A model that fails where people fail is told from them better than one that fails elsewhere."""
    ours = people(10)
    ours = ours[ours["condition"] == "AFD5"]
    easy = ours.groupby("clip_id")["correct"].mean()
    hard = easy.nsmallest(9).index
    like, unlike = model("like", {"AFD5": 1.0}), model("unlike", {"AFD5": 1.0})
    like["correct"] = (~like["clip_id"].isin(hard)).astype(int)
    unlike["correct"] = (~unlike["clip_id"].isin(easy.nlargest(9).index)).astype(int)
    table = equivalence(ours, pd.concat([like, unlike])).set_index("model")
    width = table["high"] - table["low"]
    assert table.loc["like", "difference"] == pytest.approx(table.loc["unlike", "difference"])
    assert width["like"] < 0.8 * width["unlike"]


def test_a_model_without_a_mistake_still_has_an_interval() -> None:
    row = equivalence(people(6), model("M", {"UCF5": 1.0})).iloc[0]
    assert row["accuracy_model"] == 1
    assert row["low"] < row["difference"] < row["high"]


def test_clips_that_the_model_lacks_are_left_out_and_counted() -> None:
    ours, answers = people(3), model("M", {"AFD5": 0.8})
    row = equivalence(ours, answers.iloc[:80]).iloc[0]
    assert (row["clips"], row["trials"], row["left_out"]) == (80, 240, 30)


def test_several_runs_of_a_model_count_together() -> None:
    ours = people(3)
    runs = [model("M", {"AFD5": 0.9}, seed=seed).assign(session=seed) for seed in (1, 2)]
    row = equivalence(ours, pd.concat(runs)).iloc[0]
    assert row["accuracy_model"] == pytest.approx(pd.concat(runs)["correct"].mean())


@pytest.mark.parametrize("margin", [0.0, -0.05, 1.0, np.nan])
def test_a_margin_that_is_none_is_refused(margin: float) -> None:
    with pytest.raises(AnalysisError, match="allowed is a share above 0 and below 1"):
        equivalence(people(2), model("M", {"AFD5": 0.9}), margin)


def test_without_a_common_clip_there_is_nothing_to_compare() -> None:
    strange = model("M", {"AFD5": 0.9})
    strange["clip_id"] = "AFD5/other" + strange["clip_id"].str[-3:]
    with pytest.raises(AnalysisError, match="M answered none of the 90 clips that people answered"):
        equivalence(people(2), strange)
    with pytest.raises(AnalysisError, match="no answer in a condition that people answered in"):
        equivalence(people(2), model("M", {"AFD5": 0.9}).assign(condition="UCF101"))


def test_two_answers_of_a_model_to_a_clip_are_refused() -> None:
    twice = pd.concat([model("M", {"AFD5": 0.9}), model("M", {"AFD5": 0.9}).iloc[:1]])
    with pytest.raises(AnalysisError, match="was answered twice; a model has one answer"):
        pair_answers(people(2).query("condition == 'AFD5'"), twice, "M")


def test_one_person_and_one_clip_tell_nothing() -> None:
    ours = people(1).query("condition == 'AFD5'").iloc[:1]
    row = equivalence(ours, model("M", {"AFD5": 0.9}).iloc[:1]).iloc[0]
    assert row["verdict"] == "cannot be told"
    assert np.isnan(row["p_value"])
    assert np.isnan(row["low"])
