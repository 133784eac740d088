"""What is checked before a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiment import preflight
from experiment.errors import InputRefused
from stimuli.errors import StimulusError


def test_a_session_is_refused_where_the_disk_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr(preflight, "free_bytes", lambda _: preflight.NEEDED_BYTES - 1)
    with pytest.raises(InputRefused, match="199 MB are free on this disk, a session needs 200 MB"):
        preflight.check_disk(tmp_path)


def test_a_session_with_just_enough_room_is_not_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(preflight, "free_bytes", lambda _: preflight.NEEDED_BYTES)
    preflight.check_disk(tmp_path)


def test_a_drive_that_is_not_there_is_refused(monkeypatch):
    # given a path of which no part exists, as on Windows without that drive
    monkeypatch.setattr(Path, "is_dir", lambda _: False)
    monkeypatch.setattr(Path, "exists", lambda _: False)
    with pytest.raises(StimulusError, match="no part of this path exists"):
        preflight.check_disk(Path("/drive/data"))
