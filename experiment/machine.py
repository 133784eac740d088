"""The machine a session runs on: what stands in ``session.json``, and what else it is busy with."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from experiment.project import PROJECT
from experiment.records import MachineRecord
from stimuli.installed import installed_version

_PACKAGES = (
    "psychopy",
    "pyglet",
    "psychtoolbox",
    "numpy",
    "scipy",
    "av",
    "opencv-python",
    "pydantic",
    "pyyaml",
    "pillow",
)
_KERNEL_CLOCK = Path("/sys/devices/system/clocksource/clocksource0/current_clocksource")
_CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class BusyProgram:
    """Another program and the share of one processor core that it uses, 1 being all of one."""

    name: str
    process: int
    cores: float


@dataclass(frozen=True)
class Battery:
    """How full the battery is, in percent, and whether the machine is plugged in."""

    percent: float
    plugged_in: bool


def machine_record() -> MachineRecord:
    """System, processor, memory and clock of this machine. It holds no name of a machine or user."""
    clock = time.get_clock_info("perf_counter")
    kernel = f", kernel clock {_KERNEL_CLOCK.read_text().strip()}" if _KERNEL_CLOCK.is_file() else ""
    return MachineRecord(
        system=platform.platform(),
        processor=_processor(),
        cores=os.cpu_count() or 0,
        memory_mb=psutil.virtual_memory().total // 2**20,
        clock=f"{clock.implementation}{kernel}",
        clock_resolution_s=clock.resolution,
    )


def busiest_programs(watched_s: float) -> tuple[BusyProgram, ...]:
    """The other programs by their use of the processor over ``watched_s`` seconds, the busiest first.

    What belongs to this program, and what may not be looked at, is left out.
    """
    own = {os.getpid(), *(child.pid for child in psutil.Process().children(recursive=True))}
    began_s = time.perf_counter()
    before = _processor_times()
    time.sleep(watched_s)
    after = _processor_times()
    elapsed_s = time.perf_counter() - began_s
    found = [
        BusyProgram(name, process, (used_s - before[process][1]) / elapsed_s)
        for process, (name, used_s) in after.items()
        if process in before and process not in own
    ]
    return tuple(sorted(found, key=lambda program: -program.cores))


def battery() -> Battery | None:
    """The battery, where there is one."""
    read = getattr(psutil, "sensors_battery", None)  # some systems have no such function
    found = None if read is None else read()
    if found is None:
        return None
    # Where the system cannot tell, nothing is to be worried about.
    return Battery(float(found.percent), found.power_plugged is not False)


def software_versions() -> dict[str, str]:
    """Versions of Python, the system and the packages a session depends on."""
    versions = {"python": platform.python_version(), "system": platform.platform()}
    return versions | {package: installed_version(package, "not installed") for package in _PACKAGES}


def commit() -> str:
    """The commit this program was started from, with ``+changes`` where files differ; ``unknown`` outside a
    checkout.
    """
    try:
        run = subprocess.run(
            ["git", "-C", str(PROJECT), "describe", "--always", "--abbrev=40", "--dirty=+changes"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return run.stdout.strip()


def _processor_times() -> dict[int, tuple[str, float]]:
    """Name and processor time in seconds of every process."""
    times = {}
    for process in psutil.process_iter(["name", "cpu_times"]):
        used = process.info["cpu_times"]
        if used is not None:
            times[process.pid] = (process.info["name"] or "a program", used.user + used.system)
    return times


def _processor() -> str:
    """The processor's model name, as far as the system tells it."""
    if _CPU_INFO.is_file():
        for line in _CPU_INFO.read_text("utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
