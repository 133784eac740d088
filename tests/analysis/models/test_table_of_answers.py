"""docs/examples/table_of_answers.py: probabilities of another program become a table that a report reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd

from analysis.formats.trial_table import read_trial_table
from tests.experiment.material import ACTIONS, counted_clips, write_placeholders


def converted(repository: Path, folder: Path, clip_ids: list[str]) -> subprocess.CompletedProcess[str]:
    shares = pd.DataFrame({"clip_id": clip_ids, **dict.fromkeys(ACTIONS, 0.15)})
    shares["Swing"] = 0.4
    shares.to_csv(folder / "answers.csv", index=False)
    command = [sys.executable, "docs/examples/table_of_answers.py", "Always swings"]
    paths = [str(folder / name) for name in ("answers.csv", "set", "answers.tsv")]
    return subprocess.run([*command, *paths], cwd=repository, capture_output=True, text=True, check=False)


def test_probabilities_of_a_csv_become_a_table_of_predictions(repository, tmp_path):
    clips = counted_clips(test=2, train=1)
    write_placeholders(tmp_path / "set", clips)
    tests = [clip for clip in clips if clip.split == "test"]
    done = converted(repository, tmp_path, [clip.clip_id for clip in tests])
    assert (done.returncode, done.stderr) == (0, "")
    (run,) = read_trial_table(tmp_path / "answers.tsv")
    assert (run.observer, run.observer_kind) == ("Always swings", "model")
    assert list(run.table["clip_id"]) == [clip.clip_id for clip in tests]
    assert set(run.table.loc[run.table["correct"] == 1, "action"]) == {"Swing"}
    assert (run.table["p_Lunges"] == 0.15).all()


def test_a_clip_that_is_not_in_the_set_is_named(repository, tmp_path):
    write_placeholders(tmp_path / "set", counted_clips(test=2, train=1))
    done = converted(repository, tmp_path, ["UCF5/v_Swing_g99_c01"])
    assert done.returncode == 1
    assert "the clip UCF5/v_Swing_g99_c01 is not in" in done.stderr
    assert not (tmp_path / "answers.tsv").exists()
