from __future__ import annotations

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from scipy import stats

from analysis.comparison.rank_correlation import Numbers, spearman, weighted_means, weighted_medians

# Few values, so that there are ties.
some_values = arrays.arrays(np.float64, 12, elements=st.integers(0, 6).map(float))


@settings(max_examples=60, deadline=None)
@given(first=some_values, second=some_values)
def test_without_weights_it_is_spearmans(first: Numbers, second: Numbers) -> None:
    if len(set(first)) == 1 or len(set(second)) == 1:
        assert np.isnan(spearman(first, second))
    else:
        assert spearman(first, second) == pytest.approx(stats.spearmanr(first, second).statistic)


@settings(max_examples=60, deadline=None)
@given(first=some_values, second=some_values, counts=arrays.arrays(np.int64, 12, elements=st.integers(0, 3)))
def test_a_weight_counts_an_item_so_many_times(
    first: Numbers, second: Numbers, counts: npt.NDArray[np.int64]
) -> None:
    rho = spearman(first, second, (counts * (12 / 11)).astype(np.float64))
    one, other = np.repeat(first, counts), np.repeat(second, counts)
    if (counts > 0).sum() < 4 or len(set(one)) == 1 or len(set(other)) == 1:
        assert np.isnan(rho)
    else:
        assert rho == pytest.approx(stats.spearmanr(one, other).statistic)


def test_items_without_a_value_are_left_out_with_their_partners() -> None:
    first = np.array([1.0, 2, np.nan, 4, 5, 0])
    second = np.array([2.0, 1, 9, np.nan, 7, 0])
    expected = stats.spearmanr([1, 2, 5, 0], [2, 1, 7, 0]).statistic
    assert spearman(first, second) == pytest.approx(expected)


def test_three_items_have_no_correlation() -> None:
    assert np.isnan(spearman(np.array([1.0, 2, 3]), np.array([1.0, 2, 3])))


def test_within_strata_a_difference_between_them_does_not_count() -> None:
    # Within each action the two go against each other; the second action is higher in both.
    first = np.array([1.0, 2, 3, 11, 12, 13])
    second = np.array([3.0, 2, 1, 13, 12, 11])
    assert spearman(first, second) > 0.5
    assert spearman(first, second, strata=np.array([0, 0, 0, 1, 1, 1])) == pytest.approx(-1)


def test_drawn_means_and_medians_are_those_of_the_people_drawn() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(7, 11))
    values[rng.random((7, 11)) < 0.3] = np.nan
    values[:, 4] = np.nan
    counts = rng.multinomial(6, np.full(7, 1 / 7), size=20)
    weights = (counts * (7 / 6)).astype(np.float64)
    means, medians = weighted_means(values, weights), weighted_medians(values, weights)
    for draw, of_draw in enumerate(counts):
        drawn = np.repeat(values, of_draw, axis=0)
        for item in range(11):
            known = drawn[np.isfinite(drawn[:, item]), item]
            if len(known):
                assert means[draw, item] == pytest.approx(known.mean(), abs=1e-8)
                assert medians[draw, item] == pytest.approx(np.median(known))
            else:
                assert np.isnan(means[draw, item])
                assert np.isnan(medians[draw, item])
    assert np.isnan(means[:, 4]).all()
