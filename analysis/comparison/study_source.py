"""What is known of a study before it is done: accuracies, and how much people, clip groups and clips differ.

Differences are standard deviations of log-odds, normal and added up (a logistic model with crossed effects).
From a pilot they follow from how trials that share a participant, a clip group or a clip go together. The
published study prints no answer to a single clip, so there they are assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq, least_squares
from scipy.special import expit, logit

from analysis.counted_trials import counted_trials
from analysis.errors import AnalysisError
from analysis.measures.intervals import Floats
from analysis.measures.resampling import cross
from analysis.reference import SOURCE, published

ASSUMED = (0.6, 0.5, 0.5)
"""Log-odds of participants, clip groups and clips of a group, where nothing is known of them.

At an accuracy of .9, participants then differ by .05 to .06, as those of the study do.
"""
GROUPS_PER_ACTION = 7
"""The test split of the study's clips has groups 01 to 07 of each action."""
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_FEWEST_OBSERVERS = 2
_LARGEST = 3.0


@dataclass(frozen=True)
class StudySource:
    """``accuracies`` (0 to 1) are those of the actions; ``observers``, ``groups`` and ``clips`` are standard
    deviations of log-odds; ``groups_per_action`` is how many clip groups there are to choose from.
    ``described`` says in words where this comes from.
    """

    condition: str
    accuracies: Floats
    observers: float
    groups: float
    clips: float
    groups_per_action: int
    described: str

    @property
    def accuracy(self) -> float:
        return float(self.accuracies.mean())

    @property
    def deviation(self) -> float:
        """The standard deviation of the log-odds of a trial, people and clips together."""
        return float(np.sqrt(self.observers**2 + self.groups**2 + self.clips**2))


def published_source(condition: str) -> StudySource:
    """What the published study tells of ``condition``.

    Raises
    ------
    AnalysisError
        Where it has no such condition.
    """
    study = published()
    if condition not in study.human_counts:
        raise AnalysisError(
            f"the published study has no {condition}, only {', '.join(study.human_counts)}; choose one of "
            f"them with --condition, or give DATA of a pilot"
        )
    counts = study.human_counts[condition]
    return StudySource(
        condition=condition,
        accuracies=np.array([counts.correct[name] / counts.total[name] for name in study.actions]),
        observers=ASSUMED[0],
        groups=ASSUMED[1],
        clips=ASSUMED[2],
        groups_per_action=GROUPS_PER_ACTION,
        described=f"accuracies of {SOURCE}; differences between people and clips are assumed",
    )


def pilot_source(trials: pd.DataFrame, condition: str) -> StudySource:
    """What the test trials of a pilot tell of ``condition``.

    Products of the residuals (right less the accuracy of the action) of two trials that share a participant
    only, a clip only, or a group only, estimate how much these go together (quadratic unbiased estimation:
    Searle, Casella & McCulloch 1992, Variance Components). The standard deviations are those whose logistic
    model has these covariances; a negative covariance counts as none.

    Half a right and half a wrong answer are added to each action, as an accuracy of 0 or 1 has no log-odds.
    All log-odds are then moved by as much as makes the mean of the actions the accuracy of the trials; where
    that is 0 or 1, they stay.

    Raises
    ------
    AnalysisError
        Where the condition is not there, or has fewer than two participants who share clips.
    """
    tests = counted_trials(trials)
    chosen = tests[tests["condition"] == condition]
    if chosen.empty:
        there = ", ".join(sorted(map(str, tests["condition"].unique()))) or "none"
        raise AnalysisError(f"the pilot has no test trial in {condition}; its conditions are: {there}")
    people = int(chosen["observer"].nunique())
    if people < _FEWEST_OBSERVERS:
        raise AnalysisError(
            f"the pilot has {people} participant in {condition}; how much people differ takes two or more"
        )
    kind = (
        "simulated " if "observer_kind" in chosen and (chosen["observer_kind"] == "simulated").any() else ""
    )
    accuracies, smoothed = _accuracies(chosen)
    observers, groups, clips = _deviations(_covariances(chosen), float(accuracies.mean()))
    of_action = chosen.drop_duplicates(["action", "group"])["group"].notna().sum() / len(accuracies)
    return StudySource(
        condition=condition,
        accuracies=accuracies,
        observers=observers,
        groups=groups,
        clips=clips,
        groups_per_action=max(round(float(of_action)), 1) if of_action else GROUPS_PER_ACTION,
        described=f"a pilot of {people} {kind}participants with {len(chosen)} test trials ({smoothed})",
    )


def log_odds_for(mean: float, deviation: float, offsets: Sequence[float] | Floats = (0.0,)) -> float:
    """The log-odds at which the mean chance over ``offsets`` and normal differences is ``mean``.

    Above 0 and below 1; ``deviation`` is the standard deviation of the log-odds.
    """
    spread = np.asarray(offsets, dtype=np.float64)[:, None] + deviation * _NODES

    def off(log_odds: float) -> float:
        return float((expit(log_odds + spread) @ _WEIGHTS).mean()) - mean

    return float(brentq(off, -40, 40))


def _accuracies(trials: pd.DataFrame) -> tuple[Floats, str]:
    """Those of the actions, between 0 and 1, and how they were found, in words."""
    by_action = trials.groupby("action", sort=True)["correct"]
    right, number = (part.to_numpy(dtype=np.float64) for part in (by_action.sum(), by_action.size()))
    smoothed, observed = (right + 0.5) / (number + 1), float(right.sum() / number.sum())
    added = "half a right and half a wrong answer added to each action"
    if not 0 < observed < 1:
        return smoothed, f"{added}, since all answers are {'right' if observed else 'wrong'}"
    offsets = logit(smoothed)
    moved = expit(offsets + log_odds_for(observed, 0, offsets))
    return np.asarray(moved, dtype=np.float64), f"{added}, and the accuracy of all trials kept"


def _covariances(trials: pd.DataFrame) -> Floats:
    """Of two trials with one participant, one group, one clip (and nothing else) in common, (3,)."""
    right = trials["correct"].to_numpy(dtype=np.float64)
    action = trials["action"].astype(str)
    residual = pd.Series(right - trials.groupby(action)["correct"].transform("mean").to_numpy(np.float64))
    clip = trials["clip_id"].astype(str).reset_index(drop=True)
    group = (action + "/" + trials["group"].astype("string")).reset_index(drop=True).fillna(clip)
    person = trials["observer"].astype(str).reset_index(drop=True)

    def pairs(*keys: pd.Series[str]) -> tuple[float, float]:
        """The sum of products and the number of ordered pairs of trials that agree in ``keys``."""
        if not keys:
            return float((residual**2).sum()), float(len(residual))
        grouped = residual.groupby([key.to_numpy() for key in keys])
        return float((grouped.sum() ** 2).sum()), float((grouped.size() ** 2).sum())

    def mean(*parts: tuple[int, tuple[float, float]]) -> float:
        products = sum(sign * part[0] for sign, part in parts)
        number = sum(sign * part[1] for sign, part in parts)
        return products / number if number > 0 else 0.0

    by_person, by_group, by_clip = pairs(person), pairs(group), pairs(clip)
    person_group, person_clip = pairs(person, group), pairs(person, clip)
    of_person = mean((1, by_person), (-1, person_group))
    of_group = mean((1, by_group), (-1, person_group), (-1, by_clip), (1, person_clip))
    of_clip = mean((1, by_clip), (-1, person_clip))
    # The residuals stand around means of the same trials, which takes the variance of these means away.
    whole, single = _variance_of_means(trials)
    return np.array([of_person + whole, of_group + single, of_clip + single])


def _variance_of_means(trials: pd.DataFrame) -> tuple[float, float]:
    """The variance of the accuracy of all trials, and the mean of those of the actions."""

    def variance(some: pd.DataFrame) -> float:
        crossing = cross(some)
        right = some["correct"].to_numpy(dtype=np.float64)
        spread = crossing.shares(crossing.cells(np.column_stack([right, np.ones_like(right)])))
        return float(np.nan_to_num(spread.variance[0]))

    return variance(trials), float(np.mean([variance(some) for _, some in trials.groupby("action")]))


def _deviations(covariances: Floats, accuracy: float) -> tuple[float, float, float]:
    """Standard deviations of participants, groups and clips with these covariances of right answers."""
    wanted = np.maximum(covariances, 0)
    slope = accuracy * (1 - accuracy)

    def expected(deviations: Floats) -> Floats:
        observers, groups, clips = deviations
        whole = float(np.sqrt((deviations**2).sum()))
        centre = log_odds_for(accuracy, whole)
        found = []
        for shared in (observers, groups, np.hypot(groups, clips)):
            rest = np.sqrt(max(whole**2 - shared**2, 0))
            chance = expit(centre + shared * _NODES[:, None] + rest * _NODES) @ _WEIGHTS
            found.append(float(_WEIGHTS @ chance**2) - accuracy**2)
        return np.array(found)

    only_clips = max(wanted[2] - wanted[1], 0.0)
    start = np.clip(np.sqrt(np.array([wanted[0], wanted[1], only_clips])) / slope, 0.01, _LARGEST - 0.01)
    solved = least_squares(
        lambda deviations: (expected(deviations) - wanted) / slope**2, start, bounds=(0, _LARGEST)
    )
    observers, groups, clips = (float(value) for value in solved.x)
    return observers, groups, clips
