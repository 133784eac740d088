"""The ranking of models by their likeness to people, and when there is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.comparison.agreement import pair_agreement
from analysis.comparison.answers import Answers
from analysis.comparison.item_draws import draw
from analysis.comparison.mean_agreement import mean_agreement
from analysis.comparison.ranking import rank_models
from analysis.errors import AnalysisError

CLIPS = 100


def answers(right: dict[str, np.ndarray], models: set[str], actions: int = 5) -> Answers:
    """Clips in groups of two; what was chosen plays no part."""
    matrix = np.array(list(right.values()), dtype=np.float64)
    items = matrix.shape[1]
    return Answers(
        observers=tuple(right),
        kinds=tuple("model" if name in models else "human" for name in right),
        items=tuple(f"AFD5/{place}" for place in range(items)),
        actions=np.arange(items) % actions,
        groups=(np.arange(items) // (2 * actions)) * actions + np.arange(items) % actions,
        conditions=("AFD5",) * items,
        menu=tuple("ABCDE"[:actions]),
        right=matrix,
        chosen=np.zeros(matrix.shape, dtype=np.int64),
        times_s=np.full(matrix.shape, np.nan),
        remarks=(),
    )


def crowd(
    rng: np.random.Generator, models: dict[str, float], people: int = 10, clips: int = CLIPS
) -> Answers:
    """Each errs at hard clips with a share of its own, else anywhere; errors are a fifth of all answers."""
    hard = rng.random(clips) < 0.2

    def observer(share: float) -> np.ndarray:
        own = rng.random(clips) < 0.2
        return (~np.where(rng.random(clips) < share, hard, own)).astype(float)

    rows = {f"P{place}": observer(0.7) for place in range(people)}
    rows |= {name: observer(share) for name, share in models.items()}
    return answers(rows, set(models))


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_a_model_that_errs_with_people_stands_before_those_that_err_elsewhere() -> None:
    found = rank_models(crowd(rng(), {"other": 0.0, "like": 0.95, "too": 0.0}, clips=400), "AFD5", rng())
    table = found.models.set_index("model")
    assert found.models["model"].iloc[0] == "like"
    assert (table.loc["like", "best_rank"], table.loc["like", "worst_rank"]) == (1, 1)
    assert table.loc[["other", "too"], "worst_rank"].tolist() == [3, 3]
    assert table.loc["other", "letters"] == table.loc["too", "letters"] != table.loc["like", "letters"]
    first = found.probabilities.query("model == 'like' and rank == 1")["probability"].item()
    assert first > 0.99
    assert found.sentence.startswith("AFD5: like errs more like people than ")
    assert found.sentence.endswith("no other two models can be told apart")


def test_the_means_and_their_intervals_are_those_of_the_agreement_table() -> None:
    shared = crowd(rng(), {"a": 0.6, "b": 0.3})
    found = rank_models(shared, "AFD5", rng()).models.set_index("model")
    drawn = draw(shared, rng())
    means = mean_agreement(shared, pair_agreement(shared, "AFD5", drawn, rng(), copy_draws=1), drawn)
    means = means[means["kind"] == "human-model"].set_index("model")
    for name in ("a", "b"):
        assert found.loc[name, "kappa"] == pytest.approx(means.loc[name, "kappa"])
        width = found.loc[name, "high"] - found.loc[name, "low"]
        assert width == pytest.approx(means.loc[name, "high"] - means.loc[name, "low"], rel=0.2)


def test_models_with_the_same_answers_share_every_rank() -> None:
    shared = crowd(rng(), {"a": 0.6})
    same = answers(
        {name: shared.right[place] for place, name in enumerate(shared.observers)}
        | dict.fromkeys("bcd", shared.right[-1]),
        {"a", "b", "c", "d"},
    )
    found = rank_models(same, "AFD5", rng())
    assert found.probabilities["probability"].to_numpy() == pytest.approx(0.25, abs=0.02)
    assert found.differences["told_apart"].sum() == 0
    assert found.differences["low"].isna().all()
    assert "there is no ranking" in found.sentence


def test_the_probability_of_a_rank_is_that_of_the_difference() -> None:
    """Two models: the chance to be first is that of Student's t at their difference over its error."""
    found = rank_models(crowd(rng(), {"a": 0.6, "b": 0.45}), "AFD5", rng())
    row = found.differences.iloc[0]
    half = (row["high"] - row["low"]) / 2
    first = found.probabilities.query("rank == 1").set_index("model")["probability"][row["first"]]
    assert 0.55 < first < 0.98
    # Of two models there is one difference. Its degrees of freedom are some number from a few to many.
    chances = [stats.t.cdf(row["difference"] / half * stats.t.ppf(0.975, df), df) for df in (4, 100)]
    assert min(chances) - 0.02 < first < max(chances) + 0.02


def test_rank_probabilities_add_up_both_ways() -> None:
    found = rank_models(crowd(rng(), {"a": 0.6, "b": 0.35, "c": 0.1}), "AFD5", rng())
    square = found.probabilities.pivot(index="model", columns="rank", values="probability")
    assert square.sum(axis=0).to_numpy() == pytest.approx(1)
    assert square.sum(axis=1).to_numpy() == pytest.approx(1)


def test_models_that_are_alike_are_seldom_told_apart() -> None:
    """Four models of one kind, 60 simulated studies: at 5 % for all pairs, some 3 tell a pair apart."""
    wrong = 0
    for seed in range(60):
        chance = np.random.default_rng(seed)
        shared = crowd(chance, dict.fromkeys("abcd", 0.5))
        wrong += int(rank_models(shared, "AFD5", chance, draws=400).differences["told_apart"].any())
    assert wrong <= 7


def test_one_model_is_no_ranking() -> None:
    found = rank_models(crowd(rng(), {"a": 0.6}), "AFD5", rng())
    assert found.sentence == "AFD5: there is one model, a, and nothing to rank"
    assert found.probabilities["probability"].tolist() == [1.0]
    assert found.differences.empty


def test_a_model_whose_kappa_is_undefined_with_everybody_is_left_out_and_named() -> None:
    people = {f"P{place}": np.ones(20) for place in range(3)}
    people["P1"][3:5] = 0
    always = {"right": np.ones(20), "some": np.array([0.0] * 4 + [1.0] * 16)}
    missing = {"none": np.full(20, np.nan)}
    found = rank_models(answers(people | always | missing, {"right", "some", "none"}), "AFD5", rng())
    assert found.models["model"].tolist() == ["some"]
    assert [remark.partition(" is in no ranking of AFD5: ")[::2] for remark in found.remarks] == [
        ("right", "it and people are never wrong at the same clip, so its kappa tells too little"),
        ("none", "its kappa is undefined with everybody"),
    ]
    with pytest.raises(AnalysisError, match="no model has a kappa with anybody in AFD5"):
        rank_models(answers({"P": np.ones(20), "M": np.ones(20)}, {"M"}), "AFD5", rng())


def test_a_model_that_errs_where_nobody_does_is_left_out_and_named() -> None:
    people = {f"P{place}": np.array([0.0, 0.0, *np.ones(18)]) for place in range(3)}
    elsewhere = {"apart": np.array([*np.ones(18), 0.0, 0.0]), "alike": np.array([0.0, *np.ones(19)])}
    found = rank_models(answers(people | elsewhere, {"apart", "alike"}), "AFD5", rng())
    assert found.models["model"].tolist() == ["alike"]
    assert (
        "apart is in no ranking of AFD5: it and people are never wrong at the same clip" in found.remarks[0]
    )


def test_without_people_or_models_there_is_nothing_to_rank() -> None:
    shared = crowd(rng(), {"a": 0.6})
    with pytest.raises(AnalysisError, match="there are no models in AFD5"):
        rank_models(answers(dict(zip(shared.observers, shared.right, strict=True)), set()), "AFD5", rng())
    with pytest.raises(AnalysisError, match="there are no people in AFD5"):
        rank_models(answers({"a": shared.right[-1]}, {"a"}), "AFD5", rng())
