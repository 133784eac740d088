"""A display with a simulated participant before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from experiment.observers.answering import Observer
from experiment.ports import Display, Injector
from experiment.scene import ChoiceCue, ContinueCue, Cue, FixationCue, QuestionCue, Scene, Target
from experiment.seat import Seat
from experiment.watched_display import WatchedDisplay

READING_S_PER_WORD = 0.25
_EARLY_S = 0.1
"""An early press comes so long after the fixation mark appeared; no interval between trials is shorter than
twice that.
"""

_AHEAD_PERIODS = 3
"""What is due within so many flips is handed to the injector, which keeps the time exactly."""


@dataclass(frozen=True)
class _Intent:
    """What shall be done at ``at_s``, if the cue still stands then."""

    at_s: float
    act: Callable[[], None]


class ObservedDisplay(WatchedDisplay):
    """What the display shows is seen, and answered through an injector.

    Answers depend on the seat, on what is asked and on the number of the trial, not on what came before, so a
    resumed session gets the same ones. A press is given up where its screen is gone before it is due.
    """

    def __init__(self, display: Display, observer: Observer, injector: Injector, seat: Seat) -> None:
        super().__init__(display)
        self._observer = observer.individual(seat.generator("observer", "individual"))
        self._injector = injector
        self._seat = seat
        self._seen: Cue | None = None
        self._intent: _Intent | None = None
        self._tries = 0

    def show(self, scene: Scene) -> float:
        """Show the scene, and hand to the injector what is due soon after; returns the time of the flip."""
        flip_s = super().show(scene)
        if scene.cue != self._seen:
            self._seen = scene.cue
            self._tries = 0
            self._intent = self._intend(scene, flip_s)
        intent = self._intent
        if intent is not None and intent.at_s <= flip_s + _AHEAD_PERIODS * self.frame_period_s:
            intent.act()
            self._intent = self._intend_again(scene, intent.at_s)
        return flip_s

    def _intend(self, scene: Scene, flip_s: float) -> _Intent | None:
        match scene.cue:
            case ChoiceCue() as cue:
                return self._choose(scene, cue, flip_s)
            case FixationCue() as cue:
                return self._choose_early(scene, cue, flip_s)
            case ContinueCue() as cue:
                seconds = (1.0 + cue.words * READING_S_PER_WORD) * self._observer.traits.pace
                intent = self._pressing(scene, cue.target, flip_s + seconds, self._generator(cue.screen))
                return intent if intent.at_s < cue.closes_s else None
            case QuestionCue() as cue:
                return self._answer_question(scene, cue, flip_s)
        return None

    def _intend_again(self, scene: Scene, pressed_s: float) -> _Intent | None:
        """The next press of one who insists, should this one not be taken."""
        early = self._observer.traits.early
        if early is None or not isinstance(scene.cue, ChoiceCue):
            return None
        self._tries += 1
        return self._choose(scene, scene.cue, pressed_s + early.insists_every_s)

    def _choose(self, scene: Scene, cue: ChoiceCue, earliest_s: float) -> _Intent | None:
        generator = self._generator("choice", cue.place, cue.presses, self._tries)
        action, seconds = self._observer.choose(cue, _menu(scene), generator)
        intent = self._pressing(scene, action, max(cue.onset_s + seconds, earliest_s), generator)
        return intent if intent.at_s < cue.closes_s else None

    def _choose_early(self, scene: Scene, cue: FixationCue, flip_s: float) -> _Intent | None:
        generator = self._generator("early", cue.place)
        action = self._observer.choose_early(_menu(scene), generator)
        return None if action is None else self._pressing(scene, action, flip_s + _EARLY_S, generator)

    def _answer_question(self, scene: Scene, cue: QuestionCue, flip_s: float) -> _Intent:
        generator = self._generator(cue.screen)
        if cue.item.is_text:
            text, at_s = f"answered by the simulated observer {self._observer.name}", flip_s + 2.0
            return _Intent(at_s, lambda: self._injector.type_text(text, at_s))
        option = str(generator.choice(cue.item.options))
        return self._pressing(
            scene, cue.target_of(option), flip_s + float(generator.uniform(1.0, 2.5)), generator
        )

    def _pressing(self, scene: Scene, name: str, at_s: float, generator: np.random.Generator) -> _Intent:
        target = next(target for target in scene.targets if target.name == name)
        return _Intent(at_s, lambda: self._press(target, at_s, generator))

    def _press(self, target: Target, at_s: float, generator: np.random.Generator) -> None:
        """Press a key or the mouse, one as likely as the other."""
        if target.keys and generator.random() < 0.5:
            self._injector.press_key(target.keys[0], at_s)
            return
        spread = generator.uniform(-0.3, 0.3, 2)
        x = target.rect.x + spread[0] * target.rect.width
        y = target.rect.y + spread[1] * target.rect.height
        self._injector.press_pointer(float(x), float(y), at_s)

    def _generator(self, *what: object) -> np.random.Generator:
        return self._seat.generator("observer", *map(str, what))


def _menu(scene: Scene) -> tuple[str, ...]:
    """The actions of a menu, from the top; the names of other buttons begin with a slash."""
    return tuple(target.name for target in scene.targets if not target.name.startswith("/"))
