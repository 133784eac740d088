"""Group figures rest on a group: on enough participants, not on enough trials of one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO

import numpy as np
import pandas as pd
import pytest

from analysis.collection import Allowed, Collection, collect
from analysis.export.aggregate_columns import AGGREGATE_COLUMNS
from analysis.export.aggregates import FOLDER, TIMED_PARTICIPANTS, TIMED_TRIALS, aggregate_files
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


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """Twelve participants whose times are 30 to 70 ms above a tenth of a second; few err in each action."""
    data = tmp_path_factory.mktemp("data")
    for number in range(1, 13):
        recipe = Recipe(conditions=("UCF5",), training_per_action=2, test_per_action=4, seed=number)
        write_session(data, replace(recipe, participant=f"P{number:03d}"))
    collection = collect([data], Allowed(simulated=True), "sessions")
    rng = np.random.default_rng(1)
    times = collection.table["time_to_choose"].floordiv(0.1) * 0.1 + rng.uniform(
        0.03, 0.07, len(collection.table)
    )
    return replace(collection, table=collection.table.assign(time_to_choose=times))


def tables(files: Mapping[str, bytes]) -> dict[str, pd.DataFrame]:
    return {
        path.removeprefix(f"{FOLDER}/").removesuffix(".tsv"): pd.read_csv(BytesIO(content), sep="\t")
        for path, content in files.items()
        if path.endswith(".tsv")
    }


def test_a_condition_that_one_participant_saw_is_in_no_table(files: Mapping[str, bytes]) -> None:
    assert set(tables(files)) >= {"accuracy", "confusion", "sensitivity", "information"}
    for name, table in tables(files).items():
        assert "Slow" not in set(table.get("condition", [])), name


def test_times_of_few_participants_are_not_published(files: Mapping[str, bytes]) -> None:
    # Given four participants, each with as many trials as would do if there were more of them
    assert tables(files)["accuracy"].query("action == 'all'")["trials"].min() == 4 * 20
    # Then nothing is told of how long they took
    assert not set(tables(files)) & {"choice_times", "time_differences"}


def test_the_wrong_answers_of_one_participant_have_no_times(many: Collection) -> None:
    # Given as many wrong answers of one participant, and of no other, as would do if they were of several
    table = many.table
    response = table["action"].mask(table["observer"] == "P001", "Lunges")
    one_errs = table.assign(response=response, correct=(response == table["action"]).astype("Int64"))
    # When group figures are made
    times = tables(aggregate_files(replace(many, table=one_errs), 3))["choice_times"]
    # Then times are those of right answers, and of all
    assert set(times["outcome"]) == {"all", "correct"}
    assert set(times["action"]) == {"all", "JumpingJack", "Lunges", "PullUps", "PushUps", "Swing"}


def test_no_time_of_a_trial_can_be_worked_out(many: Collection) -> None:
    # Given twelve participants, who made too few errors in single actions
    test = many.table[many.table["phase"] == "test"]
    errors = test[test["correct"] == 0].groupby("action").size()
    rare = set(errors[errors < TIMED_TRIALS].index)
    assert rare
    # When group figures are made
    published = tables(aggregate_files(many, 3))
    times, differences = published["choice_times"], published["time_differences"]
    # Then every row rests on many trials of many participants
    assert times["trials"].min() >= TIMED_TRIALS
    assert differences["observers"].min() >= TIMED_PARTICIPANTS
    assert not set(times[times["outcome"] == "wrong"]["action"]) & rare
    # And neither a figure nor what follows from three, were they quantiles of three times, is that of a trial
    told = times[["median", "q1", "q3", "low", "high"]].to_numpy()
    solved = 2 * times[["q1", "q3"]].to_numpy() - times[["median"]].to_numpy()
    for value in np.concatenate([told, solved], axis=1).ravel():
        assert np.abs(test["time_to_choose"] - value).min() > 0.02
    # And times are in tenths of a second, without bounds near the shortest and the longest of all
    for seconds in (told, differences[["difference", "low", "high"]].to_numpy()):
        assert seconds == pytest.approx(np.round(seconds, 1), abs=1e-9, nan_ok=True)
    assert not set(times) & {"q1_low", "q1_high", "q3_low", "q3_high"}


def test_a_figure_is_called_as_missing_as_the_files_write_it(many: Collection) -> None:
    files = aggregate_files(many, 3)
    assert not [name for name, content in files.items() if b"NaN" in content]
    # And a bound that is there is not called missing because that of a quartile was
    times = tables(files)["choice_times"]
    whole = times[["low", "high"]].notna().all(axis="columns")
    assert not times[whole]["method"].str.contains("not computed").any()


def test_every_column_is_described(files: Mapping[str, bytes]) -> None:
    for name, table in tables(files).items():
        sidecar = json.loads(files[f"{FOLDER}/{name}.json"])
        assert list(sidecar) == ["Description", *table.columns], name
        assert all(sidecar[column] == AGGREGATE_COLUMNS[column].sidecar for column in table), name


def test_no_column_of_a_single_participant_is_there(files: Mapping[str, bytes]) -> None:
    named = {str(column) for table in tables(files).values() for column in table}
    assert not named & {"observer", "session"}
