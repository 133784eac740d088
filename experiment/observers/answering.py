"""An observer: its habits, and what in a session makes it leave them.

Nothing is remembered from trial to trial. What changes over a session is a function of the trial's number in
it, so a session that is resumed gets the answers it would have got.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from experiment.observers.habits import Habits
from experiment.scene import ChoiceCue

_REACTION_S = (0.15, 0.6)
"""Who has waited for the menu to open answers so soon after it has."""


@dataclass(frozen=True)
class Change:
    """What is added at one end of a session: a rate of lapses, and a factor on all times.

    ``trials`` says how fast: in learning, after so many trials 1/e = 37 % of it is left; in fatigue, after so
    many trials all of it has come.
    """

    lapse_rate: float
    pace: float
    trials: float

    def left(self, place: int) -> float:
        """The share of it at trial ``place`` (from 1) where it wears off: 1 at the first trial."""
        return math.exp(-(place - 1) / self.trials)

    def come(self, place: int) -> float:
        """The share of it at trial ``place`` (from 1) where it builds up: 0 at the first trial, at most 1."""
        return min(1.0, (place - 1) / self.trials)


@dataclass(frozen=True)
class Differences:
    """Standard deviations between participants: of the log odds of a right answer and of the log of times."""

    log_odds_sd: float
    log_time_sd: float


@dataclass(frozen=True)
class Early:
    """In a share ``rate`` of trials a press comes before the clip; as long as no press is taken, the next one
    comes ``insists_every_s`` later.
    """

    rate: float
    insists_every_s: float


@dataclass(frozen=True)
class Absence:
    """In a share ``rate`` of trials the answer comes ``for_s`` later."""

    rate: float
    for_s: float


@dataclass(frozen=True)
class Traits:
    """What an observer does whatever the clip shows; ``docs/observers.md`` explains the fields."""

    pace: float = 1.0
    shortest_s: float = 0.25
    lapse_rate: float = 0.0
    learning: Change | None = None
    fatigue: Change | None = None
    differences: Differences | None = None
    always_presses: int | None = None
    early: Early | None = None
    absent: Absence | None = None
    failed_checks: float = 0.0

    def lapse_rate_at(self, place: int) -> float:
        """How likely the answer to a trial is a guess; the sources of lapses are independent."""
        attentive = 1 - self.lapse_rate
        if self.learning is not None:
            attentive *= 1 - self.learning.lapse_rate * self.learning.left(place)
        if self.fatigue is not None:
            attentive *= 1 - self.fatigue.lapse_rate * self.fatigue.come(place)
        return 1 - attentive

    def pace_at(self, place: int) -> float:
        """The factor on the times of a trial."""
        pace = self.pace
        if self.learning is not None:
            pace *= 1 + (self.learning.pace - 1) * self.learning.left(place)
        if self.fatigue is not None:
            pace *= 1 + (self.fatigue.pace - 1) * self.fatigue.come(place)
        return pace


@dataclass(frozen=True)
class Observer:
    """A simulated participant; ``habits`` per condition."""

    name: str
    habits: Mapping[str, Habits]
    traits: Traits = Traits()

    def individual(self, generator: np.random.Generator) -> Observer:
        """One participant of the group that the observer describes."""
        differences = self.traits.differences
        if differences is None:
            return self
        log_odds, log_time = generator.normal(0.0, (differences.log_odds_sd, differences.log_time_sd))
        habits = {condition: of.shifted(float(log_odds)) for condition, of in self.habits.items()}
        pace = self.traits.pace * math.exp(float(log_time))
        return replace(self, habits=habits, traits=replace(self.traits, pace=pace))

    def choose(
        self, cue: ChoiceCue, menu: Sequence[str], generator: np.random.Generator
    ) -> tuple[str, float]:
        """The action chosen from the ``menu`` and the seconds it takes from the first frame."""
        action = self._action(cue, menu, generator)
        pace = self.traits.pace_at(cue.place)
        seconds = max(
            self.traits.shortest_s, pace * self.habits[cue.condition].times[cue.action].draw(generator)
        )
        if self.traits.absent is not None and generator.random() < self.traits.absent.rate:
            seconds += self.traits.absent.for_s
        if self.traits.early is None:
            # Whoever sees that the menu is closed waits for it to open.
            opens_s = cue.opens_s - cue.onset_s
            seconds = seconds if seconds >= opens_s else opens_s + float(generator.uniform(*_REACTION_S))
        return action, seconds

    def choose_early(self, menu: Sequence[str], generator: np.random.Generator) -> str | None:
        """The action that is pressed while the fixation mark is shown, if one is."""
        if self.traits.early is None or generator.random() >= self.traits.early.rate:
            return None
        if self.traits.always_presses is not None:
            return menu[self.traits.always_presses - 1]
        return str(generator.choice(list(menu)))

    def _action(self, cue: ChoiceCue, menu: Sequence[str], generator: np.random.Generator) -> str:
        traits = self.traits
        if traits.always_presses is not None:
            # The marked answer has to be pressed in the end, or the trial would never be over.
            return cue.action if cue.answer_shown and cue.presses else menu[traits.always_presses - 1]
        if generator.random() < traits.lapse_rate_at(cue.place):
            return str(generator.choice(list(menu)))
        if cue.attention_check and generator.random() < traits.failed_checks:
            return str(generator.choice([action for action in menu if action != cue.action]))
        if cue.answer_shown:
            return cue.action
        row = self.habits[cue.condition].choices[cue.action]
        return str(generator.choice(list(row), p=list(row.values())))
