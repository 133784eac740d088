from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from analysis.measures.speed_accuracy import (
    correlation_interval,
    speed_accuracy_correlation,
    speed_and_accuracy,
)
from tests.analysis.measures.simulated import study


def people(times: list[float], accuracies: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"condition": "AFD5", "median_time": times, "accuracy": accuracies})


def test_the_interval_of_a_rank_correlation() -> None:
    """r = .5 of 23 pairs: arctanh .5493, standard error sqrt(1.125 / 20) = .2372, so .084 to .767."""
    assert correlation_interval(0.5, 23) == pytest.approx((0.084, 0.767), abs=0.001)


def test_slower_people_who_are_more_often_right() -> None:
    table = people([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.7, 0.8, 0.75, 0.9, 0.95, 0.99])
    row = speed_accuracy_correlation(table).iloc[0]
    assert row["correlation"] == pytest.approx(spearmanr(table["median_time"], table["accuracy"]).statistic)
    assert -1 <= row["low"] < row["correlation"] < row["high"] <= 1


def test_where_there_is_no_correlation_the_table_says_why() -> None:
    few = speed_accuracy_correlation(people([1.0, 2.0], [0.5, 0.6])).iloc[0]
    same = speed_accuracy_correlation(people([1.0, 2.0, 3.0, 4.0, 5.0], [1.0] * 5)).iloc[0]
    assert few["method"] == "not computed: fewer than 5 participants"
    assert same["method"] == "not computed: all participants have the same accuracy"
    perfect = speed_accuracy_correlation(people([1.0, 2.0, 3.0, 4.0, 5.0], [0.1, 0.2, 0.3, 0.4, 0.5])).iloc[0]
    assert perfect["correlation"] == pytest.approx(1)
    assert perfect["high"] <= 1


def test_every_participant_has_an_accuracy_and_a_time_with_intervals() -> None:
    trials = study(3, np.random.default_rng(1))
    table = speed_and_accuracy(trials)
    assert table["observer"].tolist() == ["P0000", "P0001", "P0002"]
    first = trials[trials["observer"] == "P0000"]
    assert table["accuracy"].iloc[0] == pytest.approx(first["correct"].mean())
    assert table["median_time"].iloc[0] == pytest.approx(first["time_to_choose"].median())
    assert ((table["time_low"] < table["median_time"]) & (table["median_time"] < table["time_high"])).all()


def test_five_people_in_order_are_no_certainty() -> None:
    """One pair of neighbours apart is r = .9: from -.17 on, and up to the 1 that was found."""
    low, high = correlation_interval(1.0, 5)
    assert (low, high) == (pytest.approx(-0.168, abs=0.001), 1.0)
    assert correlation_interval(-1.0, 5) == pytest.approx((-high, -low))
    assert correlation_interval(0.9, 5)[0] == low
