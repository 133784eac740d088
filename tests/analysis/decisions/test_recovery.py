"""Whether fits find true parameters again; docs/comparison.md shows what the campaign prints.

To see it: ``python -m pytest -m campaign tests/analysis/decisions/test_recovery.py -s``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.decisions.race import choice_probabilities
from analysis.decisions.recovery import drawn_race, recovered, recovery

ACTIONS = ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")


def test_the_summary_by_hand() -> None:
    found = pd.DataFrame(
        {
            "parameter": "scale",
            "true": [0.4, 0.5, 0.6],
            "value": [0.5, 0.5, 0.7],
            "low": [0.45, 0.4, 0.5],
            "high": [0.6, 0.6, 0.9],
        }
    )
    row = recovery(found).iloc[0]
    assert row["mean_error"] == pytest.approx(0.2 / 3)
    assert row["rms_error"] == pytest.approx(np.sqrt(0.02 / 3))
    assert row["held"] == pytest.approx(2 / 3)
    assert row["correlation"] == pytest.approx(np.corrcoef([0.4, 0.5, 0.6], [0.5, 0.5, 0.7])[0, 1])


def test_simulated_participants_are_like_those_of_the_study() -> None:
    rng, right = np.random.default_rng(1), []
    for _ in range(50):
        truth = drawn_race(5, rng)
        rates = truth.level + truth.bias + np.diag(truth.advantage)
        right.append(np.diag(choice_probabilities(truth.race, rates)).mean())
    assert 0.55 < min(right) < max(right) < 0.995
    assert np.mean(right) == pytest.approx(0.87, abs=0.05)


def test_a_few_participants_are_recovered() -> None:
    table = recovery(recovered(12, ACTIONS, 36, np.random.default_rng(2))).set_index("parameter")
    assert table["fits"].tolist() == [12, 60, 60, 12, 12]
    assert (table["mean_error"].abs() < 0.12).all()
    assert table.loc["advantage", "correlation"] > 0.6
    assert (table["held"] > 0.75).all()


@pytest.mark.campaign
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("per_action", "errors"),
    [
        (18, {"level": 0.18, "bias": 0.16, "advantage": 0.30, "scale": 0.08, "shift_s": 0.23}),
        (36, {"level": 0.13, "bias": 0.14, "advantage": 0.24, "scale": 0.07, "shift_s": 0.20}),
        (180, {"level": 0.07, "bias": 0.09, "advantage": 0.13, "scale": 0.04, "shift_s": 0.10}),
    ],
)
def test_true_parameters_are_found_within_the_stated_error(per_action, errors) -> None:
    table = recovery(recovered(400, ACTIONS, per_action, np.random.default_rng(1))).set_index("parameter")
    print(f"\n{5 * per_action} trials a participant\n{table.round(3).to_string()}")
    for parameter, error in errors.items():
        row = table.loc[parameter]
        assert row["rms_error"] < error
        # The penalty draws estimates inwards, by a part of their error.
        assert abs(row["mean_error"]) < 0.35 * error
        assert 0.90 < row["held"] < 0.99
