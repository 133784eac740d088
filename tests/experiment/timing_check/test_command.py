"""``run_session.py --timing-check``: what is refused, and that nothing is written then."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]


def refused(data: Path, *options: str, **environment: str) -> str:
    command = [sys.executable, "run_session.py", "--timing-check", "--data", str(data), *options]
    ended = subprocess.run(
        command,
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert not data.exists()
    assert len(ended.stderr.strip().splitlines()) == 1
    return ended.stderr


@pytest.mark.parametrize("options", [("--simulate", "data"), ("--resume",), ("--participant", "P001")])
def test_it_is_no_session(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert "--timing-check runs no session" in refused(tmp_path / "data", *options)


@pytest.mark.skipif(sys.platform != "linux", reason="DISPLAY is X's")
def test_it_needs_a_display(tmp_path: Path) -> None:
    assert "DISPLAY is not set" in refused(tmp_path / "data", DISPLAY="")
