"""Rank correlations over clips; the campaign measures how often their intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from analysis.decisions.clip_correlation import clip_correlation
from analysis.measures.intervals import Floats
from tests.analysis.measures.simulated import _GROUP, CLIPS, GROUPS, frame


def study(people: int, strength: float, rng: np.random.Generator) -> tuple[pd.DataFrame, Floats, Floats]:
    """Trials, log-normal times and what is predicted of each trial, which goes with the times by strength.

    Predictions and times share clip groups; people differ in speed and in how much the clips matter.
    """
    predicted = 0.8 * rng.standard_normal(CLIPS) + 0.6 * rng.standard_normal(GROUPS)[_GROUP]
    clips = (
        strength * predicted + 0.2 * rng.standard_normal(GROUPS)[_GROUP] + 0.2 * rng.standard_normal(CLIPS)
    )
    people_differ = 0.3 * rng.standard_normal((people, 1))
    taste = 0.25 * strength * rng.standard_normal((people, 1)) * predicted
    logs = clips + people_differ + taste + 0.5 * rng.standard_normal((people, CLIPS))
    return frame(people), np.exp(logs).ravel(), np.tile(predicted, people)


def test_the_value_is_spearmans_of_the_medians() -> None:
    trials, times, predicted = study(7, 0.3, np.random.default_rng(1))
    medians = np.median(times.reshape(7, CLIPS), axis=0)
    found = clip_correlation(trials, times, predicted, np.random.default_rng(1), "median", draws=50)
    assert found.value == pytest.approx(spearmanr(medians, predicted[:CLIPS]).statistic, abs=1e-5)
    assert found.low < found.value < found.high
    assert found.method == "crossed bootstrap over participants and clip groups"


def test_within_actions_nothing_is_left_of_differences_between_actions() -> None:
    trials, times, predicted = study(8, 0.0, np.random.default_rng(2))
    slow = trials["action"].map({"JumpingJack": 0, "Lunges": 4, "PullUps": 8, "PushUps": 12, "Swing": 16})
    rng = np.random.default_rng(3)
    between = clip_correlation(trials, np.log(times) + slow, predicted + slow, rng, "median", draws=60)
    within = clip_correlation(
        trials, np.log(times) + slow, predicted + slow, rng, "median", within_actions=True, draws=60
    )
    assert between.low > 0.6
    assert within.low < 0 < within.high


def test_trials_that_nobody_else_has_are_counted_by_clip() -> None:
    """People who met other clips, and one who met a clip twice."""
    trials, times, predicted = study(4, 0.6, np.random.default_rng(4))
    kept = np.random.default_rng(1).random(len(trials)) < 0.6
    kept[:CLIPS] = True
    rows = np.append(np.flatnonzero(kept), 0)
    some = trials.iloc[rows].reset_index(drop=True)
    found = clip_correlation(some, times[rows], predicted[rows], np.random.default_rng(1), "median", draws=50)
    medians = pd.Series(times[rows]).groupby(some["clip_id"].to_numpy()).median()
    foretold = pd.Series(predicted[rows]).groupby(some["clip_id"].to_numpy()).mean()
    assert found.value == pytest.approx(spearmanr(medians, foretold).statistic, abs=1e-5)


def test_without_a_difference_there_is_no_correlation_and_a_reason() -> None:
    trials, times, _ = study(4, 0.6, np.random.default_rng(4))
    flat = clip_correlation(trials, times, np.ones(len(trials)), np.random.default_rng(1), "median")
    assert np.isnan(flat.value)
    assert flat.method == "not computed: all clips are alike"
    few = (trials["trial"] < 9).to_numpy()
    short = clip_correlation(
        trials[few].reset_index(drop=True), times[few], times[few], np.random.default_rng(1), "median"
    )
    assert short.method == "not computed: fewer than 10 clips"


@pytest.mark.filterwarnings("error")
def test_two_clips_an_action_tell_nothing_of_the_spread_within_actions_and_say_why() -> None:
    """Of two clip groups one is drawn; within each action nothing differs then."""
    trials, times, predicted = study(4, 0.6, np.random.default_rng(4))
    first = ~trials.duplicated(["observer", "action", "group"]) & (trials["group"] <= 2)
    chosen = np.flatnonzero(first)
    found = clip_correlation(
        trials.iloc[chosen].reset_index(drop=True),
        times[chosen],
        predicted[chosen],
        np.random.default_rng(1),
        "median",
        within_actions=True,
    )
    assert np.isfinite(found.value)
    assert np.isnan([found.low, found.high]).all()
    assert found.method == "not computed: in half of the draws or more all clips are alike"


@pytest.mark.campaign
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("people", [5, 10, 20])
@pytest.mark.parametrize("strength", [0.0, 0.2, 0.6])
def test_intervals_hold_the_truth(people, strength) -> None:
    """400 studies; the truth is their mean on Fisher's scale."""
    found = []
    for number in range(400):
        rng = np.random.default_rng([number, people])
        trials, times, predicted = study(people, strength, rng)
        found.append(clip_correlation(trials, times, predicted, rng, "median", draws=200))
    truth = np.tanh(np.mean([np.arctanh(one.value) for one in found]))
    held = np.mean([one.low <= truth <= one.high for one in found])
    print(f"\n{people} people, correlation {truth:.2f}: {100 * held:.1f} % held")
    assert 0.92 < held < 0.99
