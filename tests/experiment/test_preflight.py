"""What is checked before a session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from experiment import preflight
from experiment.errors import InputRefused
from experiment.phases.layout import Layout
from experiment.plan import Seat, make_plan
from stimuli.errors import StimulusError
from tests.experiment.material import counted_clips, stimulus_set
from tests.experiment.virtual_session import short_protocol


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


def test_a_clip_larger_than_its_place_is_refused_with_both_sizes():
    # Given one clip of the plan in full HD
    clips = counted_clips(1, 1)
    plan = make_plan(short_protocol(), stimulus_set(clips), Seat("T001", 1, 1, 7))
    large = plan.clip_ids[2]
    stimuli = stimulus_set(
        tuple(replace(clip, width=1920, height=1080) if clip.clip_id == large else clip for clip in clips)
    )
    # Then a small display is refused, in one sentence, and one that has the room is not
    with pytest.raises(InputRefused) as refused:
        preflight.check_fit(stimuli, plan, Layout(1280, 800))
    assert str(refused.value) == (
        f"{large}: found 1920x1080 px; beside the menu a display of 1280x800 px has room for 870x736"
    )
    preflight.check_fit(stimuli, plan, Layout(3840, 2160))
    preflight.check_fit(stimulus_set(clips), plan, Layout(1280, 800))
