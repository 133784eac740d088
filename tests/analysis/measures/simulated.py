"""Simulated studies with known accuracies and times, for tests of measures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

Floats = NDArray[np.float64]

ACTIONS = ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")
CLIPS_OF_GROUP = (4, 3, 3, 2, 2, 2, 2)
"""18 clips of an action in 7 groups."""
_GROUP = np.concatenate([np.repeat(np.arange(7), CLIPS_OF_GROUP) + 7 * place for place in range(5)])
CLIPS, GROUPS = len(_GROUP), 35
_SHOWN = _GROUP // 7
WRONG = (0.55, 0.25, 0.15, 0.05)
"""Shares of the wrong answers that go to the next action of ``ACTIONS``, the one after it, and so on."""
TRAINING_CLIPS = 20
SLOWER_IF_WRONG, SLOWER_IN_TRAINING = 1.3, 1.2
"""Times are that many times as long."""


@dataclass(frozen=True)
class Differences:
    """Standard deviations of log-odds: between participants, clip groups, and clips of a group."""

    observers: float
    groups: float
    clips: float

    @property
    def all(self) -> float:
        return float(np.sqrt(self.observers**2 + self.groups**2 + self.clips**2))


USUAL = Differences(observers=0.6, groups=0.5, clips=0.5)
"""At an accuracy of .9, participants differ by .05 to .06, as in the published study."""

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(60)


@cache
def log_odds_for(accuracy: float, differences: Differences) -> float:
    """The log-odds of the typical participant and clip at which the mean of all is ``accuracy``."""

    def off(log_odds: float) -> float:
        return float(_WEIGHTS @ expit(log_odds + differences.all * _NODES) / _WEIGHTS.sum()) - accuracy

    return float(brentq(off, -20, 20))


def frame(observers: int, condition: str = "AFD5") -> pd.DataFrame:
    """A test of 90 clips for each participant, without answers: participants in order, clips in order."""
    clip = np.tile(np.arange(CLIPS), observers)
    names = np.array([f"{number:03d}" for number in range(CLIPS)])[clip]
    source = pd.Series("UCF5/" + names, dtype="string")
    return pd.DataFrame(
        {
            "observer": pd.Series(np.repeat([f"P{n:04d}" for n in range(observers)], CLIPS), dtype="string"),
            "session": 1,
            "condition": pd.Series(condition, index=range(len(clip)), dtype="string"),
            "phase": pd.Series("test", index=range(len(clip)), dtype="string"),
            "trial": clip + 1,
            "clip_id": pd.Series(f"{condition}/" + names, dtype="string"),
            "source_clip_id": source if condition != "UCF5" else pd.Series(pd.NA, index=source.index),
            "group": _GROUP[clip] % 7 + 1,
            "action": pd.Series(np.array(ACTIONS)[_GROUP[clip] // 7], dtype="string"),
        }
    )


def accuracy_of(person: float, accuracy: float, differences: Differences) -> float:
    """Share of new clips, of new groups, that a person so far in log-odds from the typical one gets right."""
    of_clips = Differences(0.0, differences.groups, differences.clips).all
    drawn = expit(log_odds_for(accuracy, differences) + person + of_clips * _NODES)
    return float(_WEIGHTS @ drawn / _WEIGHTS.sum())


def chances(
    observers: int,
    accuracy: float,
    differences: Differences,
    rng: np.random.Generator,
    people: Floats | None = None,
) -> Floats:
    """The chance of a right answer of every participant at every clip, (observers, 90), of a new study.

    ``people`` says how far in log-odds they are from the typical one, (observers, 1), else they are drawn.
    """
    if people is None:
        people = differences.observers * rng.standard_normal((observers, 1))
    groups = differences.groups * rng.standard_normal(GROUPS)[_GROUP]
    clips = differences.clips * rng.standard_normal(CLIPS)
    drawn: Floats = expit(log_odds_for(accuracy, differences) + people + groups + clips)
    return drawn


def right(chance: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    """Right (1) or wrong (0) for every trial of ``frame``, (trials,)."""
    return (rng.random(chance.shape) < chance).astype(np.int64).ravel()


def confusions(accuracy: float) -> Floats:
    """The chance of every answer (column) to every action (row), (5, 5), of ``chosen``."""
    row = np.array([accuracy, *(share * (1 - accuracy) for share in WRONG)])
    return np.stack([np.roll(row, shown) for shown in range(len(ACTIONS))])


def chosen(
    correct: NDArray[np.int64], rng: np.random.Generator, *, groups_differ: bool = False
) -> NDArray[np.object_]:
    """The answer of every trial of ``frame``, (trials,).

    With ``groups_differ``, the wrong answers that a clip group draws are its own: their shares are ``WRONG``
    on average only (drawn from Dirichlet's distribution with a concentration of 4).
    """
    shares = rng.dirichlet(4 * np.array(WRONG), GROUPS) if groups_differ else np.tile(WRONG, (GROUPS, 1))
    drawn = rng.random((len(correct) // CLIPS, CLIPS, 1))
    wrong = 1 + (drawn > np.cumsum(shares, axis=1)[_GROUP, :-1]).sum(axis=2)
    steps = np.where(correct == 1, 0, wrong.ravel())
    answers: NDArray[np.object_] = np.array(ACTIONS, dtype=object)[(np.tile(_SHOWN, len(wrong)) + steps) % 5]
    return answers


def training_frame(observers: int, condition: str = "AFD5") -> pd.DataFrame:
    """Training trials of each participant, at 4 clips of each action, of 2 groups; without times."""
    test = frame(observers, condition)
    trials = test[(test["trial"] - 1) % 18 < 4].assign(phase="training", correct=1)
    trials["clip_id"] = f"{condition}/t" + trials["clip_id"].str[-3:]
    return trials.reset_index(drop=True)


def training_times(people: Floats, rng: np.random.Generator) -> Floats:
    """Times in s of every participant at every training clip, (observers, 20); ``people`` as in ``times``."""
    groups = np.repeat(0.2 * rng.standard_normal(TRAINING_CLIPS // 2), 2)
    noise = 0.5 * rng.standard_normal((len(people), TRAINING_CLIPS))
    drawn: Floats = SLOWER_IN_TRAINING * np.exp(1 + people + groups + noise)
    return drawn


def times(observers: int, rng: np.random.Generator, people: Floats | None = None) -> Floats:
    """Log-normal times in s, (trials,), whose median over all people and clips is 2.718 s.

    ``people`` is how much slower than the typical participant each is, in log-seconds, (observers, 1), else
    that is drawn.
    """
    if people is None:
        people = 0.3 * rng.standard_normal((observers, 1))
    groups = 0.2 * rng.standard_normal(GROUPS)[_GROUP]
    noise = 0.5 * rng.standard_normal((observers, CLIPS))
    drawn: Floats = np.exp(1 + people + groups + noise)
    return drawn.ravel()


def study(
    observers: int, rng: np.random.Generator, accuracies: tuple[tuple[str, float], ...] = (("AFD5", 0.9),)
) -> pd.DataFrame:
    """A whole study: answers (errors spread evenly over the other actions), times and orders of its own."""
    parts = []
    for condition, accuracy in accuracies:
        trials = frame(observers, condition)
        correct = right(chances(observers, accuracy, USUAL, rng), rng)
        shown = trials["action"].map({name: place for place, name in enumerate(ACTIONS)}).to_numpy(dtype=int)
        answer = np.where(correct == 1, shown, (shown + rng.integers(1, 5, len(shown))) % 5)
        order = rng.permuted(np.tile(np.arange(1, CLIPS + 1), (observers, 1)), axis=1).ravel()
        time = times(observers, rng)
        parts.append(
            trials.assign(
                trial=order,
                correct=correct,
                response=pd.Series(np.array(ACTIONS)[answer], dtype="string"),
                time_to_choose=time,
                loops=time / 4,
            )
        )
    return pd.concat(parts, ignore_index=True)
