"""A command in a message works when it is copied."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stimuli.typed_command import from_here, typed


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_a_copied_command_runs_with_this_python_whatever_its_words(tmp_path: Path) -> None:
    script = tmp_path / "my script.py"
    script.write_text("import sys; print(sys.executable, sys.argv[1:])", encoding="utf-8")
    said = subprocess.run(
        ["sh", "-c", typed(script, "--data", Path("data of Ann's study"), 3)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == f"{sys.executable} {['--data', 'data of Ann' + chr(39) + 's study', '3']}\n"


def test_paths_of_this_folder_are_named_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    assert from_here(tmp_path / "run_session.py") == Path("run_session.py")
    assert from_here(Path("/elsewhere/run_session.py")) == Path("/elsewhere/run_session.py")
    assert typed("-m", "stimuli").replace("\\", "/") == ".venv/bin/python -m stimuli"
