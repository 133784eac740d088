from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from analysis.measures.information import (
    ALWAYS_ALIKE,
    AT_THE_CEILING,
    FANO,
    UNIQUE,
    _bounds,
    information,
    information_by_observer,
    transmitted_bits,
)
from analysis.measures.intervals import Spread
from tests.analysis.measures.coverage_runs import Answers
from tests.analysis.measures.simulated import ACTIONS, frame, study


def test_perfect_answers_to_two_actions_tell_one_bit() -> None:
    counts = np.array([[50.0, 0.0], [0.0, 50.0]])
    assert float(transmitted_bits(counts)) == pytest.approx(1 + 1 / (200 * np.log(2)), abs=1e-9)


def test_answers_that_do_not_depend_on_the_action_tell_nothing_on_average() -> None:
    """Uncorrected, 90 chance answers to 5 actions tell 16 / (2 90 ln 2) = .128 bits (Miller 1955)."""
    rng = np.random.default_rng(1)
    counts = rng.multinomial(18, np.full(5, 0.2), size=(4_000, 5)).astype(float)
    bits = transmitted_bits(counts)
    shares = counts / 90
    rows, columns = shares.sum(axis=2, keepdims=True), shares.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = np.nansum(shares * np.log2(shares / (rows * columns)), axis=(1, 2))
    assert plain.mean() == pytest.approx(0.128, abs=0.02)
    assert abs(bits.mean()) < 0.02


def test_the_bits_of_known_confusions_are_held() -> None:
    """At .9 right and errors spread evenly, log2(5) - H(.9) - .1 log2(4) = 1.653 bits."""
    truth = np.log2(5) + 0.9 * np.log2(0.9) + 0.1 * np.log2(0.1) - 0.1 * 2
    row = information(study(20, np.random.default_rng(3)), ACTIONS, np.random.default_rng(1)).iloc[0]
    assert row["low"] < truth < row["high"]
    assert row["possible"] == pytest.approx(np.log2(5))
    assert row["high"] <= row["possible"]


def test_trials_without_a_response_are_left_out() -> None:
    trials = study(3, np.random.default_rng(4))
    trials.loc[:9, "response"] = None
    assert information(trials, ACTIONS, np.random.default_rng(1), draws=100)["trials"].iloc[0] == 260


def test_each_participant_has_bits() -> None:
    table = information_by_observer(study(3, np.random.default_rng(5)), ACTIONS)
    assert len(table) == 3
    assert table["bits"].between(0, np.log2(5)).all()


def test_one_action_alone_can_tell_nothing() -> None:
    trials = study(3, np.random.default_rng(6)).query("action == 'Swing'")
    row = information(trials, ACTIONS, np.random.default_rng(1)).iloc[0]
    assert np.isnan(row["bits"])
    assert (row["method"], str(row["possible"])) == (UNIQUE, "0.0")


def test_a_worked_example_of_mutual_information() -> None:
    """Cover & Thomas (2006), example 2.2.1: 7/4 + 2 - 27/8 = 3/8 bits; here 32 trials in 13 cells."""
    counts = np.array([[4, 2, 1, 1], [2, 4, 1, 1], [2, 2, 2, 2], [8, 0, 0, 0]], dtype=float).T
    correction = ((4 - 1) + (4 - 1) - (13 - 1)) / (2 * 32 * np.log(2))
    assert float(transmitted_bits(counts)) == pytest.approx(3 / 8 + correction)
    many = 1_000_000 * counts
    assert float(transmitted_bits(many)) == pytest.approx(3 / 8, abs=1e-6)


def test_right_answers_alone_leave_what_errors_could_still_take() -> None:
    """Fano's inequality at Wilson's bound of 90 of 90: 4.09 % errors, 1.993 of 2.322 bits."""
    trials = study(1, np.random.default_rng(7))
    trials = trials.assign(correct=1, response=trials["action"])
    row = information(trials, ACTIONS, np.random.default_rng(1)).iloc[0]
    assert row["method"] == FANO
    assert row["low"] == pytest.approx(1.993, abs=0.001)
    assert row["bits"] == row["high"] == pytest.approx(np.log2(5))


def test_what_is_missing_has_the_score_interval_of_a_rate() -> None:
    """A count of 10 with a variance of 10: 5.43 to 18.41 (10 + 1.92 and plus or minus 6.49)."""
    low, high = _bounds(100.0, 10.0, Spread(np.array([90.0]), np.array([10.0]), np.array([np.inf])))
    assert (100 - high, 100 - low) == pytest.approx((5.432, 18.409), abs=0.001)


def test_far_from_the_ceiling_the_interval_is_that_of_the_standard_error() -> None:
    low, high = _bounds(2.0, 1.0, Spread(np.array([1.0]), np.array([0.01**2]), np.array([4.0])))
    half = t.ppf(0.975, 4) * 0.01
    assert (low, high) == pytest.approx((1 - half, 1 + half), abs=0.0005)


def test_near_the_ceiling_the_interval_reaches_further_down_than_up() -> None:
    trials = Answers(0.989).of_new_study(frame(10), np.random.default_rng(5))
    row = information(trials, ACTIONS, np.random.default_rng(1)).iloc[0]
    assert row["bits"] - row["low"] > 1.5 * (row["high"] - row["bits"])
    assert row["high"] < row["possible"]


def test_a_correction_beyond_the_ceiling_claims_no_certainty() -> None:
    """One of six answers is wrong: 1.918 bits, and a correction of 3 / (12 ln 2), of 2.252 possible."""
    trials = study(1, np.random.default_rng(7)).iloc[[0, 1, 18, 36, 54, 72]]
    trials = trials.assign(response=["JumpingJack", "Lunges", *ACTIONS[1:]])
    row = information(trials, ACTIONS, np.random.default_rng(1)).iloc[0]
    assert (row["bits"], row["method"]) == (row["possible"], AT_THE_CEILING)
    assert np.isnan(row["low"])


def test_answers_that_never_change_have_no_interval() -> None:
    trials = study(3, np.random.default_rng(8)).assign(response="Swing")
    row = information(trials, ACTIONS, np.random.default_rng(1)).iloc[0]
    assert row["bits"] == pytest.approx(0)
    assert (row["method"], np.isnan(row["low"])) == (ALWAYS_ALIKE, True)
