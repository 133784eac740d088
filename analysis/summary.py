"""All measures, computed once for figures, tables and report alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.measures.accuracy import accuracy
from analysis.measures.choice_times import choice_times
from analysis.measures.confusion import confusion, with_accuracies
from analysis.measures.crossing import Items


@dataclass(frozen=True)
class ConditionSummary:
    """The test trials of one condition and their measures; the columns are those of ``measures``.

    ``actions`` are those of the whole study, so that colours and places are the same in every condition.
    ``chance`` is the accuracy of guessing among those that this condition offered, 0 to 1.
    """

    condition: str
    actions: tuple[str, ...]
    trials: pd.DataFrame
    accuracy: pd.DataFrame
    accuracy_by_action: pd.DataFrame
    accuracy_by_observer: pd.DataFrame
    confusion: pd.DataFrame
    choice_times: pd.DataFrame
    chance: float

    @property
    def named(self) -> str:
        """The condition as sentences name it: ``AFD5``, but ``condition 0`` where the name is no word."""
        return named(self.condition)

    @property
    def heading(self) -> str:
        """The condition as headings name it."""
        return self.named[:1].upper() + self.named[1:]

    @property
    def observers(self) -> int:
        return int(self.trials["observer"].nunique())

    @property
    def data_kind(self) -> str:
        """What a reader must be told the data are: ``simulated``, ``pilot``, both or (empty) neither."""
        return data_kind(self.trials)


def named(condition: str) -> str:
    """A condition as sentences name it: ``AFD5``, but ``condition 0`` where the name is no word."""
    return condition if any(letter.isalpha() for letter in condition) else f"condition {condition}"


def data_kind(trials: pd.DataFrame) -> str:
    """What a reader must be told the data are: ``simulated``, ``pilot``, both or (empty) neither."""
    simulated = (trials["observer_kind"] == "simulated").any()
    pilot = (trials["pilot"] == 1).any()
    return " ".join(word for word, applies in (("simulated", simulated), ("pilot", pilot)) if applies)


def summarise(
    test_trials: pd.DataFrame,
    actions: Sequence[str],
    rng: np.random.Generator,
    offered: Sequence[str] | None = None,
    items: Items = "group",
) -> ConditionSummary:
    """The measures of test trials that are all of one condition; ``actions`` gives the order.

    ``offered`` are the ``actions`` that could be chosen in it; all, if nothing is said. ``items`` are drawn
    beside participants.
    """
    (condition,) = test_trials["condition"].unique()
    by_action = accuracy(test_trials, ["condition", "action"], rng, items=items)
    return ConditionSummary(
        condition=str(condition),
        actions=tuple(actions),
        trials=test_trials,
        accuracy=accuracy(test_trials, ["condition"], rng, items=items),
        accuracy_by_action=by_action.sort_values("action", key=lambda names: names.map(list(actions).index)),
        accuracy_by_observer=accuracy(test_trials, ["condition", "observer"], rng, items=items),
        confusion=with_accuracies(confusion(test_trials, actions, rng, items=items), by_action),
        choice_times=choice_times(test_trials, actions, items),
        chance=1 / len(actions if offered is None else offered),
    )
