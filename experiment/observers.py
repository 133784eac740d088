"""Simulated participants: they see the scenes a display shows and answer through the same ports as a person.

``protocols/observers/*.yaml`` describes them. The default answers as the ten people of the published study
did: choices from the published confusion matrices (the diagonal from the counts, the errors shared out as
in the printed rows), times from log-normal distributions fitted to the published quartiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, Field

from experiment.checked_yaml import Checked, parse_yaml, read_text
from experiment.errors import InputRefused
from experiment.plan import Seat
from experiment.ports import Display, Injector
from experiment.records import DisplayRecord
from experiment.scene import ChoiceCue, ContinueCue, Cue, QuestionCue, Scene, Target
from experiment.text_file import refuse_outside

READING_S_PER_WORD = 0.25
SHORTEST_TIME_S = 0.25


@dataclass(frozen=True)
class LogNormal:
    """Times whose logarithm (seconds) has mean ``mu`` and standard deviation ``sigma``."""

    mu: float
    sigma: float

    @classmethod
    def from_quartiles(cls, median_s: float, q1_s: float, q3_s: float) -> LogNormal:
        """The log-normal with this median whose quartiles have this ratio.

        ``ln q3 - ln q1 = 2 * 0.6745 * sigma``; from (2.2, 1.6, 3.3): mu = 0.788, sigma = 0.537.
        """
        return cls(float(np.log(median_s)), float(np.log(q3_s / q1_s) / (2 * NormalDist().inv_cdf(0.75))))

    def draw(self, generator: np.random.Generator) -> float:
        return float(generator.lognormal(self.mu, self.sigma))


@dataclass(frozen=True)
class Habits:
    """How an observer answers in one condition: action -> probability of each choice, action ->
    time-to-choose.
    """

    choices: Mapping[str, Mapping[str, float]]
    times: Mapping[str, LogNormal]


@dataclass(frozen=True)
class Observer:
    """A simulated participant; ``habits`` per condition."""

    name: str
    habits: Mapping[str, Habits]

    def choose(self, cue: ChoiceCue, generator: np.random.Generator) -> tuple[str, float]:
        """The action chosen and the seconds it takes. An answer that is marked or named is chosen."""
        habits = self.habits[cue.condition]
        seconds = max(SHORTEST_TIME_S, habits.times[cue.action].draw(generator))
        if cue.answer_shown:
            return cue.action, seconds
        row = habits.choices[cue.action]
        return str(generator.choice(list(row), p=list(row.values()))), seconds


class Counts(Checked):
    """Number of test trials and of right answers, by action."""

    total: dict[str, int]
    correct: dict[str, int]


class PublishedResults(BaseModel):
    """What an observer needs of a file of published results; rows of a confusion matrix are true actions."""

    actions: tuple[str, ...]
    human_counts: dict[str, Counts]
    human_confusion: dict[str, tuple[tuple[float, ...], ...]]
    human_time_to_choose_s: dict[str, dict[str, tuple[float, float, float]]]


class ObserverFile(Checked):
    """An observer file; ``published_results`` is the path, from the file, of results to answer by."""

    format: Literal[1]
    name: str
    published_results: Annotated[str, Field(pattern=r"^[\w./ -]{1,200}$")]


def observer_from_published(name: str, results: PublishedResults) -> Observer:
    """An observer that answers as a published group did. Raises ``KeyError`` where an action has no
    results.
    """
    habits = {}
    for condition, counts in results.human_counts.items():
        choices = {}
        for action, printed in zip(results.actions, results.human_confusion[condition], strict=True):
            right = counts.correct[action] / counts.total[action]
            choices[action] = _row(results.actions, action, right, printed)
        times = results.human_time_to_choose_s[condition]
        habits[condition] = Habits(choices, {a: LogNormal.from_quartiles(*times[a]) for a in results.actions})
    return Observer(name, habits)


def _row(actions: tuple[str, ...], action: str, right: float, printed: tuple[float, ...]) -> dict[str, float]:
    """Choice probabilities for one true action: ``right`` on the diagonal, errors in the proportions
    printed.
    """
    errors = np.array(
        [0.0 if other == action else share for other, share in zip(actions, printed, strict=True)]
    )
    if errors.sum() == 0:
        errors = np.array([float(other != action) for other in actions])
    errors *= (1 - right) / errors.sum()
    errors[actions.index(action)] = right
    return dict(zip(actions, (errors / errors.sum()).tolist(), strict=True))


def read_observer(path: Path, conditions: tuple[str, ...], actions: tuple[str, ...]) -> Observer:
    """The observer a file describes.

    Raises
    ------
    InputRefused
        Where the file is not of its form, or the observer does not know a condition or an action of the
        protocol.
    """
    file = parse_yaml(ObserverFile, read_text(path), path)
    results_path = path.parent / file.published_results
    try:
        refuse_outside(results_path, path.parent)
    except InputRefused as refused:
        raise InputRefused(f"{path}: published_results: {refused}") from None
    results = parse_yaml(PublishedResults, read_text(results_path), results_path)
    try:
        observer = observer_from_published(file.name, results)
    except (KeyError, ValueError, ZeroDivisionError) as error:
        raise InputRefused(f"{results_path}: results of {error} are missing for an observer") from None
    for condition in conditions:
        known = observer.habits.get(condition)
        missing = (
            [condition] if known is None else [action for action in actions if action not in known.choices]
        )
        if missing:
            raise InputRefused(
                f"{path}: the observer {observer.name} has no answers for {', '.join(missing)}"
            )
    return observer


class ObservedDisplay:
    """A display with a simulated participant before it: what it shows is seen, and answered through an
    injector.

    Answers depend on the seat and on what is asked, not on what came before, so a resumed session gets the
    same ones.
    """

    def __init__(self, display: Display, observer: Observer, injector: Injector, seat: Seat) -> None:
        self._display = display
        self._observer = observer
        self._injector = injector
        self._seat = seat
        self._seen: Cue | None = None

    @property
    def record(self) -> DisplayRecord:
        return self._display.record

    @property
    def frame_period_s(self) -> float:
        return self._display.frame_period_s

    def next_flip_s(self) -> float:
        return self._display.next_flip_s()

    def close(self) -> None:
        self._display.close()

    def show(self, scene: Scene) -> float:
        flip_s = self._display.show(scene)
        if scene.cue is not None and scene.cue != self._seen:
            self._seen = scene.cue
            self._answer(scene, scene.cue, flip_s)
        return flip_s

    def _generator(self, *what: object) -> np.random.Generator:
        return self._seat.generator("observer", *map(str, what))

    def _answer(self, scene: Scene, cue: Cue, flip_s: float) -> None:
        targets = {target.name: target for target in scene.targets}
        if isinstance(cue, ChoiceCue):
            generator = self._generator(cue.condition, cue.phase, cue.trial, cue.attempt, cue.presses)
            action, seconds = self._observer.choose(cue, generator)
            at_s = max(cue.onset_s + seconds, cue.opens_s, flip_s)
            if at_s < cue.closes_s:
                self._press(targets[action], at_s, generator)
        elif isinstance(cue, ContinueCue):
            generator = self._generator(cue.screen)
            at_s = flip_s + 1.0 + cue.words * READING_S_PER_WORD
            if at_s < cue.closes_s:
                self._press(targets[cue.target], at_s, generator)
        elif isinstance(cue, QuestionCue):
            self._answer_question(cue, targets, flip_s)

    def _answer_question(self, cue: QuestionCue, targets: Mapping[str, Target], flip_s: float) -> None:
        generator = self._generator(cue.screen)
        if cue.item.is_text:
            self._injector.type_text(
                f"answered by the simulated observer {self._observer.name}", flip_s + 2.0
            )
            return
        option = str(generator.choice(cue.item.options))
        self._press(targets[cue.target_of(option)], flip_s + float(generator.uniform(1.0, 2.5)), generator)

    def _press(self, target: Target, at_s: float, generator: np.random.Generator) -> None:
        """Press a key or the mouse, one as likely as the other."""
        if target.keys and generator.random() < 0.5:
            self._injector.press_key(target.keys[0], at_s)
            return
        spread = generator.uniform(-0.3, 0.3, 2)
        x = target.rect.x + spread[0] * target.rect.width
        y = target.rect.y + spread[1] * target.rect.height
        self._injector.press_pointer(float(x), float(y), at_s)
