"""Group figures rest on a group: on enough participants, not on enough trials of one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO

import numpy as np
import pandas as pd
import pytest

from analysis.collection import Allowed, collect
from analysis.export.aggregate_columns import AGGREGATE_COLUMNS
from analysis.export.aggregates import FOLDER, aggregate_files
from tests.analysis.conftest import Recipe, write_session


def always_right(condition: str, action: str, rng: np.random.Generator) -> str:
    return action


def never_sees_a_swing(condition: str, action: str, rng: np.random.Generator) -> str:
    return "Lunges" if action == "Swing" else action


RIGHT = Recipe(conditions=("AFD5",), training_per_action=1, test_per_action=4, answer=always_right)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Four participants; only the first was ever wrong, in 4 trials, and saw a condition of its own."""
    data = tmp_path_factory.mktemp("data")
    for number in range(1, 5):
        answer = never_sees_a_swing if number == 1 else always_right
        write_session(data, replace(RIGHT, participant=f"P{number:03d}", seed=number, answer=answer))
    write_session(data, replace(RIGHT, session=2, conditions=("Slow",), seed=9))
    return aggregate_files(collect([data], Allowed(simulated=True), "sessions"), 3)


def tables(files: Mapping[str, bytes]) -> dict[str, pd.DataFrame]:
    return {
        path.removeprefix(f"{FOLDER}/").removesuffix(".tsv"): pd.read_csv(BytesIO(content), sep="\t")
        for path, content in files.items()
        if path.endswith(".tsv")
    }


def test_a_condition_that_one_participant_saw_is_in_no_table(files: Mapping[str, bytes]) -> None:
    assert set(tables(files)) >= {"accuracy", "confusion", "sensitivity", "information", "choice_times"}
    for name, table in tables(files).items():
        assert "Slow" not in set(table.get("condition", [])), name


def test_the_wrong_answers_of_one_participant_have_no_times(files: Mapping[str, bytes]) -> None:
    times = tables(files)["choice_times"]
    # Given as many wrong answers as would do if they were of several
    assert tables(files)["confusion"].query("action == 'Swing' and response == 'Lunges'")["count"].min() == 4
    assert set(times["outcome"]) == {"all", "correct"}
    assert set(times["action"]) == {"all", "JumpingJack", "Lunges", "PullUps", "PushUps", "Swing"}


def test_every_column_is_described(files: Mapping[str, bytes]) -> None:
    for name, table in tables(files).items():
        sidecar = json.loads(files[f"{FOLDER}/{name}.json"])
        assert list(sidecar) == ["Description", *table.columns], name
        assert all(sidecar[column] == AGGREGATE_COLUMNS[column].sidecar for column in table), name


def test_no_column_of_a_single_participant_is_there(files: Mapping[str, bytes]) -> None:
    named = {str(column) for table in tables(files).values() for column in table}
    assert not named & {"observer", "session"}
