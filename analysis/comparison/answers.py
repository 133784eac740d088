"""Trial tables -> one answer of every observer to every item, in matrices that can be compared.

An item is a clip: a row's ``clip_id``, which includes its condition. Only test trials count, and no trial
beside whose clip the label was shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.comparison.model_runs import SeveralRuns, several_runs
from analysis.counted_trials import counted_trials
from analysis.errors import AnalysisError

Missing = Literal["wrong", "left-out"]
"""What a trial without a response is: a wrong answer (as in all accuracies here), or no shared item."""


@dataclass(frozen=True)
class Answers:
    """The answers of ``observers`` to ``items``; every matrix has the shape (observers, items).

    ``kinds`` are human, simulated or model, one per observer. ``actions``, ``groups`` and ``conditions`` are
    those of the items; clips of one action and group (same actor and scene) share a number in ``groups``, and
    a clip without a group has one of its own, together with the clip that was made from it. ``right`` is 1,
    0, or NaN where the observer did not answer the item; ``chosen`` is the index into ``menu`` of the action
    that was named, -1 where none was; ``times_s`` are times to choose, NaN where there is none. ``remarks``
    are sentences on answers that do not count; ``several_runs`` are models of which only one run does.
    """

    observers: tuple[str, ...]
    kinds: tuple[str, ...]
    items: tuple[str, ...]
    actions: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64]
    conditions: tuple[str, ...]
    menu: tuple[str, ...]
    right: npt.NDArray[np.float64]
    chosen: npt.NDArray[np.int64]
    times_s: npt.NDArray[np.float64]
    remarks: tuple[str, ...]
    several_runs: tuple[SeveralRuns, ...] = ()

    @property
    def is_model(self) -> npt.NDArray[np.bool_]:
        """Which observers are models, (observers,)."""
        return np.array([kind == "model" for kind in self.kinds], dtype=np.bool_)

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the models, in their order."""
        return tuple(name for name, kind in zip(self.observers, self.kinds, strict=True) if kind == "model")

    @property
    def present_conditions(self) -> tuple[str, ...]:
        """The conditions of the items, each once, in their order."""
        return tuple(dict.fromkeys(self.conditions))

    def at(self, items: npt.NDArray[np.bool_]) -> Answers:
        """The answers to some of the items, (items,), without observers who answered none of them."""
        answered = self.answered & items
        observers = answered.any(axis=1)
        block = np.ix_(observers, items)
        return replace(
            self,
            observers=tuple(np.array(self.observers, dtype=object)[observers]),
            kinds=tuple(np.array(self.kinds, dtype=object)[observers]),
            items=tuple(np.array(self.items, dtype=object)[items]),
            actions=self.actions[items],
            groups=self.groups[items],
            conditions=tuple(np.array(self.conditions, dtype=object)[items]),
            right=self.right[block],
            chosen=self.chosen[block],
            times_s=self.times_s[block],
        )

    @property
    def answered(self) -> npt.NDArray[np.bool_]:
        """Which items count for each observer, (observers, items)."""
        return np.isfinite(self.right)

    @property
    def shared(self) -> npt.NDArray[np.int64]:
        """How many items each pair of observers shares, (observers, observers)."""
        answered = self.answered.astype(np.int64)
        return np.asarray(answered @ answered.T, dtype=np.int64)


def answers_of(trials: pd.DataFrame, missing: Missing = "wrong") -> Answers:
    """The answers in a trial table of people, models, or both.

    Where somebody answered an item several times, the first answer counts: of the lowest session, round,
    attempt and trial, in this order. Observers and items keep the order of their first rows.

    Raises
    ------
    AnalysisError
        Where no test trial is there, or an item shows different actions to different observers.
    """
    tests = counted_trials(trials)
    if tests.empty:
        raise AnalysisError("there is no test trial to compare; agreement is about answers in tests")
    _refuse_two_actions(tests)
    first, repetitions = first_answers(tests)
    remarks = (*repetitions, *_without_response(first, missing))
    observer, observers = pd.factorize(first["observer"])
    item, items = pd.factorize(first["clip_id"])
    chosen_names = first["response"].astype("object").where(first["response"].notna(), None)
    menu = tuple(dict.fromkeys([*first["action"].astype(str), *[str(name) for name in chosen_names if name]]))
    place = {name: index for index, name in enumerate(menu)}
    chosen = np.array([place[str(name)] if name else -1 for name in chosen_names], dtype=np.int64)
    right = first["correct"].to_numpy(dtype=np.float64)
    if missing == "left-out":
        right = np.where(chosen < 0, np.nan, right)
    of_items = first.drop_duplicates("clip_id").set_index("clip_id").loc[items]
    shape = (len(observers), len(items))
    return Answers(
        observers=tuple(map(str, observers)),
        kinds=tuple(first.drop_duplicates("observer")["observer_kind"].astype(str)),
        items=tuple(map(str, items)),
        actions=np.array([place[str(action)] for action in of_items["action"]], dtype=np.int64),
        groups=_groups(of_items),
        conditions=tuple(of_items["condition"].astype(str)),
        menu=menu,
        right=_matrix(shape, observer, item, right, np.nan),
        chosen=_matrix(shape, observer, item, chosen, -1).astype(np.int64),
        times_s=_matrix(
            shape, observer, item, first["time_to_choose"].to_numpy(np.float64, na_value=np.nan), np.nan
        ),
        remarks=remarks,
        several_runs=several_runs(tests, first),
    )


def first_answers(tests: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The first answer of every observer to each clip, in the order of ``tests``, and a sentence on others.

    That is the one of the lowest session, round, attempt and trial, in this order.
    """
    order = tests.sort_values(["session", "round", "attempt", "trial"], kind="stable").index
    first: pd.DataFrame = (
        tests.loc[order].drop_duplicates(["observer", "clip_id"]).loc[lambda rows: rows.index.sort_values()]
    )
    return first, _repetitions(tests)


def _matrix(
    shape: tuple[int, int],
    observer: npt.NDArray[np.int64],
    item: npt.NDArray[np.int64],
    values: npt.NDArray[np.generic],
    empty: float,
) -> npt.NDArray[np.float64]:
    matrix = np.full(shape, empty, dtype=np.float64)
    matrix[observer, item] = values
    return matrix


def _groups(of_items: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Numbers that clips of one action and group share; a clip without a group shares one with its source."""
    clips = of_items.index.to_series().astype("object")
    own = "clip " + of_items["source_clip_id"].astype("object").where(
        of_items["source_clip_id"].notna(), clips
    )
    named = of_items["action"].astype(str) + "/" + of_items["group"].astype(str)
    codes, _ = pd.factorize(named.where(of_items["group"].notna(), own))
    return np.asarray(codes, dtype=np.int64)


def _refuse_two_actions(tests: pd.DataFrame) -> None:
    pairs = tests.drop_duplicates(["clip_id", "action"])
    twice = pairs["clip_id"].duplicated()
    if twice.any():
        clip = pairs.loc[twice, "clip_id"].iloc[0]
        both = pairs[pairs["clip_id"] == clip]
        who = " and ".join(f"{row.action} for {row.observer}" for row in both.itertuples())
        raise AnalysisError(f"{clip} shows {who}; an item has one right answer")


def _repetitions(tests: pd.DataFrame) -> tuple[str, ...]:
    """A sentence on answers given again; those of a model's further runs have their own (``model_runs``)."""
    run = tests["session"].where(tests["observer_kind"] == "model", 0)
    again = tests[tests.assign(run=run).duplicated(["observer", "clip_id", "run"])]
    if again.empty:
        return ()
    sentence = (
        f"answers that do not count because the same observer had answered the item before: {len(again)} "
        f"(observers: {again['observer'].nunique()})"
    )
    return (sentence,)


def _without_response(first: pd.DataFrame, missing: Missing) -> tuple[str, ...]:
    empty = first[first["response"].isna()]
    if empty.empty:
        return ()
    what = "count as wrong answers" if missing == "wrong" else "are left out"
    return (
        f"trials without a response: {len(empty)} (observers: {empty['observer'].nunique()}); they {what}",
    )
