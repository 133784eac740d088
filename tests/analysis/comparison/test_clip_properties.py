from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.answers import Answers
from analysis.comparison.clip_motion import ClipMotion
from analysis.comparison.clip_properties import PROPERTIES, property_correlations, property_table
from analysis.comparison.item_draws import draw
from analysis.comparison.items import clip_scores
from tests.analysis.comparison.answering import answers_from

ITEMS = 120


def shaken(
    camera_matters: float, of_action: float = 0.0, seed: int = 1
) -> tuple[Answers, tuple[ClipMotion, ...]]:
    """Ten people and a model, m0, that err more where the camera moves, or where the action is."""
    rng = np.random.default_rng(seed)
    actions = np.arange(ITEMS) % 5
    camera = rng.normal(size=ITEMS) + of_action * actions
    odds = 1.5 - camera_matters * (camera - of_action * actions) - of_action * actions / 2
    right = (rng.random((11, ITEMS)) < 1 / (1 + np.exp(-odds))).astype(float)
    answers = answers_from(right, models=1, actions=actions, groups=np.arange(ITEMS) // 2)
    other = rng.random((3, ITEMS))
    motions = tuple(
        ClipMotion(name, float(other[0, i]), float(other[1, i]), float(camera[i]), float(other[2, i]), "dis")
        for i, name in enumerate(answers.items)
    )
    return answers, motions


@dataclass(frozen=True)
class Correlations:
    rows: pd.DataFrame

    def of(self, observer: str, measure: str, name: str) -> pd.Series[Any]:
        keys = (("observer", observer), ("measure", measure), ("property", name))
        chosen = self.rows[np.logical_and.reduce([self.rows[column] == value for column, value in keys])]
        assert len(chosen) == 1
        row: pd.Series[Any] = chosen.iloc[0]
        return row


def correlations(answers: Answers, motions: tuple[ClipMotion, ...]) -> Correlations:
    draws = draw(answers, np.random.default_rng(2), 300)
    of_models = pd.DataFrame(
        {
            "observer": "m0",
            "clip_id": list(answers.items),
            "p_right": np.nan,
            "margin": np.nan,
            "entropy": np.nan,
            "right": answers.right[-1],
        }
    )
    properties = property_table(motions, answers)
    table = property_correlations(answers, of_models, properties, draws, clip_scores(answers, draws))
    return Correlations(table)


def test_what_makes_clips_hard_is_found_and_the_rest_is_not() -> None:
    table = correlations(*shaken(camera_matters=1.5))
    assert table.of("People", "errors", "camera_motion")["low"] > 0.3
    assert table.of("People", "errors", "camera_motion")["within_low"] > 0.3
    assert table.of("m0", "errors", "camera_motion")["low"] > 0.1
    for name in ("duration_s", "motion", "body_motion"):
        row = table.of("People", "errors", name)
        assert row["low"] < 0 < row["high"]


def test_a_hard_action_that_moves_more_is_no_property_within_actions() -> None:
    row = correlations(*shaken(camera_matters=0.0, of_action=2.0)).of("People", "errors", "camera_motion")
    assert row["low"] > 0.3
    assert row["within_low"] < 0 < row["within_high"]


def test_every_observer_has_every_property() -> None:
    table = correlations(*shaken(camera_matters=1.0))
    assert len(table.rows) == 3 * len(PROPERTIES)
    # Nobody has a time here.
    assert table.of("People", "median_time", "motion")["remark"] == "no clip has both"
    assert table.of("People", "errors", "motion")["method"] == (
        "crossed bootstrap over participants and clip groups"
    )
    assert table.of("m0", "errors", "motion")["method"] == "bootstrap over clip groups, the observers fixed"


def test_clips_without_properties_are_left_out() -> None:
    answers, motions = shaken(camera_matters=1.0)
    assert correlations(answers, motions[:50]).of("People", "errors", "motion")["clips"] == 50
    none = correlations(answers, ()).of("People", "errors", "motion")
    assert none["remark"] == "no clip has both"
    assert np.isnan(none["rho"])


def test_a_property_that_all_clips_share_is_na() -> None:
    answers, motions = shaken(camera_matters=1.0)
    same = tuple(ClipMotion(each.clip_id, 2.0, 1.0, 1.0, 1.0, "dis") for each in motions)
    row = correlations(answers, same).of("People", "errors", "duration_s")
    assert row["remark"] == "the property is the same for all clips"
    assert np.isnan(row["rho"])
    assert row["clips"] == ITEMS
