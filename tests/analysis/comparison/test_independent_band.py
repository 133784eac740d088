"""How far kappa strays between independent observers: exact where items are few, simulated where many."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from analysis.comparison import independent_band as module
from analysis.comparison.independent_band import independent_band
from analysis.comparison.kappa import all_pair_counts, kappa_of, pair_counts


def test_independent_observers_fall_into_the_band() -> None:
    """Other draws than its own: right answers of pairs, each by itself."""
    rng = np.random.default_rng(7)
    band = independent_band(90, 0.8, rng)
    middle = band.iloc[(band["accuracy"] - 0.9).abs().argmin()]
    kappas = [
        kappa_of(all_pair_counts((rng.random((2, 90)) < middle["accuracy"]).astype(float)))[0]
        for _ in range(2_000)
    ]
    inside = np.mean((np.array(kappas) >= middle["low"]) & (np.array(kappas) <= middle["high"]))
    assert 0.93 <= inside <= 0.975


@pytest.mark.filterwarnings("error")
def test_the_band_begins_where_there_is_a_kappa() -> None:
    band = independent_band(20, 0.0, np.random.default_rng(1))
    assert band["accuracy"].iloc[0] > 0, "of two who are always wrong there is none"
    assert band.notna().all(axis=None)


def test_few_items_have_the_quantiles_of_all_answers_that_a_pair_may_give() -> None:
    # Given every way in which two may be right and wrong at four items, and its kappa
    ways = list(product((0.0, 1.0), repeat=4))
    pairs = [(a, b, float(kappa_of(pair_counts(a, b)))) for a in ways for b in ways]
    known = sorted((kappa, sum(a) + sum(b)) for a, b, kappa in pairs if np.isfinite(kappa))
    kappas, right = (np.array(column) for column in zip(*known, strict=True))
    band = independent_band(4, 0.5, np.random.default_rng(1))
    assert len(band) == 41
    for row in band.itertuples():
        # When each answer is right with the same chance
        below = np.cumsum(row.accuracy**right * (1 - row.accuracy) ** (8 - right))
        # Then the ends are the first kappas that 2.5 and 97.5 % do not exceed
        assert row.low == kappas[np.argmax(below >= 0.025 * below[-1])]
        assert row.high == kappas[np.argmax(below >= 0.975 * below[-1])]


def test_ten_items_leave_no_spike_where_errors_are_few() -> None:
    """One kappa in 56 is 1 there at most, and in draws of 2,000 pairs one in 40 now and then."""
    band = independent_band(10, 0.7, np.random.default_rng(1))
    assert band["high"].max() == pytest.approx(0.615, abs=0.001)
    assert (band["low"].diff().dropna() >= 0).all()


def test_simulated_ends_lie_beside_the_exact_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = independent_band(90, 0.6, np.random.default_rng(1))
    monkeypatch.setattr(module, "MOST_COUNTED", 89)
    simulated = independent_band(90, 0.6, np.random.default_rng(1))
    off = (exact - simulated)[["low", "high"]].abs().to_numpy()
    # One shared error more or less is a step of kappa.
    assert off.max() < 0.04
    assert off.mean() < 0.016, "4 % of the width"
