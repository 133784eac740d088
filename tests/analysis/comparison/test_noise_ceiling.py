"""Ceilings of simulated people, whose true ceilings are known."""

from __future__ import annotations

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy import stats

from analysis.comparison.noise_ceiling import (
    leave_one_out,
    mean_person_correlation,
    noise_ceiling,
    stepped_up,
)
from analysis.comparison.rank_correlation import Numbers, spearman, weighted_means, weighted_medians


def scored(
    people: int, items: int, noise: float, seed: int = 1
) -> tuple[Numbers, Numbers, np.random.Generator]:
    """Scores of people: true scores of variance 1, the same for all, and everybody's own noise."""
    rng = np.random.default_rng(seed)
    true = rng.normal(size=items)
    return true, true + noise * rng.normal(size=(people, items)), rng


def test_halves_step_up_as_spearman_and_brown_say() -> None:
    assert stepped_up(0.6) == pytest.approx(0.75)
    assert stepped_up(1.0) == 1.0
    assert np.isnan(stepped_up(float("nan")))


@pytest.mark.parametrize("number", [5, 7, 9])
def test_unequal_halves_step_up_to_the_reliability_of_all(number: int) -> None:
    # One person's reliability is .3; that of n people follows from Spearman and Brown.
    single = 0.3

    def reliability(people: int) -> float:
        return people * single / (1 + (people - 1) * single)

    small, large = number // 2, number - number // 2
    half = np.sqrt(reliability(small) * reliability(large))
    assert stepped_up(half, small / number) == pytest.approx(reliability(number))


@pytest.mark.parametrize("people", [4, 7, 10, 14])
def test_the_reliability_and_the_ceiling_are_the_known_ones(people: int) -> None:
    true, scores, rng = scored(people, 3000, noise=2.0)
    ceiling = noise_ceiling(scores, weighted_means, rng)
    expected = 1 / (1 + 4 / people)
    # Ranks of normal scores correlate up to .02 less than the scores do.
    assert ceiling.reliability == pytest.approx(expected, abs=0.035)
    with_true = stats.spearmanr(true, scores.mean(axis=0)).statistic
    assert ceiling.correlation == pytest.approx(with_true, abs=0.03)


def test_divided_by_the_ceiling_a_correlation_is_that_with_the_true_scores() -> None:
    true, scores, rng = scored(8, 2000, noise=2.5)
    predicted = true + rng.normal(size=2000)
    measured = float(spearman(predicted, scores.mean(axis=0)))
    wanted = stats.spearmanr(predicted, true).statistic
    assert measured < wanted - 0.1
    weights = rng.multinomial(2000, np.full(2000, 1 / 2000), size=60).astype(float)
    ceiling = noise_ceiling(scores, weighted_means, rng, weights)
    assert ceiling.too_low == ""
    assert ceiling.corrected(measured) == pytest.approx(wanted, abs=0.03)


def test_all_splits_are_taken_where_they_are_few() -> None:
    for people, splits in ((2, 1), (3, 3), (10, 126), (12, 462), (13, 1000), (40, 1000)):
        _, scores, rng = scored(people, 30, noise=1.0)
        assert noise_ceiling(scores, weighted_means, rng).splits == splits


def test_splits_at_random_tell_the_same_as_all() -> None:
    _, scores, rng = scored(10, 300, noise=2.0)
    whole = noise_ceiling(scores, weighted_means, rng)
    drawn = noise_ceiling(scores, weighted_means, rng, most_splits=100)
    assert (whole.splits, drawn.splits) == (126, 100)
    assert drawn.half == pytest.approx(whole.half, abs=0.02)


def test_the_bounds_hold_a_perfect_model_between_them() -> None:
    true, scores, rng = scored(10, 2000, noise=2.0)
    ceiling = noise_ceiling(scores, weighted_means, rng)
    perfect = mean_person_correlation(scores, true)
    assert ceiling.lower < perfect < ceiling.upper
    # Of scores with variance 1 + 4: with the mean of 9 others, the true score, the mean of all 10.
    assert ceiling.lower == pytest.approx(1 / np.sqrt(5) * np.sqrt(9 / 13), abs=0.03)
    assert perfect == pytest.approx(1 / np.sqrt(5), abs=0.03)
    assert ceiling.upper == pytest.approx((1 + 4 / 10) / np.sqrt(5 * 1.4), abs=0.03)


@settings(max_examples=60, deadline=None)
@given(
    scores=arrays.arrays(np.float64, (4, 8), elements=st.integers(0, 5).map(float)),
    model=arrays.arrays(np.float64, 8, elements=st.integers(0, 5).map(float)),
)
def test_no_model_is_above_the_upper_bound(scores: Numbers, model: Numbers) -> None:
    _, upper, told = leave_one_out(scores)
    mean = mean_person_correlation(scores, model)
    if told >= 2 and np.isfinite(mean) and np.isfinite(upper):
        assert mean <= upper + 1e-9


def test_people_who_share_nothing_have_a_ceiling_too_low_to_divide_by() -> None:
    rng = np.random.default_rng(5)
    scores = rng.normal(size=(10, 90))
    weights = rng.multinomial(90, np.full(90, 1 / 90), size=200).astype(float)
    ceiling = noise_ceiling(scores, weighted_means, rng, weights)
    assert "too low to divide by" in ceiling.too_low
    assert np.isnan(ceiling.corrected(0.1))


def test_one_participant_has_no_ceiling() -> None:
    ceiling = noise_ceiling(np.ones((1, 20)), weighted_means, np.random.default_rng(1))
    assert "one participant" in ceiling.why_not
    assert np.isnan(ceiling.correlation)
    assert np.isnan(ceiling.corrected(0.5))
    assert (
        "no participant" in noise_ceiling(np.ones((0, 20)), weighted_means, np.random.default_rng(1)).why_not
    )


def test_people_without_a_common_clip_have_no_ceiling() -> None:
    scores = np.full((2, 12), np.nan)
    scores[0, :6], scores[1, 6:] = np.arange(6), np.arange(6)
    ceiling = noise_ceiling(scores, weighted_means, np.random.default_rng(1))
    assert ceiling.why_not == "no clip was answered by two participants"


def test_people_who_are_always_right_have_no_ceiling() -> None:
    ceiling = noise_ceiling(np.ones((6, 20)), weighted_means, np.random.default_rng(1))
    assert "do not vary" in ceiling.why_not


def test_missing_answers_and_medians_are_borne() -> None:
    _, scores, rng = scored(10, 3000, noise=1.0)
    scores[rng.random(scores.shape) < 0.2] = np.nan
    ceiling = noise_ceiling(np.exp(scores), weighted_medians, rng, most_splits=40)
    # The median of normal noise has pi / 2 of the variance of the mean; some eight answers a clip.
    assert ceiling.reliability == pytest.approx(1 / (1 + np.pi / 2 / 8), abs=0.04)
