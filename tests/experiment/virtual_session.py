"""A session on the virtual backend whose every screen a test can answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from experiment.backends.virtual import VirtualClock, VirtualDisplay, VirtualResponses
from experiment.footage import UndecodedFootage
from experiment.frame_log import FRAMES_NAME, FrameLog
from experiment.journal import JOURNAL_NAME, Entry, Journal, read_journal
from experiment.phases.layout import Layout
from experiment.phases.stage import Stage
from experiment.plan import Seat, make_plan
from experiment.protocol import Protocol
from experiment.records import TrialFinished, TrialsPhase
from experiment.runner import replay, run_session
from experiment.scene import ChoiceCue, ContinueCue, Cue, QuestionCue, Scene
from stimuli.clip import Clip
from tests.experiment.material import counted_clips, protocol_with, stimulus_set

Answer = Callable[["VirtualSession", Scene, float], None]
"""Called once for every new cue, with the scene and the time of the flip that showed it first."""


def short_protocol(kind: str = "test", condition: str = "UCF5") -> Protocol:
    """One phase of five trials."""
    return protocol_with(phases=[{"kind": kind, "condition": condition, "clips_per_action": 1}])


def press(name: str, after_s: float) -> Answer:
    """Choose a target with its first key some time after the screen appeared."""

    def answer(session: VirtualSession, scene: Scene, flip_s: float) -> None:
        target = next(target for target in scene.targets if target.name == name)
        session.responses.press_key(target.keys[0], flip_s + after_s)

    return answer


def obliging(session: VirtualSession, scene: Scene, flip_s: float) -> None:
    """Answers whatever is asked: trials rightly after 1.5 s or soon after they can be, selections by
    confirming them, questions with the first option.
    """
    cue = scene.cue
    if isinstance(cue, ChoiceCue):
        press(cue.action, max(1.5, cue.opens_s + 0.3 - flip_s))(session, scene, flip_s)
    elif isinstance(cue, ContinueCue):
        press(cue.target, 0.5)(session, scene, flip_s)
    elif isinstance(cue, QuestionCue) and cue.item.is_text:
        session.responses.type_text("none", flip_s + 0.5)
    elif isinstance(cue, QuestionCue):
        press(cue.target_of(cue.item.options[0]), 0.5)(session, scene, flip_s)


def in_trials(answer: Answer) -> Answer:
    """Answers the clips as given and everything else obligingly."""

    def either(session: VirtualSession, scene: Scene, flip_s: float) -> None:
        (answer if isinstance(scene.cue, ChoiceCue) else obliging)(session, scene, flip_s)

    return either


@dataclass
class VirtualSession:
    """Runs a protocol in a folder; ``flips`` keeps every scene with its time.

    ``late_flips`` are the flips of clips, counted from 0 over the session, that come one period too late.
    """

    folder: Path
    protocol: Protocol
    answer: Answer = obliging
    clips: tuple[Clip, ...] = field(default_factory=lambda: counted_clips(4, 3))
    refresh_hz: float = 60.0
    clock: VirtualClock = field(default_factory=VirtualClock)
    size_px: tuple[int, int] = (1920, 1080)
    pilot: bool = False
    late_flips: frozenset[int] = frozenset()
    flips: list[tuple[Scene, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.responses = VirtualResponses(self.clock)
        self.plan = make_plan(self.protocol, stimulus_set(self.clips), Seat("T001", 1, 1, 7))

    def run(self) -> VirtualSession:
        """Run it, or go on with it where its journal ends."""
        inner = _SometimesLate(self.clock, self.size_px, self.refresh_hz)
        inner.late_flips = self.late_flips
        with Journal(self.folder / JOURNAL_NAME) as journal:
            stage = Stage(
                plan=self.plan,
                display=_Watched(inner, self),
                responses=self.responses,
                clock=self.clock,
                footage=UndecodedFootage(stimulus_set(self.clips)),
                journal=journal,
                frame_log=FrameLog(self.folder / FRAMES_NAME, simulated=True),
                simulated="a test",
                pilot=self.pilot,
                layout=Layout(*self.size_px),
            )
            run_session(stage, replay(journal.entries_before))
        return self

    @property
    def entries(self) -> tuple[Entry, ...]:
        return read_journal(self.folder / JOURNAL_NAME).entries

    @property
    def trials(self) -> list[TrialFinished]:
        return [entry.event for entry in self.entries if isinstance(entry.event, TrialFinished)]

    def of_kind(self, kind: type) -> list[object]:
        return [entry.event for entry in self.entries if isinstance(entry.event, kind)]

    def phase(self, index: int = 0) -> TrialsPhase:
        phase = self.plan.phases[index]
        assert isinstance(phase, TrialsPhase)
        return phase

    def shown(self, name: str) -> list[tuple[Scene, float]]:
        """The flips of one kind of screen."""
        return [(scene, at_s) for scene, at_s in self.flips if scene.name == name]


class _SometimesLate(VirtualDisplay):
    """A display that misses its vertical sync at some flips of clips."""

    late_flips: frozenset[int] = frozenset()
    _flips_of_clips = 0

    def show(self, scene: Scene) -> float:
        if scene.name in ("training", "test"):
            if self._flips_of_clips in self.late_flips:
                super().show(scene)
            self._flips_of_clips += 1
        return super().show(scene)


class _Watched:
    """A display that keeps what it shows and lets the test answer each new cue."""

    def __init__(self, display: VirtualDisplay, session: VirtualSession) -> None:
        self._display = display
        self._session = session
        self._seen: Cue | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._display, name)

    def show(self, scene: Scene) -> float:
        flip_s = self._display.show(scene)
        self._session.flips.append((scene, flip_s))
        if scene.cue is not None and scene.cue != self._seen:
            self._seen = scene.cue
            self._session.answer(self._session, scene, flip_s)
        return flip_s
