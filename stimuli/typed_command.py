"""Commands of this program in messages, so that they can be copied as they stand."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path


def typed(*words: object) -> str:
    """A command as it is typed in this folder: the Python that runs now, and ``words``, quoted if need be."""
    command = [str(from_here(Path(sys.executable))), *map(str, words)]
    return subprocess.list2cmdline(command) if sys.platform == "win32" else shlex.join(command)


def from_here(path: Path) -> Path:
    """A path as it is named in this folder where it lies in it; any other as it is. No link is followed."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
