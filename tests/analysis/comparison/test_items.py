"""Clips of people and models side by side: simulated people whose hard clips a model knows, or does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.answers import Answers, answers_of
from analysis.comparison.certainty import certainty
from analysis.comparison.item_draws import draw
from analysis.comparison.items import ceilings, clip_scores, item_correlations, item_table
from analysis.comparison.rank_correlation import Numbers
from analysis.comparison.remarks import item_remarks
from analysis.probabilities import with_probabilities
from tests.analysis.comparison.answering import answers_from
from tests.analysis.comparison.predicted import model, people


def simulated(
    number: int, items: int = 90, models: int = 0, knows: float = 1.0, seed: int = 1
) -> tuple[Answers, pd.DataFrame]:
    """People who err on hard clips and are slow there; models see that difficulty, mixed with their own."""
    rng = np.random.default_rng(seed)
    ease = rng.normal(size=items)
    right = (rng.random((number, items)) < 1 / (1 + np.exp(-(1.8 + 1.5 * ease)))).astype(float)
    times = np.exp(-0.3 * ease + 0.4 * rng.normal(size=(number, items)))
    seen = [knows * ease + (1 - knows) * rng.normal(size=items) for _ in range(models)]
    p_right = 1 / (1 + np.exp(-(1 + 2 * np.array(seen).reshape(models, items))))
    answers = answers_from(
        np.vstack([right, p_right > 0.5]),
        models=models,
        groups=np.arange(items) // 3,
        actions=np.arange(items) % 5,
    )
    of_models = pd.DataFrame(
        {
            "observer": np.repeat([f"m{place}" for place in range(models)], items),
            "clip_id": list(answers.items) * models,
            "p_right": p_right.ravel(),
            "margin": 2 * p_right.ravel() - 1,
            "entropy": -np.log2(p_right.ravel()),
            "right": (p_right > 0.5).astype(float).ravel(),
        }
    )
    return replace(answers, times_s=np.vstack([times, np.full((models, items), np.nan)])), of_models


def correlations(answers: Answers, of_models: pd.DataFrame, draws: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    drawn = draw(answers, rng, draws)
    scores = clip_scores(answers, drawn)
    return item_correlations(answers, of_models, drawn, scores, ceilings(drawn, scores, rng))


def row_of(table: pd.DataFrame, human: str, measure: str, observer: str = "m0") -> pd.Series[Any]:
    chosen = table[(table["observer"] == observer) & (table["human"] == human) & (table["model"] == measure)]
    assert len(chosen) == 1
    row: pd.Series[Any] = chosen.iloc[0]
    return row


def test_probabilities_become_certainty() -> None:
    trials = model("net", {"AFD5": 1.0}).head(3).reset_index(drop=True)
    actions = sorted({*trials["action"]} | {"Swing", "Lunges"})
    right = str(trials["action"].iloc[0])
    other = next(name for name in actions if name != right)
    given = pd.DataFrame(0.0, index=range(3), columns=actions)
    given.loc[0, [right, other]] = [0.5, 0.5]
    given.loc[1, [right, other]] = [0.9, 0.1]
    given.loc[2] = np.nan
    trials = trials.assign(action=right, response=right)
    found = certainty(with_probabilities(trials, given)).set_index("clip_id")
    first, second, third = (found.loc[clip] for clip in trials["clip_id"])
    assert (first["p_right"], first["margin"], first["entropy"]) == pytest.approx((0.5, 0.0, 1.0))
    assert (second["p_right"], second["margin"]) == pytest.approx((0.9, 0.8))
    assert second["entropy"] == pytest.approx(0.4689956)  # of a coin that falls on one side 9 times in 10
    assert third[["p_right", "margin", "entropy"]].isna().all()
    assert third["right"] == 1


def test_people_have_no_certainty_and_runs_are_averaged() -> None:
    runs = [model("net", {"AFD5": share}).assign(session=run) for run, share in ((1, 1.0), (2, 0.0))]
    found = certainty(pd.concat([people(2), *runs], ignore_index=True))
    assert set(found["observer"]) == {"net"}
    assert not found["clip_id"].duplicated().any()
    assert (found["right"] == 0.5).all()


def test_the_table_holds_people_and_models_clip_by_clip() -> None:
    trials = pd.concat([people(4), model("net", {"AFD5": 0.5})], ignore_index=True)
    trials = trials.assign(attention_check=0, round=1, attempt=1)
    answers = answers_of(trials[trials["condition"] == "AFD5"])
    drawn = draw(answers, np.random.default_rng(1), 50)
    table = item_table(answers, certainty(trials), clip_scores(answers, drawn))
    assert len(table) == 90
    clip = table.iloc[7]
    own = trials[(trials["clip_id"] == clip["clip_id"]) & (trials["observer_kind"] == "human")]
    assert clip["people"] == 4
    assert clip["accuracy"] == pytest.approx(own["correct"].mean())
    assert clip["median_time"] == pytest.approx(own["time_to_choose"].median())
    # Without probabilities, the model's answer stands in for them.
    assert clip["apart"] == pytest.approx(clip["accuracy"] - clip["right"])


def test_a_model_that_finds_the_same_clips_hard_correlates_and_another_does_not() -> None:
    table = correlations(*simulated(10, models=2, knows=1.0))
    knowing = row_of(table, "accuracy", "p_right")
    assert knowing["low"] > 0.4
    assert row_of(table, "median_time", "p_right")["high"] < -0.2
    assert row_of(table, "median_time", "entropy")["low"] > 0.2
    stranger = row_of(correlations(*simulated(10, models=1, knows=0.0)), "accuracy", "p_right")
    assert stranger["low"] < 0 < stranger["high"]


def test_corrected_for_the_ceiling_a_perfect_model_is_at_one() -> None:
    row = row_of(correlations(*simulated(10, items=450, models=1)), "accuracy", "p_right")
    assert row["rho"] < 0.85
    assert row["corrected"] == pytest.approx(1.0, abs=0.06)
    assert row["corrected_low"] < row["corrected"] < row["corrected_high"]
    assert row["single_lower"] < row["single_people"] < row["single_upper"]


def test_more_people_and_clips_make_the_interval_narrower() -> None:
    few = row_of(correlations(*simulated(6, items=60, models=1, knows=0.5)), "accuracy", "p_right")
    many = row_of(correlations(*simulated(24, items=200, models=1, knows=0.5)), "accuracy", "p_right")
    assert many["high"] - many["low"] < 0.7 * (few["high"] - few["low"])


def test_one_participant_has_correlations_and_no_ceiling() -> None:
    answers, of_models = simulated(1, models=1)
    table = correlations(answers, of_models)
    row = row_of(table, "accuracy", "p_right")
    assert row["low"] < row["rho"] < row["high"]
    assert row["method"].startswith("bootstrap over clip groups")
    assert np.isnan(row["ceiling"])
    assert np.isnan(row["corrected"])
    assert "one participant" in row["remark"]


def test_a_model_without_some_clips_is_compared_on_the_others_and_that_is_said() -> None:
    answers, of_models = simulated(6, models=1)
    right: Numbers = answers.right.copy()
    right[-1, :30] = np.nan
    answers = replace(answers, right=right)
    of_models = of_models.iloc[30:]
    table = correlations(answers, of_models)
    assert row_of(table, "accuracy", "p_right")["clips"] == 60
    assert "m0 has no answer to 30 of the 90 clips" in next(item_remarks(answers))


def test_a_model_without_any_common_clip_is_na_with_the_reason() -> None:
    answers, of_models = simulated(6, models=1)
    row = row_of(correlations(answers, of_models.iloc[:0]), "accuracy", "p_right")
    assert np.isnan(row["rho"])
    assert row["clips"] == 0
    assert "no such value for any of the clips" in row["remark"]


def test_what_does_not_vary_is_na_with_the_reason() -> None:
    answers, of_models = simulated(6, models=1)
    right: Numbers = answers.right.copy()
    right[:-1] = 1
    perfect = replace(answers, right=right)
    row = row_of(correlations(perfect, of_models), "accuracy", "p_right")
    assert np.isnan(row["rho"])
    assert "the value of people is the same (1) for all clips" in row["remark"]
    sure = of_models.assign(right=1.0)
    assert (
        "the value of the model is the same"
        in row_of(correlations(answers, sure), "accuracy", "right")["remark"]
    )


def test_the_same_seed_gives_the_same_table() -> None:
    answers, of_models = simulated(6, models=1)
    pd.testing.assert_frame_equal(
        correlations(answers, of_models, draws=100), correlations(answers, of_models, draws=100)
    )
