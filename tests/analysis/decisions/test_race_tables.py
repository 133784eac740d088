from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.collection import Allowed, collect
from analysis.decisions.race import choice_probabilities
from analysis.decisions.race_tables import (
    EVERYBODY,
    fitted_races,
    predicted_quantiles,
    race_parameters,
)
from tests.analysis.decisions.people_and_network import network_answers, people_like
from tests.analysis.measures.simulated import ACTIONS


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """Six participants whose rates are -2, and 1.4 more for the action that is shown; 90 clips each."""
    rng = np.random.default_rng(2)
    return people_like(network_answers(rng), 6, 0.0, 1.4, rng)


def test_everybody_has_a_race_and_all_have_one_together(people) -> None:
    table = race_parameters(fitted_races(people, "AFD5", ACTIONS))
    assert table["observer"].unique().tolist() == [*people["observer"].unique(), EVERYBODY]
    assert table.loc[table["observer"] == EVERYBODY, "trials"].eq(540).all()
    of_all = table[table["observer"] == EVERYBODY].set_index(["parameter", "action"])
    assert (of_all.loc["advantage", "low"] < 1.4).all()
    assert (of_all.loc["advantage", "high"] > 1.4).all()
    scale = table[table["parameter"] == "scale"].set_index("observer")
    assert scale.loc[EVERYBODY, "value"] == pytest.approx(0.5, abs=0.08)
    # Six times the answers: the interval is about two and a half times as narrow.
    width = scale["high"] - scale["low"]
    assert width[EVERYBODY] < 0.6 * width.drop(EVERYBODY).median()


def test_too_few_answers_have_no_race_and_a_reason(people) -> None:
    few = people[(people["observer"] != "P0001") | (people["trial"] <= 12)]
    table = race_parameters(fitted_races(few, "AFD5", ACTIONS)).set_index("observer")
    assert table.loc["P0001", "method"] == (
        "not computed: a race needs 20 answers with a time, and there are 12"
    )
    assert np.isnan(table.loc["P0001", "value"])
    assert np.isfinite(table.loc["P0002", "value"]).all()


def test_races_predict_the_shares_and_times_that_made_them(people) -> None:
    table = predicted_quantiles(people, fitted_races(people, "AFD5", ACTIONS))
    right = table[table["answer"] == "right"]
    assert len(right) == 5 * len(ACTIONS)
    assert right["predicted_share"].to_numpy() == pytest.approx(right["share"].to_numpy(), abs=0.06)
    middle = right[right["quantile"] == 0.5]
    assert middle["predicted_s"].to_numpy() == pytest.approx(middle["time_s"].to_numpy(), rel=0.12)
    both = table.drop_duplicates(["action", "answer"]).groupby("action")[["share", "predicted_share"]].sum()
    assert both["share"].to_numpy() == pytest.approx(np.ones(5))
    assert both["predicted_share"].to_numpy() == pytest.approx(np.ones(5), abs=0.02)
    assert table.loc[(table["answer"] == "right"), "trials"].drop_duplicates().max() <= 108


def test_the_share_of_right_answers_is_the_chance_of_the_race(people) -> None:
    """Of one participant, each action with its own scale where it is shown, guesses counted."""
    of_one = people[people["observer"] == people["observer"].iloc[0]]
    races = fitted_races(of_one, "AFD5", ACTIONS)
    fit = races[0].fit
    rates, shown = fit.level + fit.bias + np.diag(fit.advantage), np.arange(5)
    expected = np.diag(choice_probabilities(fit.race, rates, shown))
    found = predicted_quantiles(of_one, races).query("answer == 'right' and quantile == 0.5")
    assert found["predicted_share"].to_numpy() == pytest.approx(expected, abs=0.005)


def test_an_action_without_a_wrong_answer_still_has_a_predicted_share(people) -> None:
    clean = people.assign(response=people["action"], correct=1)
    table = predicted_quantiles(clean, fitted_races(clean, "AFD5", ACTIONS))
    wrong = table[table["answer"] == "wrong"]
    assert wrong["trials"].eq(0).all()
    assert wrong["time_s"].isna().all()
    assert wrong["predicted_share"].between(0, 0.06, inclusive="neither").all()


def test_the_times_of_real_people_are_described(real_data) -> None:
    """Ten people and 160 pictures of 16 things: what docs/comparison.md says of them."""
    collection = collect([real_data / "model-vs-human" / "edge"], Allowed())
    actions = collection.actions_in("0")
    table = predicted_quantiles(collection.table, fitted_races(collection.table, "0", actions))
    right = table[(table["answer"] == "right")]
    off = np.log(right["predicted_s"] / right["time_s"]).groupby(right["quantile"])
    error = off.apply(lambda part: np.sqrt((part**2).mean()))
    assert (error.loc[[0.3, 0.5, 0.7]] < 0.03).all()
    assert (error.loc[[0.1, 0.9]] < 0.055).all()
    assert (off.mean().abs() < 0.02).all()
