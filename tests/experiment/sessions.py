"""Sessions run for tests through the real command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from experiment.choices import Choices
from experiment.cli import app
from tests.experiment.material import counted_clips, write_placeholders

REPOSITORY = Path(__file__).resolve().parents[2]
PILOT = REPOSITORY / "protocols" / "pilot.yaml"
STUDY = REPOSITORY / "protocols" / "afd5.yaml"
NOTHING_GIVEN = Choices(
    protocol=None,
    data=Path("data"),
    stimuli=None,
    participant=None,
    session=None,
    seed=None,
    simulate=None,
    observer=None,
    speed=None,
    language=None,
    windowed=False,
    screen=0,
    consent_confirmed=False,
    pilot=False,
)
"""A command line without an option."""


def command(*arguments: object) -> list[str]:
    """The command line of ``run_session.py``."""
    return [sys.executable, str(REPOSITORY / "run_session.py"), *map(str, arguments)]


def run(*arguments: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a session to its end."""
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, check=False, timeout=240, env=env
    )


def run_here(*arguments: object) -> Result:
    """The same command line within this process: its ``exit_code``, ``stdout`` and ``stderr``."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused_here(folder: Path, *arguments: object) -> str:
    """The one sentence of a command within this process that must be refused and must write nothing."""
    before = {path: path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}
    ended = run_here(*arguments)
    assert ended.exit_code == 2, ended.stderr
    assert {path: path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")} == before
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    return str(lines[0])


def simulated_session(folder: Path) -> Path:
    """The folder of a whole pilot session without a screen."""
    stimuli = write_placeholders(folder / "stimuli", counted_clips(4, 3))
    data = folder / "data"
    finished = run(PILOT, "--simulate", "data", "--stimuli", stimuli, "--data", data, "--participant", "T001")
    assert finished.returncode == 0, finished.stderr
    return data / "sessions" / "T001_01"
