"""What the parameters of a race are, and how they stand in the one row of numbers that a search moves.

The rate of an accumulator is a sum: a level, the person's own speed, a bias of its action, an advantage if
its action is the one shown, and ``slope`` times the evidence for its action. Each is in log units. Where
the action shown counts, its accumulator has a scale of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.decisions.race import Race, log_density
from analysis.decisions.race_trials import RaceTrials
from analysis.measures.intervals import NORMAL, Floats

_BIAS = (0.0, 0.5)
_ADVANTAGE_OF_ALL = (1.5, 1.5)
_ADVANTAGE_OF_ONE = (0.0, 0.5)
_SLOPE = (0.0, 1.0)
_SPEED = (0.0, 0.5)
_LOG_SCALE = (float(np.log(0.6)), 1.0)
_LOG_RATIO = (float(np.log(0.65)), 0.35)
_SHIFT_LOGIT = (0.0, 1.5)
_ANY = (0.0, 1e3)
_KINDS = {
    "level": _ANY,
    "bias": _BIAS,
    "mean advantage": _ADVANTAGE_OF_ALL,
    "advantage": _ADVANTAGE_OF_ONE,
    "slope": _SLOPE,
    "speed": _SPEED,
    "ratio": _LOG_RATIO,
    "scale": _LOG_SCALE,
    "shift": _SHIFT_LOGIT,
}
"""Mean and standard deviation of each kind of parameter."""


@dataclass(frozen=True)
class RaceModel:
    """What sets the rates apart beside biases: that an action is ``shown``, and ``evidence`` for it."""

    shown: bool = True
    evidence: bool = False


@dataclass(frozen=True)
class Penalty:
    """Means and standard deviations of the normals that parameters are drawn towards, (size,) each."""

    means: Floats
    deviations: Floats

    def distances(self, raw: Floats) -> Floats:
        """How far each parameter is from its mean, in standard deviations, (size,)."""
        distances: Floats = (raw - self.means) / self.deviations
        return distances


@dataclass(frozen=True)
class Layout:
    """Where each parameter stands: level, biases, advantage of all and of each action, slope, people's
    speeds (of several people), logarithm of the ratio of the scale of the action shown to that of others,
    logarithm of the others' scale, log-odds of the shift as a share of ``limit_s``."""

    model: RaceModel
    actions: tuple[str, ...]
    people: int
    limit_s: float

    @property
    def shared(self) -> int:
        """How many parameters set rates, people's speeds aside."""
        size = len(self.actions)
        return 1 + size + (1 + size if self.model.shown else 0) + int(self.model.evidence)

    @property
    def speeds(self) -> slice:
        return slice(self.shared, self.shared + (self.people if self.people > 1 else 0))

    @property
    def size(self) -> int:
        return int(self.speeds.stop) + int(self.model.shown) + 2

    @property
    def kinds(self) -> tuple[str, ...]:
        """What each parameter is; those of single actions, or of people, are of one kind."""
        size, kinds = len(self.actions), ["level"]
        kinds += ["bias"] * size
        if self.model.shown:
            kinds += ["mean advantage", *["advantage"] * size]
        kinds += ["slope"] * self.model.evidence
        kinds += ["speed"] * (self.speeds.stop - self.speeds.start)
        kinds += ["ratio"] * self.model.shown
        return (*kinds, "scale", "shift")

    def design(self, trials: RaceTrials) -> Floats:
        """What each parameter adds to each rate: (trials, actions, shared)."""
        number, size = len(trials), len(self.actions)
        rows = np.arange(number)
        design = np.zeros((number, size, self.shared))
        design[:, :, 0] = 1
        design[:, :, 1 : 1 + size] = np.eye(size)
        if self.model.shown:
            design[rows, trials.shown, 1 + size] = 1
            design[rows, trials.shown, 2 + size + trials.shown] = 1
        if self.model.evidence:
            design[:, :, -1] = trials.evidence
        return design

    def penalty(self) -> Penalty:
        """What parameters are drawn towards.

        So weak that a hundred answers outweigh most of it, and there for what the answers do not tell: nobody
        chose an action, or nobody was wrong.
        """
        means, deviations = np.array([_KINDS[kind] for kind in self.kinds]).T
        return Penalty(means, deviations)

    def advantages(self, raw: Floats) -> Floats:
        """The advantage of each action, (actions,)."""
        size = len(self.actions)
        if not self.model.shown:
            return np.zeros(size)
        of_one: Floats = raw[2 + size : 2 + 2 * size]
        advantages: Floats = raw[1 + size] + of_one
        return advantages

    def race(self, raw: Floats, longest_s: float) -> Race:
        scale, shift_s = float(np.exp(raw[-2])), self.limit_s * float(expit(raw[-1]))
        of_shown = float(np.exp(raw[-3] + raw[-2])) if self.model.shown else None
        return Race(scale, shift_s, longest_s, scale_shown=of_shown)

    def estimates(self) -> Iterator[tuple[str, str | None, Floats, Callable[[float], float]]]:
        """Name, action, weights of the row of numbers, and what turns their sum into the parameter."""
        size, unit = len(self.actions), np.eye(self.size)
        # The penalty alone tells the level from the mean of the biases and of the speeds; the answers tell
        # their sum, and how biases differ.
        of_all = unit[1 : 1 + size].mean(axis=0)
        of_people = unit[self.speeds].sum(axis=0) / max(self.people, 1)
        yield "level", None, unit[0] + of_all + of_people, float
        for place, action in enumerate(self.actions):
            yield "bias", action, unit[1 + place] - of_all, float
        if self.model.shown:
            for place, action in enumerate(self.actions):
                yield "advantage", action, unit[1 + size] + unit[2 + size + place], float
        if self.model.evidence:
            yield "slope", None, unit[self.shared - 1], float
        yield "scale", None, unit[-2], lambda value: float(np.exp(value))
        if self.model.shown:
            yield "scale_shown", None, unit[-3] + unit[-2], lambda value: float(np.exp(value))
        yield "shift_s", None, unit[-1], lambda value: self.limit_s * float(expit(value))


@dataclass(frozen=True)
class RaceFit:
    """A fitted race.

    ``raw`` are the numbers of the search, ``covariance`` is theirs: NaN where the likelihood has no proper
    maximum. ``log_likelihood`` is without the penalty. ``settled`` is whether the search came to its end.
    """

    layout: Layout
    race: Race
    people: tuple[str, ...]
    trials: int
    log_likelihood: float
    settled: bool
    raw: Floats = field(repr=False)
    covariance: Floats = field(repr=False)

    @property
    def level(self) -> float:
        """The rate of an accumulator that nothing speaks for."""
        return float(self.raw[0])

    @property
    def bias(self) -> Floats:
        """What the name of each action adds, (actions,); adds up to 0."""
        bias: Floats = self.raw[1 : 1 + len(self.layout.actions)]
        return bias

    @property
    def advantage(self) -> Floats:
        """What showing it adds to each action, (actions,)."""
        return self.layout.advantages(self.raw)

    @property
    def slope(self) -> float:
        """What a unit of evidence adds; 0 without evidence."""
        return float(self.raw[self.layout.shared - 1]) if self.layout.model.evidence else 0.0

    @property
    def speed(self) -> Floats:
        """What each person adds, (people,)."""
        speeds: Floats = self.raw[self.layout.speeds]
        return speeds if len(speeds) else np.zeros(len(self.people))

    def rates(self, trials: RaceTrials) -> Floats:
        """The rates of all accumulators, (trials, actions), for trials of the same people and actions."""
        shared: Floats = self.layout.design(trials) @ self.raw[: self.layout.shared]
        return shared + self.speed[trials.person][:, None]

    def log_densities(self, trials: RaceTrials) -> Floats:
        """The log density per second of every trial, (trials,)."""
        return log_density(self.race, self.rates(trials), trials.times_s, trials.chosen, trials.shown).value

    def parameters(self) -> pd.DataFrame:
        """All parameters but the people's speeds: ``parameter`` (level, bias, advantage, slope, scale,
        scale_shown, shift_s), ``action`` (None where it has none), ``value``, ``low``, ``high``.

        The 95 % interval is the normal approximation at the maximum of the penalised likelihood, made on the
        scale of the search.
        """
        rows = []
        for name, action, weights, turned in self.layout.estimates():
            value = float(weights @ self.raw)
            half = NORMAL * float(np.sqrt(weights @ self.covariance @ weights))
            rows.append((name, action, *(turned(at) for at in (value, value - half, value + half))))
        table: pd.DataFrame = pd.DataFrame(rows, columns=["parameter", "action", "value", "low", "high"])
        return table
