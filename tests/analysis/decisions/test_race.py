from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from analysis.decisions.race import (
    Race,
    choice_probabilities,
    cumulative,
    log_density,
    median_times,
    simulate,
)

RATES = np.array([[0.4, -0.8, -1.0, -0.6, -1.2]])
PLAIN = Race(scale=0.6, shift_s=0.3, longest_s=20.0, guesses=0.0)
GUESSING = Race(scale=0.6, shift_s=0.3, longest_s=20.0, guesses=0.1)


def test_the_density_of_one_answer_by_hand() -> None:
    """Two accumulators, scale 1, no shift, no guess: the winner's density times the other's survival."""
    race = Race(scale=1.0, shift_s=0.0, longest_s=10.0, guesses=0.0)
    found = log_density(race, np.array([[0.0, -1.0]]), np.array([2.0]), np.array([0]))
    by_hand = stats.lognorm.pdf(2.0, s=1.0) * stats.lognorm.sf(2.0, s=1.0, scale=np.e)
    assert np.exp(found.value[0]) == pytest.approx(by_hand)


def test_the_densities_of_all_answers_hold_the_choice_probabilities() -> None:
    for action, share in enumerate(choice_probabilities(PLAIN, RATES)[0]):

        def density(time: float, action: int = action) -> float:
            at = log_density(PLAIN, RATES, np.array([time]), np.array([action]))
            return float(np.exp(at.value[0]))

        assert integrate.quad(density, 0.3 + 1e-9, 60, limit=200)[0] == pytest.approx(share, abs=1e-4)


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
    shift_s=st.floats(0, 0.4),
    guesses=st.sampled_from([0.0, 0.02]),
)
def test_the_derivatives_are_those_of_the_density(rates, chosen, time_s, log_scale, shift_s, guesses) -> None:
    def value(point: np.ndarray) -> float:
        race = Race(float(np.exp(point[3])), float(point[4]), 20.0, guesses)
        return float(log_density(race, point[None, :3], np.array([time_s]), np.array([chosen])).value[0])

    point = np.array([*rates, log_scale, shift_s])
    step = 1e-5
    slopes = [
        (value(point + step * side) - value(point - step * side)) / (2 * step) for side in np.eye(len(point))
    ]
    race = Race(float(np.exp(log_scale)), shift_s, 20.0, guesses)
    found = log_density(race, point[None, :3], np.array([time_s]), np.array([chosen]))
    given_slopes = [*found.by_rate[0], found.by_log_scale[0], found.by_shift[0]]
    assert given_slopes == pytest.approx(slopes, rel=1e-3, abs=1e-4)


def test_simulated_answers_follow_the_model() -> None:
    rng = np.random.default_rng(5)
    times, chosen = simulate(PLAIN, np.repeat(RATES, 20_000, axis=0), rng)
    shares = np.bincount(chosen, minlength=5) / len(chosen)
    assert shares == pytest.approx(choice_probabilities(PLAIN, RATES)[0], abs=0.012)
    assert np.median(times) == pytest.approx(median_times(PLAIN, RATES)[0], rel=0.02)
    by = np.array([0.8, 1.2, 2.0])
    for action in (0, 3):
        drawn = [np.mean((chosen == action) & (times <= time)) for time in by]
        assert cumulative(PLAIN, RATES[0], action, by) == pytest.approx(drawn, abs=0.012)


def test_an_answer_that_the_race_cannot_give_is_a_guess_and_not_impossible() -> None:
    """An accumulator so slow that it never wins in 64-bit numbers leaves a finite density and no NaN."""
    hopeless = np.array([[3.0, -60.0]])
    found = log_density(GUESSING, hopeless, np.array([1.0]), np.array([1]))
    assert found.value[0] == pytest.approx(np.log(0.1 / (2 * 20.0)))
    assert np.isfinite(found.by_rate).all()
