from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from analysis.measures.within_participant import TOO_FEW, within_participant_intervals

RECALLED = (
    (10, 13, 13), (6, 8, 8), (11, 14, 14), (22, 23, 25), (16, 18, 20),
    (15, 17, 17), (1, 1, 4), (12, 15, 17), (9, 12, 12), (8, 9, 12),
)  # fmt: skip
"""Loftus & Masson (1994), table 2: words recalled by ten people after 1, 2 and 5 s of study."""


def scores(rows: tuple[tuple[int, ...], ...]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"observer": f"P{person}", "condition": f"{condition}", "score": float(score)}
            for person, row in enumerate(rows)
            for condition, score in enumerate(row)
        ]
    )


def test_the_variance_is_on_average_the_interaction_of_loftus_and_masson() -> None:
    """Their mean square of participants by conditions is .61, and Morey's correction meets it on average."""
    table = within_participant_intervals(scores(RECALLED), "score")
    assert table["mean"].tolist() == pytest.approx([11.0, 13.0, 14.2])
    errors = (table["high"] - table["mean"]) / t.ppf(0.975, 9)
    assert float((errors**2).mean()) * 10 == pytest.approx(0.61, abs=0.01)


def test_people_who_drop_alike_have_an_interval_of_no_width() -> None:
    table = within_participant_intervals(scores(((9, 7), (5, 3), (8, 6))), "score")
    assert (table["high"] - table["low"]).abs().max() == pytest.approx(0, abs=1e-12)


def test_only_participants_with_all_conditions_enter() -> None:
    table = within_participant_intervals(scores(((9, 7), (5, 2), (8,))), "score")
    assert table["observers"].tolist() == [2, 2]
    alone = within_participant_intervals(scores(((9, 7), (5,))), "score")
    assert set(alone["method"]) == {TOO_FEW}
    assert np.isnan(alone["low"]).all()
