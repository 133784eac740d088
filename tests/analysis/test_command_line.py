from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.tables import read_table

ROOT = Path(__file__).parents[2]


def test_it_runs_as_a_module(tmp_path) -> None:
    command = [sys.executable, "-m", "analysis", "report", str(tmp_path), "-o", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{tmp_path}: no session was found here")


def test_trials_writes_the_table_and_says_what_was_left_out(analysis, make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, simulated=""))
    make_session(replace(recipe, participant="P002"))
    done = analysis("trials", tmp_path / "data", "-o", tmp_path / "trials.tsv")
    assert done.code == 0, done.stderr
    assert "left out 1 of 2 sessions" in done.stderr
    assert "1 simulated (--allow-simulated)" in done.stderr
    assert "60 trials of 1 sessions" in done.stdout
    assert read_table(tmp_path / "trials.tsv")["observer"].unique().tolist() == ["P001"]


def test_report_of_a_table_made_by_trials(analysis, make_session, recipe, tmp_path) -> None:
    make_session(recipe)
    table, out = tmp_path / "trials.tsv", tmp_path / "out"
    assert analysis("trials", tmp_path / "data", "-o", table, "--allow-simulated").code == 0
    done = analysis("report", table, "-o", out, "--allow-simulated")
    assert done.code == 0, done.stderr
    assert done.stdout.strip() == str(out / "report.html")
    assert json.loads((out / "summary.json").read_bytes())["conditions"]["AFD5"]["trials"] == 20


def test_a_table_is_made_of_several_forms(analysis, make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, simulated=""))
    published = Path(__file__).parent / "formats" / "published_program_run.csv"
    done = analysis("trials", tmp_path / "data", published, "-o", tmp_path / "trials.tsv")
    assert done.code == 0, done.stderr
    assert "67 trials of 2 sessions" in done.stdout
    assert "times begin before the window opens" in done.stderr
    assert read_table(tmp_path / "trials.tsv")["observer"].unique().tolist() == ["07", "P001"]


def test_rules_of_exclusion_are_applied_and_told(analysis, make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, simulated=""))
    rules, out = tmp_path / "rules.yaml", tmp_path / "out"
    rules.write_text("format: 1\nrules:\n- {rule: too-slow, above_s: 4}\n", encoding="utf-8")
    done = analysis("report", tmp_path / "data", "-o", out, "--exclusions", rules)
    assert done.code == 0, done.stderr
    trials = read_table(out / "tables" / "trials.tsv")
    slow = int(((trials["phase"] == "test") & (trials["time_to_choose"] > 4)).sum())
    flow = pd.read_csv(out / "tables" / "exclusions.tsv", sep="\t")
    assert flow["removed_trials"].tolist() == [0, slow]
    assert slow > 0
    conditions = json.loads((out / "summary.json").read_bytes())["conditions"]
    assert sum(condition["trials"] for condition in conditions.values()) == 40 - slow


@pytest.mark.parametrize("command", ["trials", "report"])
def test_bad_input_is_one_sentence_exit_2_and_writes_nothing(
    analysis, make_session, recipe, tmp_path, command
) -> None:
    make_session(recipe)
    empty = tmp_path / "empty"
    empty.mkdir()
    for data, said in (
        (tmp_path / "data", "--allow-simulated"),
        (empty, "no session was found here"),
        (tmp_path / "missing", "does not exist"),
    ):
        done = analysis(command, data, "-o", tmp_path / "out")
        assert done.code == 2
        assert done.stderr.count("\n") == 1
        assert said in done.stderr
        assert not (tmp_path / "out").exists()


def test_a_report_cannot_take_the_place_of_a_file(analysis, make_session, recipe, tmp_path) -> None:
    make_session(recipe)
    (tmp_path / "out").write_text("precious", encoding="utf-8")
    done = analysis("report", tmp_path / "data", "-o", tmp_path / "out", "--allow-simulated")
    assert (done.code, done.stderr.count("\n")) == (2, 1)
    assert (tmp_path / "out").read_text(encoding="utf-8") == "precious"
