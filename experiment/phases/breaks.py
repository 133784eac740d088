"""Screens between trials that the participant ends: a break, and another round of a training."""

from __future__ import annotations

from collections.abc import Callable

from experiment.phases.layout import INK, PANEL, Button
from experiment.phases.stage import Stage
from experiment.records import BreakTaken, PlannedTrial, TrialsPhase
from experiment.scene import Box, ContinueCue, Rect, Scene, Text


def take_break(stage: Stage, index: int, phase: TrialsPhase, after: PlannedTrial) -> None:
    """A break after a trial. It is in the journal when this returns; raises ``StopRequested`` from the pause
    screen.
    """
    began_s = stage.clock.now()
    trials = phase.rounds[after.round - 1]
    text = stage.words.break_text.format(done=trials.index(after) + 1, total=len(trials))
    _show(stage, "break", f"{index} {after.trial}", (stage.words.break_heading, text), _pause(stage, index))
    stage.record(BreakTaken(index, after.trial, stage.clock.now() - began_s))


def announce_round(stage: Stage, index: int, number: int) -> None:
    """Say that the training goes on for another round. Raises ``StopRequested`` from the pause screen."""
    words = (stage.words.round_heading, stage.words.round_text)
    _show(stage, "round", f"{index} {number}", words, _pause(stage, index))


def _pause(stage: Stage, index: int) -> Callable[[], None]:
    return lambda: stage.pause(index)


def _show(stage: Stage, name: str, place: str, words: tuple[str, str], pause: Callable[[], None]) -> None:
    layout, unit = stage.layout, stage.layout.unit
    panel = layout.on_grid(Rect(0, 4 * unit, 120 * unit, 40 * unit))
    button = Button(layout.wide_button("next", ("return", "space")), stage.words.go_on, focused=True)
    heading, text = words
    cue = ContinueCue(f"{name} {place}", "next", len(text.split()))

    def build(hovered: str | None) -> Scene:
        elements = (
            Box(panel, PANEL),
            Text(heading, 0, 14 * unit, 5 * unit, INK, bold=True),
            Text(text, 0, 0, layout.text_px, INK, wrap_px=100 * unit),
            *layout.draw_button(button, hovered=hovered == "next"),
            *stage.badge(),
        )
        return Scene(name, elements, targets=(button.target,), cue=cue)

    stage.wait_for((button.target,), build, pause)
