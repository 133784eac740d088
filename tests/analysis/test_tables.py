from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.tables import COLUMNS, TrialRow, read_table, table_of, tables_of, write_table


def row(**changes: object) -> TrialRow:
    values: dict[str, object] = {
        "observer": "P001",
        "observer_kind": "human",
        "session": 1,
        "condition": "AFD5",
        "phase": "test",
        "trial": 1,
        "clip_id": "AFD5/v_Swing_g01_c01",
        "group": 1,
        "action": "Swing",
        "response": "Lunges",
        "correct": 0,
        "time_to_choose": 0.1 + 0.2,
        "loops": 1 / 3,
        "onset": 12.000001,
        "dropped_frames": 0,
        "menu_order": "Swing|Lunges",
        "input": "key",
        "source_clip_id": None,
        "split": "test",
        "attempt": 2,
        "confirmed_at": None,
        "pilot": 0,
        "finished": 1,
        "attention_check": 0,
        "round": 1,
        "interval_ms": 16.667,
        "interval_sd_ms": 0.1,
        "flips": 19,
        "early_presses": 0,
    }
    return TrialRow(**(values | changes))  # type: ignore[arg-type]


def test_the_columns_are_those_of_the_trial_table_in_their_order() -> None:
    assert " ".join(COLUMNS) == (
        "observer observer_kind session condition phase trial clip_id group action response correct "
        "time_to_choose loops onset dropped_frames menu_order input source_clip_id split attempt "
        "confirmed_at pilot finished attention_check round interval_ms interval_sd_ms flips early_presses"
    )


def test_a_table_read_back_is_the_table_written(tmp_path: Path) -> None:
    table = table_of([row(), row(trial=2, time_to_choose=None, dropped_frames=None, group=None)], ["a", "b"])
    path = tmp_path / "new" / "trials.tsv"
    write_table(table, path)
    pd.testing.assert_frame_equal(read_table(path), table)
    assert "0.30000000000000004\t0.3333333333333333\t" in path.read_text(encoding="utf-8")
    assert path.read_text(encoding="utf-8").splitlines()[1].count("n/a") == 2
    assert [file.name for file in path.parent.iterdir()] == ["trials.tsv"]


def test_a_trial_without_a_response_is_a_wrong_one_with_empty_fields(tmp_path: Path) -> None:
    table = table_of([row(response=None, time_to_choose=None, input=None)], ["a"])
    path = tmp_path / "trials.tsv"
    write_table(table, path)
    pd.testing.assert_frame_equal(read_table(path), table)
    line = dict(zip(COLUMNS, path.read_text(encoding="utf-8").splitlines()[1].split("\t"), strict=True))
    assert [line[name] for name in ("response", "time_to_choose", "input", "correct")] == ["n/a"] * 3 + ["0"]
    with pytest.raises(
        AnalysisError, match=r"^a: correct is 1, but the action is Swing and the response n/a"
    ):
        table_of([row(response=None, time_to_choose=None, correct=1)], ["a"])
    with pytest.raises(AnalysisError, match=r"^a: time_to_choose is 2\.0, but there is no response"):
        table_of([row(response=None, time_to_choose=2.0)], ["a"])


def test_a_table_without_the_later_columns_is_one_without_checks_and_rounds(tmp_path: Path) -> None:
    table = table_of([row()], ["a"])
    path = tmp_path / "old.tsv"
    write_table(table[list(COLUMNS[: COLUMNS.index("finished") + 1])], path)
    expected = table_of([row(interval_ms=None, interval_sd_ms=None, flips=None, early_presses=None)], ["a"])
    pd.testing.assert_frame_equal(read_table(path), expected)


@pytest.mark.parametrize(
    ("column", "value", "allowed"),
    [
        ("observer_kind", "alien", "human, simulated or model"),
        ("phase", "warm-up", "training or test"),
        ("trial", "0", "a whole number from 1"),
        ("trial", "one", "a whole number from 1"),
        ("trial", "1.5", "a whole number from 1"),
        ("trial", "n/a", "a whole number from 1"),
        ("correct", "2", "0 or 1"),
        ("time_to_choose", "-0.5", "a number of seconds above 0, or n/a"),
        ("time_to_choose", "inf", "a number of seconds above 0, or n/a"),
        ("time_to_choose", "soon", "a number of seconds above 0, or n/a"),
        ("input", "voice", "mouse, key, touch or n/a"),
        ("finished", "yes", "0 or 1"),
    ],
)
def test_a_wrong_field_is_named_with_file_line_and_what_is_allowed(
    tmp_path: Path, column: str, value: str, allowed: str
) -> None:
    path = tmp_path / "trials.tsv"
    write_table(table_of([row(), row(trial=2)], ["a", "b"]), path)
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    table.loc[1, column] = value
    table.to_csv(path, sep="\t", index=False)
    with pytest.raises(AnalysisError) as error:
        read_table(path)
    assert str(error.value).startswith(f"{path}, line 3: {column} is ")
    assert value in str(error.value)
    assert allowed in str(error.value)


def test_a_contradiction_between_response_and_correct_is_refused() -> None:
    with pytest.raises(AnalysisError, match="file A, line 7: correct is 1, but the action is Swing"):
        table_of([row(correct=1)], ["file A, line 7"])


@pytest.mark.parametrize("column", ["action", "response"])
def test_what_is_not_in_the_menu_is_refused_with_its_place(tmp_path: Path, column: str) -> None:
    """A slip of a letter would add an action to the condition, and so change the chance of a guess."""
    path = tmp_path / "trials.tsv"
    write_table(table_of([row(), row(trial=2)], ["a", "b"]), path)
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    table.loc[1, column] = "Lunge"
    table.to_csv(path, sep="\t", index=False)
    with pytest.raises(AnalysisError) as error:
        read_table(path)
    assert str(error.value) == (
        f"{path}, line 3: {column} is 'Lunge', which is not in menu_order; allowed is Swing, Lunges"
    )


def test_without_a_menu_any_answer_is_taken() -> None:
    assert len(table_of([row(menu_order=None, response="Lunge")], ["a"])) == 1


def test_a_menu_of_other_actions_in_one_phase_is_refused_with_both_places() -> None:
    with pytest.raises(
        AnalysisError, match=r"^b: menu_order is Swing\|Lunges\|A, but in a it is Swing\|Lunges"
    ):
        table_of([row(), row(trial=2, menu_order="Swing|Lunges|A")], ["a", "b"])
    assert len(table_of([row(), row(trial=2, menu_order="Lunges|Swing")], ["a", "b"])) == 2


def test_a_clip_with_two_actions_is_refused_with_both_places() -> None:
    other = row(trial=2, action="Lunges", response="Swing")
    with pytest.raises(AnalysisError) as error:
        table_of([row(), other], ["a", "b"])
    assert str(error.value) == (
        "b: the action of AFD5/v_Swing_g01_c01 is Lunges, but in a it is Swing; a clip shows one action"
    )


def test_tables_that_are_read_together_may_contradict_each_other_and_not_themselves() -> None:
    """Perhaps only one of them is analysed: which, is decided later."""
    other = row(trial=2, action="Lunges", response="Swing", menu_order="Swing|Lunges|PushUps")
    one, two = tables_of([([row()], ["a"]), ([other], ["b"])])
    assert (one["action"].tolist(), two["action"].tolist()) == (["Swing"], ["Lunges"])
    with pytest.raises(AnalysisError, match=r"^c: the action of .* but in b it is Lunges"):
        tables_of([([row()], ["a"]), ([other, row()], ["b", "c"])])


def test_a_trial_that_stands_in_the_table_twice_is_refused() -> None:
    with pytest.raises(AnalysisError, match=r"second place: trial 1 .* stands in the table twice"):
        table_of([row(attempt=1), row(attempt=2)], ["first place", "second place"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no trial table that can be read"),
        ("observer\tresponse\nP001\tSwing\n", "without observer_kind"),
        (",".join(COLUMNS) + "\nP001,human\n", "line 1: the columns are separated by commas; .* tabs"),
        (";".join(COLUMNS) + "\nP001;human\n", "line 1: the columns are separated by semicolons"),
        ("\t".join((*COLUMNS, "mood")) + "\n", "unknown column mood"),
    ],
)
def test_a_file_that_is_no_trial_table_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "other.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AnalysisError, match=said) as error:
        read_table(path)
    assert str(path) in str(error.value)


def test_a_binary_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "photo.tsv"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(AnalysisError, match=r"photo\.tsv: this is no trial table"):
        read_table(path)


def test_a_table_that_cannot_be_written_is_an_error_with_the_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(AnalysisError, match="could not be written"):
        write_table(table_of([row()], ["a"]), tmp_path / "file" / "trials.tsv")
