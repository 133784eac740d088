from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.measures.class_choice import choose_classes, confusion_order
from analysis.tables import COLUMNS
from stimuli.tsv import EMPTY

# Rows: shown; columns: answered. a, c, e look alike, so do b and d; d is mostly taken for b.
MATRIX = pd.DataFrame(
    [
        [6, 0, 3, 0, 1, 0],
        [0, 7, 0, 3, 0, 0],
        [2, 0, 6, 0, 2, 0],
        [0, 6, 0, 4, 0, 0],
        [2, 0, 1, 0, 7, 0],
        [0, 0, 0, 0, 0, 10],
    ],
    index=list("abcdef"),
    columns=list("abcdef"),
)


def answers(matrix: pd.DataFrame = MATRIX) -> pd.DataFrame:
    pairs = [
        (shown, answered)
        for shown in matrix.index
        for answered in matrix.columns
        for _ in range(int(matrix.loc[shown, answered]))
    ]
    table = pd.DataFrame(pairs, columns=["action", "response"])
    return table.assign(
        condition="UCF101", observer="ResNet50", correct=(table.action == table.response).astype(int)
    )


def test_the_most_confused_classes_stand_together_and_are_chosen() -> None:
    choice = choose_classes(answers(), 3)
    assert sorted(choice.chosen) == ["a", "c", "e"]
    places = sorted(choice.classes.index(name) for name in choice.chosen)
    assert places == list(range(places[0], places[0] + 3))
    # (3 + 2 + 1 + 2 + 2 + 1) wrong answers among the three, over 6 ordered pairs of 10 clips.
    assert choice.mutual_confusion == pytest.approx(11 / 60)
    rows = choice.table.set_index("action")
    assert rows.loc["d", ["most_confused_with", "allowed", "chosen"]].tolist() == ["b", 0, 0]
    assert rows.loc["d", "confusion"] == pytest.approx((0.3 + 0.6) / 2)
    assert rows.loc["a", "accuracy"] == 0.6
    assert rows.index.tolist() == list(choice.classes)


def test_a_class_that_is_mostly_wrong_is_not_chosen_unless_the_bound_is_lower() -> None:
    assert sorted(choose_classes(answers(), 2, 0.4).chosen) == ["b", "d"], "0.45 is the largest confusion"
    assert sorted(choose_classes(answers(), 2).chosen) == ["a", "c"]


def test_classes_the_study_would_not_have_are_refused_in_a_sentence() -> None:
    with pytest.raises(
        AnalysisError, match=r"5 of 6 classes are answered right in at least 50% .* and 6 were"
    ):
        choose_classes(answers(), 6)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 12), st.integers(0, 1000))
def test_the_order_holds_every_class_once_and_does_not_depend_on_the_names(number: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(number), size=number)
    order = confusion_order(shares)
    assert sorted(order) == list(range(number))
    assert number < 3 or order[0] < order[-1]
    turned = rng.permutation(number)
    again = turned[confusion_order(shares[np.ix_(turned, turned)])]
    mutual = (shares + shares.T) / 2
    assert _side_by_side(mutual, again) == pytest.approx(_side_by_side(mutual, order))


def _side_by_side(mutual: np.ndarray, order: np.ndarray) -> float:
    return float(mutual[order[:-1], order[1:]].sum()) if len(order) > 2 else 0.0


def predictions(path: Path, more: Mapping[str, str] | None = None) -> Path:
    """A table made elsewhere, with what the trial table wants."""
    table = answers()
    number = range(1, len(table) + 1)
    fixed = {
        "observer_kind": "model",
        "session": 1,
        "phase": "test",
        "trial": number,
        "clip_id": [f"UCF101/{place}" for place in number],
        "attempt": 1,
        "pilot": 0,
        "finished": 1,
        "attention_check": 0,
        "round": 1,
    }
    full = table.assign(**(fixed | dict(more or {}))).reindex(columns=list(COLUMNS))
    full.to_csv(path, sep="\t", index=False, na_rep=EMPTY)
    return path


def run(*arguments: object):
    from typer.testing import CliRunner

    from analysis.__main__ import app

    return CliRunner().invoke(app, ["subset", *map(str, arguments)])


def test_the_command_writes_table_matrix_and_figure(tmp_path: Path) -> None:
    table = predictions(tmp_path / "resnet50.tsv")
    result = run(table, "-k", 3, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert sorted(result.stdout.splitlines()[0].split(", ")) == ["a", "c", "e"]
    assert "has no record, so nobody can tell whether its network saw single frames" in result.stderr
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["confusion.tsv", "subset.png", "subset.svg", "subset.tsv"]
    chosen = pd.read_csv(tmp_path / "out" / "subset.tsv", sep="\t").query("chosen == 1")
    assert sorted(chosen["action"]) == ["a", "c", "e"]


def test_a_run_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    one, copy = predictions(tmp_path / "one.tsv"), predictions(tmp_path / "copy.tsv")
    for number, tables in enumerate([(one,), (one, one), (one, copy)]):
        result = run(*tables, "-k", 3, "-o", tmp_path / f"{number}")
        assert result.exit_code == 0, result.output
    figures = {(tmp_path / f"{number}" / "subset.svg").read_text() for number in range(3)}
    assert len(figures) == 1, "it tells how many answers there are"
    split = predictions(tmp_path / "split.tsv", {"split": "test"})
    said = str(run(one, split, "-o", tmp_path / "out").exception)
    assert "ResNet50, run 1, has two answers to UCF101/1; a model has one answer" in said


@pytest.mark.parametrize("columns", [list(COLUMNS), [*COLUMNS, "p_a", "p_b"]])
def test_a_table_without_a_row_holds_no_answer(tmp_path: Path, columns: list[str]) -> None:
    path = tmp_path / "headeronly.tsv"
    path.write_text("\t".join(columns) + "\n")
    assert str(run(path, "-o", tmp_path / "out").exception) == f"{path}: the table holds no answer"


@pytest.mark.parametrize(
    ("more", "options", "sentence"),
    [
        ({"observer_kind": "human"}, [], "these are not predictions alone"),
        ({"phase": "training"}, [], "there is no test answer"),
        ({}, ["--condition", "AFD101"], "there is no test answer in AFD101, only in UCF101"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(tmp_path: Path, more, options, sentence) -> None:
    table = predictions(tmp_path / "t.tsv", more)
    result = run(table, "-o", tmp_path / "out", *options)
    assert isinstance(result.exception, AnalysisError)
    assert sentence in str(result.exception)
    assert not (tmp_path / "out").exists()
