"""How large a set will be is told before, and a disk too small is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stimuli.build import Work, build_clips
from stimuli.errors import StimulusError
from stimuli.size_estimate import SizeEstimate, check_disk


def test_the_size_is_told_before_and_is_about_right(tmp_path: Path, write_clip: Callable[..., Path]) -> None:
    # Given clips longer than what is looked at
    for seed in range(3):
        path = tmp_path / "clips" / "Swing" / f"v_Swing_g01_c{seed:02d}.mkv"
        write_clip(path, seed=seed, count=40, height=120, width=160, step=1 + seed)
    told: list[SizeEstimate] = []

    outcome = build_clips(tmp_path / "clips", tmp_path / "set", seed=0, work=Work(on_estimate=told.append))

    assert told[0].clips == 6
    assert told[0].expected_bytes == pytest.approx(outcome.size_bytes, rel=0.25)
    assert told[0].needed_bytes > told[0].expected_bytes


def test_a_disk_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StimulusError, match=r"set has [\d,.]+ MB free and 1,400,000,000 MB are needed"):
        check_disk(tmp_path / "nowhere" / "set", clips=2, expected_bytes=10**15)

    assert not (tmp_path / "nowhere").exists()
