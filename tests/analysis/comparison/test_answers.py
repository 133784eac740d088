"""One answer of every observer to every item, from trial tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.answers import answers_of
from analysis.errors import AnalysisError
from analysis.tables import TrialRow, table_of
from tests.analysis.answered import trial_row


def trial(observer: str, clip: str, response: str | None, **changed: object) -> TrialRow:
    action = clip.partition("_")[0]
    of_clip: dict[str, object] = {
        "observer": observer,
        "clip_id": f"AFD5/v_{clip}",
        "group": int(clip.partition("_g")[2][:2]),
        "action": action,
        "response": response,
        "correct": int(response == action),
        "time_to_choose": None if response is None else 1.5,
        "loops": 1.0,
    }
    return trial_row(**(of_clip | changed))


def table(*rows: TrialRow) -> pd.DataFrame:
    return table_of(rows, [f"row {number}" for number in range(len(rows))])


def test_observers_stand_in_rows_and_items_in_columns() -> None:
    answers = answers_of(
        table(
            trial("a", "Swing_g01_c01", "Swing"),
            trial("a", "Swing_g01_c02", "Lunges"),
            trial("net", "Swing_g01_c02", "Swing", observer_kind="model", time_to_choose=None),
            trial("net", "Lunges_g01_c01", "Swing", observer_kind="model", time_to_choose=None),
        )
    )
    assert answers.observers == ("a", "net")
    assert answers.is_model.tolist() == [False, True]
    np.testing.assert_array_equal(answers.right, [[1, 0, np.nan], [np.nan, 1, 0]])
    assert answers.shared.tolist() == [[2, 1], [1, 2]]
    assert [answers.menu[index] for index in answers.actions] == ["Swing", "Swing", "Lunges"]
    assert answers.groups.tolist() == [0, 0, 1]
    assert np.isnan(answers.times_s[1]).all()


def test_a_missing_response_is_wrong_or_left_out() -> None:
    trials = table(trial("a", "Swing_g01_c01", None), trial("a", "Swing_g01_c02", "Swing"))
    assert answers_of(trials).right.tolist() == [[0, 1]]
    assert answers_of(trials).chosen[0, 0] == -1
    np.testing.assert_array_equal(answers_of(trials, "left-out").right, [[np.nan, 1]])


def test_of_several_answers_the_first_counts_and_the_others_are_counted() -> None:
    answers = answers_of(
        table(
            trial("a", "Swing_g01_c01", "Lunges", session=2),
            trial("a", "Swing_g01_c01", "Swing", session=1, trial=3),
        )
    )
    assert answers.right.tolist() == [[1]]
    assert answers.remarks == (
        "answers that do not count because the same observer had answered the item before: 1 (observers: 1)",
    )


def test_training_and_attention_checks_are_no_items() -> None:
    answers = answers_of(
        table(
            trial("a", "Swing_g01_c01", "Swing"),
            trial("a", "Swing_g01_c02", "Swing", phase="training"),
            trial("a", "Swing_g01_c03", "Swing", attention_check=1, trial=2),
        )
    )
    assert answers.items == ("AFD5/v_Swing_g01_c01",)


def test_one_clip_with_two_actions_is_refused() -> None:
    other = trial("b", "Swing_g01_c01", "Lunges", action="Lunges", correct=1)
    with pytest.raises(AnalysisError, match=r"AFD5/v_Swing_g01_c01 shows Swing for a and Lunges for b"):
        # One table with both is refused before, with its line: these are two.
        answers_of(pd.concat([table(trial("a", "Swing_g01_c01", "Swing")), table(other)], ignore_index=True))


def test_without_a_test_there_is_nothing_to_compare() -> None:
    with pytest.raises(AnalysisError, match="no test trial to compare"):
        answers_of(table(trial("a", "Swing_g01_c01", "Swing", phase="training")))
