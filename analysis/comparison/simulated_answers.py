"""Answers of people and of a model in studies that have not been done, from a ``StudySource``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from analysis.comparison.kappa import kappa_of
from analysis.comparison.study_source import StudySource, log_odds_for
from analysis.errors import AnalysisError
from analysis.measures.intervals import Floats
from analysis.measures.resampling import Crossing


@dataclass(frozen=True)
class Design:
    """``participants`` who each answer the same ``trials``, a clip each, of ``groups_per_action`` groups."""

    participants: int
    trials: int
    actions: int
    groups_per_action: int

    @cached_property
    def action(self) -> NDArray[np.int64]:
        """The action of every clip, (trials,): as many of each as can be."""
        return np.sort(np.arange(self.trials) % self.actions)

    @cached_property
    def group(self) -> NDArray[np.int64]:
        """The group of every clip, (trials,), in ascending order; clips are shared out evenly."""
        groups: list[NDArray[np.int64]] = []
        number = 0
        for clips in np.bincount(self.action):
            several = min(self.groups_per_action, int(clips))
            groups.append(number + np.arange(clips) * several // clips)
            number += several
        return np.concatenate(groups)

    @cached_property
    def crossing(self) -> Crossing:
        """Which participants meet which clip groups."""
        first = np.unique(self.group, return_index=True)[1]
        stratum = self.action[first].astype(np.int64)
        alone = np.bincount(stratum)[stratum] == 1
        everybody = np.arange(self.participants, dtype=np.int64)
        return Crossing(everybody, np.zeros_like(everybody), np.where(alone, self.actions, stratum), "")

    def by_group(self, values: Floats) -> Floats:
        """Sums over the clips of each group: (..., trials) to (..., groups)."""
        first = np.unique(self.group, return_index=True)[1]
        sums: Floats = np.add.reduceat(values, first, axis=-1)
        return sums


@dataclass(frozen=True)
class ModelAnswers:
    """A model of this ``accuracy`` whose errors have the error consistency ``kappa`` with people's."""

    accuracy: float
    kappa: float = 0.0


def people_alone(
    source: StudySource, accuracy: float, design: Design, studies: int, rng: np.random.Generator
) -> Floats:
    """Right (1) or wrong (0) in every simulated study: (studies, participants, trials)."""
    offsets = _offsets(source)
    chance = log_odds_for(accuracy, source.deviation, offsets) + offsets[design.action]
    return _drawn(chance, source, design, studies, rng)


def people_and_model(
    source: StudySource,
    accuracy: float,
    model: ModelAnswers,
    design: Design,
    studies: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Right (1) or wrong (0) of people, (studies, participants, trials), and of a model, (studies, trials).

    The model's answers are drawn first. People are right with one chance where it is right and with another
    where it is wrong, such that both accuracies and kappa come out, on average over people and clips.

    Raises
    ------
    AnalysisError
        Where no answers have these accuracies and this kappa.
    """
    if_right, if_wrong = _chances(accuracy, model)
    clips = np.hypot(source.groups, source.clips)
    centre = log_odds_for(model.accuracy, float(clips))
    odds = centre + _of_clips(source, design, studies, rng)
    of_model = (rng.random(odds.shape) < expit(odds)).astype(np.float64)
    offsets = _offsets(source)
    centres = [log_odds_for(chance, source.deviation, offsets) for chance in (if_wrong, if_right)]
    chance = np.array(centres)[of_model.astype(np.int64)] + offsets[design.action]
    return _drawn(chance[:, None, :], source, design, studies, rng), of_model


def possible_kappas(accuracy: float, other: float) -> tuple[float, float]:
    """The smallest and the largest kappa of two accuracies (see ``kappa.Consistency``)."""
    most = min(accuracy, other)
    least = max(accuracy + other - 1, 0.0)
    ends = [
        np.array([both, accuracy - both, other - both, 1 - accuracy - other + both]) for both in (least, most)
    ]
    low, high = kappa_of(np.stack(ends))
    return float(low), float(high)


def _chances(accuracy: float, model: ModelAnswers) -> tuple[float, float]:
    """How often people are right where the model is right, and where it is wrong."""
    low, high = possible_kappas(accuracy, model.accuracy)
    if not low < model.kappa < high:
        raise AnalysisError(
            f"a kappa of {model.kappa:g} is not possible with accuracies of {accuracy:.3g} (people) and "
            f"{model.accuracy:.3g} (model): allowed is more than {low:.3f} and less than {high:.3f}"
        )
    both = model.kappa * (accuracy + model.accuracy) / 2 + (1 - model.kappa) * accuracy * model.accuracy
    return both / model.accuracy, (accuracy - both) / (1 - model.accuracy)


def _offsets(source: StudySource) -> Floats:
    """How much easier or harder each action is, in log-odds, (actions,)."""
    return np.array([log_odds_for(float(share), source.deviation) for share in source.accuracies])


def _of_clips(source: StudySource, design: Design, studies: int, rng: np.random.Generator) -> Floats:
    groups = source.groups * rng.standard_normal((studies, design.crossing.items))
    clips = source.clips * rng.standard_normal((studies, design.trials))
    return np.asarray(groups[:, design.group] + clips, dtype=np.float64)


def _drawn(
    chance: Floats, source: StudySource, design: Design, studies: int, rng: np.random.Generator
) -> Floats:
    people = source.observers * rng.standard_normal((studies, design.participants, 1))
    odds = chance + people + _of_clips(source, design, studies, rng)[:, None, :]
    right = rng.random(odds.shape, dtype=np.float32) < expit(odds.astype(np.float32))
    return np.asarray(right, dtype=np.float64)
