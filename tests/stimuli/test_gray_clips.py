"""docs/examples/gray_clips.py: a lab's own kind of clip joins a stimulus set."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from stimuli.manifest import read_stimulus_set, verify_stimulus_set
from stimuli.video import decode
from tests.experiment.material import write_noise_clips


def test_gray_clips_stand_in_the_manifest_beside_those_they_were_made_from(
    repository: Path, tmp_path: Path
) -> None:
    root = write_noise_clips(tmp_path / "set", test=1, train=1)
    before = read_stimulus_set(root)
    done = subprocess.run(
        [sys.executable, "docs/examples/gray_clips.py", str(root)],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    stimuli = read_stimulus_set(root)
    assert stimuli.clips[: len(before.clips)] == before.clips
    added = stimuli.clips[len(before.clips) :]
    assert {clip.condition for clip in added} == {"Gray5"}
    assert [clip.source_clip_id for clip in added] == [
        clip.clip_id for clip in before.clips if clip.condition == "UCF5"
    ]
    assert verify_stimulus_set(stimuli) == ()
    shown = np.stack(list(decode(stimuli.path_of(added[0]))))
    assert len(shown) == added[0].frames
    assert (shown == shown[..., :1]).all()
