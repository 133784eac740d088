"""What is checked before the first screen, and the snapshot of software that goes into ``session.json``."""

from __future__ import annotations

import platform
import subprocess
from importlib import metadata
from pathlib import Path

from experiment.errors import InputRefused
from experiment.phases.layout import Layout
from experiment.records import SessionPlan
from stimuli.disk import free_bytes
from stimuli.manifest import StimulusSet, verify_stimulus_set
from stimuli.video import check_whole

# A session of 220 trials writes about 2 MB; the rest is room for what else the machine does in half an hour.
NEEDED_BYTES = 200 * 1024 * 1024
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
PROJECT = Path(__file__).resolve().parent.parent


def check_disk(data: Path) -> None:
    """Refuse a disk without room for a session.

    Raises
    ------
    InputRefused
        Where the disk that holds ``data`` has too little room for a session.
    StimulusError
        Where no part of the path ``data`` exists.
    """
    free = free_bytes(data)
    if free < NEEDED_BYTES:
        raise InputRefused(
            f"{data}: {free // 2**20} MB are free on this disk, a session needs {NEEDED_BYTES // 2**20} MB; "
            "make room or choose another --data folder"
        )


def check_clips(stimuli: StimulusSet, plan: SessionPlan, *, shown: bool) -> None:
    """Every clip of the plan is there, unchanged and can be decoded.

    Where nothing will be ``shown`` only the presence of the files is checked.

    Raises
    ------
    InputRefused
        Names the first clip that fails and how many more do.
    StimulusError
        Names a clip that does not decode.
    """
    clips = tuple(stimuli.by_id(clip_id) for clip_id in plan.clip_ids)
    if not shown:
        _refuse(stimuli, [f"{clip.path}: missing" for clip in clips if not stimuli.path_of(clip).is_file()])
        return
    planned = StimulusSet(stimuli.root, clips, stimuli.sha256)
    _refuse(stimuli, [str(mismatch) for mismatch in verify_stimulus_set(planned)])
    for clip in clips:
        check_whole(stimuli.path_of(clip), clip.frames)


def check_fit(stimuli: StimulusSet, plan: SessionPlan, layout: Layout) -> None:
    """Raises ``InputRefused`` where a clip is larger than its place on this display."""
    for clip in (stimuli.by_id(clip_id) for clip_id in plan.clip_ids):
        if not layout.fits(clip.width, clip.height):
            raise InputRefused(
                f"{clip.clip_id}: found {clip.width}x{clip.height} px; beside the menu a display of "
                f"{layout.width}x{layout.height} px has room for "
                f"{int(layout.clip_area.width)}x{int(layout.clip_area.height)}"
            )


def software_versions() -> dict[str, str]:
    """Versions of Python, the system and the packages a session depends on."""
    versions = {"python": platform.python_version(), "system": platform.platform()}
    return versions | {package: _version(package) for package in _PACKAGES}


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


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


def _refuse(stimuli: StimulusSet, failures: list[str]) -> None:
    if not failures:
        return
    more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
    raise InputRefused(
        f"{stimuli.root}: {failures[0]}{more}; `python -m stimuli verify {stimuli.root}` lists what differs, "
        "building the set again mends it"
    )
