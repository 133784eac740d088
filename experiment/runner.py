"""Walks the phases of a plan on a stage, and knows where a session stands from its journal."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from experiment.journal import Entry
from experiment.phases.layout import INK, Button
from experiment.phases.questionnaire import run_questionnaire
from experiment.phases.rest import run_rest
from experiment.phases.rounds import trials_left
from experiment.phases.slides import show_slides
from experiment.phases.stage import Stage, StopRequested
from experiment.phases.trials import run_trials
from experiment.progress import Progress
from experiment.records import (
    PhaseFinished,
    PhaseStarted,
    PlannedPhase,
    QuestionnairePhase,
    RestPhase,
    SessionFinished,
    SessionStarted,
    SlidesPhase,
    TrialsPhase,
)
from experiment.scene import ContinueCue, Scene, Text


def replay(entries: Iterable[Entry]) -> Progress:
    """Where a session stands after these journal records."""
    progress = Progress()
    for entry in entries:
        progress.note(entry)
    return progress


def run_session(stage: Stage, progress: Progress) -> None:
    """Play what is left of the plan.

    Raises
    ------
    StopRequested
        Where the experimenter stops the session; it can be resumed.
    SessionBroken
        Where a clip or the disk fails; the journal is intact.
    """
    if not progress.started:
        stage.record(SessionStarted(stage.simulated))
    for index, phase in enumerate(stage.plan.phases):
        if index in progress.phases_finished:
            continue
        if index not in progress.phases_started:
            stage.record(PhaseStarted(index, phase.kind, phase.condition))
        _run_phase(stage, index, phase, progress)
        stage.record(PhaseFinished(index))
    stage.record(SessionFinished())
    _thank(stage)


def _run_phase(stage: Stage, index: int, phase: PlannedPhase, progress: Progress) -> None:
    def pause() -> None:
        stage.pause(index)

    if isinstance(phase, SlidesPhase):
        show_slides(stage, phase.slides, stage.words.next, pause, f"slides {index}")
    elif isinstance(phase, TrialsPhase):
        so_far = progress.trials_of(index)
        if trials_left(phase, so_far):
            show_slides(stage, phase.intro, stage.words.start, pause, f"intro {index}")
        run_trials(stage, index, phase, so_far)
    elif isinstance(phase, RestPhase):
        run_rest(
            stage,
            index,
            phase,
            taken=index in progress.rests_taken,
            rested_s=progress.rested.seconds.get(index, 0.0),
        )
    elif isinstance(phase, QuestionnairePhase):
        run_questionnaire(stage, index, phase, progress.pages_of(index))


def _thank(stage: Stage) -> None:
    unit, words = stage.layout.unit, stage.words
    button = Button(stage.layout.wide_button("finish", ("space", "return")), words.finish, focused=True)
    cue = ContinueCue("thanks", "finish", 6)

    def build(hovered: str | None) -> Scene:
        elements = (
            Text(words.thanks_heading, 0, 12 * unit, 6 * unit, INK, bold=True),
            Text(words.thanks_text, 0, -2 * unit, stage.layout.text_px, INK, wrap_px=110 * unit),
            *stage.layout.draw_button(button, hovered=hovered == "finish"),
            *stage.badge(),
        )
        return Scene("thanks", elements, targets=(button.target,), cue=cue)

    # The data are complete; closing the window here ends the program just as the button does.
    with suppress(StopRequested):
        stage.wait_for((button.target,), build, pause=None)
