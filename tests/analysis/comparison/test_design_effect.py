"""How much clips of a group resemble one another, for the kappa of a pair, and the interval made for it."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.comparison.design_effect import design_effects
from analysis.comparison.kappa import (
    all_pair_counts,
    clustered_interval,
    error_consistency,
    kappa_of,
    weighted_kappas,
)

COUNTS = np.array([[60.0, 12, 10, 8]])


def answers(rng: np.random.Generator, observers: int, items: int) -> np.ndarray:
    return (rng.random((observers, items)) < 0.8).astype(float)


def test_independent_items_have_an_effect_of_about_one() -> None:
    right = answers(np.random.default_rng(1), 4, 2_000)
    effects = design_effects(right, np.arange(2_000), np.zeros(2_000, dtype=np.int64))
    assert effects == pytest.approx(np.ones(6), abs=0.01)


def test_items_that_stand_there_k_times_have_an_effect_of_k() -> None:
    right = np.repeat(answers(np.random.default_rng(2), 3, 400), 5, axis=1)
    effects = design_effects(right, np.repeat(np.arange(400), 5), np.zeros(400, dtype=np.int64))
    assert effects == pytest.approx([5, 5, 5], rel=0.01)


def test_the_linear_part_is_the_derivative_of_kappa() -> None:
    # The variance of a bootstrap with many items, of which the effect knows the linear part only.
    rng = np.random.default_rng(3)
    right, groups = answers(rng, 2, 900), np.repeat(np.arange(300), 3)
    right[:, rng.random(900) < 0.1] = np.nan
    drawn = rng.multinomial(300, np.full(300, 1 / 300), size=4_000)
    alone = rng.multinomial(900, np.full(900, 1 / 900), size=4_000)
    of_groups = weighted_kappas(right, drawn[:, groups].astype(float)).var()
    of_items = weighted_kappas(right, alone.astype(float)).var()
    effect = design_effects(right, groups, np.zeros(300, dtype=np.int64))[0]
    assert effect == pytest.approx(of_groups / of_items, rel=0.1)


def test_without_groups_the_interval_is_the_plain_one() -> None:
    plain = error_consistency(COUNTS)
    low, high = clustered_interval(COUNTS, [1.0], np.inf)
    assert (low[0], high[0]) == pytest.approx((plain.low[0], plain.high[0]))


def test_an_effect_of_two_is_worth_half_the_items() -> None:
    low, high = clustered_interval(COUNTS * 100, [2.0], np.inf)
    half = error_consistency(COUNTS * 50)
    assert (low[0], high[0]) == pytest.approx((half.low[0], half.high[0]), abs=1e-3)


def test_effects_below_one_and_few_groups() -> None:
    plain = error_consistency(COUNTS)
    assert clustered_interval(COUNTS, [0.3], np.inf)[0][0] == pytest.approx(plain.low[0])
    assert clustered_interval(COUNTS, [1.0], 3)[0][0] < plain.low[0]


def test_nothing_varies_nothing_is_told() -> None:
    right = np.ones((2, 20))
    effects = design_effects(right, np.arange(20), np.zeros(20, dtype=np.int64))
    assert np.isnan(effects).all()
    assert np.isnan(kappa_of(all_pair_counts(right))).all()
    assert np.isnan(clustered_interval(all_pair_counts(right), effects, 19)).all()
