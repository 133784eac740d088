"""Whether a session grows: memory and open files of the full protocol in a window, trial after trial.

The window stands on the display that DISPLAY names. Linux only: the figures are read from /proc.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks._process_cost import REPOSITORY
from experiment.journal import JOURNAL_NAME

EARLY, LATE = 20, 220
"""The trials that are compared."""

_SAMPLED_EVERY_S = 0.05
_AROUND = 10
"""Trials on each side of the one that is told. How many clips are in memory changes within a trial, so what
is compared is the most that was held over these: a session that keeps what it has shown raises that, too."""


@dataclass(frozen=True)
class Sample:
    """What a session's processes held when so many of its trials were finished."""

    trials: int
    memory_mb: float
    open_files: int


@dataclass(frozen=True)
class Growth:
    """The most memory, and the median of open files, over the trials around an early and a late one."""

    trials: int
    memory_mb_early: float
    memory_mb_late: float
    memory_mb_most: float
    open_files_early: float
    open_files_late: float
    open_files_most: int
    seconds: float

    @property
    def memory_growth_mb(self) -> float:
        return self.memory_mb_late - self.memory_mb_early


def growth_of_a_session(stimuli: Path, data: Path, speed: float) -> Growth:
    """Run the full protocol in a window to its end and compare what it holds around trials 20 and 220.

    Raises
    ------
    subprocess.CalledProcessError
        Where the session fails.
    """
    given = ["--simulate", "visual", "--speed", speed, "--participant", "G1", "--seed", 1]
    given += ["--stimuli", stimuli, "--data", data]
    program = [sys.executable, REPOSITORY / "run_session.py", REPOSITORY / "protocols" / "afd5.yaml"]
    began_s = time.perf_counter()
    samples = _samples([str(part) for part in (*program, *given)], data / "sessions" / "G1_01" / JOURNAL_NAME)
    first = [sample for sample in samples if abs(sample.trials - EARLY) <= _AROUND]
    # After the last trial comes the questionnaire: its samples would all count for that trial.
    last = [sample for sample in samples if 0 < LATE - sample.trials <= 2 * _AROUND]
    return Growth(
        trials=samples[-1].trials,
        memory_mb_early=round(max(sample.memory_mb for sample in first), 1),
        memory_mb_late=round(max(sample.memory_mb for sample in last), 1),
        memory_mb_most=round(max(sample.memory_mb for sample in samples), 1),
        open_files_early=statistics.median(sample.open_files for sample in first),
        open_files_late=statistics.median(sample.open_files for sample in last),
        open_files_most=max(sample.open_files for sample in samples),
        seconds=round(time.perf_counter() - began_s, 1),
    )


def _samples(arguments: list[str], journal: Path) -> list[Sample]:
    """What a session holds from its first finished trial to its end."""
    samples: list[Sample] = []
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            trials = journal.read_bytes().count(b'"kind":"trial"') if journal.exists() else 0
            if trials and (sample := _sample(process.pid, trials)):
                samples.append(sample)
            time.sleep(_SAMPLED_EVERY_S)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    return samples


def _sample(process: int, trials: int) -> Sample | None:
    """The process and those it started; ``None`` where it has just ended."""
    memory_kb = files = 0
    try:
        for member in (process, *_children(process)):
            status = Path(f"/proc/{member}/status").read_text("utf-8")
            memory_kb += int(status.split("VmRSS:")[1].split()[0])
            files += sum(1 for _ in Path(f"/proc/{member}/fd").iterdir())
    except (OSError, IndexError):
        return None
    return Sample(trials, memory_kb / 1024, files)


def _children(process: int) -> list[int]:
    threads = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text("utf-8").split()]
