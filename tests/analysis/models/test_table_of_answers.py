"""docs/examples/table_of_answers.py: probabilities of another program become a table that a report reads."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

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


HEADER = f"clip_id,{','.join(ACTIONS)}\n"
EQUAL = ",".join([f"{1 / len(ACTIONS)}"] * len(ACTIONS))
CLIP = "UCF5/v_Swing_g01_c01"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (f"{HEADER}UCF5/v_Swing_g99_c01,{EQUAL}\n", "the clip UCF5/v_Swing_g99_c01 is not in"),
        (f"{HEADER}{CLIP},{EQUAL}\n{CLIP},{EQUAL}\n", f"the clip {CLIP} stands there twice"),
        (f"{HEADER.lower()}{CLIP},{EQUAL}\n", f"needed are clip_id, {', '.join(sorted(ACTIONS))}"),
        (f"clip_id,Swing\n{CLIP},1.0\n", "the columns are Swing; needed are"),
        (f"{HEADER}{CLIP},{EQUAL}\n".replace("0.2", "much", 1), "could not convert string to float: 'much'"),
        (f"{HEADER}{CLIP},{EQUAL}\n".replace("0.2", "", 1), f"a probability that is no number for {CLIP}"),
        (HEADER, "there is no clip below the names"),
        (f"Swing\n{EQUAL}\n", "no CSV file of clip_id and probabilities"),
        ("", "answers.csv: no CSV file of clip_id and probabilities"),
        (None, "answers.csv: no CSV file of clip_id and probabilities"),
    ],
)
def test_what_is_no_table_of_answers_is_one_sentence(
    monkeypatch, capsys, repository, tmp_path, content, sentence
):
    write_placeholders(tmp_path / "set", counted_clips(test=2, train=1))
    if content is not None:
        (tmp_path / "answers.csv").write_text(content)
    paths = [str(tmp_path / name) for name in ("answers.csv", "set", "answers.tsv")]
    code = run_here(monkeypatch, repository, "My model", *paths)
    said = capsys.readouterr().err
    assert (code, said.count("\n")) == (2, 1), said
    assert sentence in said
    assert not (tmp_path / "answers.tsv").exists()


def test_arguments_that_lack_are_told_with_the_usage(monkeypatch, capsys, repository, tmp_path):
    assert run_here(monkeypatch, repository, "My model") == 2
    assert "required: answers, stimuli, output" in capsys.readouterr().err
    none = (str(tmp_path / name) for name in ("answers.csv", "set", "answers.tsv"))
    (tmp_path / "answers.csv").write_text(f"{HEADER}{CLIP},{EQUAL}\n")
    assert run_here(monkeypatch, repository, "My model", *none) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1, "there is no such set"


def run_here(monkeypatch, repository: Path, *arguments: str) -> int:
    """In this process, which saves the seconds of its imports."""
    monkeypatch.setattr(sys, "argv", ["table_of_answers.py", *arguments])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(repository / "docs/examples/table_of_answers.py"), run_name="__main__")
    return int(end.value.code)
