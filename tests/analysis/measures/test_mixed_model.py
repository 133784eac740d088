from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from analysis.measures.accuracy import accuracy
from analysis.measures.mixed_model import METHOD, RAN_AWAY, disagreement, mean_accuracy, mixed_model
from tests.analysis.measures.simulated import USUAL, log_odds_for, study


def test_the_mean_over_people_is_the_integral() -> None:
    expected, _ = quad(lambda x: expit(1 + x) * norm.pdf(x), -10, 10)
    assert mean_accuracy(1.0, 1.0) == pytest.approx(expected, abs=1e-9)
    assert mean_accuracy(1.0, 1.0) == pytest.approx(0.6967, abs=1e-4)


def test_known_parameters_are_recovered() -> None:
    """60 participants and 90 clips, standard deviations .6 of people and .707 of clips with their groups."""
    row = mixed_model(study(60, np.random.default_rng(1))).iloc[0]
    assert row["method"] == METHOD
    assert row["log_odds"] == pytest.approx(log_odds_for(0.9, USUAL), abs=0.35)
    assert row["sd_observers"] == pytest.approx(0.6, abs=0.2)
    assert row["sd_clips"] == pytest.approx(0.707, abs=0.2)
    assert row["accuracy"] == pytest.approx(0.9, abs=0.03)


def test_its_interval_is_narrower_than_that_of_the_bootstrap_and_it_agrees() -> None:
    trials = study(10, np.random.default_rng(2))
    model, bootstrap = mixed_model(trials), accuracy(trials, ["condition"], np.random.default_rng(1), 1_000)
    widths = [float((table["high"] - table["low"]).iloc[0]) for table in (model, bootstrap)]
    assert widths[0] < widths[1]
    row = disagreement(model, bootstrap).iloc[0]
    assert row["agree"]
    assert "within the bootstrap's interval" in row["sentence"]


def test_a_model_outside_the_bootstraps_interval_disagrees() -> None:
    model = pd.DataFrame({"condition": ["AFD5"], "accuracy": [0.95], "method": [METHOD]})
    bootstrap = pd.DataFrame({"condition": ["AFD5"], "accuracy": [0.9], "low": [0.85], "high": [0.94]})
    row = disagreement(model, bootstrap).iloc[0]
    assert not row["agree"]
    assert row["sentence"] == (
        "AFD5: the mixed model puts the accuracy at 95.0 %, outside the bootstrap's interval of 85.0 "
        "to 94.0 %."
    )


@pytest.mark.parametrize(
    ("people", "reason"),
    [(101, "more than 100 participants"), (1, "it takes two participants and two clips")],
)
def test_where_there_is_no_model_it_says_why(people: int, reason: str) -> None:
    trials = study(people, np.random.default_rng(3))
    model = mixed_model(trials)
    assert model["method"].iloc[0] == f"not computed: {reason}"
    row = disagreement(model, accuracy(trials, ["condition"], np.random.default_rng(1), 1_000)).iloc[0]
    assert pd.isna(row["agree"])
    assert row["sentence"] == f"AFD5: no mixed model ({reason})."


def test_the_same_trials_give_the_same_model() -> None:
    trials = study(5, np.random.default_rng(4))
    pd.testing.assert_frame_equal(mixed_model(trials), mixed_model(trials))


def test_a_fit_that_runs_away_is_no_number() -> None:
    """One wrong answer of 900: the search goes to log-odds that differ by hundreds between participants."""
    trials = study(10, np.random.default_rng(5)).assign(correct=1)
    trials.loc[trials.index[0], "correct"] = 0
    row = mixed_model(trials).iloc[0]
    assert row["method"] == RAN_AWAY
    assert row[["log_odds", "sd_observers", "sd_clips", "accuracy", "low", "high"]].isna().all()


def test_the_accuracy_is_the_mean_over_people_and_clips() -> None:
    """Against 400 people and 400 clips at the quantiles of the fitted distributions, each with each."""
    row = mixed_model(study(10, np.random.default_rng(6), (("AFD5", 0.75),))).iloc[0]
    quantiles = norm.ppf((np.arange(400) + 0.5) / 400)
    people, clips = row["sd_observers"] * quantiles, row["sd_clips"] * quantiles
    everyone = expit(row["log_odds"] + people[:, None] + clips[None, :])
    assert row["accuracy"] == pytest.approx(everyone.mean(), abs=0.001)
