from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import norm

from analysis.measures.sensitivity import (
    ALWAYS_SHOWN,
    NEVER_SHOWN,
    d_prime,
    d_prime_of_rates,
    sensitivity,
    sensitivity_by_observer,
)
from tests.analysis.measures.simulated import ACTIONS, study


@pytest.mark.parametrize(
    ("hit", "false_alarm", "expected"),
    [(0.69, 0.31, 0.992), (0.7, 0.1, 1.806), (0.5, 0.4, 0.253), (0.85, 0.05, 2.681)],
)
def test_worked_examples_of_d_prime(hit: float, false_alarm: float, expected: float) -> None:
    """Macmillan & Creelman (2005), chapter 1 (first), and Schneider's notes on signal detection (others)."""
    d, _ = d_prime_of_rates(np.array(hit), np.array(false_alarm))
    assert float(d) == pytest.approx(expected, abs=0.001)


def test_criterion_is_above_nothing_for_those_who_hold_back() -> None:
    """z(.7) = .524 and z(.1) = -1.282: c = .379."""
    _, criterion = d_prime_of_rates(np.array(0.7), np.array(0.1))
    assert float(criterion) == pytest.approx(0.379, abs=0.001)


def test_perfect_answers_have_a_finite_d_prime() -> None:
    d, criterion = d_prime(np.array(10.0), np.array(10.0), np.array(0.0), np.array(10.0))
    assert (float(d), float(criterion)) == pytest.approx((3.381, 0.0), abs=0.001)


def test_counts_are_those_of_one_against_the_rest() -> None:
    trials = pd.DataFrame(
        {
            "observer": ["P1"] * 4 + ["P2"] * 4,
            "condition": "AFD5",
            "clip_id": [f"c{n}" for n in range(4)] * 2,
            "group": [1, 2, 1, 2] * 2,
            "action": ["A", "A", "B", "B"] * 2,
            "response": ["A", "B", "A", "B", "A", "A", "B", None],
        }
    )
    trials["correct"] = (trials["action"] == trials["response"]).astype(int)
    table = sensitivity(trials, ("A", "B"), np.random.default_rng(1), draws=200).set_index(
        ["action", "measure"]
    )
    assert table.loc[("A", "d_prime"), ["hits", "signals", "false_alarms", "noises"]].tolist() == [3, 4, 1, 4]
    assert table.loc[("B", "d_prime"), ["hits", "signals", "false_alarms", "noises"]].tolist() == [2, 4, 1, 4]
    assert table.loc[("A", "bias"), "value"] == pytest.approx(4 / 4)
    by_hand = d_prime_of_rates(np.array(3.5 / 5), np.array(1.5 / 5))[0]
    assert table.loc[("A", "d_prime"), "value"] == pytest.approx(float(by_hand))


def test_the_d_prime_of_simulated_observers_is_held() -> None:
    """Accuracy .9 and errors spread evenly: hits .9, false alarms .025, d' = 1.2816 + 1.96 = 3.24."""
    table = sensitivity(study(20, np.random.default_rng(3)), ACTIONS, np.random.default_rng(1), draws=1_000)
    rows = table[table["measure"] == "d_prime"]
    assert ((rows["low"] < 3.24) & (rows["high"] > 3.24)).sum() >= 4
    assert (rows["low"] < rows["value"]).all()


def test_each_participant_has_a_d_prime_with_an_interval() -> None:
    trials = study(3, np.random.default_rng(4))
    table = sensitivity_by_observer(trials, ACTIONS)
    assert len(table) == 15
    assert (table["signals"] == 18).all()
    assert (table["noises"] == 72).all()
    assert table["hits"].sum() == trials["correct"].sum()
    assert table["false_alarms"].sum() == (1 - trials["correct"]).sum()
    assert ((table["low"] < table["d_prime"]) & (table["d_prime"] < table["high"])).all()


def test_where_there_is_no_contrast_there_is_no_d_prime() -> None:
    trials = study(3, np.random.default_rng(5)).query("action == 'Swing'")
    for table in (
        sensitivity(trials, ACTIONS, np.random.default_rng(1)),
        sensitivity_by_observer(trials, ACTIONS),
    ):
        methods = table.groupby("action")["method"].unique().map(list).to_dict()
        assert methods["Swing"] == [ALWAYS_SHOWN]
        assert methods["Lunges"] == [NEVER_SHOWN]
        assert table[["low", "high"]].isna().all(axis=None)


def test_a_worked_example_of_the_log_linear_correction() -> None:
    """82 hits of 100 and 46 false alarms of 100: Wickens (2002), as ``signal`` of statpsych has it."""
    d, criterion = d_prime(np.array(82.0), np.array(100.0), np.array(46.0), np.array(100.0))
    assert float(d) == pytest.approx(1.002793, abs=1e-6)
    assert float(criterion) == pytest.approx(-0.4019603, abs=1e-6)


def answered_right(observers: int, wrong: int = 0) -> pd.DataFrame:
    trials = study(observers, np.random.default_rng(6))
    trials = trials.assign(correct=1, response=trials["action"])
    trials.loc[trials.index[:wrong], ["correct", "response"]] = [0, "Swing"]
    return trials


def test_the_error_of_one_persons_d_prime_is_that_of_a_probit_regression() -> None:
    """Of yes (1) or no on signal (1) or noise, with the half trials of the correction as weights."""
    trials = study(1, np.random.default_rng(7))
    row = sensitivity_by_observer(trials, ACTIONS).iloc[0]
    yes = np.array([row["hits"], row["false_alarms"]]) + 0.5
    number = np.array([row["signals"], row["noises"]]) + 1
    fit = sm.GLM(
        np.array([1.0, 1.0, 0.0, 0.0]),
        np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 1.0], [1.0, 0.0]]),
        family=sm.families.Binomial(sm.families.links.Probit()),
        freq_weights=np.concatenate([yes, number - yes]),
    ).fit()
    assert row["d_prime"] == pytest.approx(fit.params[1], abs=1e-5)
    assert [row["low"], row["high"]] == pytest.approx(list(fit.conf_int()[1]), abs=1e-4)


def test_many_right_answers_are_no_certainty() -> None:
    """All of 270 right: at least the error of 54 and 216 independent trials, d' = 5.195 +- 1.353."""
    table = sensitivity(answered_right(3), ACTIONS, np.random.default_rng(1), draws=500)
    of_lunges = table[table["action"] == "Lunges"].set_index("measure")
    hit, false_alarm = 54.5 / 55, 0.5 / 217
    assert of_lunges.loc["d_prime", "value"] == pytest.approx(norm.ppf(hit) - norm.ppf(false_alarm))
    signals = hit * (1 - hit) / 55 / norm.pdf(norm.ppf(hit)) ** 2
    noises = false_alarm * (1 - false_alarm) / 217 / norm.pdf(norm.ppf(false_alarm)) ** 2
    half = 1.96 * np.sqrt(signals + noises)
    assert half == pytest.approx(1.353, abs=0.001)
    # The criterion is half a sum of what d' is the difference of; answers are two binomial numbers.
    of_answers = 1.96 * np.sqrt(54 * hit * (1 - hit) + 216 * false_alarm * (1 - false_alarm)) / 54
    for measure, expected in (("d_prime", half), ("criterion", half / 2), ("bias", of_answers)):
        row = of_lunges.loc[measure]
        assert row["high"] - row["value"] == pytest.approx(expected, rel=0.01)
        assert row["value"] - row["low"] == pytest.approx(expected, rel=0.01)


def test_nothing_is_answered_less_often_than_never() -> None:
    trials = study(2, np.random.default_rng(8), (("AFD5", 0.5),))
    trials["response"] = trials["response"].where(trials["observer"] == "P0000", "Lunges")
    trials["correct"] = (trials["action"] == trials["response"]).astype(int)
    table = sensitivity(trials, ACTIONS, np.random.default_rng(1), draws=500)
    bias = table[table["measure"] == "bias"]
    assert bias["low"].min() == 0
    assert (bias["low"] <= bias["value"]).all()


def test_missing_answers_lower_the_bias_of_every_action() -> None:
    trials = answered_right(2)
    trials.loc[trials["trial"] > 45, "response"] = None
    trials["correct"] = (trials["action"] == trials["response"]).fillna(False).astype(int)
    table = sensitivity(trials, ACTIONS, np.random.default_rng(1), draws=100)
    bias = table[table["measure"] == "bias"]
    assert np.average(bias["value"], weights=bias["signals"]) == pytest.approx(0.5)
