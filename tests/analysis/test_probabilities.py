"""Columns `p_<Action>`: what a model gave to every action stands in the trial table, checked."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.probabilities import probabilities, unlikely_responses, with_probabilities
from analysis.tables import TrialRow, read_table, table_of, write_table
from tests.analysis.answered import trial_row


def answer(kind: str = "model", **changed: object) -> TrialRow:
    return trial_row(observer="X3D-M", observer_kind=kind, **changed)


def given(*rows: tuple[float | None, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["Biking", "Lunges"])


def test_they_come_back_from_a_file_to_the_last_bit(tmp_path: Path) -> None:
    table = with_probabilities(
        table_of([answer(), answer(trial=2)], ["one", "two"]), given((1 / 3, 2 / 3), (None, None))
    )
    write_table(table, tmp_path / "model.tsv")
    pd.testing.assert_frame_equal(read_table(tmp_path / "model.tsv"), table)
    assert probabilities(table)["Lunges"].iloc[0] == 2 / 3


def test_an_action_that_could_not_be_named_has_none() -> None:
    table = with_probabilities(table_of([answer()], ["one"]), given((None, 1.0)))
    assert probabilities(table)["Biking"].isna().all()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ((0.5, 0.4), "row 1: the probabilities p_Biking, p_Lunges add up to 0.9000"),
        ((1.5, -0.5), "row 1: p_Biking is 1.5; allowed is a number from 0 to 1, or n/a"),
        ((float("inf"), 0.0), "row 1: p_Biking is inf"),
    ],
)
def test_what_is_no_distribution_is_named(row: tuple[float, float], sentence: str) -> None:
    with pytest.raises(AnalysisError, match=sentence.replace("(", r"\(")):
        with_probabilities(table_of([answer()], ["one"]), given(row))


def test_a_table_of_a_header_alone_has_no_row(tmp_path: Path) -> None:
    path = tmp_path / "model.tsv"
    write_table(with_probabilities(table_of([answer()], ["one"]), given((0.25, 0.75))).iloc[:0], path)
    table = read_table(path)
    assert (len(table), table["p_Biking"].dtype) == (0, "float64")


def test_a_word_for_a_probability_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "model.tsv"
    write_table(with_probabilities(table_of([answer()], ["one"]), given((0.25, 0.75))), path)
    path.write_text(path.read_text().replace("0.25", "few"))
    with pytest.raises(AnalysisError, match=r"model\.tsv, line 2: p_Biking is 'few'"):
        read_table(path)


def test_responses_that_are_not_the_most_probable_action_are_counted() -> None:
    rows = [answer(trial=number, response="Lunges") for number in range(1, 5)]
    places = [f"row {number}" for number in range(1, 5)]
    shares = given((0.25, 0.75), (0.75, 0.25), (0.5, 0.5), (None, None))
    assert unlikely_responses(with_probabilities(table_of(rows, places), shares)) == 1
    assert unlikely_responses(table_of(rows, places)) == 0


def test_an_action_that_is_not_in_the_menu_has_none() -> None:
    table = table_of([answer(menu_order="Lunges|Swing")], ["row 1"])
    with pytest.raises(
        AnalysisError, match=r"row 1: p_Biking is a probability of Biking, which its menu_order"
    ):
        with_probabilities(table, given((0.1, 0.9)))


def test_people_have_none() -> None:
    with pytest.raises(AnalysisError, match="row 1: X3D-M is human, but has probabilities"):
        with_probabilities(table_of([answer("human")], ["one"]), given((0.25, 0.75)))
