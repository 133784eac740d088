"""What one trial shows: the menu on the left; fixation mark, clip, or a message on the right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from experiment.phases.answering import CONFIRM, Answer
from experiment.phases.layout import INK, PANEL, Button, Sign
from experiment.phases.stage import Stage
from experiment.records import PlannedTrial, TrialsPhase
from experiment.scene import Box, Cue, Element, FixationCue, Footage, Rect, Scene, Target, Text, VideoFrame

GO_ON = "/go on"
"""Name of the target that leaves the screen with the right answer."""

_KEYS_TO_GO_ON = ("return", "space")


@dataclass(frozen=True)
class MenuState:
    """What of the menu can change while a clip is shown; names are those of targets."""

    hovered: str | None
    selected: str | None = None
    is_open: bool = True


@dataclass(frozen=True)
class TrialScreen:
    """The screens of one trial. Nothing of the menu moves from one to the next."""

    stage: Stage
    phase: TrialsPhase
    trial: PlannedTrial
    footage: Footage

    @property
    def confirms(self) -> bool:
        """Whether an answer is selected and then confirmed."""
        return self.phase.response.mode == "select-then-confirm"

    @property
    def marks_answer(self) -> bool:
        """Whether the right answer is marked from the start."""
        return self.phase.kind == "training" and self.phase.answer == "during"

    @property
    def tells_answer(self) -> bool:
        """Whether the right answer is shown once a response was given."""
        return self.phase.kind == "training" and self.phase.answer == "after"

    @cached_property
    def place(self) -> int:
        """The trial's number in the plan of the session, from 1."""
        before = 0
        for phase in self.stage.plan.phases:
            if phase is self.phase:
                break
            before += len(phase.trials) if isinstance(phase, TrialsPhase) else 0
        return before + self.trial.trial

    @cached_property
    def actions(self) -> tuple[Target, ...]:
        """The answers of the menu."""
        return self.stage.layout.menu(self.trial.menu_order, with_button=self._with_button)

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """All that can be pressed while the clip is shown."""
        return (*self.actions, self._button(CONFIRM)) if self.confirms else self.actions

    @cached_property
    def targets_after(self) -> tuple[Target, ...]:
        """What can be pressed on the screen with the right answer."""
        return (self._button(GO_ON),)

    @cached_property
    def clip_rect(self) -> Rect:
        """Where the clip stands."""
        return self.stage.layout.clip_rect(*self.footage.shown_as)

    @cached_property
    def fixation(self) -> Scene:
        """The fixation mark; the menu is there, greyed, so that nothing jumps."""
        elements = (*self._closed, *self.stage.layout.cross(self.clip_rect))
        return Scene("fixation", elements, targets=self.actions, cue=FixationCue(self.place))

    @cached_property
    def over(self) -> Scene:
        """The same where the clip is gone: no other will appear here."""
        return replace(self.fixation, targets=(), cue=None)

    @cached_property
    def time_over(self) -> Scene:
        """The message that the time for an answer is over."""
        rect, layout = self.clip_rect, self.stage.layout
        wrap_px = min(rect.width, 60 * layout.unit)
        message = Text(
            self.stage.words.time_over, rect.x, rect.y, layout.text_px, INK, wrap_px=wrap_px, bold=True
        )
        return Scene("time over", (*self._closed, message))

    def playing(self, frame: int, elements: tuple[Element, ...], cue: Cue | None) -> Scene:
        """A frame of the clip beside the menu that ``menu`` made."""
        videos = (VideoFrame(self.footage, frame, self.clip_rect),)
        return Scene(self.phase.kind, elements, videos, self.targets, cue)

    def menu(self, state: MenuState) -> tuple[Element, ...]:
        """Everything but the clip."""
        return (*self._head, *self._hint(state.is_open), *self._buttons(state))

    def told(self, frame: int, answer: Answer | None, hovered: str | None, cue: Cue) -> Scene:
        """The right answer, marked, and what was made of it; the clip goes on."""
        words, layout = self.stage.words, self.stage.layout
        said = words.answer_missing
        if answer is not None:
            said = words.answer_right if answer.action == self.trial.action else words.answer_wrong
        button = Button(self.targets_after[0], words.go_on, focused=True)
        elements: list[Element] = [*self._head, *self._message(said)]
        for place, target in enumerate(self.actions, start=1):
            sign: Sign = ""
            if target.name == self.trial.action:
                sign = "✓"
            elif answer is not None and target.name == answer.action:
                sign = "✗"
            label = self.stage.plan.label_of(target.name)
            drawn = Button(target, label, marked=sign == "✓", enabled=sign != "", sign=sign)
            elements += layout.draw_button(drawn, number=str(place))
        elements += layout.draw_button(button, hovered=hovered == GO_ON)
        videos = (VideoFrame(self.footage, frame, self.clip_rect),)
        return Scene("answer", tuple(elements), videos, self.targets_after, cue)

    @property
    def _with_button(self) -> bool:
        return self.confirms or self.tells_answer

    def _button(self, name: str) -> Target:
        return self.stage.layout.menu_button(name, _KEYS_TO_GO_ON, len(self.trial.menu_order))

    @cached_property
    def _head(self) -> tuple[Element, ...]:
        layout, unit, words = self.stage.layout, self.stage.layout.unit, self.stage.words
        left, right = layout.menu_x - layout.menu_width / 2, layout.menu_x + layout.menu_width / 2
        y = layout.height / 2 - 6 * unit
        heading = words.training if self.phase.kind == "training" else words.test
        trials = self.phase.rounds[self.trial.round - 1]
        progress = f"{trials.index(self.trial) + 1} / {len(trials)}"
        return (
            Text(heading, left, y, 3.4 * unit, INK, "left", bold=True),
            Text(progress, right, y, 3.4 * unit, INK, "right"),
            *self.stage.badge(),
        )

    @cached_property
    def _closed(self) -> tuple[Element, ...]:
        """What stands beside the clip's place while there is no clip."""
        return (*self._head, *self._hint(is_open=True), *self._buttons(MenuState(None, is_open=False)))

    def _hint(self, is_open: bool) -> tuple[Element, ...]:
        """What to do, below the menu."""
        words = self.stage.words
        if self.trial.attention_check:
            label = self.stage.plan.label_of(self.trial.action)
            return self._message(words.check.format(action=label))
        if not is_open:
            return self._message(words.watch_first)
        hint = words.choose
        if self.marks_answer:
            hint = words.choose_marked
        elif self.confirms:
            hint = words.select
        return (self._line(hint.format(count=len(self.actions))),)

    def _line(self, text: str, inset: float = 0.0, *, bold: bool = False) -> Text:
        layout, unit = self.stage.layout, self.stage.layout.unit
        left, y = layout.menu_x - layout.menu_width / 2 + inset, -layout.height / 2 + 9 * unit
        wrap_px = layout.menu_width - 2 * inset
        return Text(text, left, y, 2.6 * unit, INK, "left", wrap_px=wrap_px, bold=bold)

    def _message(self, text: str) -> tuple[Element, ...]:
        """A hint that must not be missed: bold, on a panel."""
        layout, unit = self.stage.layout, self.stage.layout.unit
        line = self._line(text, 2 * unit, bold=True)
        rect = Rect(layout.menu_x, line.y, layout.menu_width, 14 * unit)
        return Box(layout.on_grid(rect), PANEL, INK, max(1.0, 0.3 * unit)), line

    def _buttons(self, state: MenuState) -> Iterator[Element]:
        layout, words = self.stage.layout, self.stage.words
        for place, target in enumerate(self.actions, start=1):
            right = state.is_open and self.marks_answer and target.name == self.trial.action
            selected = target.name == state.selected
            sign: Sign = "✓" if right else ""
            if selected:
                sign = "✓ ●" if right else "●"
            label = self.stage.plan.label_of(target.name)
            button = Button(target, label, right or selected, state.is_open, sign=sign)
            yield from layout.draw_button(button, hovered=target.name == state.hovered, number=str(place))
        if self.confirms:
            ready = state.selected is not None
            button = Button(self._button(CONFIRM), words.confirm, enabled=ready, focused=ready)
            yield from layout.draw_button(button, hovered=state.hovered == CONFIRM)
