"""One showing of a clip, from its first frame to the choice, the end of its time, or a pause.

Nothing but this happens meanwhile: no disk, no decoding, no new letters but those of the menu.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from experiment.frame_log import Flip
from experiment.phases.answering import Answer, Answering
from experiment.phases.stage import Stage, choice, wants_pause
from experiment.phases.trial_screen import MenuState, TrialScreen
from experiment.scene import ChoiceCue, ContinueCue, Cue


@dataclass(frozen=True)
class Showing:
    """What happened while a clip was on the screen. ``ended_s`` is when the trial ended, ``None`` where a
    pause cut it off.
    """

    flips: tuple[Flip, ...]
    answering: Answering
    onset_s: float
    ended_s: float | None


def show_clip(
    stage: Stage, screen: TrialScreen, attempt: int, before: Answer | None, presses_before: int
) -> Showing:
    """Play the clip until the trial ends or a pause is asked for.

    ``before`` is the response that an earlier showing has left, ``presses_before`` the number of presses in
    those.
    """
    display, footage = stage.display, screen.footage
    half_period_s = display.frame_period_s / 2
    rule = screen.phase.response
    state = MenuState(stage.hovered(screen.targets), None, rule.minimum_viewing_s == 0)
    elements = screen.menu(state)
    onset_s = display.show(screen.playing(0, elements, None))
    goes_on_at = screen.trial.action if screen.marks_answer else None
    answering = Answering(rule, goes_on_at, onset_s, before)
    cue = _cue(screen, answering, attempt, presses_before)
    flips = [Flip(0, onset_s)]
    while True:
        # The frame whose time is nearest to the coming flip: half a period is the tolerance of that rounding.
        frame = footage.frame_at(display.next_flip_s() - onset_s + half_period_s)
        flip_s = display.show(screen.playing(frame, elements, cue))
        flips.append(Flip(frame, flip_s))
        for event in stage.events():
            if wants_pause(event) and answering.ended_s is None:
                return Showing(tuple(flips), answering, onset_s, None)
            chosen = choice(screen.targets, event)
            if chosen is not None:
                answering.take(chosen[0].name, event.t_s, chosen[1])
                cue = _cue(screen, answering, attempt, presses_before)
        # A press that is held back may have come within the time limit.
        if not stage.responses.holds_back:
            answering.pass_time(flip_s)
        if answering.ended_s is not None:
            return Showing(tuple(flips), answering, onset_s, answering.ended_s)
        selected = answering.selected.action if answering.selected else None
        is_open = display.next_flip_s() >= answering.opens_s - half_period_s
        now = MenuState(stage.hovered(screen.targets), selected, is_open)
        if now != state:
            state = now
            elements = screen.menu(state)


def _cue(screen: TrialScreen, answering: Answering, attempt: int, presses_before: int) -> Cue:
    """What is asked for: a choice, or the confirmation of one."""
    trial = screen.trial
    presses = presses_before + len(answering.presses)
    closes_s = math.inf if answering.closes_s is None else answering.closes_s
    if answering.selected is not None:
        place = f"{screen.phase.kind} {screen.phase.condition} {trial.trial} {attempt} {presses}"
        return ContinueCue(f"confirm {place}", screen.targets[-1].name, 0, closes_s)
    return ChoiceCue(
        screen.phase.condition,
        screen.phase.kind,
        trial.trial,
        screen.place,
        attempt,
        trial.action,
        answering.onset_s,
        presses,
        answer_shown=screen.marks_answer or trial.attention_check,
        attention_check=trial.attention_check,
        opens_s=answering.opens_s,
        closes_s=closes_s,
    )
