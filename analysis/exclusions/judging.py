"""What all rules have: which trials they look at, and the form of what they say."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Any, ClassVar, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]
Phase = Literal["training", "test"]
Level = Literal["trial", "participant"]


class Rule(BaseModel, ABC):
    """A rule of exclusion; ``conditions`` and ``phases`` are those it looks at (no conditions: all).

    Attention checks are looked at by the rule on attention checks alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    conditions: tuple[str, ...] = ()

    @abstractmethod
    def words(self) -> str:
        """The rule for a reader, a clause: what is removed."""

    def watched(self, trials: pd.DataFrame, phases: tuple[Phase, ...]) -> pd.DataFrame:
        """The rows of ``trials`` that the rule looks at."""
        seen = trials["phase"].isin(phases) & (trials["attention_check"] == 0)
        if self.conditions:
            seen &= trials["condition"].isin(self.conditions)
        rows: pd.DataFrame = trials[seen.astype(bool)]
        return rows

    def _where(self) -> str:
        return f" in {', '.join(self.conditions)}" if self.conditions else ""


class TrialRule(Rule):
    """A rule about single trials.

    At the level of trials it removes those that break it; at that of participants everybody of whom more
    than ``more_than_share`` of the trials that can be judged do.
    """

    level: Level = "trial"
    more_than_share: Share | None = None
    phases: Annotated[tuple[Phase, ...], Field(min_length=1)] = ("test",)

    @model_validator(mode="after")
    def _needs_share(self) -> TrialRule:
        if (self.level == "participant") != (self.more_than_share is not None):
            raise ValueError(
                "more_than_share goes with level participant: the share of trials above which a "
                "participant is removed, 0 to 1"
            )
        return self

    @abstractmethod
    def broken(self, trials: pd.DataFrame) -> pd.Series[Any]:
        """Which of ``trials`` break the rule, of type ``boolean``; missing where that cannot be told."""

    @abstractmethod
    def trial_words(self) -> str:
        """What trials break the rule."""

    def words(self) -> str:
        what = self.trial_words() + self._where()
        if self.more_than_share is None:
            return f"trials with {what}"
        return f"participants with {what} in more than {self.more_than_share:.3g} of their trials"


class ParticipantRule(Rule):
    """A rule about participants. ``value_words`` says what was found, from the value: ``{:.3f} right``."""

    level: Literal["participant"] = "participant"
    value_words: ClassVar[str]
    sees_removed: ClassVar[bool] = False
    """Whether it is shown the trials that earlier rules removed too; a column ``left`` tells them apart."""

    @abstractmethod
    def judge(self, trials: pd.DataFrame) -> pd.DataFrame:
        """Of every observer in ``trials``: ``value``, and ``out`` of type ``boolean``.

        ``out`` is missing, or the observer, where that cannot be told.
        """


def verdicts(value: pd.Series[Any], out: pd.Series[Any]) -> pd.DataFrame:
    """The form of what ``ParticipantRule.judge`` says."""
    table: pd.DataFrame = pd.DataFrame({"value": value.astype(float), "out": out.astype("boolean")})
    return table
