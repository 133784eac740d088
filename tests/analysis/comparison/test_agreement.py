"""The table of all pairs, its words, and means of pairs that share observers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.agreement import COLUMNS, bare_pairs, pair_agreement
from analysis.comparison.agreement_findings import agreement_findings
from analysis.comparison.answers import Answers
from analysis.comparison.item_draws import draw
from analysis.comparison.kappa import error_consistency, pair_counts
from analysis.comparison.mean_agreement import ONE_PAIR, mean_agreement
from analysis.comparison.ranking import rank_models
from analysis.errors import AnalysisError
from tests.analysis.comparison.answering import answers_from, drawn_answers

NAN = float("nan")
INTERFACE = (
    "a b kind condition items accuracy_a accuracy_b observed expected kappa kappa_low kappa_high kappa_min "
    "kappa_max"
)


def pairs_of(answers: Answers, draws: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pair_agreement(answers, "AFD5", draw(answers, rng, draws), rng, copy_draws=200).table


def means_of(answers: Answers, draws: int = 500) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    drawn = draw(answers, rng, draws)
    return mean_agreement(answers, bare_pairs(answers, "AFD5", drawn), drawn)


def test_every_pair_stands_in_the_table_with_its_kind() -> None:
    right = np.random.default_rng(1).integers(0, 2, (4, 40))
    table = pairs_of(answers_from(right, models=2))
    assert list(table.columns) == list(COLUMNS)
    assert list(table.columns[:14]) == INTERFACE.split()
    assert table["a"].str.cat(table["b"], "-").tolist() == [
        "p0-p1",
        "p0-m0",
        "p0-m1",
        "p1-m0",
        "p1-m1",
        "m0-m1",
    ]
    assert table["kind"].tolist() == ["human-human", *["human-model"] * 4, "model-model"]
    alone = error_consistency([pair_counts(right[1], right[2])])
    row = table.iloc[3]
    of_pair = [alone.kappa[0], alone.low[0], alone.high[0], alone.p_value[0]]
    assert row[["kappa", "kappa_low", "kappa_high", "p_value"]].tolist() == pytest.approx(of_pair, abs=1e-6)


def test_only_items_that_both_answered_count() -> None:
    answers = answers_from([[1, 1, 0, 0, 1, NAN], [1, 0, 1, 0, NAN, 1], [NAN, NAN, NAN, NAN, NAN, 1]])
    table = pairs_of(answers)
    assert table["items"].tolist() == [4, 0, 1]
    assert table["observed"].iloc[0] == 0.5
    assert table.iloc[1][["accuracy_a", "observed", "kappa", "kappa_low", "bootstrap_low"]].isna().all()
    assert table["remark"].iloc[1] == "no item was answered by both"


def test_an_undefined_kappa_is_empty_and_said_in_words() -> None:
    table = pairs_of(answers_from([[1] * 20, [1] * 20, [0] * 20, [1] * 10 + [0] * 10]))
    assert table["kappa"].isna().tolist() == [True, False, False, False, False, False]
    assert table["remark"].iloc[0] == "kappa is undefined: both are always right"
    assert table["kappa"].iloc[1] == 0, "opposite at every item, and so they would be by chance"
    assert "whatever the other does" in table["remark"].iloc[2]


def test_close_to_perfect_kappa_is_not_estimable_and_no_interval_is_drawn() -> None:
    one, other = np.ones(90), np.ones(90)
    one[3] = other[3] = 0
    row = pairs_of(answers_from([one, other])).iloc[0]
    assert row["kappa"] == 1
    assert row["remark"].startswith("kappa is not estimable here: ")
    assert 0.05 < row["undefined_share"] < 0.5
    assert row[["bootstrap_low", "bootstrap_high", "copy_low", "copy_high"]].isna().all()


@pytest.mark.parametrize("accuracy", [0.95, 0.989])
def test_the_undefined_share_is_that_of_simulated_studies(accuracy: float) -> None:
    rng = np.random.default_rng(1)
    seen = (rng.random((4_000, 2, 90)) < accuracy).all(axis=(1, 2)).mean()
    # What one study says of it scatters; what all of them say together does not.
    people = (rng.random((30, 90)) < accuracy).astype(float)
    told = pairs_of(answers_from(people), draws=2)["undefined_share"].mean()
    assert told == pytest.approx(seen, abs=0.05)


def test_clips_of_a_group_that_are_alike_widen_the_drawn_interval() -> None:
    rng = np.random.default_rng(3)
    once = (rng.random((2, 24)) < 0.8).astype(float)
    repeated = np.repeat(once, 5, axis=1)
    action = np.repeat(np.arange(24) % 2, 5)
    grouped = pairs_of(answers_from(repeated, groups=np.repeat(np.arange(24), 5), actions=action), 1_000)
    single = pairs_of(answers_from(repeated, actions=action), 1_000)
    widths = [table["bootstrap_high"].iloc[0] - table["bootstrap_low"].iloc[0] for table in (grouped, single)]
    assert widths[0] > 1.7 * widths[1]


def test_means_are_those_of_the_pairs() -> None:
    right = (np.random.default_rng(2).random((6, 60)) < 0.8).astype(float)
    answers = answers_from(right, models=2)
    means, pairs = means_of(answers), pairs_of(answers)
    assert means["kind"].tolist() == ["human-human", *["human-model"] * 3, "model-model"]
    assert means["model"].fillna("-").tolist() == ["-", "m0", "m1", "-", "-"]
    assert means["kappa"].iloc[0] == pytest.approx(pairs[pairs["kind"] == "human-human"]["kappa"].mean())
    assert means["kappa"].iloc[1] == pytest.approx(pairs[pairs["b"] == "m0"]["kappa"].iloc[:4].mean())
    assert means["pairs"].tolist() == [6, 4, 4, 8, 1]
    assert (means["low"] < means["kappa"]).all()


def test_a_mean_passes_over_pairs_without_a_kappa() -> None:
    rng = np.random.default_rng(2)
    right = np.vstack([np.ones((2, 40)), rng.random((2, 40)) < 0.7]).astype(float)
    row = means_of(answers_from(right)).iloc[0]
    assert (row["pairs"], row["defined"]) == (6, 5)
    assert row["kappa"] == pytest.approx(pairs_of(answers_from(right))["kappa"].mean())


def test_two_people_are_one_pair_without_an_interval_and_have_one_with_a_model() -> None:
    right = (np.random.default_rng(3).random((3, 90)) < 0.7).astype(float)
    people, with_model = (row for _, row in means_of(answers_from(right, models=1)).iterrows())
    assert (people["kind"], people["pairs"], people["method"]) == ("human-human", 1, ONE_PAIR)
    assert people[["low", "high"]].isna().all()
    assert with_model["low"] < with_model["kappa"] < with_model["high"]


def test_a_mean_without_a_shared_error_has_no_interval() -> None:
    # Given three people with one error each, and a model that errs elsewhere,
    right = np.ones((4, 90))
    right[[0, 1, 2, 3, 3], [10, 30, 50, 70, 80]] = 0
    # then their kappas are as low as can be, and that they are no lower than by chance cannot be told.
    means = means_of(answers_from(right, models=1))
    assert (means["kappa"] < 0).all()
    assert means["low"].isna().all()
    assert means["method"].str.contains("no two of them are wrong at the same clip").all()
    # One shared error is enough to tell how far the mean varies.
    right[3, 10] = 0
    of_model = means_of(answers_from(right, models=1)).iloc[1]
    assert of_model["low"] < 0 < of_model["high"]


def test_without_a_shared_right_answer_there_is_no_interval_and_no_ranking() -> None:
    right = np.zeros((4, 90))
    right[[0, 1, 2, 3, 3], [10, 30, 50, 70, 80]] = 1
    answers = answers_from(right, models=1)
    means = means_of(answers)
    assert means["low"].isna().all()
    assert means["method"].str.contains("no two of them are right at the same clip").all()
    with pytest.raises(AnalysisError, match="nothing to rank"):
        rank_models(answers, "AFD5", np.random.default_rng(1), draws=100)


def test_pairs_that_share_observers_are_not_taken_for_independent() -> None:
    few, many = (drawn_answers(np.random.default_rng(5), people) for people in (4, 40))
    width_of_few, width = (
        row["high"] - row["low"] for row in (means_of(each).iloc[0] for each in (few, many))
    )
    assert width < width_of_few
    kappas = pairs_of(many, draws=2)["kappa"]
    assert len(kappas) == 780
    assert width > 2 * (2 * 1.96 * kappas.std() / np.sqrt(780))


def test_conditions_by_themselves_leave_out_who_was_not_there() -> None:
    right = (np.random.default_rng(1).random((3, 40)) < 0.7).astype(float)
    right[2, :20] = NAN
    answers = answers_from(right, models=1, conditions=("UCF5",) * 20 + ("AFD5",) * 20)
    findings = agreement_findings(answers, np.random.default_rng(1), by_condition=True, draws=50)
    assert findings.pairs.groupby("condition", sort=False).size().to_dict() == {"UCF5": 1, "AFD5": 3}
    pooled = agreement_findings(answers, np.random.default_rng(1), draws=50)
    assert pooled.pairs["condition"].unique().tolist() == ["all"]
    assert pooled.pairs["items"].tolist() == [40, 20, 20]
    assert any("UCF5, AFD5 are pooled" in remark for remark in pooled.remarks)
    assert "m0 has no answer to 20 of the 40 clips that people answered" in " ".join(pooled.remarks)
    assert "share 20 to 40 clips" in " ".join(pooled.remarks)


def test_classes_are_the_means_of_each_action() -> None:
    right = (np.random.default_rng(1).random((4, 100)) < 0.7).astype(float)
    answers = answers_from(right)
    classes = agreement_findings(answers, np.random.default_rng(1), draws=50).classes
    assert classes["action"].tolist() == list(answers.menu)
    lunges = answers_from(right[:, answers.actions == 1])
    assert classes["kappa"].iloc[1] == pytest.approx(pairs_of(lunges)["kappa"].mean())


def test_one_class_and_perfect_observers_are_told() -> None:
    answers = answers_from([[1] * 10, [1, 0] * 5, [0] * 10], actions=[2] * 10)
    said = " ".join(agreement_findings(answers, np.random.default_rng(1), draws=20).remarks)
    assert "all clips show PushUps" in said
    assert "always right, so that no kappa with them tells anything: p0" in said
    assert "always wrong, so that no kappa with them tells anything: p2" in said


def test_pairs_without_a_shared_item_are_named_and_long_lists_cut() -> None:
    right = np.full((8, 9), NAN)
    right[0] = [1, 0, 1, 1, 1, 1, 1, 1, 1]
    right[np.arange(1, 8), np.arange(1, 8)] = 1
    said = " ".join(agreement_findings(answers_from(right), np.random.default_rng(1), draws=5).remarks)
    assert (
        "pairs without a shared clip: p1 and p2, p1 and p3, p1 and p4, p1 and p5, p1 and p6 and 16 more"
        in said
    )
    assert "always right, so that no kappa with them tells anything: p1, p2, p3, p4, p5 and 2 more" in said


def test_two_who_share_no_action_in_one_condition_have_agreement_in_the_other_alone() -> None:
    # Given two people who met other actions in AFD5, and the same clips in UCF5,
    right = np.array([[1, 0, 1, 1, 0, 1, NAN, NAN], [1, 1, 0, 1, NAN, NAN, 1, 0]], dtype=float)
    conditions, actions = ("UCF5",) * 4 + ("AFD5",) * 4, [0, 0, 1, 1, 2, 2, 3, 3]
    answers = answers_from(right, conditions=conditions, actions=actions)
    # when each condition is taken by itself,
    findings = agreement_findings(answers, np.random.default_rng(1), by_condition=True, draws=20)
    # then AFD5 has a pair without a kappa, and no mean of a class.
    assert findings.pairs.set_index("condition")["items"].to_dict() == {"UCF5": 4, "AFD5": 0}
    assert findings.classes["condition"].unique().tolist() == ["UCF5"]
    assert "AFD5: pairs without a shared clip: p0 and p1" in " ".join(findings.remarks)


def test_who_is_always_wrong_gives_a_kappa_of_zero_without_an_interval() -> None:
    # 52 of 90: in floating point the expected agreement is off the observed one in the last digit.
    right = np.zeros((3, 90))
    right[2, 38:] = 1
    findings = agreement_findings(answers_from(right, models=1), np.random.default_rng(1), draws=50)
    of_model = findings.means[findings.means["kind"] == "human-model"]
    assert of_model["kappa"].tolist() == [0.0]
    assert of_model["method"].str.startswith("not computed").all()


@pytest.mark.filterwarnings("error")
def test_an_observer_whose_answers_are_all_missing_is_not_called_always_right_or_wrong() -> None:
    answers = answers_from(np.array([[1, 0, 1, 0], [1, 1, 0, 0], [NAN] * 4]))
    said = " ".join(agreement_findings(answers, np.random.default_rng(1), draws=20).remarks)
    assert "pairs without a shared clip: p0 and p2, p1 and p2" in said
    assert "always" not in said


@pytest.mark.parametrize(
    ("right", "said"),
    [
        ([[1, 0]], r"one observer only \(p0\)"),
        (
            [[1, NAN], [NAN, 0]],
            r"no two of the 2 observers answered the same item \(p0 answered AFD5/0, p1 AFD5/1\)",
        ),
    ],
)
def test_nobody_to_compare_with_is_refused(right: list[list[float]], said: str) -> None:
    with pytest.raises(AnalysisError, match=said):
        agreement_findings(answers_from(right), np.random.default_rng(1))
