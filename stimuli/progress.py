"""How far a command is, shown on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

LINE_EVERY_S = 10.0

OnProgress = Callable[[str, int, int], None]


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f} clips/s" if speed else "")


@contextmanager
def progress_bars() -> Iterator[OnProgress]:
    """A bar on stderr for each stage that reports; where stderr is no terminal, a line every ten seconds."""
    if not sys.stderr.isatty():
        yield progress_lines(lambda line: print(line, file=sys.stderr, flush=True), time.monotonic)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def on_progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done)

        yield on_progress


def progress_lines(say: Callable[[str], None], now_s: Callable[[], float]) -> OnProgress:
    """Says how far a stage is when ten seconds have passed since the last time, as in
    "build: 120 of 583 clips, 4.1 clips/s, 1:53 left".
    """
    begun: dict[str, tuple[float, int]] = {}
    last_s = now_s()

    def on_progress(stage: str, done: int, total: int) -> None:
        nonlocal last_s
        # The rate is counted from the first that was done here: what an earlier build left took no time.
        start_s, before = begun.setdefault(stage, (now_s(), done))
        if now_s() - last_s < LINE_EVERY_S or done == total:
            return
        last_s = now_s()
        rate = (done - before) / (last_s - start_s) if last_s > start_s else 0.0
        left = f", {rate:.1f} clips/s, {clock((total - done) / rate)} left" if rate else ""
        say(f"{stage}: {done} of {total} clips{left}")

    return on_progress


def clock(seconds: float) -> str:
    """A length of time as `1:02:03` or `2:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
