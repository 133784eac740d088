"""Sessions answered by an observer on the virtual backend, for tests of what observers do."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from experiment.backends.virtual import VirtualClock, VirtualDisplay, VirtualResponses
from experiment.footage import UndecodedFootage
from experiment.frame_log import FRAMES_NAME, FrameLog
from experiment.journal import JOURNAL_NAME, Journal, read_journal
from experiment.observers import ObservedDisplay, read_observer
from experiment.phases.layout import Layout
from experiment.phases.stage import Stage
from experiment.plan import Seat, make_plan
from experiment.protocol import Protocol
from experiment.records import SessionPlan, TrialFinished
from experiment.runner import replay, run_session
from tests.experiment.material import ACTIONS, PROTOCOLS, counted_clips, protocol_with, stimulus_set

# Few flips a second: what is tested are the answers, whose times do not depend on the display.
_REFRESH_HZ = 20.0
_CLIPS = stimulus_set(counted_clips(40, 40))
_SIZE_PX = (1920, 1080)


def observer_path(name: str) -> Path:
    """A ready-made observer file."""
    return PROTOCOLS / "observers" / f"{name}.yaml"


def in_test(clips_per_action: int, condition: str = "AFD5", **fields: object) -> dict[str, object]:
    """A test phase as a protocol file has it."""
    return {"kind": "test", "condition": condition, "clips_per_action": clips_per_action, **fields}


def observed(
    name: str,
    protocol: Protocol,
    participant: int = 1,
    stop_after: int | None = None,
    folder: Path | None = None,
) -> tuple[SessionPlan, list[TrialFinished]]:
    """The plan and the trials of a session that this observer has answered.

    A second run in the same ``folder`` goes on where the journal of the first, which was left after
    ``stop_after`` finished trials, ends.
    """
    observer = read_observer(observer_path(name), tuple(c.name for c in protocol.file.conditions), ACTIONS)
    seat = Seat(f"P{participant:03d}", 1, participant, 2022)
    plan = make_plan(protocol, _CLIPS, seat)
    with tempfile.TemporaryDirectory() as temporary:
        at = folder or Path(temporary)
        with Journal(at / JOURNAL_NAME) as journal:
            progress = replay(journal.entries_before)
            clock = VirtualClock(progress.last_t_s)
            responses = VirtualResponses(clock)
            inner = VirtualDisplay(clock, _SIZE_PX, _REFRESH_HZ)
            display = ObservedDisplay(inner, observer, responses, seat)
            stage = Stage(
                plan=plan,
                display=display,
                responses=responses,
                clock=clock,
                footage=UndecodedFootage(_CLIPS),
                journal=_Failing(journal, stop_after) if stop_after else journal,  # type: ignore[arg-type]
                frame_log=FrameLog(at / FRAMES_NAME, simulated=True),
                simulated=observer.name,
                pilot=False,
                layout=Layout(*_SIZE_PX),
            )
            with suppress(_Cut):
                run_session(stage, progress)
        entries = read_journal(at / JOURNAL_NAME).entries
    return plan, [entry.event for entry in entries if isinstance(entry.event, TrialFinished)]


class _Cut(Exception):
    """The session ends here as by a kill."""


class _Failing:
    def __init__(self, journal: Journal, stop_after: int) -> None:
        self._journal = journal
        self._left = stop_after

    def append(self, event: object, t_s: float) -> object:
        if isinstance(event, TrialFinished):
            if self._left == 0:
                raise _Cut
            self._left -= 1
        return self._journal.append(event, t_s)  # type: ignore[arg-type]


def protocol_of(*phases: dict[str, object], **fields: object) -> Protocol:
    """The study's protocol with these phases."""
    return protocol_with(phases=list(phases), **fields)
