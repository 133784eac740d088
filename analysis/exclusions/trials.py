"""Rules that judge single trials."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import Field, model_validator

from analysis.exclusions.judging import TrialRule
from analysis.measures.accidental_clicks import accidental_clicks

Limit = Annotated[float, Field(gt=0)]


def _above(column: pd.Series[Any], limit: float) -> pd.Series[Any]:
    """Whether each value is above the limit; missing where there is no value."""
    above: pd.Series[Any] = column.astype("Float64") > limit
    return above


def _answered(trials: pd.DataFrame) -> pd.Series[Any]:
    """Where there is no answer, it was neither too fast nor too slow."""
    return trials["response"].notna().astype("boolean")


def _limits(seconds: float | None, loops: float | None) -> str:
    said = [] if seconds is None else [f"{seconds:g} s"]
    said += [] if loops is None else [f"{loops:g} loops"]
    return " or ".join(said)


class TooFast(TrialRule):
    """The answer came before one could be given: earlier than ``below_s`` or than ``below_loops``."""

    rule: Literal["too-fast"]
    below_s: Limit | None = None
    below_loops: Limit | None = None

    @model_validator(mode="after")
    def _needs_limit(self) -> TooFast:
        if self.below_s is None and self.below_loops is None:
            raise ValueError("needs below_s (seconds) or below_loops (times the clip was seen), or both")
        return self

    def broken(self, trials: pd.DataFrame) -> pd.Series[Any]:
        early = pd.Series(False, index=trials.index, dtype="boolean")
        if self.below_s is not None:
            early |= trials["time_to_choose"].astype("Float64") < self.below_s
        if self.below_loops is not None:
            early |= trials["loops"].astype("Float64") < self.below_loops
        broken: pd.Series[Any] = early & _answered(trials)
        return broken

    def trial_words(self) -> str:
        return f"an answer before {_limits(self.below_s, self.below_loops)}"


class TooSlow(TrialRule):
    """The answer came later than ``above_s`` or than ``above_loops``."""

    rule: Literal["too-slow"]
    above_s: Limit | None = None
    above_loops: Limit | None = None

    @model_validator(mode="after")
    def _needs_limit(self) -> TooSlow:
        if self.above_s is None and self.above_loops is None:
            raise ValueError("needs above_s (seconds) or above_loops (times the clip was seen), or both")
        return self

    def broken(self, trials: pd.DataFrame) -> pd.Series[Any]:
        late = pd.Series(False, index=trials.index, dtype="boolean")
        if self.above_s is not None:
            late |= _above(trials["time_to_choose"], self.above_s)
        if self.above_loops is not None:
            late |= _above(trials["loops"], self.above_loops)
        broken: pd.Series[Any] = late & _answered(trials)
        return broken

    def trial_words(self) -> str:
        return f"an answer after {_limits(self.above_s, self.above_loops)}"


class DroppedFrames(TrialRule):
    """More than ``more_than`` flips of the trial were late."""

    rule: Literal["dropped-frames"]
    more_than: Annotated[int, Field(ge=0)]

    def broken(self, trials: pd.DataFrame) -> pd.Series[Any]:
        return _above(trials["dropped_frames"], self.more_than)

    def trial_words(self) -> str:
        return f"more than {self.more_than} late flips"


class EarlyPresses(TrialRule):
    """More than ``more_than`` presses were made before the first frame."""

    rule: Literal["early-presses"]
    more_than: Annotated[int, Field(ge=0)] = 0

    def broken(self, trials: pd.DataFrame) -> pd.Series[Any]:
        return _above(trials["early_presses"], self.more_than)

    def trial_words(self) -> str:
        return f"more than {self.more_than} presses before the first frame"


class AccidentalClick(TrialRule):
    """A wrong answer among the fastest percent and before half a loop, see ``accidental_clicks``."""

    rule: Literal["accidental-click"]

    def broken(self, trials: pd.DataFrame) -> pd.Series[Any]:
        return accidental_clicks(trials)

    def trial_words(self) -> str:
        return "an accidental click (wrong, in the fastest percent, before half a loop)"
