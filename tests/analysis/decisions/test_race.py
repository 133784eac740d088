from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from analysis.decisions.race import (
    LogDensity,
    Race,
    choice_probabilities,
    cumulative,
    log_density,
    median_times,
    simulate,
)

RATES = np.array([[0.4, -0.8, -1.0, -0.6, -1.2]])
PLAIN = Race(scale=0.6, shift_s=0.3, longest_s=20.0, guesses=0.0)
TWO_SCALES = Race(scale=1.1, shift_s=0.3, longest_s=20.0, guesses=0.0, scale_shown=0.4)
GUESSING = Race(scale=0.6, shift_s=0.3, longest_s=20.0, guesses=0.1)


def test_the_density_of_one_answer_by_hand() -> None:
    """Two accumulators, scale 1, no shift, no guess: the winner's density times the other's survival."""
    race = Race(scale=1.0, shift_s=0.0, longest_s=10.0, guesses=0.0)
    found = log_density(race, np.array([[0.0, -1.0]]), np.array([2.0]), np.array([0]))
    by_hand = stats.lognorm.pdf(2.0, s=1.0) * stats.lognorm.sf(2.0, s=1.0, scale=np.e)
    assert np.exp(found.value[0]) == pytest.approx(by_hand)


def test_the_action_shown_has_its_own_scale() -> None:
    """Shown is the second of two: scale .5 there, 1 for the other."""
    race = Race(scale=1.0, shift_s=0.0, longest_s=10.0, guesses=0.0, scale_shown=0.5)
    rates, time, shown = np.array([[0.0, -1.0]]), np.array([2.0]), np.array([1])
    right = stats.lognorm.pdf(2.0, s=0.5, scale=np.e) * stats.lognorm.sf(2.0, s=1.0)
    wrong = stats.lognorm.pdf(2.0, s=1.0) * stats.lognorm.sf(2.0, s=0.5, scale=np.e)
    assert np.exp(log_density(race, rates, time, np.array([1]), shown).value[0]) == pytest.approx(right)
    assert np.exp(log_density(race, rates, time, np.array([0]), shown).value[0]) == pytest.approx(wrong)


@pytest.mark.parametrize("race", [PLAIN, TWO_SCALES])
def test_the_densities_of_all_answers_hold_the_choice_probabilities(race) -> None:
    """By integration of each density: chances of the answers, how many come by 2 s, and the median."""
    shown = np.array([0])
    median_s, by_median = median_times(race, RATES, shown)[0], 0.0
    for action, share in enumerate(choice_probabilities(race, RATES, shown)[0]):

        def density(time: float, action: int = action) -> float:
            at = log_density(race, RATES, np.array([time]), np.array([action]), shown)
            return float(np.exp(at.value[0]))

        def until(end_s: float, density: Callable[[float], float] = density) -> float:
            return float(integrate.quad(density, 0.3 + 1e-9, end_s, limit=400)[0])

        assert until(60) == pytest.approx(share, abs=2e-4)
        foretold = cumulative(race, RATES[0], action, np.array([2.0, 500.0]), shown=0)
        assert foretold == pytest.approx([until(2), share], abs=5e-4)
        by_median += until(median_s)
    assert by_median == pytest.approx(0.5, abs=1e-4)


def test_guesses_are_even_over_actions_and_times() -> None:
    plain, guessing = choice_probabilities(PLAIN, RATES), choice_probabilities(GUESSING, RATES)
    assert guessing == pytest.approx(0.9 * plain + 0.02)
    late = log_density(GUESSING, RATES, np.array([19.9]), np.array([4])).value[0]
    assert np.exp(late) == pytest.approx(0.1 / (5 * 20.0), rel=1e-3)


@settings(max_examples=30, deadline=None)
@given(
    rates=st.lists(st.floats(-3, 3), min_size=3, max_size=3),
    chosen=st.integers(0, 2),
    time_s=st.floats(0.5, 15),
    log_scale=st.floats(-1.5, 0.5),
    of_shown=st.floats(-1.5, 0.5),
    shown=st.integers(0, 2),
    shift_s=st.floats(0, 0.4),
    guesses=st.sampled_from([0.0, 0.02]),
)
def test_the_derivatives_are_those_of_the_density(
    rates, chosen, time_s, log_scale, of_shown, shown, shift_s, guesses
) -> None:
    def density(point: np.ndarray) -> LogDensity:
        race = Race(float(np.exp(point[3])), float(point[5]), 20.0, guesses, float(np.exp(point[4])))
        return log_density(race, point[None, :3], np.array([time_s]), np.array([chosen]), np.array([shown]))

    def value(point: np.ndarray) -> float:
        return float(density(point).value[0])

    point = np.array([*rates, log_scale, of_shown, shift_s])
    step = 1e-5
    slopes = [
        (value(point + step * side) - value(point - step * side)) / (2 * step) for side in np.eye(len(point))
    ]
    found = density(point)
    of_others = np.delete(found.by_log_scale[0], shown).sum()
    given_slopes = [*found.by_rate[0], of_others, found.by_log_scale[0, shown], found.by_shift[0]]
    assert given_slopes == pytest.approx(slopes, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("race", [PLAIN, TWO_SCALES])
def test_simulated_answers_follow_the_model(race) -> None:
    rng, shown = np.random.default_rng(5), np.zeros(20_000, dtype=int)
    times, chosen = simulate(race, np.repeat(RATES, 20_000, axis=0), rng, shown)
    shares = np.bincount(chosen, minlength=5) / len(chosen)
    assert shares == pytest.approx(choice_probabilities(race, RATES, shown[:1])[0], abs=0.012)
    assert np.median(times) == pytest.approx(median_times(race, RATES, shown[:1])[0], rel=0.02)
    by = np.array([0.8, 1.2, 2.0])
    for action in (0, 3):
        drawn = [np.mean((chosen == action) & (times <= time)) for time in by]
        assert cumulative(race, RATES[0], action, by, shown=0) == pytest.approx(drawn, abs=0.012)


def test_the_median_of_accumulators_that_are_alike_is_a_quantile_of_one() -> None:
    """All five are on their way with chance .5 where each is with .5 ** (1 / 5)."""
    alone = stats.norm.ppf(1 - 0.5 ** (1 / 5))
    expected = 0.3 + np.exp(0.6 * alone - 0.4)
    assert median_times(PLAIN, np.full((1, 5), 0.4)) == pytest.approx(expected)


def test_wrong_answers_are_as_fast_as_right_ones_where_the_other_scale_is_wider() -> None:
    """With one scale for all they are slower by necessity."""
    for race, shown, slower in ((PLAIN, 0, True), (TWO_SCALES, 0, False)):
        at = np.full(20_000, shown)
        times, chosen = simulate(race, np.repeat(RATES, 20_000, axis=0), np.random.default_rng(3), at)
        ratio = np.median(times[chosen != 0]) / np.median(times[chosen == 0])
        assert (ratio > 1.1) == slower


def test_an_answer_that_the_race_cannot_give_is_a_guess_and_not_impossible() -> None:
    """An accumulator so slow that it never wins in 64-bit numbers leaves a finite density and no NaN."""
    hopeless = np.array([[3.0, -60.0]])
    found = log_density(GUESSING, hopeless, np.array([1.0]), np.array([1]))
    assert found.value[0] == pytest.approx(np.log(0.1 / (2 * 20.0)))
    assert np.isfinite(found.by_rate).all()
