from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from analysis.measures.items import clip_difficulty
from tests.analysis.measures.simulated import study


def test_the_hardest_clip_comes_first() -> None:
    trials = pd.DataFrame(
        {
            "observer": ["P1", "P2", "P3"] * 3,
            "condition": "AFD5",
            "clip_id": ["easy"] * 3 + ["hard"] * 3 + ["slow"] * 3,
            "group": [1] * 6 + [2] * 3,
            "action": "Swing",
            "response": ["Swing"] * 3 + ["Lunges", "Lunges", None] + ["Swing"] * 3,
            "correct": [1, 1, 1, 0, 0, 0, 1, 1, 1],
            "time_to_choose": [1.0, 1.0, 1.0, 3.0, 4.0, np.nan, 9.0, 9.0, 9.0],
        }
    )
    table = clip_difficulty(trials)
    assert table["clip_id"].tolist() == ["hard", "slow", "easy"]
    hard = table.iloc[0]
    assert (hard["trials"], hard["correct"], hard["median_time"], hard["wrong_response"]) == (
        3,
        0,
        3.5,
        "Lunges",
    )
    assert (hard["low"], hard["high"]) == pytest.approx(proportion_confint(0, 3, method="wilson"))
    assert pd.isna(table.iloc[1]["wrong_response"])


def test_every_clip_of_a_study_has_a_row_in_the_order_of_conditions() -> None:
    table = clip_difficulty(study(5, np.random.default_rng(1), (("UCF5", 0.95), ("AFD5", 0.8))))
    assert len(table) == 180
    assert table["condition"].tolist() == ["UCF5"] * 90 + ["AFD5"] * 90
    for _, rows in table.groupby("condition"):
        assert rows["accuracy"].is_monotonic_increasing


def test_a_person_who_meets_a_clip_twice_is_one_person() -> None:
    first = study(4, np.random.default_rng(2))
    twice = pd.concat([first, first.assign(session=2)], ignore_index=True)
    once, both = (clip_difficulty(trials).set_index("clip_id").sort_index() for trials in (first, twice))
    assert both["trials"].to_dict() == (2 * once["trials"]).to_dict()
    for column in ("accuracy", "low", "high"):
        pd.testing.assert_series_equal(once[column], both[column])
