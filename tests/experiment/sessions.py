"""Sessions run for tests through the real command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.experiment.material import counted_clips, write_placeholders

REPOSITORY = Path(__file__).resolve().parents[2]
PILOT = REPOSITORY / "protocols" / "pilot.yaml"
STUDY = REPOSITORY / "protocols" / "afd5.yaml"


def command(*arguments: object) -> list[str]:
    """The command line of ``run_session.py``."""
    return [sys.executable, str(REPOSITORY / "run_session.py"), *map(str, arguments)]


def run(*arguments: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a session to its end."""
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, check=False, timeout=240, env=env
    )


def simulated_session(folder: Path) -> Path:
    """The folder of a whole pilot session without a screen."""
    stimuli = write_placeholders(folder / "stimuli", counted_clips(4, 3))
    data = folder / "data"
    finished = run(PILOT, "--simulate", "data", "--stimuli", stimuli, "--data", data, "--participant", "T001")
    assert finished.returncode == 0, finished.stderr
    return data / "sessions" / "T001_01"
