"""Published results of people -> how an observer answers.

The diagonal comes from the counts, the errors are shared out as in the printed rows, and times come from
log-normal distributions fitted to the published quartiles.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from experiment.checked_yaml import Checked
from experiment.observers.habits import Habits, LogNormal, row_with

Count = Annotated[int, Field(ge=0, le=10**9)]
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0.001, le=3600)]


class Counts(Checked):
    """Number of test trials and of right answers, by action."""

    total: dict[str, Annotated[int, Field(ge=1, le=10**9)]]
    correct: dict[str, Count]

    @model_validator(mode="after")
    def _no_more_right_than_shown(self) -> Counts:
        for action, correct in self.correct.items():
            if correct > self.total.get(action, correct):
                raise ValueError(
                    f"correct.{action}: found {correct}, allowed is at most {self.total[action]}"
                )
        return self


class PublishedResults(BaseModel):
    """What an observer needs of a file of published results, which may hold more.

    Rows of a confusion matrix are true actions; times are median, first and third quartile, s.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    actions: Annotated[tuple[str, ...], Field(min_length=2)]
    human_counts: dict[str, Counts]
    human_confusion: dict[str, tuple[tuple[Share, ...], ...]]
    human_time_to_choose_s: dict[str, dict[str, tuple[Seconds, Seconds, Seconds]]]

    @model_validator(mode="after")
    def _is_complete(self) -> PublishedResults:
        size = len(self.actions)
        for condition, counts in self.human_counts.items():
            rows = self.human_confusion.get(condition, ())
            if [len(row) for row in rows] != [size] * size:
                raise ValueError(f"human_confusion.{condition}: allowed are {size} rows of {size} shares")
            times = self.human_time_to_choose_s.get(condition, {})
            for action in self.actions:
                for field, known in (
                    ("human_counts", counts.total),
                    ("human_counts", counts.correct),
                    ("human_time_to_choose_s", times),
                ):
                    if action not in known:
                        raise ValueError(f"{field}.{condition}: {action} is missing")
                median_s, q1_s, q3_s = times[action]
                if not q1_s <= median_s <= q3_s:
                    raise ValueError(
                        f"human_time_to_choose_s.{condition}.{action}: found {times[action]}; allowed are "
                        "median, first and third quartile in this order, the median between the others"
                    )
        return self

    def habits(self, actions: tuple[str, ...]) -> dict[str, Habits]:
        """How the group answered, by condition, where the menu holds only these ``actions`` of the study."""
        return {
            condition: self._habits_in(condition, actions)
            for condition in self.human_counts
            if set(actions) <= set(self.actions)
        }

    def _habits_in(self, condition: str, actions: tuple[str, ...]) -> Habits:
        counts, times = self.human_counts[condition], self.human_time_to_choose_s[condition]
        choices = {}
        for action, printed in zip(self.actions, self.human_confusion[condition], strict=True):
            if action in actions:
                right = counts.correct[action] / counts.total[action]
                errors = dict(zip(self.actions, printed, strict=True))
                choices[action] = row_with(actions, action, right, errors)
        return Habits(choices, {action: LogNormal.from_quartiles(*times[action]) for action in actions})
