from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from analysis.decisions.ez_diffusion import edge_corrected, ez_diffusion, ez_table


def trials_of(correct: list[int], times: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"observer": "P001", "condition": "AFD5", "correct": correct, "time_to_choose": times}
    )


def test_the_example_of_the_paper() -> None:
    """Wagenmakers, van der Maas & Grasman (2007): accuracy .802, variance .112, mean .723."""
    found = ez_diffusion(0.802, 0.112, 0.723)
    assert float(found.drift) == pytest.approx(0.0999, abs=5e-5)
    assert float(found.boundary) == pytest.approx(0.13997, abs=5e-6)
    assert float(found.non_decision_s) == pytest.approx(0.30003, abs=5e-6)


@given(
    drift=st.floats(-0.5, 0.5).filter(lambda drift: abs(drift) > 0.005),
    boundary=st.floats(0.05, 0.4),
    non_decision_s=st.floats(0, 2),
)
def test_it_inverts_the_moments_of_the_diffusion(drift, boundary, non_decision_s) -> None:
    """Equations 5, 6 and 9 of the paper, forwards: accuracy, variance and mean of given parameters."""
    y = -drift * boundary / 0.01
    share = expit(-y)
    variance = (
        boundary * 0.01 / (2 * drift**3) * (2 * y * np.exp(y) - np.exp(2 * y) + 1) / (np.exp(y) + 1) ** 2
    )
    mean = non_decision_s + boundary / (2 * drift) * (1 - np.exp(y)) / (1 + np.exp(y))
    if abs(share - 0.5) < 1e-3 or share > 1 - 1e-6 or share < 1e-6:
        return
    found = ez_diffusion(share, variance, mean)
    assert float(found.drift) == pytest.approx(drift, rel=1e-3)
    assert float(found.boundary) == pytest.approx(boundary, rel=1e-3)
    assert float(found.non_decision_s) == pytest.approx(non_decision_s, abs=2e-3)


def test_at_half_right_it_is_the_limit_from_either_side() -> None:
    half = ez_diffusion(0.5, 0.112, 0.723)
    beside = ez_diffusion(np.array([0.498, 0.502]), 0.112, 0.723)
    assert float(half.drift) == 0
    assert beside.drift == pytest.approx([-beside.drift[1], beside.drift[1]])
    assert beside.boundary == pytest.approx(np.full(2, half.boundary), rel=1e-4)
    assert beside.non_decision_s == pytest.approx(np.full(2, half.non_decision_s), rel=1e-3)


def test_nothing_is_made_up_at_the_edges() -> None:
    found = ez_diffusion(np.array([0.0, 1.0, 0.8]), np.array([0.1, 0.1, 0.0]), 0.7)
    assert np.isnan([found.drift, found.boundary, found.non_decision_s]).all()


def test_half_an_answer_counts_as_wrong_where_all_are_right() -> None:
    assert edge_corrected(90.0, 90) == pytest.approx(1 - 1 / 180)
    assert edge_corrected(45.0, 90) == 0.5
    rng = np.random.default_rng(1)
    table = ez_table(trials_of([1] * 40, list(rng.lognormal(1, 0.3, 40))), rng, draws=50)
    assert table["value"].notna().all()
    assert table["method"].str.contains("half an answer counts as wrong").all()


@pytest.mark.parametrize(
    ("correct", "times", "reason"),
    [
        ([0] * 20, [1.0, 2.0] * 10, "no answer is right"),
        ([1] * 6 + [0] * 14, [1.0, 2.0] * 10, "fewer than half"),
        ([1] * 5, [1.0, 2.0, 3.0, 4.0, 5.0], "fewer than 10 right answers"),
        ([1] * 15 + [0] * 5, [2.0] * 20, "all times are the same"),
    ],
)
def test_what_cannot_be_computed_has_a_reason(correct, times, reason) -> None:
    table = ez_table(trials_of(correct, times), np.random.default_rng(1), draws=10)
    assert table["value"].isna().all()
    assert table["method"].str.startswith("not computed: ").all()
    assert table["method"].str.contains(reason).all()


def test_the_interval_holds_the_drift_that_made_the_trials() -> None:
    """A random walk in steps of 2 ms with the drift, boundary and time of the paper's example."""
    rng = np.random.default_rng(3)
    steps = rng.normal(0.0999 * 0.002, 0.1 * np.sqrt(0.002), (400, 4000))
    walks = 0.13997 / 2 + np.cumsum(steps, axis=1)
    out = (walks <= 0) | (walks >= 0.13997)
    end = out.argmax(axis=1)
    correct = (walks[np.arange(400), end] > 0.07).astype(int)
    table = ez_table(trials_of(list(correct), list(0.30003 + 0.002 * (end + 1))), rng, draws=300).set_index(
        "quantity"
    )
    assert table.loc["drift", "low"] < 0.0999 < table.loc["drift", "high"]
    # A walk in steps overshoots its boundaries a little.
    assert table.loc["boundary", "value"] == pytest.approx(0.145, abs=0.012)
    assert table.loc["non_decision_s", "low"] < 0.30003 < table.loc["non_decision_s", "high"]
