"""Error consistency of pairs: worked values, bounds, what is undefined, how often its interval is right."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from statsmodels.stats.inter_rater import cohens_kappa

from analysis.comparison.kappa import (
    all_pair_counts,
    error_consistency,
    kappa_of,
    pair_counts,
    weighted_kappas,
)
from analysis.comparison.profile_likelihood import deviance, likelihood_bounds

counts_of_a_pair = st.tuples(*[st.integers(0, 60)] * 4).filter(any)


def probabilities(accuracy_a: float, accuracy_b: float, kappa: float) -> npt.NDArray[np.float64]:
    """Of both right, only the first, only the second, both wrong, for observers with this kappa."""
    expected = accuracy_a * accuracy_b + (1 - accuracy_a) * (1 - accuracy_b)
    observed = expected + kappa * (1 - expected)
    both = (observed + accuracy_a + accuracy_b - 1) / 2
    return np.array([both, accuracy_a - both, accuracy_b - both, 1 - accuracy_a - accuracy_b + both])


def test_a_pair_of_people_from_a_published_data_set() -> None:
    # 160 pictures, 143 and 150 named rightly, 137 of them by both.
    pair = error_consistency([[137, 6, 13, 4]])
    assert pair.accuracy_a[0] == 0.89375
    assert pair.accuracy_b[0] == 0.9375
    assert pair.observed[0] == 0.88125
    assert pair.expected[0] == pytest.approx(0.84453125, abs=1e-12)
    assert pair.kappa[0] == pytest.approx(0.2361809, abs=1e-7)
    assert pair.low[0] < pair.kappa[0] < pair.high[0]


def test_unequal_accuracies_bound_kappa_from_above() -> None:
    pair = error_consistency([[60, 20, 0, 20]])  # .8 and .6, as alike as these accuracies can be
    assert pair.largest[0] == pytest.approx(0.545454, abs=1e-6)
    assert pair.kappa[0] == pytest.approx(pair.largest[0])
    assert error_consistency([[40, 40, 20, 0]]).kappa[0] == pytest.approx(pair.smallest[0])


@given(counts_of_a_pair)
def test_kappa_is_cohens(counts: tuple[int, int, int, int]) -> None:
    both_right, only_a, only_b, both_wrong = counts
    found = error_consistency([counts]).kappa[0]
    with np.errstate(all="ignore"):
        reference = cohens_kappa(np.array([[both_right, only_a], [only_b, both_wrong]]), return_results=False)
    np.testing.assert_allclose(found, reference, atol=1e-9)
    np.testing.assert_allclose(kappa_of(np.array(counts, dtype=float)), reference, atol=1e-9)


@given(counts_of_a_pair)
def test_what_is_defined_lies_within_its_interval_and_its_bounds(counts: tuple[int, int, int, int]) -> None:
    pair = error_consistency([counts])
    if np.isnan(pair.kappa[0]):
        assert np.isnan([pair.low[0], pair.high[0], pair.smallest[0], pair.largest[0], pair.p_value[0]]).all()
        return
    assert -1 <= pair.low[0] <= pair.kappa[0] <= pair.high[0] <= 1
    assert pair.smallest[0] - 1e-9 <= pair.kappa[0] <= pair.largest[0] + 1e-9
    assert 0 <= pair.p_value[0] <= 1


@pytest.mark.parametrize("counts", [[90, 0, 0, 0], [0, 0, 0, 90], [0, 0, 0, 0]])
def test_without_a_mistake_or_without_a_right_answer_it_is_undefined(counts: list[int]) -> None:
    assert np.isnan(error_consistency([counts]).kappa[0])


def test_who_is_always_right_agrees_with_nobody_beyond_chance() -> None:
    pair = error_consistency([[80, 10, 0, 0]])
    assert pair.kappa[0] == 0
    assert pair.largest[0] == pytest.approx(0)


def test_the_p_value_and_the_interval_tell_the_same() -> None:
    pair = error_consistency([[75, 5, 5, 5], [73, 8, 8, 1], [60, 10, 0, 20]])
    assert ((pair.p_value < 0.05) == ((pair.low > 0) | (pair.high < 0))).all()


def test_the_likelihood_at_a_bound_is_what_a_search_over_both_accuracies_finds() -> None:
    """No both-right item: here steps that end at the edge of what is possible once stopped the climb."""
    table = np.array([[0.4, 56.3, 38.3, 17.4]])
    low, high = likelihood_bounds(table, kappa_of(table), 3.84)
    for kappa in (low[0], high[0], -0.545):

        def lack(accuracies: npt.NDArray[np.float64], kappa: float = kappa) -> float:
            shares = probabilities(*accuracies, kappa)
            if (shares <= 0).any():
                return 1e9
            likelihoods = table[0] * (np.log(shares) - np.log(table[0] / table.sum()))
            return float(-2 * likelihoods.sum())

        least = minimize(lack, [0.5, 0.5], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9}).fun
        assert deviance(table, np.array([kappa]))[0] == pytest.approx(least, abs=1e-4)
    assert deviance(table, high)[0] == pytest.approx(3.84, abs=1e-3)


@pytest.mark.parametrize("counts", [[[1, 2, 3]], [[-1, 2, 3, 4]], [[np.nan, 1, 1, 1]]])
def test_counts_of_another_kind_are_refused(counts: list[list[float]]) -> None:
    with pytest.raises(ValueError, match=r"counts? (have|is)"):
        error_consistency(counts)


def test_items_that_one_of_them_did_not_answer_are_not_shared() -> None:
    nan = float("nan")
    assert pair_counts([1, 1, 0, 0, nan, 1], [1, 0, 1, 0, 1, nan]).tolist() == [1, 1, 1, 1]


def test_all_pairs_are_the_pairs() -> None:
    right = np.array([[1, 1, 0, 1], [1, 0, 0, np.nan], [0, 1, 1, 1]], dtype=float)
    expected = [pair_counts(right[a], right[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
    np.testing.assert_array_equal(all_pair_counts(right), expected)


def test_a_resample_weighs_items() -> None:
    right = np.array([[1, 1, 0, 0], [1, 0, 1, 0]], dtype=float)
    weights = np.array([[1, 1, 1, 1], [2, 0, 1, 1], [0, 2, 2, 0]], dtype=float)
    found = weighted_kappas(right, weights)[:, 0]
    repeated = [
        kappa_of(np.array(counts, dtype=float)) for counts in ([1, 1, 1, 1], [2, 0, 1, 1], [0, 2, 2, 0])
    ]
    np.testing.assert_allclose(found, repeated)


@pytest.mark.campaign
@pytest.mark.parametrize("items", [90, 900])
@pytest.mark.parametrize("accuracy", [0.898, 0.95, 0.99])
@pytest.mark.parametrize("kappa", [0.0, 0.3, 0.6])
def test_the_interval_covers(items: int, accuracy: float, kappa: float) -> None:
    draws = np.random.default_rng(20_221_023).multinomial(
        items, probabilities(accuracy, accuracy, kappa), size=100_000
    )
    # Many draws are alike: each table of counts is judged once.
    tables, times = np.unique(draws, axis=0, return_counts=True)
    pairs = error_consistency(tables)
    defined = np.isfinite(pairs.kappa)
    inside = (pairs.low <= kappa) & (kappa <= pairs.high)
    covered = float(np.average(inside[defined], weights=times[defined]))
    share = float(np.average(defined, weights=times))
    print(f"\n{items} items, accuracy {accuracy}, kappa {kappa}: {covered:.1%} of the {share:.1%} defined")
    assert covered >= 0.93
    if accuracy == 0.898:
        assert covered <= 0.97
