"""What every test may ask for: the repository, the folder of real clips, figures without a screen."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

# Before anything imports NumPy: tests run side by side, and threads that share a core wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Before anything imports pyplot: a figure in a test must never open a window.
os.environ.setdefault("MPLBACKEND", "Agg")
# Qt prefers Wayland where it finds it, and would put its dialogs on the developer's own screen.
os.environ.pop("WAYLAND_DISPLAY", None)

# Drawing a clip or opening a window takes its time on a small machine; how long is no property under test.
hypothesis.settings.register_profile("project", deadline=None)
hypothesis.settings.load_profile("project")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the root of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real clips and published data, or skip the test where there is none.

    The environment variable `AFD_TEST_DATA` names it. None of what lies there is part of the project.
    """
    named = os.environ.get("AFD_TEST_DATA")
    if not named:
        pytest.skip("needs real data: AFD_TEST_DATA names no folder")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"AFD_TEST_DATA names {folder}, which is no folder")
    return folder
