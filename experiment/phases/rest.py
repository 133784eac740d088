"""The rest: a countdown that the participant cannot shorten and the experimenter can."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from experiment.journal import Entry
from experiment.phases.layout import FAINT_INK, INK, PANEL, Button
from experiment.phases.stage import Stage
from experiment.records import HeldUp, Paused, PhaseStarted, RestPhase, RestTaken, Resumed
from experiment.scene import Box, ContinueCue, Rect, Scene, Target, Text

EXPERIMENTER_KEY = "f8"
"""Ends the rest early. It stands on no screen; the lab guide names it."""


def run_rest(
    stage: Stage, index: int, phase: RestPhase, *, taken: bool = False, rested_s: float = 0.0
) -> None:
    """Count down, then wait for the participant to go on. Raises ``StopRequested`` from the pause screen.

    A rest that was stopped goes on with what was left of it: ``rested_s`` is what the journal says was rested
    before. One that was ``taken`` is over.
    """
    began_s = stage.clock.now() - min(rested_s, phase.duration_s)
    paused_s = 0.0
    unit = stage.layout.unit
    panel = stage.layout.on_grid(Rect(0, 4 * unit, 120 * unit, 60 * unit))

    def pause() -> None:
        nonlocal paused_s
        before_s = stage.clock.now()
        stage.pause(index)
        paused_s += stage.clock.now() - before_s

    def scene(line: str, number: str, button: Button | None, hovered: bool, cue: ContinueCue | None) -> Scene:
        elements = [
            Box(panel, PANEL),
            Text(stage.words.rest_heading, 0, 26 * unit, 5 * unit, INK, bold=True),
            Text(line, 0, (14 if number else 4) * unit, stage.layout.text_px, INK, wrap_px=100 * unit),
            Text(number, 0, -6 * unit, 11 * unit, INK if number else FAINT_INK, bold=True),
            *(stage.layout.draw_button(button, hovered=hovered) if button else ()),
            *stage.badge(),
        ]
        return Scene("rest", tuple(elements), targets=(button.target,) if button else (), cue=cue)

    def counting(_: str | None) -> Scene:
        left_s = max(0, math.ceil(phase.duration_s - (stage.clock.now() - began_s - paused_s)))
        return scene(stage.words.rest_text, f"{left_s // 60}:{left_s % 60:02d}", None, False, None)

    end_early = Target("experimenter", Rect(0, 0, 0, 0), (EXPERIMENTER_KEY,))
    if not taken:
        ended_early = stage.wait_for((end_early,), counting, pause, until_s=began_s + phase.duration_s)
        duration_s = stage.clock.now() - began_s - paused_s
        stage.record(RestTaken(index, duration_s, "experimenter" if ended_early else "time"))
    button = Button(stage.layout.wide_button("next", ("space", "return")), stage.words.next, focused=True)
    cue = ContinueCue(f"rest over {index}", "next", 6)
    stage.wait_for(
        (button.target,),
        lambda hovered: scene(stage.words.rest_over, "", button, hovered == "next", cue),
        pause,
    )


@dataclass
class Rested:
    """How long each rest had lasted by the last record of a journal that tells, pauses left out: ``seconds``
    by the index of the phase.

    ``note`` hears of the records in their order. What went by between a pause and a kill, or between the
    beginning and a kill, is in no record and does not count.
    """

    seconds: dict[int, float] = field(default_factory=dict)
    _resting: int | None = None
    _since_s: float = 0.0

    def note(self, entry: Entry) -> None:
        """Take in one record."""
        event = entry.event
        if isinstance(event, PhaseStarted):
            self._resting, self._since_s = (event.phase if event.name == "rest" else None), entry.t_s
        elif self._resting is None:
            return
        elif isinstance(event, Paused):
            lasted_s = max(0.0, entry.t_s - event.duration_s - self._since_s)
            self.seconds[self._resting] = self.seconds.get(self._resting, 0.0) + lasted_s
            self._since_s = entry.t_s
        elif isinstance(event, Resumed | HeldUp):
            self._since_s = entry.t_s
        elif isinstance(event, RestTaken):
            self._resting = None
