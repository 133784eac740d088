from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_1samp

from analysis.measures.time_differences import (
    CORRECT_MINUS_WRONG,
    TRAINING_MINUS_TEST,
    differences_by_observer,
    mean_interval,
    time_differences,
)

MICE = np.array([52.0, 104.0, 146.0, 10.0, 50.0, 31.0, 40.0, 27.0, 46.0])
"""Survival in days of nine untreated mice: Efron & Tibshirani (1993), table 2.1."""


def timed(observer: str, phase: str, right: list[float], wrong: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "observer": observer,
            "condition": "AFD5",
            "phase": phase,
            "action": "Swing",
            "correct": [1] * len(right) + [0] * len(wrong),
            "time_to_choose": right + wrong,
        }
    )


def test_the_bootstrap_t_of_nine_mice() -> None:
    """Efron & Tibshirani (1993), equation 12.21: 90 % interval 35.82 to 116.74, of 1,000 draws."""
    low, high, method = mean_interval(MICE, np.random.default_rng(1), 200_000, level=0.9)
    assert low == pytest.approx(35.82, rel=0.05)
    assert high == pytest.approx(116.74, rel=0.1)
    assert method == "paired bootstrap-t over participants"


def test_few_participants_have_students_interval() -> None:
    values = np.array([0.2, 0.5, 0.1, 0.9])
    low, high, method = mean_interval(values, np.random.default_rng(1))
    expected = ttest_1samp(values, 0).confidence_interval(0.95)
    assert (low, high) == pytest.approx((expected.low, expected.high))
    assert method == "Student's t over participants"


def test_differences_are_taken_within_participants() -> None:
    """Medians 2 and 5 s of the first, 20 and 22 s of the second: the wrong ones take 2.5 s longer."""
    trials = pd.concat(
        [timed("P1", "test", [1.0, 2.0, 3.0], [5.0]), timed("P2", "test", [20.0], [21.0, 22.0, 99.0])]
    )
    table = time_differences(trials, ("Swing",), np.random.default_rng(1)).set_index(["contrast", "action"])
    row = table.loc[(CORRECT_MINUS_WRONG, "all")]
    assert (row["observers"], row["difference"]) == (2, -2.5)
    assert row["low"] < -2.5 < row["high"]
    assert TRAINING_MINUS_TEST not in table.index.get_level_values("contrast")


def test_training_is_compared_with_test() -> None:
    trials = pd.concat([timed("P1", "training", [4.0, 6.0], []), timed("P1", "test", [2.0], [3.0])])
    row = differences_by_observer(trials, ("Swing",)).query("contrast == @TRAINING_MINUS_TEST").iloc[0]
    assert (row["first"], row["second"], row["difference"], row["phase"]) == (5.0, 2.5, 2.5, "both")
    assert (row["trials_first"], row["trials_second"]) == (2, 2)
    alone = time_differences(trials, ("Swing",), np.random.default_rng(1)).iloc[0]
    assert np.isnan(alone["low"])
    assert alone["method"] == "not computed: one participant"


def test_a_known_difference_is_held() -> None:
    """Wrong answers take e^.3 times as long; the mean difference of medians is e^1 (1 - e^.3) = -.951 s."""
    rng = np.random.default_rng(2)
    parts = [
        timed(f"P{n}", "test", list(np.exp(rng.normal(1, 0.5, 80))), list(np.exp(rng.normal(1.3, 0.5, 20))))
        for n in range(20)
    ]
    row = time_differences(pd.concat(parts), ("Swing",), rng).iloc[0]
    assert row["low"] < np.e * (1 - np.exp(0.3)) < row["high"] < 0


def test_without_wrong_answers_there_is_no_row() -> None:
    assert time_differences(timed("P1", "test", [1.0, 2.0], []), ("Swing",), np.random.default_rng(1)).empty
