"""What one process takes: wall-clock time, processor time and peak memory. Linux and macOS only (wait4)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
_KIBIBYTE = 1 / 1024 if sys.platform == "linux" else 1 / 1024**2


@dataclass(frozen=True)
class ProcessCost:
    """The processor time is of the process itself and of those that it waited for; the memory is the most
    that the largest one of them had.
    """

    wall_s: float
    processor_s: float
    peak_memory_mb: int


def measure_process(arguments: Sequence[object]) -> ProcessCost:
    """Run a program from the root of the repository to its end.

    Raises
    ------
    subprocess.CalledProcessError
        Where it fails.
    """
    command = [str(argument) for argument in arguments]
    began_s = time.perf_counter()
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.perf_counter() - began_s
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return ProcessCost(
        wall_s=round(wall_s, 1),
        processor_s=round(usage.ru_utime + usage.ru_stime, 1),
        peak_memory_mb=round(usage.ru_maxrss * _KIBIBYTE),
    )
