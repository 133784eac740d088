"""What the experimenter sees in the terminal: the checks before a session, and how it goes.

A session never waits for a terminal: what is to be written goes to a thread of its own, and where the
terminal takes no more it is left out. Nothing is drawn within a trial; the record of a finished trial, in the
interval after it, is what updates the view.
"""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import IO, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from experiment.interruptions import times
from experiment.journal import Entry
from experiment.pace import Pace
from experiment.records import (
    Check,
    Event,
    Paused,
    PhaseFinished,
    PhaseStarted,
    SessionRecord,
    TrialsPhase,
    TrialStarted,
)
from stimuli.progress import clock

Told = Callable[[Entry], None]
_STYLES = {"ok": "green", "warning": "yellow", "stop": "bold red"}
_LONGEST_WAIT_AT_END_S = 1.0


class View(Protocol):
    """What a session tells its experimenter."""

    def show_checks(self, checks: tuple[Check, ...]) -> None:
        """The checks before the first screen."""

    def follow(self, record: SessionRecord, before: Sequence[Entry]) -> AbstractContextManager[Told]:
        """For the length of a session, what hears of its records; ``before`` are those of earlier parts."""


class Silent:
    """Tells nothing."""

    def show_checks(self, checks: tuple[Check, ...]) -> None:
        """Nothing."""

    def follow(self, record: SessionRecord, before: Sequence[Entry]) -> AbstractContextManager[Told]:
        """Nothing."""
        del record, before
        return nullcontext(lambda _: None)


SILENT = Silent()


@dataclass(frozen=True)
class TerminalView:
    """A table of the checks and a panel that follows the session, or plain lines where there is no terminal.

    ``shows_accuracy`` adds how many test trials were right: for rehearsals, since who knows it may let the
    participant know.
    """

    shows_checks: bool = True
    shows_session: bool = True
    shows_accuracy: bool = False
    file: IO[str] = field(default_factory=lambda: sys.stdout)

    def show_checks(self, checks: tuple[Check, ...]) -> None:
        """One line for each check."""
        if not self.shows_checks:
            return
        console = Console(file=self.file)
        if not console.is_terminal:
            for check in checks:
                self.file.write(f"{check.status:<9}{check.name:<15}{check.text}\n")
            self.file.flush()
            return
        table = Table(title="Before the first screen", title_justify="left", box=None, pad_edge=False)
        for name in ("", "checked", "found"):
            table.add_column(name, overflow="fold")
        for check in checks:
            table.add_row(Text(check.status, _STYLES[check.status]), check.name, Text(check.text))
        console.print(table)

    @contextmanager
    def follow(self, record: SessionRecord, before: Sequence[Entry]) -> Iterator[Told]:
        """Show where the session stands after each trial and at the change of phases."""
        if not self.shows_session:
            yield lambda _: None
            return
        pace = Pace(record.plan)
        pace.note_all(before)
        console = Console(file=self.file)
        with _unhurried(self.file) as writer:
            if not console.is_terminal:
                yield _line_by_line(pace, writer, shows_accuracy=self.shows_accuracy)
                return
            patient = Console(file=writer, force_terminal=True, width=console.width, height=console.height)
            with Live(
                panel(record, pace, None, shows_accuracy=self.shows_accuracy),
                console=patient,
                auto_refresh=False,
                redirect_stdout=False,
                redirect_stderr=False,
            ) as live:

                def told(entry: Entry) -> None:
                    pace.note(entry)
                    # The clip of a trial that has started is about to appear.
                    if not isinstance(entry.event, TrialStarted):
                        shown = panel(record, pace, entry.event, shows_accuracy=self.shows_accuracy)
                        live.update(shown, refresh=True)

                yield told


def panel(record: SessionRecord, pace: Pace, last: Event | None, *, shows_accuracy: bool) -> Panel:
    """The view of a session after its last record."""
    kinds = [kind for kind, is_it in (("pilot", record.pilot), ("simulated", record.simulated)) if is_it]
    title = f"{record.participant}, session {record.session}{''.join(f', {kind}' for kind in kinds)}"
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column()
    for name, text in lines(pace, last, shows_accuracy=shows_accuracy):
        table.add_row(name, Text(text))
    done_s = pace.elapsed_s
    bar = ProgressBar(total=max(1.0, done_s + pace.remaining_s), completed=done_s, width=50)
    return Panel(Group(table, bar), title=title, title_align="left", expand=False, width=76)


def lines(pace: Pace, last: Event | None, *, shows_accuracy: bool) -> list[tuple[str, str]]:
    """What the panel says, line by line."""
    told = [
        ("phase", phase_named(pace)),
        ("trial", _trial(pace)),
        ("elapsed", _clock(pace.elapsed_s)),
        ("remaining", "none" if pace.progress.finished else f"about {_clock(pace.remaining_s)}"),
        ("last response", _last_response(pace)),
        ("dropped frames", _drops(pace)),
        ("state", _state(pace, last)),
    ]
    if shows_accuracy:
        told.append(("right in tests", f"{pace.right} of {pace.answered}"))
    return told


def phase_named(pace: Pace) -> str:
    """The running phase, as ``3 of 7: test AFD5``."""
    phase = pace.planned_phase
    condition = f" {phase.condition}" if isinstance(phase, TrialsPhase) else ""
    return f"{pace.phase + 1} of {len(pace.plan.phases)}: {phase.kind}{condition}"


def _trial(pace: Pace) -> str:
    phase = pace.planned_phase
    if not isinstance(phase, TrialsPhase):
        return "-"
    done = pace.progress.trials_done(pace.phase)
    rounds = f", in up to {len(phase.rounds)} rounds" if len(phase.rounds) > 1 else ""
    return f"{done} of {len(phase.trials)} done{rounds}"


def _last_response(pace: Pace) -> str:
    if pace.last_drops is None:
        return "-"
    given = "none came" if pace.last_response_s is None else f"{pace.last_response_s:.2f} s"
    return f"{given}{f'; {pace.missed} without a response' if pace.missed else ''}"


def _drops(pace: Pace) -> str:
    return "-" if pace.last_drops is None else f"{pace.last_drops} in the last trial, {pace.drops} in all"


def _state(pace: Pace, last: Event | None) -> str:
    if pace.progress.finished:
        return "finished"
    stopped = isinstance(last, Paused) and last.decision == "stop"
    resumed = f", resumed {times(pace.resumed)}" if pace.resumed else ""
    return f"{'stopped' if stopped else 'running'}{resumed}"


def _clock(seconds: float) -> str:
    """``1:02:03 h`` or ``2:03 min``."""
    return f"{clock(seconds)} {'h' if round(seconds) >= 3600 else 'min'}"


def _line_by_line(pace: Pace, file: IO[str], *, shows_accuracy: bool) -> Told:
    """One line at the beginning of a phase, and one at its end."""

    def told(entry: Entry) -> None:
        event = entry.event
        pace.note(entry)
        if isinstance(event, PhaseStarted):
            file.write(f"{phase_named(pace)}; about {_clock(pace.remaining_s)} to go\n")
        elif isinstance(event, PhaseFinished) and isinstance(pace.planned_phase, TrialsPhase):
            right = f", {pace.right} of {pace.answered} right in tests" if shows_accuracy else ""
            done = pace.progress.trials_done(pace.phase)
            file.write(f"  {done} trials, {pace.drops} dropped frames so far{right}\n")

    return told


class _Unhurried:
    """A text file whose ``write`` never waits: a thread writes, and what it has no time for is left out."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._waiting: queue.Queue[str | None] = queue.Queue(maxsize=16)
        self._thread = threading.Thread(target=self._write_on, daemon=True)
        self._thread.start()
        self.encoding = getattr(file, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(text)
        return len(text)

    def flush(self) -> None:
        """Nothing: the thread flushes."""

    def isatty(self) -> bool:
        return self._file.isatty()

    def close(self) -> None:
        """Give the terminal a moment to take what is left."""
        with contextlib.suppress(queue.Full):
            self._waiting.put(None, timeout=_LONGEST_WAIT_AT_END_S)
        self._thread.join(_LONGEST_WAIT_AT_END_S)

    def _write_on(self) -> None:
        while (text := self._waiting.get()) is not None:
            # A terminal that was closed must not end the session.
            with contextlib.suppress(OSError, ValueError):
                self._file.write(text)
                self._file.flush()


@contextmanager
def _unhurried(file: IO[str]) -> Iterator[IO[str]]:
    writer = _Unhurried(file)
    try:
        yield writer  # type: ignore[misc]  # writes and flushes, as much of a file as is used
    finally:
        writer.close()
