"""The command line: the published data set, tables of models, and bad input."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from analysis.tables import COLUMNS, write_table
from analysis.trial_row import ADDED_LATER
from tests.analysis.comparison.predicted import model, people
from tests.analysis.running import Run


@pytest.fixture
def agreement(analysis: Run) -> Run:
    return partial(analysis, "agreement")


def save(data: pd.DataFrame, path: Path) -> None:
    """With the columns that the measures do not look at."""
    whole = data.assign(attempt=1, pilot=0, finished=1)
    absent = [name for name in COLUMNS if name not in whole and name not in ADDED_LATER]
    write_table(whole.assign(**dict.fromkeys(absent)), path)


@pytest.fixture
def trials(tmp_path: Path) -> Path:
    path = tmp_path / "trials.tsv"
    save(people(3), path)
    return path


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    path = tmp_path / "net.tsv"
    save(model("net", {"AFD5": 0.8}), path)
    return path


def table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", keep_default_na=False, na_values=["n/a"])


def test_the_published_data_give_the_known_values(agreement: Run, real_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "agreement.tsv"
    edge = real_data / "model-vs-human" / "edge"
    done = agreement(edge, "-o", out, "--format", "model-vs-human", "--by", "condition")
    assert done.code == 0, done.stderr
    pairs = table(out)
    assert len(pairs) == 78
    row = pairs[(pairs["a"] == "subject-01") & (pairs["b"] == "subject-02")].iloc[0]
    assert row["items"] == 160
    assert row["accuracy_a"] == pytest.approx(0.89375, abs=1e-6)
    assert row["accuracy_b"] == pytest.approx(0.9375, abs=1e-6)
    assert row["observed"] == pytest.approx(0.88125, abs=1e-6)
    assert row["expected"] == pytest.approx(0.84453125, abs=1e-6)
    assert row["kappa"] == pytest.approx(0.2361809, abs=1e-6)
    assert pairs[pairs["a"] == "subject-09"]["accuracy_a"].iloc[0] == pytest.approx(0.6125, abs=1e-6)
    human = pairs[pairs["kind"] == "human-human"]
    assert len(human) == 45
    assert human["kappa"].mean() == pytest.approx(0.31844, abs=5e-6)
    assert "0: human-human: mean kappa 0.31844 " in done.stdout
    assert table(tmp_path / "agreement_means.tsv")["kappa"].iloc[0] == pytest.approx(human["kappa"].mean())
    assert "every pair of the 13 observers shares 160 clips" in done.stderr


def test_people_and_predictions(agreement: Run, trials: Path, predictions: Path, tmp_path: Path) -> None:
    out = tmp_path / "agreement.tsv"
    done = agreement(trials, "--predictions", predictions, "-o", out, "--by", "condition")
    assert done.code == 0, done.stderr
    pairs = table(out)
    assert pairs.groupby(["condition", "kind"]).size().to_dict() == {
        ("UCF5", "human-human"): 3,
        ("AFD5", "human-human"): 3,
        ("AFD5", "human-model"): 3,
    }
    assert table(tmp_path / "agreement_confusions.tsv")["a"].tolist().count("people") == 1
    assert set(table(tmp_path / "agreement_classes.tsv")["condition"]) == {"UCF5", "AFD5"}
    assert done == agreement(trials, "--predictions", predictions, "-o", out, "--by", "condition")


def test_missing_clips_of_a_model_are_told(agreement: Run, trials: Path, tmp_path: Path) -> None:
    path, out = tmp_path / "net.tsv", tmp_path / "agreement.tsv"
    save(model("net", {"AFD5": 0.8}).iloc[:70], path)
    done = agreement(trials, "--predictions", path, "-o", out, "--by", "condition")
    assert done.code == 0
    assert "net has no answer to" in done.stderr
    assert "share 70 to 90 clips" in done.stderr
    assert table(out)["items"].min() == 70


def test_missing_responses_are_wrong_or_left_out(agreement: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "trials.tsv", tmp_path / "agreement.tsv"
    data = people(2)
    first = data.index[:5]
    data.loc[first, ["response", "time_to_choose"]] = None
    data.loc[first, "correct"] = 0
    save(data, path)
    done = agreement(path, "-o", out)
    assert done.code == 0
    assert "trials without a response: 5 (observers: 1); they count as wrong answers" in done.stderr
    assert table(out)["items"].tolist() == [180]
    done = agreement(path, "-o", out, "--missing", "left-out")
    assert "trials without a response: 5 (observers: 1); they are left out" in done.stderr
    assert table(out)["items"].tolist() == [175]


def test_an_item_answered_twice_counts_once_and_is_told(agreement: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "trials.tsv", tmp_path / "agreement.tsv"
    data = people(2)
    save(pd.concat([data, data.iloc[:4].assign(session=2)]), path)
    done = agreement(path, "-o", out)
    assert done.code == 0
    assert "the same observer had answered the item before: 4 (observers: 1)" in done.stderr
    assert table(out)["items"].tolist() == [180]


def spoiled_sum(data: pd.DataFrame) -> pd.DataFrame:
    return data.assign(p_Swing=0.7, p_Lunges=0.2)


def in_small_letters(data: pd.DataFrame) -> pd.DataFrame:
    return data.assign(
        response=data["response"].str.lower(), correct=0, menu_order=data["menu_order"].str.lower()
    )


def with_archery(data: pd.DataFrame) -> pd.DataFrame:
    return data.assign(menu_order=data["menu_order"] + "|Archery")


def trained_on(data: pd.DataFrame) -> pd.DataFrame:
    return data.assign(split="train")


def renamed(data: pd.DataFrame) -> pd.DataFrame:
    return data.assign(clip_id="other/" + data["clip_id"].str.rpartition("/")[2])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoiled_sum, "the probabilities p_Swing, p_Lunges add up to 0.9000; they must add up to 1"),
        (in_small_letters, "net.tsv, line 2: action is 'JumpingJack', which is not in menu_order"),
        (with_archery, "net could answer Archery in AFD5, and people could not"),
        (lambda data: data.iloc[:0], "net.tsv: the table holds no answer"),
        (lambda data: data.iloc[:0].assign(p_Swing=0.5, p_Lunges=0.5), "net.tsv: the table holds no answer"),
        (trained_on, "are among those it was trained on"),
    ],
)
def test_predictions_that_cannot_be_used_write_nothing(
    agreement: Run, trials: Path, tmp_path: Path, spoil: Callable[[pd.DataFrame], pd.DataFrame], said: str
) -> None:
    path, out = tmp_path / "net.tsv", tmp_path / "agreement.tsv"
    save(spoil(model("net", {"AFD5": 0.8})), path)
    done = agreement(trials, "--predictions", path, "-o", out)
    assert done.code == 2
    assert said in done.stderr.splitlines()[-1]
    assert not out.exists()


def test_observers_without_a_common_item_are_refused(agreement: Run, tmp_path: Path) -> None:
    one, other, out = tmp_path / "one.tsv", tmp_path / "other.tsv", tmp_path / "agreement.tsv"
    save(people(1), one)
    save(renamed(model("net", {"AFD5": 0.8})), other)
    done = agreement(one, other, "-o", out)
    assert done.code == 2
    assert "no two of the 2 observers answered the same item" in done.stderr
    assert not out.exists()


def test_a_single_observer_is_refused(agreement: Run, tmp_path: Path) -> None:
    one, out = tmp_path / "one.tsv", tmp_path / "agreement.tsv"
    save(people(1), one)
    done = agreement(one, "-o", out)
    assert (done.code, out.exists()) == (2, False)
    assert "there is one observer only" in done.stderr


def test_no_table_takes_the_place_of_what_is_read(agreement: Run, trials: Path, tmp_path: Path) -> None:
    means = tmp_path / "x_means.tsv"
    trials.rename(means)
    done = agreement(means, "-o", tmp_path / "x.tsv")
    assert done.code == 2
    assert "would replace it" in done.stderr
