"""The full protocol in a real window from its first slide to its last question takes no more and more."""

from __future__ import annotations

import os
import sys

import pytest

from benchmarks._session_growth import growth_of_a_session
from benchmarks.session import longest_clip, write_set


@pytest.mark.campaign
@pytest.mark.timeout(1800)
@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not os.environ.get("DISPLAY"),
    reason="needs a display, and the figures of /proc",
)
def test_memory_and_open_files_stay_flat_over_220_trials(tmp_path):
    stimuli = write_set(tmp_path / "set", test=36, train=24, video=longest_clip(tmp_path))
    growth = growth_of_a_session(stimuli, tmp_path / "data", speed=20)
    print(growth)
    assert growth.trials == 220
    assert growth.memory_growth_mb < 20
    assert growth.open_files_late <= growth.open_files_early + 1
