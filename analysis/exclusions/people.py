"""Rules that judge participants."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, model_validator
from scipy.stats import binom

from analysis.exclusions.judging import ParticipantRule, Share, verdicts
from analysis.menus import offered_actions

Count = Annotated[int, Field(ge=1)]
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


class AtChance(ParticipantRule):
    """The accuracy in the test could be that of guessing.

    A participant is removed where the number of right answers is at most the ``confidence`` quantile of that
    of somebody who guesses in every trial, trials of all conditions together. Chance is ``chance``, else one
    over the number of actions in the menu of each trial: the number of right guesses is then a sum of
    binomial numbers (Poisson's binomial distribution). Trials whose chance is not known do not count.
    """

    rule: Literal["accuracy-at-chance"]
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    chance: Annotated[float, Field(gt=0, lt=1)] | None = None
    value_words: ClassVar[str] = "{:.3f} of the answers were right"

    def judge(self, trials: pd.DataFrame) -> pd.DataFrame:
        seen = self.watched(trials, ("test",))
        menu = 1 / (seen["menu_order"].str.count(r"\|").astype("Float64") + 1)
        chance = menu if self.chance is None else pd.Series(self.chance, index=seen.index, dtype="Float64")
        judged = seen.assign(chance=chance)[chance.notna()]
        counts = judged.groupby(["observer", "chance"]).agg(
            right=("correct", "sum"), trials=("correct", "size")
        )
        totals = counts.groupby("observer").sum()
        bounds = {
            observer: guessed_at_most(
                of_chances["trials"].to_numpy(dtype=int),
                of_chances.index.get_level_values("chance").to_numpy(dtype=float),
                self.confidence,
            )
            for observer, of_chances in counts.groupby("observer")
        }
        out = totals["right"] <= pd.Series(bounds, index=totals.index, dtype="float64")
        return verdicts(totals["right"] / totals["trials"], out)

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
        seen = in_order(self.watched(trials, ("training",)))
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
    """The same was answered again and again in the test, though it was not what was shown.

    ``run_of``: the same action so many times in a row, or more, in a condition; a missing response ends a
    run, and a run of nothing but right answers is none. ``same_action_share``, ``same_place_share``: more
    than this share of the answers of a condition are one action, or one place in the menu, whatever stands
    there; a condition in which one action was shown in more than that share is not looked at. Nor are those
    that offer fewer than ``fewest_actions``: among two actions, ten in a row come by chance.

    Answers that earlier rules removed do not count, but keep their place: what stood on both sides of them
    did not come in a row.
    """

    rule: Literal["monotone-responding"]
    run_of: Annotated[int, Field(ge=2)] | None = None
    same_action_share: Share | None = None
    same_place_share: Share | None = None
    fewest_actions: Count | None = None
    value_words: ClassVar[str] = "{:.2f} times the limit"
    sees_removed: ClassVar[bool] = True

    @model_validator(mode="after")
    def _needs_limit(self) -> MonotoneResponding:
        if self.run_of is None and self.same_action_share is None and self.same_place_share is None:
            raise ValueError("needs one of run_of, same_action_share and same_place_share, or several")
        return self

    def judge(self, trials: pd.DataFrame) -> pd.DataFrame:
        seen = in_order(self.watched(trials, ("test",)))
        if self.fewest_actions is not None:
            offered = {name: len(offered_actions(rows)) for name, rows in seen.groupby("condition")}
            seen = seen[seen["condition"].map(offered) >= self.fewest_actions]
        left = seen[seen["left"]]
        found = pd.DataFrame(index=pd.Index(left["observer"].unique(), name="observer"))
        if self.run_of is not None:
            found["run"] = longest_run(seen) / self.run_of
        if self.same_action_share is not None:
            limit = self.same_action_share
            found["action"] = _largest_share(left, left["response"], limit) / limit
        if self.same_place_share is not None:
            limit = self.same_place_share
            found["place"] = _largest_share(left, menu_place(left), limit) / limit
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


def guessed_at_most(trials: IntArray, chances: FloatArray, confidence: float) -> int:
    """The most right answers that ``confidence`` of all guessers reach in ``trials`` with these ``chances``.

    The quantile of a sum of binomial numbers, by convolution (scipy's Poisson-binomial distribution gives
    quantiles of up to 62 trials only): 40 trials at 1/5 give 12; with 20 trials at 1/2 added, 24.
    """
    of_sum = np.ones(1)
    for number, chance in zip(trials, chances, strict=True):
        of_sum = np.convolve(of_sum, binom.pmf(np.arange(number + 1), number, chance))
    # A part in a billion for rounding, since sums of many parts fall short of the whole.
    return int(np.searchsorted(np.cumsum(of_sum), confidence - 1e-9))


def in_order(trials: pd.DataFrame) -> pd.DataFrame:
    """Trials of each person, session and condition in the order in which they were shown.

    By ``onset`` where all have one, since ``trial`` starts again in a second phase of the same kind.
    """
    time = "trial" if trials["onset"].isna().any() else "onset"
    ordered: pd.DataFrame = trials.sort_values(["observer", "session", "condition", time], kind="stable")
    return ordered


def longest_run(trials: pd.DataFrame) -> pd.Series[Any]:
    """The longest run of one response with a wrong answer in it, by observer; 0 where there is none.

    ``trials`` are in their order; of a run those count that are ``left``.
    """
    before = trials.shift()
    same = trials["response"].notna()
    for column in ("observer", "session", "condition", "response"):
        same &= (trials[column] == before[column]).fillna(False).astype(bool)
    counts = trials["response"].notna() & trials["left"]
    wrong = counts & (trials["correct"] == 0)
    runs = pd.DataFrame({"counts": counts, "wrong": wrong}).astype(int)
    of_runs = runs.groupby([trials["observer"], (~same).cumsum()]).sum()
    lengths = of_runs["counts"].where(of_runs["wrong"] > 0, 0)
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


def _largest_share(trials: pd.DataFrame, answers: pd.Series[Any], limit: float) -> pd.Series[Any]:
    """The share of the most frequent answer among those of a condition, the largest by observer.

    Conditions in which one action was shown more often than ``limit`` are left out.
    """
    largest = _shares(trials, answers)
    alike = _shares(trials, trials["action"]).reindex(largest.index) > limit
    found: pd.Series[Any] = largest[~alike].groupby("observer").max()
    return found


def _shares(trials: pd.DataFrame, values: pd.Series[Any]) -> pd.Series[Any]:
    """By observer and condition: how often the most frequent value occurs among those that are known."""
    known = trials.assign(value=values).dropna(subset=["value"])
    counts = known.groupby(["observer", "condition", "value"]).size()
    of_condition = counts.groupby(["observer", "condition"])
    shares: pd.Series[Any] = of_condition.max() / of_condition.sum()
    return shares
