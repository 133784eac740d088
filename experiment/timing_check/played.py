"""Trials of a session, played on the ports of a check to somebody who answers at known times."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from experiment.footage import DecodedFootage
from experiment.frame_log import FRAMES_NAME, FrameLog, read_flips
from experiment.journal import JOURNAL_NAME, Journal, read_journal
from experiment.phases.layout import Layout
from experiment.phases.stage import Stage
from experiment.ports import Clock, Display, InputEvent, KeyPress, Responses
from experiment.project import PROJECT
from experiment.protocol import read_protocol
from experiment.records import (
    InputChanged,
    PlannedTrial,
    SessionPlan,
    TrialFinished,
    TrialPhaseKind,
    TrialsPhase,
)
from experiment.runner import replay, run_session
from experiment.scene import ChoiceCue, ContinueCue, Cue, Scene
from experiment.watched_display import WatchedDisplay
from stimuli.manifest import StimulusSet

_PROTOCOL = PROJECT / "protocols" / "afd5.yaml"


@dataclass(frozen=True)
class Injected:
    """A press that was made to happen at ``t_s``, session seconds; it was done ``took_s`` later at most."""

    t_s: float
    took_s: float


class TimedInjector(Protocol):
    """Makes presses happen in the operating system, and knows when it did."""

    def press_key(self, key: str, at_s: float) -> None: ...

    def press_pointer(self, x: float, y: float, at_s: float) -> None: ...

    def happened(self) -> tuple[Injected, ...]:
        """The presses since the last call, oldest first; waits for those that are still to come."""


@dataclass(frozen=True)
class CheckPorts:
    """What is checked. ``injector`` is ``None`` where presses cannot be made to happen."""

    clock: Clock
    display: Display
    responses: Responses
    injector: TimedInjector | None


@dataclass(frozen=True)
class Played:
    """What the session recorded of its trials: the journal's records and the flips of each, s."""

    trials: tuple[TrialFinished, ...]
    flips_s: tuple[tuple[float, ...], ...]


class ScriptedKeys:
    """``Responses`` to which keys are added by this program, for what needs no real press.

    What really happens is passed on.
    """

    def __init__(self, real: Responses, clock: Clock) -> None:
        self._real = real
        self._clock = clock
        self._keys: list[KeyPress] = []

    def press(self, key: str, at_s: float) -> None:
        """Let a key be pressed at a session time."""
        self._keys.append(KeyPress(at_s, key))

    @property
    def holds_back(self) -> bool:
        """As the real source."""
        return self._real.holds_back

    def poll(self) -> tuple[InputEvent, ...]:
        """What has happened, really or by the script."""
        now_s = self._clock.now()
        due = [press for press in self._keys if press.t_s <= now_s]
        self._keys = [press for press in self._keys if press.t_s > now_s]
        return (*self._real.poll(), *due)

    def source_changes(self) -> tuple[InputChanged, ...]:
        """Those of the real source."""
        return self._real.source_changes()


Answer = Callable[[Scene, ChoiceCue], None]
"""Called once in each trial, after the flip that opened it."""


class _AnsweredDisplay(WatchedDisplay):
    """Tells who answers when a trial has begun; all other screens are left by the script."""

    def __init__(self, display: Display, answer: Answer, keys: ScriptedKeys) -> None:
        super().__init__(display)
        self._answer = answer
        self._keys = keys
        self._seen: Cue | None = None

    def show(self, scene: Scene) -> float:
        flip_s = super().show(scene)
        if scene.cue is not None and scene.cue != self._seen:
            self._seen = scene.cue
            match scene.cue:
                case ContinueCue():
                    self._keys.press(scene.targets[0].keys[0], flip_s + 0.3)
                case ChoiceCue(presses=0):
                    self._answer(scene, scene.cue)
        return flip_s


def actions_of_check() -> tuple[str, ...]:
    """The actions in whose menu the check chooses: the study's."""
    return read_protocol(_PROTOCOL, "en").actions


def play(
    ports: CheckPorts,
    stimuli: StimulusSet,
    phase: TrialPhaseKind,
    interval_s: float,
    answer: Callable[[ScriptedKeys], Answer],
) -> Played:
    """Show every clip of a set once, in order, in a session of one phase, and return what it recorded."""
    keys = ScriptedKeys(ports.responses, ports.clock)
    with tempfile.TemporaryDirectory(prefix="timing-") as name:
        folder = Path(name)
        footage = DecodedFootage(stimuli)
        frame_log = FrameLog(folder / FRAMES_NAME, simulated=True)
        try:
            with Journal(folder / JOURNAL_NAME) as journal:
                stage = Stage(
                    plan=_plan(stimuli, phase, interval_s),
                    display=_AnsweredDisplay(ports.display, answer(keys), keys),
                    responses=keys,
                    clock=ports.clock,
                    footage=footage,
                    journal=journal,
                    frame_log=frame_log,
                    simulated="timing check",
                    pilot=True,
                    layout=Layout(*ports.display.record.size_px),
                )
                run_session(stage, replay(()))
        finally:
            frame_log.close()
            footage.close()
        entries = read_journal(folder / JOURNAL_NAME).entries
        trials = tuple(entry.event for entry in entries if isinstance(entry.event, TrialFinished))
        flips = read_flips(folder / FRAMES_NAME)
    return Played(trials, tuple(tuple(flip.time_s for flip in flips[trial.trial_seq]) for trial in trials))


def _plan(stimuli: StimulusSet, kind: TrialPhaseKind, interval_s: float) -> SessionPlan:
    protocol = read_protocol(_PROTOCOL, "en")
    trials = tuple(
        PlannedTrial(number, clip.clip_id, clip.action, clip.group, clip.split, None, protocol.actions)
        for number, clip in enumerate(stimuli.clips, start=1)
    )
    return SessionPlan(
        participant="TIMING",
        session=1,
        order_number=1,
        seed=0,
        actions=protocol.actions,
        action_labels=protocol.actions,
        phases=(TrialsPhase(kind, "UCF5", (), trials, interval_s),),
        words=protocol.words,
    )
