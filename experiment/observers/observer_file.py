"""An observer file, ``protocols/observers/<name>.yaml``, field by field -> an ``Observer``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from experiment.checked_yaml import Checked, read_yaml
from experiment.errors import InputRefused
from experiment.localized import Name
from experiment.observers.answering import Absence, Change, Differences, Early, Observer, Traits
from experiment.observers.habits import Habits, LogNormal, row_with
from experiment.observers.published import PublishedResults, Seconds, Share
from experiment.text_file import refuse_outside

Pace = Annotated[float, Field(ge=0.01, le=100)]
Spread = Annotated[float, Field(ge=0, le=5)]

_SUM_TOLERANCE = 0.01


class TimeSpec(Checked):
    """A log-normal distribution of times by its median and quartiles."""

    median_s: Seconds
    q1_s: Seconds
    q3_s: Seconds

    @model_validator(mode="after")
    def _ascend(self) -> TimeSpec:
        if not self.q1_s <= self.median_s <= self.q3_s:
            raise ValueError(
                f"median_s: found {self.median_s:g}, allowed is a value from q1_s ({self.q1_s:g}) to "
                f"q3_s ({self.q3_s:g})"
            )
        return self

    def distribution(self) -> LogNormal:
        """The distribution itself."""
        return LogNormal.from_quartiles(self.median_s, self.q1_s, self.q3_s)


class ConditionSpec(Checked):
    """Answers in one condition: action shown -> probability of each choice, action shown -> times."""

    choices: dict[Name, dict[Name, Share]]
    times: dict[Name, TimeSpec]

    @model_validator(mode="after")
    def _rows_are_whole(self) -> ConditionSpec:
        for action, row in self.choices.items():
            if abs(sum(row.values()) - 1) > _SUM_TOLERANCE:
                raise ValueError(f"choices.{action}: found a sum of {sum(row.values()):g}, allowed is 1")
        return self

    def habits(self, actions: tuple[str, ...], field: str) -> Habits:
        """Raises ``ValueError`` where an action is missing or unknown."""
        for name, given in (("choices", self.choices), ("times", self.times)):
            _check_names(f"{field}.{name}", tuple(given), actions)
            if missing := [action for action in actions if action not in given]:
                raise ValueError(f"{field}.{name}: {missing[0]} is missing")
        choices = {}
        for action, row in self.choices.items():
            _check_names(f"{field}.choices.{action}", tuple(row), actions)
            whole = sum(row.values())
            choices[action] = {other: row.get(other, 0.0) / whole for other in actions}
        return Habits(choices, {action: times.distribution() for action, times in self.times.items()})


class DefaultSpec(Checked):
    """Answers in every condition that the file says nothing else about, alike for all actions."""

    correct: Share
    time: TimeSpec

    def habits(self, actions: tuple[str, ...]) -> Habits:
        """The same answers to each of these actions."""
        choices = {action: row_with(actions, action, self.correct, {}) for action in actions}
        return Habits(choices, dict.fromkeys(actions, self.time.distribution()))


class ChangeSpec(Checked):
    """Lapses and pace that learning begins with, or that fatigue ends with, over so many ``trials``."""

    lapse_rate: Share = 0.0
    pace: Pace = 1.0
    trials: Annotated[float, Field(ge=1, le=100_000)]


class DifferencesSpec(Checked):
    """How far participants differ: standard deviations of log-odds of being right and of log-seconds."""

    log_odds_sd: Spread = 0.0
    log_time_sd: Spread = 0.0


class EarlySpec(Checked):
    """Presses before the clip: in which share of trials, and after how many seconds it presses again."""

    rate: Share
    insists_every_s: Annotated[float, Field(ge=0.1, le=60)] = 0.4


class AbsentSpec(Checked):
    """Answers that come late: in which share of trials, and by how many seconds."""

    rate: Share
    for_s: Annotated[float, Field(ge=0, le=3600)]


class ObserverFile(Checked):
    """An observer file; ``docs/observers.md`` explains each field with an example."""

    format: Literal[1]
    name: Name
    published_results: Annotated[str, Field(pattern=r"^[\w./ -]{1,200}$")] | None = None
    conditions: Annotated[dict[Name, ConditionSpec], Field(default_factory=dict)]
    default: DefaultSpec | None = None
    pace: Pace = 1.0
    shortest_s: Annotated[float, Field(ge=0.001, le=60)] = 0.25
    lapse_rate: Share = 0.0
    learning: ChangeSpec | None = None
    fatigue: ChangeSpec | None = None
    differences: DifferencesSpec | None = None
    always_presses: Annotated[int, Field(ge=1, le=9)] | None = None
    early: EarlySpec | None = None
    absent: AbsentSpec | None = None
    failed_checks: Share = 0.0

    def traits(self) -> Traits:
        """What the file says of an observer whatever the clip shows."""
        learning, fatigue, differences = self.learning, self.fatigue, self.differences
        return Traits(
            pace=self.pace,
            shortest_s=self.shortest_s,
            lapse_rate=self.lapse_rate,
            learning=Change(learning.lapse_rate, learning.pace, learning.trials) if learning else None,
            fatigue=Change(fatigue.lapse_rate, fatigue.pace, fatigue.trials) if fatigue else None,
            differences=Differences(differences.log_odds_sd, differences.log_time_sd)
            if differences
            else None,
            always_presses=self.always_presses,
            early=Early(self.early.rate, self.early.insists_every_s) if self.early else None,
            absent=Absence(self.absent.rate, self.absent.for_s) if self.absent else None,
            failed_checks=self.failed_checks,
        )


def read_observer(path: Path, conditions: tuple[str, ...], actions: tuple[str, ...]) -> Observer:
    """The observer a file describes, for the conditions and actions of a protocol.

    Raises
    ------
    InputRefused
        Where the file is not of its form, or the observer does not know a condition or an action of the
        protocol.
    """
    file = read_yaml(ObserverFile, path)
    published = _published_habits(file, path, actions)
    habits = {}
    try:
        if file.always_presses is not None and file.always_presses > len(actions):
            raise ValueError(
                f"always_presses: found {file.always_presses}, but the menu has {len(actions)} places"
            )
        for condition in conditions:
            if condition in file.conditions:
                habits[condition] = file.conditions[condition].habits(actions, f"conditions.{condition}")
            elif condition in published:
                habits[condition] = published[condition]
            elif file.default is not None:
                habits[condition] = file.default.habits(actions)
            else:
                raise ValueError(
                    f"the observer {file.name} has no answers for {condition} with the actions "
                    f"{', '.join(actions)}; give them under conditions or default"
                )
    except ValueError as error:
        raise InputRefused(f"{path}: {error}") from None
    return Observer(file.name, habits, file.traits())


def _published_habits(file: ObserverFile, path: Path, actions: tuple[str, ...]) -> dict[str, Habits]:
    if file.published_results is None:
        return {}
    results_path = path.parent / file.published_results
    try:
        refuse_outside(results_path, path.parent)
    except InputRefused as refused:
        raise InputRefused(f"{path}: published_results: {refused}") from None
    return read_yaml(PublishedResults, results_path).habits(actions)


def _check_names(field: str, found: tuple[str, ...], actions: tuple[str, ...]) -> None:
    if unknown := [name for name in found if name not in actions]:
        raise ValueError(
            f"{field}: found {unknown[0]}, allowed are the actions of the protocol: {', '.join(actions)}"
        )
