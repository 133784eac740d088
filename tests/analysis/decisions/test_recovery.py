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
        truth, shown = drawn_race(5, rng), np.arange(5)
        right.append(np.diag(choice_probabilities(truth.race, truth.rates(shown), shown)).mean())
    assert 0.5 < min(right) < max(right) < 0.995
    assert np.mean(right) == pytest.approx(0.87, abs=0.05)


def test_a_few_participants_are_recovered() -> None:
    table = recovery(recovered(12, ACTIONS, 36, np.random.default_rng(2))).set_index("parameter")
    assert table["fits"].tolist() == [12, 60, 60, 12, 12, 12]
    assert (table["mean_error"].abs() < 0.12).all()
    assert table.loc["advantage", "correlation"] > 0.6
    assert (table["held"] > 0.75).all()


@pytest.mark.campaign
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("per_action", "participants", "errors"),
    [
        (
            18,
            400,
            {
                "level": 0.27,
                "bias": 0.17,
                "advantage": 0.35,
                "scale": 0.14,
                "scale_shown": 0.10,
                "shift_s": 0.25,
            },
        ),
        (
            36,
            400,
            {
                "level": 0.21,
                "bias": 0.15,
                "advantage": 0.30,
                "scale": 0.11,
                "scale_shown": 0.08,
                "shift_s": 0.23,
            },
        ),
        (
            180,
            100,
            {
                "level": 0.14,
                "bias": 0.10,
                "advantage": 0.18,
                "scale": 0.07,
                "scale_shown": 0.05,
                "shift_s": 0.16,
            },
        ),
    ],
)
def test_true_parameters_are_found_within_the_stated_error(per_action, participants, errors) -> None:
    table = recovery(recovered(participants, ACTIONS, per_action, np.random.default_rng(1))).set_index(
        "parameter"
    )
    print(f"\n{5 * per_action} trials a participant\n{table.round(3).to_string()}")
    for parameter, error in errors.items():
        row = table.loc[parameter]
        assert row["rms_error"] < error
        # The penalty draws estimates inwards, by a part of their error.
        assert abs(row["mean_error"]) < 0.35 * error
        assert 0.90 < row["held"] < 0.99
