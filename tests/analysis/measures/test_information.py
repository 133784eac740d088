from __future__ import annotations

import numpy as np
import pytest

from analysis.measures.information import UNIQUE, information, information_by_observer, transmitted_bits
from tests.analysis.measures.simulated import ACTIONS, study


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
    assert row["method"] == UNIQUE
