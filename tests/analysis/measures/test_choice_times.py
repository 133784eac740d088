from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from analysis.measures.choice_times import (
    ALL,
    NO_TRIALS,
    OVER_TRIALS,
    choice_time_quantiles,
    choice_times,
    choice_times_by_observer,
    quantile_intervals,
)
from tests.analysis.measures.simulated import ACTIONS, study


def of_one(times: list[float]) -> pd.DataFrame:
    number = len(times)
    return pd.DataFrame(
        {
            "observer": "P001",
            "condition": "AFD5",
            "phase": "test",
            "clip_id": [f"c{place}" for place in range(number)],
            "group": 1,
            "action": "Swing",
            "correct": 1,
            "time_to_choose": times,
            "loops": np.array(times) / 2,
        }
    )


def test_the_median_of_one_participant_has_the_interval_of_order_statistics() -> None:
    """Of 1 to 20 s the 6th and the 15th hold the median in 95.9 % (binomial), Conover 1999, section 3.2."""
    found = quantile_intervals(of_one([float(second) for second in range(1, 21)]), "time_to_choose", (0.5,))
    assert (found.value[0], found.low[0], found.high[0]) == (10.5, 6.0, 15.0)
    assert found.method == OVER_TRIALS
    assert binom.cdf(14, 20, 0.5) - binom.cdf(5, 20, 0.5) == pytest.approx(0.9586, abs=1e-4)


def test_too_few_trials_give_no_bounds_and_say_so() -> None:
    five = quantile_intervals(of_one([1.0, 2.0, 3.0, 4.0, 5.0]), "time_to_choose", (0.5,))
    assert np.isnan([five.low[0], five.high[0]]).all()
    assert "too few trials" in five.method
    six = quantile_intervals(of_one([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), "time_to_choose", (0.5,))
    assert (six.low[0], six.high[0]) == (1.0, 6.0)
    none = quantile_intervals(of_one([]), "time_to_choose", (0.5,))
    assert (none.trials, none.method) == (0, NO_TRIALS)


def test_people_who_differ_widen_the_interval() -> None:
    trials = study(6, np.random.default_rng(1))
    wide = quantile_intervals(trials, "time_to_choose", (0.5,))
    narrow = quantile_intervals(trials.assign(observer="P001"), "time_to_choose", (0.5,))
    assert wide.value == narrow.value
    assert wide.high[0] - wide.low[0] > 2 * (narrow.high[0] - narrow.low[0])


def test_known_quantiles_are_held() -> None:
    """Log-normal with a median of 2.718 s and standard deviations .3, .2 and .5 of log-seconds."""
    trials = study(20, np.random.default_rng(2))
    found = quantile_intervals(trials, "time_to_choose", (0.1, 0.25, 0.5, 0.75, 0.9))
    sd = np.sqrt(0.3**2 + 0.2**2 + 0.5**2)
    truth = np.exp(1 + sd * np.array([-1.2816, -0.6745, 0, 0.6745, 1.2816]))
    assert ((found.low <= truth) & (truth <= found.high)).all()


def test_seconds_and_loops_say_the_same_where_all_clips_are_as_long() -> None:
    table = choice_time_quantiles(study(5, np.random.default_rng(3)), ACTIONS)
    assert len(table) == 6 * 3 * 2 * 5
    keys = ["action", "outcome", "quantile"]
    seconds, loops = (table[table["unit"] == unit].set_index(keys) for unit in ("s", "loops"))
    for column in ("value", "low", "high"):
        pd.testing.assert_series_equal(seconds[column], loops[column] * 4)
    assert (table["trials"] > 0).all()


def test_quantiles_rise_and_lie_within_their_intervals() -> None:
    table = choice_time_quantiles(study(5, np.random.default_rng(4)), ACTIONS)
    for _, group in table.groupby(["action", "outcome", "unit"]):
        assert group["value"].is_monotonic_increasing
    assert (table["low"].fillna(0) <= table["value"]).all()
    assert (table["high"].fillna(np.inf) >= table["value"]).all()


def test_a_table_without_loops_has_no_rows_of_loops() -> None:
    trials = study(3, np.random.default_rng(5)).assign(loops=np.nan)
    assert set(choice_time_quantiles(trials, ACTIONS)["unit"]) == {"s"}
    assert choice_time_quantiles(trials.assign(time_to_choose=np.nan), ACTIONS).empty


def test_right_and_wrong_times_of_each_participant() -> None:
    trials = pd.concat([of_one([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 20.0])])
    trials.loc[trials["time_to_choose"] == 20.0, "correct"] = 0
    table = choice_times_by_observer(trials).set_index("outcome")
    assert table["trials"].to_dict() == {"all": 8, "correct": 7, "wrong": 1}
    assert table.loc["correct", ["median", "q1", "q3"]].tolist() == [4.0, 2.5, 5.5]
    assert "too few trials" in table.loc["wrong", "method"]


def test_a_class_never_answered_wrong_has_an_empty_row() -> None:
    trials = study(3, np.random.default_rng(6))
    trials = trials[(trials["action"] != "Swing") | (trials["correct"] == 1)]
    row = choice_times(trials, ACTIONS).set_index(["action", "outcome"]).loc[("Swing", "wrong")]
    assert (row["trials"], row["method"]) == (0, NO_TRIALS)
    assert row[["median", "low", "high"]].isna().all()
    assert choice_times(trials, ACTIONS).set_index(["action", "outcome"]).loc[(ALL, "wrong"), "trials"] > 0


def test_two_people_who_differ_tell_nothing_of_others() -> None:
    """Below the median lie 15 of 20 trials of one and 5 of 20 of the other: a share of .5, error .25.

    Student's t of one degree of freedom is 12.7, so that the interval of the share is .006 to .994 (Wilson's
    at 4 trials): less than one trial of 40 lies beyond. With the normal 1.96 it would be .15 to .85.
    """
    quick, slow = np.linspace(1, 2, 15), np.linspace(3, 4, 15)
    first = of_one([*quick, *slow[:5]])
    second = of_one([*(quick[:5] + 0.01), *(slow + 0.01)]).assign(observer="P002")
    both = pd.concat([first, second], ignore_index=True)
    found = quantile_intervals(both, "time_to_choose", (0.5,), items="fixed")
    assert np.isnan([found.low[0], found.high[0]]).all()
    assert found.method.endswith("not computed where n/a: too few trials")


def test_a_trial_without_a_response_has_no_loops_either() -> None:
    """Its loops are the time limit, and no time that somebody took."""
    trials = of_one([float(second) for second in range(1, 21)])
    ended = of_one([60.0] * 5).assign(time_to_choose=np.nan, correct=0)
    table = choice_time_quantiles(pd.concat([trials, ended], ignore_index=True), ["Swing"])
    loops = table[(table["unit"] == "loops") & (table["action"] == ALL) & (table["outcome"] == ALL)]
    assert set(loops["trials"]) == {20}
    assert loops.set_index("quantile").loc[0.5, "value"] == pytest.approx(10.5 / 2)
