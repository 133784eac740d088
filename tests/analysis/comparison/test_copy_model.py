"""How often one observer would have to copy the other to agree as much."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.comparison.copy_model import copy_intervals, copy_model
from analysis.comparison.kappa import error_consistency, kappa_of

SOME = st.integers(1, 60)


@pytest.mark.parametrize(
    ("counts", "copied", "accuracy", "own"),
    [
        # Two examples of the model's authors: half of the answers copied, the copier by itself at .5 and .4.
        ([45, 15, 10, 30], 0.5, 0.6, 0.5),
        ([35, 15, 10, 40], 0.5, 0.5, 0.4),
    ],
)
def test_answers_that_were_made_by_copying(
    counts: list[int], copied: float, accuracy: float, own: float
) -> None:
    model = copy_model([counts])
    assert model.copied[0] == pytest.approx(copied)
    assert model.accuracy[0] == pytest.approx(accuracy)
    assert model.own_accuracy[0] == pytest.approx(own)


@given(st.tuples(SOME, SOME, SOME, SOME))
def test_the_share_follows_from_kappa_and_the_accuracies(counts: tuple[int, int, int, int]) -> None:
    both, only_a, only_b, _ = counts
    p, q = ((both + only) / sum(counts) for only in (max(only_a, only_b), min(only_a, only_b)))
    share = kappa_of(np.array(counts, dtype=float)) * (p + q - 2 * p * q) / (2 * p * (1 - p))
    assert copy_model([counts]).copied[0] == pytest.approx(share, abs=1e-9)


@given(st.tuples(SOME, SOME, SOME, SOME))
def test_the_model_gives_the_agreement_that_it_was_made_from(counts: tuple[int, int, int, int]) -> None:
    model = copy_model([counts])
    share, p, own = model.copied[0], model.accuracy[0], model.own_accuracy[0]
    assert 0 <= own <= 1
    alone = 1 - abs(share)
    both = alone * p * own + max(share, 0) * p
    only_first = alone * p * (1 - own) + max(-share, 0) * p
    only_second = alone * (1 - p) * own + max(-share, 0) * (1 - p)
    shares = np.array([both, only_first, only_second, 1 - both - only_first - only_second])
    assert kappa_of(shares) == pytest.approx(kappa_of(np.array(counts, dtype=float)), abs=1e-9)


def test_intervals_hold_kappa_and_shrink_with_the_items() -> None:
    counts = np.array([[70, 9, 6, 5], [700, 90, 60, 50]])
    low, high = copy_intervals(copy_model(counts), np.random.default_rng(1))
    kappa = error_consistency(counts).kappa
    assert ((low < kappa) & (kappa < high)).all()
    assert high[1] - low[1] < (high[0] - low[0]) / 2


@pytest.mark.parametrize("counts", [[70, 9, 6, 5], [60, 20, 5, 5], [20, 30, 35, 5]])
def test_intervals_are_those_of_answers_copied_item_by_item(counts: list[int]) -> None:
    """Two rows of answers, drawn as the authors say: a fixed number of items copied, or their opposite."""
    rng, draws, items = np.random.default_rng(4), 20_000, sum(counts)
    model = copy_model([counts])
    one = rng.random((draws, items)) < model.accuracy[0]
    other = rng.random((draws, items)) < model.own_accuracy[0]
    copied = round(abs(model.copied[0]) * items)
    other[:, :copied] = one[:, :copied] == (model.copied[0] > 0)
    cases = (one & other, one & ~other, ~one & other, ~one & ~other)
    kappas = kappa_of(np.stack([case.sum(axis=1) for case in cases], axis=-1).astype(float))
    low, high = copy_intervals(model, rng, draws)
    assert [low[0], high[0]] == pytest.approx(np.percentile(kappas, [2.5, 97.5]), abs=0.02)


def test_opposite_answers_are_copied_inverted() -> None:
    counts = [[5, 40, 45, 0]]
    model = copy_model(counts)
    low, high = copy_intervals(model, np.random.default_rng(1))
    assert model.copied[0] < -0.5
    assert low[0] < error_consistency(counts).kappa[0] < high[0] < 0


@pytest.mark.parametrize("counts", [[90, 0, 0, 0], [80, 10, 0, 0], [0, 0, 0, 0], [0, 0, 0, 9]])
def test_nobody_can_copy_what_does_not_vary(counts: list[int]) -> None:
    model = copy_model([counts])
    assert np.isnan(model.copied[0])
    assert np.isnan(copy_intervals(model, np.random.default_rng(1))).all()
