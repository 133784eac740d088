"""Tables that allow little: every measure gives a table all the same, without a warning, and says why."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analysis.measures.accuracy import accuracy, accuracy_drop, accuracy_drop_by_observer
from analysis.measures.blocks import accuracy_by_block, learning_slopes, times_by_block
from analysis.measures.choice_times import choice_time_quantiles, choice_times, choice_times_by_observer
from analysis.measures.confusion import confusion, confusion_by_observer
from analysis.measures.information import information, information_by_observer
from analysis.measures.items import clip_difficulty
from analysis.measures.mixed_model import mixed_model
from analysis.measures.sensitivity import sensitivity, sensitivity_by_observer
from analysis.measures.speed_accuracy import speed_accuracy_correlation, speed_and_accuracy
from analysis.measures.time_differences import time_differences
from analysis.measures.time_fits import time_fits
from tests.analysis.measures.simulated import ACTIONS, study

Measure = Callable[[pd.DataFrame], pd.DataFrame]


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


MEASURES: dict[str, Measure] = {
    "accuracy": lambda trials: accuracy(trials, ["condition"], rng(), 100),
    "accuracy by action": lambda trials: accuracy(trials, ["condition", "action"], rng(), 100, "clip"),
    "accuracy by participant": lambda trials: accuracy(trials, ["condition", "observer"], rng(), 100),
    "drop": lambda trials: accuracy_drop(trials, "UCF5", "AFD5", rng(), 100),
    "drop by participant": lambda trials: accuracy_drop_by_observer(trials, "UCF5", "AFD5"),
    "confusion": lambda trials: confusion(trials, ACTIONS, rng(), 100),
    "confusion by participant": lambda trials: confusion_by_observer(trials, ACTIONS),
    "times": lambda trials: choice_times(trials, ACTIONS),
    "quantiles": lambda trials: choice_time_quantiles(trials, ACTIONS),
    "times by participant": choice_times_by_observer,
    "accuracy by block": lambda trials: accuracy_by_block(trials, rng(), draws=100),
    "times by block": times_by_block,
    "slopes": learning_slopes,
    "clips": clip_difficulty,
    "sensitivity": lambda trials: sensitivity(trials, ACTIONS, rng(), 100),
    "sensitivity by participant": lambda trials: sensitivity_by_observer(trials, ACTIONS),
    "information": lambda trials: information(trials, ACTIONS, rng(), 100),
    "information by participant": lambda trials: information_by_observer(trials, ACTIONS),
    "differences": lambda trials: time_differences(trials, ACTIONS, rng(), 100),
    "speed and accuracy": lambda trials: speed_accuracy_correlation(speed_and_accuracy(trials)),
    "mixed model": mixed_model,
    "fits": lambda trials: time_fits(trials, ["condition"], rng(), draws=2),
}


def whole(observers: int = 3) -> pd.DataFrame:
    return study(observers, np.random.default_rng(7), (("UCF5", 0.97), ("AFD5", 0.8)))


def never_chosen() -> pd.DataFrame:
    trials = whole()
    return trials[(trials["action"] != "Swing") & (trials["response"] != "Swing")]


def unanswered() -> pd.DataFrame:
    trials = whole()
    return trials.assign(correct=0, response=pd.NA, time_to_choose=np.nan)


def nearly_all_right() -> pd.DataFrame:
    trials = whole().assign(correct=1)
    trials = trials.assign(response=trials["action"])
    trials.loc[trials.index[:2], ["correct", "response"]] = [0, "Swing"]
    return trials


def always_alike() -> pd.DataFrame:
    trials = whole().assign(response="Swing")
    return trials.assign(correct=(trials["action"] == "Swing").astype(int))


def two_sessions() -> pd.DataFrame:
    return pd.concat([whole(), whole().assign(session=2)], ignore_index=True)


def unequal() -> pd.DataFrame:
    """Of the second participant one trial, of the third only one condition."""
    trials = whole()
    first = (trials["observer"] == "P0001") & ~trials["observer"].duplicated()
    third = (trials["observer"] == "P0002") & (trials["condition"] == "AFD5")
    return trials[(trials["observer"] == "P0000") | first | third]


TABLES: dict[str, Callable[[], pd.DataFrame]] = {
    "one participant": lambda: whole(1),
    "two participants": lambda: whole(2),
    "an action neither shown nor chosen": never_chosen,
    "a class never wrong": lambda: whole().query("action != 'Swing' or correct == 1"),
    "all right": lambda: whole().query("correct == 1"),
    "all wrong": lambda: whole().query("correct == 0"),
    "two wrong answers": nearly_all_right,
    "always the same answer": always_alike,
    "two sessions": two_sessions,
    "unequal numbers of trials": unequal,
    "a single group": lambda: whole().query("group == 1"),
    "no groups": lambda: whole().assign(group=pd.array([pd.NA] * 540, dtype="Int64")),
    "a single clip": lambda: whole().iloc[::90],
    "one trial": lambda: whole().iloc[:1],
    "no answers": unanswered,
    "training alone": lambda: whole().assign(phase="training"),
    "the same time in all": lambda: whole().assign(time_to_choose=1.0),
    "no trial": lambda: whole().iloc[:0],
}


ESTIMATES = ("accuracy", "drop", "share", "median", "value", "slope", "d_prime", "bits", "difference")
ESTIMATES += ("correlation",)


@pytest.mark.parametrize("name", TABLES)
def test_every_measure_gives_a_table_without_a_warning(name: str) -> None:
    trials = TABLES[name]()
    for measure, compute in MEASURES.items():
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table = compute(trials)
        assert isinstance(table, pd.DataFrame), measure
        if {"low", "high", "method"} <= set(table.columns) and len(table):
            unbounded = table["low"].isna() | table["high"].isna()
            said = table["method"].str.contains("not computed")
            assert (said | ~unbounded).all(), f"{measure}: an interval is missing and nothing says why"
            (estimate,) = (table[column] for column in ESTIMATES if column in table)
            assert (table["low"].fillna(-np.inf) <= estimate.fillna(np.inf) + 1e-9).all(), measure
            assert (estimate.fillna(-np.inf) <= table["high"].fillna(np.inf) + 1e-9).all(), measure
            assert not (estimate.isna() & table["low"].notna()).any(), measure


def test_no_measure_changes_the_table_it_is_given() -> None:
    trials = whole()
    before = trials.copy()
    for compute in MEASURES.values():
        compute(trials)
    pd.testing.assert_frame_equal(trials, before)
