from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import expit
from scipy.stats import t

from analysis.measures.blocks import accuracy_by_block, learning_slopes, times_by_block
from tests.analysis.measures.simulated import study


def learners(slope: float, observers: int, rng: np.random.Generator) -> pd.DataFrame:
    """Log-odds 0.5 at the first trial, ``slope`` more with every 10 trials, for everyone."""
    trials = study(observers, rng)
    chance = expit(0.5 + slope * trials["trial"].to_numpy() / 10)
    return trials.assign(correct=(rng.random(len(trials)) < chance).astype(int))


def test_blocks_share_the_trials_out() -> None:
    table = accuracy_by_block(study(4, np.random.default_rng(1)), np.random.default_rng(2), size=20)
    assert table[["block", "first_trial", "last_trial"]].to_numpy().tolist() == [
        [1, 1, 20], [2, 21, 40], [3, 41, 60], [4, 61, 80], [5, 81, 90],
    ]  # fmt: skip
    assert table["trials"].tolist() == [80, 80, 80, 80, 40]
    assert ((table["low"] < table["accuracy"]) & (table["accuracy"] < table["high"])).all()


def test_the_last_block_ends_with_the_last_trial_in_both_tables() -> None:
    trials = study(4, np.random.default_rng(1))
    short = trials[trials["trial"] <= 10].copy()
    short.loc[short["trial"] == 10, "time_to_choose"] = np.nan
    for table in (accuracy_by_block(short, np.random.default_rng(2)), times_by_block(short)):
        assert table[["block", "first_trial", "last_trial"]].to_numpy().tolist() == [[1, 1, 10]]


def test_times_by_block() -> None:
    trials = study(4, np.random.default_rng(1))
    table = times_by_block(trials, size=18)
    first = trials[trials["trial"] <= 18]
    assert table["median"].iloc[0] == pytest.approx(first["time_to_choose"].median())
    assert ((table["low"] < table["median"]) & (table["median"] < table["high"])).all()


def test_a_known_slope_is_held() -> None:
    row = learning_slopes(learners(0.2, 20, np.random.default_rng(3))).iloc[0]
    assert row["low"] < 0.2 < row["high"]
    assert row["low"] > 0, "20 participants who learn this fast are seen to learn"


def test_the_slope_is_that_of_a_logistic_regression() -> None:
    trials = learners(0.1, 3, np.random.default_rng(4))
    fit = sm.Logit(trials["correct"], sm.add_constant(trials["trial"] / 10)).fit(disp=False)
    assert learning_slopes(trials)["slope"].iloc[0] == pytest.approx(fit.params["trial"], abs=1e-6)


def test_where_there_is_no_slope_the_table_says_why() -> None:
    trials = study(2, np.random.default_rng(5))
    assert (
        learning_slopes(trials.assign(correct=1))["method"].iloc[0] == "not computed: every answer is right"
    )
    assert (
        learning_slopes(trials.assign(correct=0))["method"].iloc[0] == "not computed: every answer is wrong"
    )
    apart = trials.assign(correct=(trials["trial"] > 45).astype(int))
    assert learning_slopes(apart)["method"].iloc[0].startswith("not computed: right and wrong answers")
    one_trial = learning_slopes(trials[trials["trial"] == 1].assign(correct=[0, 1]))
    assert one_trial["method"].iloc[0].startswith("not computed: there is one trial")


def with_wrong(*places: tuple[str, int], observers: int = 5) -> pd.DataFrame:
    """All answers right but those of these participants at these trials."""
    trials = study(observers, np.random.default_rng(6)).assign(correct=1)
    for observer, trial in places:
        trials.loc[(trials["observer"] == observer) & (trials["trial"] == trial), "correct"] = 0
    return trials


def test_a_single_error_tells_next_to_nothing_of_learning() -> None:
    """The robust error vanishes with the errors of one participant alone; that of the regression does not."""
    trials = with_wrong(("P0000", 40))
    row = learning_slopes(trials).iloc[0]
    fit = sm.Logit(trials["correct"], sm.add_constant(trials["trial"] / 10)).fit(disp=False)
    assert row["method"] == "logistic regression over trials"
    assert [row["low"], row["high"]] == pytest.approx(list(fit.conf_int().loc["trial"]), rel=0.01)
    assert row["high"] - row["low"] > 1


def test_degrees_of_freedom_count_those_who_were_right_and_wrong() -> None:
    trials = with_wrong(("P0000", 40), ("P0001", 70), ("P0003", 10))
    row = learning_slopes(trials).iloc[0]
    code, _ = pd.factorize(trials["observer"])
    model = sm.GLM(trials["correct"], sm.add_constant(trials["trial"] / 10), family=sm.families.Binomial())
    error = model.fit(cov_type="cluster", cov_kwds={"groups": code}).bse["trial"]
    assert row["method"] == "logistic regression, clustered by participant"
    assert row["high"] - row["slope"] == pytest.approx(t.ppf(0.975, 2) * error, rel=1e-4)
