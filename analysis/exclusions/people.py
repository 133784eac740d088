"""Rules that judge participants."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator
from scipy.stats import binom

from analysis.exclusions.judging import ParticipantRule, Share, verdicts

Count = Annotated[int, Field(ge=1)]


class AtChance(ParticipantRule):
    """The accuracy in the test could be that of guessing.

    A participant is removed where the number of right answers is at most the ``level`` quantile of the
    binomial distribution of somebody who guesses in every trial, trials of all conditions together. Chance is
    ``chance``, else one over the number of actions in the menu.
    """

    rule: Literal["accuracy-at-chance"]
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    chance: Annotated[float, Field(gt=0, lt=1)] | None = None
    value_words: ClassVar[str] = "{:.3f} of the answers were right"

    def judge(self, trials: pd.DataFrame) -> pd.DataFrame:
        seen = self.watched(trials, ("test",))
        menu = 1 / (seen["menu_order"].str.count(r"\|").astype("Float64") + 1)
        chance = menu if self.chance is None else pd.Series(self.chance, index=seen.index, dtype="Float64")
        counts = (
            seen.assign(chance=chance)
            .groupby("observer")
            .agg(right=("correct", "sum"), trials=("correct", "size"), chance=("chance", "mean"))
        )
        # The mean of few chances is that of one menu; with several menus it is close, as the bound is.
        share = counts["chance"].to_numpy(dtype=float, na_value=np.nan)
        bound = binom.ppf(self.confidence, counts["trials"].to_numpy(dtype=float), share)
        out = (counts["right"] <= bound).astype("boolean").mask(np.isnan(bound))
        return verdicts(counts["right"] / counts["trials"], out)

    def words(self) -> str:
        guess = "chance from the menu" if self.chance is None else f"chance {self.chance:.3g}"
        return (
            f"participants with no more right answers{self._where()} than {100 * self.confidence:g} % of "
            f"guessers have ({guess})"
        )


class TrainingMissed(ParticipantRule):
    """Fewer than ``correct`` of the last ``of`` training answers were right, in a condition.

    The answers are those of the last round. Somebody without training cannot be judged; somebody who gave
    fewer than ``of`` answers missed it.
    """

    rule: Literal["training-criterion"]
    correct: Count
    of: Count
    value_words: ClassVar[str] = "{:.0f} right at the end of the training"

    @model_validator(mode="after")
    def _can_be_met(self) -> TrainingMissed:
        if self.correct > self.of:
            raise ValueError(f"correct is {self.correct} of the last {self.of} answers; that is never met")
        return self

    def judge(self, trials: pd.DataFrame) -> pd.DataFrame:
        seen = self.watched(trials, ("training",)).sort_values(
            ["observer", "session", "condition", "round", "trial"], kind="stable"
        )
        groups = ["observer", "session", "condition"]
        last = seen[seen["round"] == seen.groupby(groups)["round"].transform("max")]
        right = last.groupby(groups).tail(self.of).groupby(groups)["correct"].sum()
        fewest = right.groupby("observer").min()
        return verdicts(fewest, fewest < self.correct)

    def words(self) -> str:
        return (
            f"participants with fewer than {self.correct} of the last {self.of} training answers right"
            f"{self._where()}"
        )


class AttentionChecks(ParticipantRule):
    """More than ``failed_more_than`` attention checks were failed."""

    rule: Literal["attention-checks"]
    failed_more_than: Annotated[int, Field(ge=0)]
    value_words: ClassVar[str] = "{:.0f} attention checks failed"

    def judge(self, trials: pd.DataFrame) -> pd.DataFrame:
        checks = trials[trials["attention_check"] == 1]
        if self.conditions:
            checks = checks[checks["condition"].isin(self.conditions)]
        failed = (checks["correct"] == 0).groupby(checks["observer"]).sum()
        # Who was shown none has failed none.
        failed = failed.reindex(trials["observer"].unique(), fill_value=0)
        return verdicts(failed, failed > self.failed_more_than)

    def words(self) -> str:
        return f"participants who failed more than {self.failed_more_than} attention checks{self._where()}"


class MonotoneResponding(ParticipantRule):
    """The same was answered again and again in the test.

    ``run_of``: the same action so many times in a row, or more, in a condition; a missing response ends a
    run. ``same_action_share``, ``same_place_share``: more than this share of the answers of a condition are
    one action, or one place in the menu, whatever stands there.
    """

    rule: Literal["monotone-responding"]
    run_of: Annotated[int, Field(ge=2)] | None = None
    same_action_share: Share | None = None
    same_place_share: Share | None = None
    value_words: ClassVar[str] = "{:.2f} times the limit"

    @model_validator(mode="after")
    def _needs_limit(self) -> MonotoneResponding:
        if self.run_of is None and self.same_action_share is None and self.same_place_share is None:
            raise ValueError("needs one of run_of, same_action_share and same_place_share, or several")
        return self

    def judge(self, trials: pd.DataFrame) -> pd.DataFrame:
        seen = self.watched(trials, ("test",)).sort_values(
            ["observer", "session", "condition", "trial"], kind="stable"
        )
        found = pd.DataFrame(index=pd.Index(seen["observer"].unique(), name="observer"))
        if self.run_of is not None:
            found["run"] = longest_run(seen) / self.run_of
        if self.same_action_share is not None:
            found["action"] = _largest_share(seen, seen["response"]) / self.same_action_share
        if self.same_place_share is not None:
            found["place"] = _largest_share(seen, menu_place(seen)) / self.same_place_share
        # A run that reaches its limit is out, a share has to exceed it.
        out = pd.DataFrame({name: found[name] > 1 for name in found.columns})
        if self.run_of is not None:
            out["run"] = found["run"] >= 1
        return verdicts(found.max(axis="columns"), out.any(axis="columns").mask(found.isna().all(axis=1)))

    def words(self) -> str:
        said = [f"the same action {self.run_of} times in a row"] if self.run_of else []
        if self.same_action_share is not None:
            said.append(f"one action in more than {self.same_action_share:.3g} of the answers")
        if self.same_place_share is not None:
            said.append(f"one place of the menu in more than {self.same_place_share:.3g} of the answers")
        return f"participants who chose {' or '.join(said)}{self._where()}"


class MinimumTrials(ParticipantRule):
    """Fewer than ``at_least`` test trials are left in a condition that the participant took part in."""

    rule: Literal["minimum-trials"]
    at_least: Count
    value_words: ClassVar[str] = "{:.0f} trials left in the condition with the fewest"

    # A condition of which nothing is left counts as 0 trials, not as one that was never begun.
    sees_removed: ClassVar[bool] = True

    def judge(self, trials: pd.DataFrame) -> pd.DataFrame:
        seen = self.watched(trials, ("test",))
        left = seen.groupby(["observer", "condition"])["left"].sum().groupby("observer").min()
        return verdicts(left, left < self.at_least)

    def words(self) -> str:
        return f"participants with fewer than {self.at_least} test trials left{self._where()}"


def longest_run(trials: pd.DataFrame) -> pd.Series[Any]:
    """The longest run of one response, by observer, of trials in their order; 0 where there is none."""
    before = trials.shift()
    same = trials["response"].notna()
    for column in ("observer", "session", "condition", "response"):
        same &= (trials[column] == before[column]).fillna(False).astype(bool)
    run = (~same).cumsum()
    lengths = trials["response"].notna().groupby([trials["observer"], run]).sum()
    longest: pd.Series[Any] = lengths.groupby("observer").max()
    return longest


def menu_place(trials: pd.DataFrame) -> pd.Series[Any]:
    """The place of each response in its menu, from 0; missing where there is no response or no menu."""
    menus = trials["menu_order"].astype(object).where(trials["menu_order"].notna(), "")
    places = [
        menu.split("|").index(response) if isinstance(response, str) and response in menu.split("|") else None
        for menu, response in zip(menus, trials["response"].astype(object), strict=True)
    ]
    return pd.Series(places, index=trials.index, dtype="Int64")


def _largest_share(trials: pd.DataFrame, answers: pd.Series[Any]) -> pd.Series[Any]:
    """The share of the most frequent answer among those of a condition, the largest by observer."""
    given = trials.assign(answer=answers).dropna(subset=["answer"])
    counts = given.groupby(["observer", "condition", "answer"]).size()
    of_condition = counts.groupby(["observer", "condition"])
    largest: pd.Series[Any] = (of_condition.max() / of_condition.sum()).groupby("observer").max()
    return largest
