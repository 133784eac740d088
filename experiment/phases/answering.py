"""What presses make of one showing of a clip: which of them count, what is selected, what the answer is.

No screen and no clock: times come in with the presses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from experiment.records import InputKind, Paused, Press, ResponseRule

CONFIRM = "/confirm"
"""Name of the target that confirms a selection; no name of an action begins with a slash."""


@dataclass(frozen=True)
class Answer:
    """The response to a trial. Times are from the onset of the showing in which it was given, s."""

    action: str
    chosen_at_s: float
    input: InputKind
    confirmed_at_s: float | None = None


@dataclass(frozen=True)
class CutOff:
    """What was pressed in a showing that a pause cut off; fields as in its ``Paused`` record."""

    presses: tuple[Press, ...] = ()
    confirmed_at_s: float | None = None
    early_presses: int = 0
    too_soon_presses: int = 0


@dataclass
class Answering:
    """Takes the presses of one showing.

    ``goes_on_at`` is the answer that ends the trial, where the right one is marked from the start; ``None``
    where any ends it. ``answer`` is the first that was given, if need be in an earlier showing. ``early``
    presses came at or before the first frame, ``too_soon`` ones within the minimum viewing time. Presses
    after the time limit are none at all.
    """

    rule: ResponseRule
    goes_on_at: str | None
    onset_s: float
    answer: Answer | None = None
    presses: list[Press] = field(default_factory=list)
    selected: Press | None = None
    early: int = 0
    too_soon: int = 0
    confirmed_at_s: float | None = None
    ended_s: float | None = None

    @property
    def opens_s(self) -> float:
        """When the first press may count."""
        return self.onset_s + self.rule.minimum_viewing_s

    @property
    def closes_s(self) -> float | None:
        """When the last press may count; ``None``: there is no limit."""
        return None if self.rule.time_limit_s is None else self.onset_s + self.rule.time_limit_s

    def take(self, target: str, at_s: float, device: InputKind) -> None:
        """A press on an action or on ``CONFIRM``; once the trial has ended, none is taken."""
        if self.ended_s is not None:
            return
        # Only a press that came after the first frame was on the screen can be an answer to it.
        if at_s <= self.onset_s:
            self.early += target != CONFIRM
        elif at_s < self.opens_s:
            self.too_soon += target != CONFIRM
        elif self.closes_s is not None and at_s > self.closes_s:
            return
        elif target != CONFIRM:
            press = Press(target, at_s - self.onset_s, device)
            self.presses.append(press)
            if self.rule.mode == "press":
                self._give(Answer(press.action, press.at_s, device), at_s)
            else:
                self.selected = press
        elif self.selected is not None:
            chosen = self.selected
            self._give(Answer(chosen.action, chosen.at_s, chosen.input, at_s - self.onset_s), at_s)

    def pass_time(self, now_s: float) -> None:
        """End the trial where its time is over."""
        if self.ended_s is None and self.closes_s is not None and now_s >= self.closes_s:
            self.ended_s = now_s

    def cut_off(self, early_presses: int) -> CutOff:
        """What there is when a pause comes; ``early_presses`` are those of the fixation mark before."""
        return CutOff(tuple(self.presses), self.confirmed_at_s, early_presses + self.early, self.too_soon)

    def _give(self, answer: Answer, at_s: float) -> None:
        if self.answer is None:
            self.answer = answer
            self.confirmed_at_s = answer.confirmed_at_s
        if self.goes_on_at in (None, answer.action):
            self.ended_s = at_s
        else:
            self.selected = None


def answer_before(rule: ResponseRule, pauses: Iterable[Paused]) -> Answer | None:
    """The response that was given before one of these pauses cut the trial off."""
    for pause in pauses:
        if rule.mode == "press" and pause.presses:
            first = pause.presses[0]
            return Answer(first.action, first.at_s, first.input)
        if pause.confirmed_at_s is not None:
            chosen = [press for press in pause.presses if press.at_s <= pause.confirmed_at_s][-1]
            return Answer(chosen.action, chosen.at_s, chosen.input, pause.confirmed_at_s)
    return None
