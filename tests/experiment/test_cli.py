"""The command line: what it writes, what it refuses, with which exit code."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import re
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from experiment.journal import read_journal
from experiment.records import Answers, SessionStarted, TrialFinished
from experiment.session_store import read_session
from stimuli.manifest import read_stimulus_set, write_manifest
from tests.experiment.material import counted_clips, write_noise_clips, write_placeholders
from tests.experiment.sessions import PILOT, STUDY, refused_here, run, run_here, simulated_session


@pytest.fixture(scope="module")
def stimuli(tmp_path_factory) -> Path:
    """Enough clips for the pilot, without pictures."""
    return write_placeholders(tmp_path_factory.mktemp("set"), counted_clips(4, 3))


def refused(folder: Path, *arguments: object, env: dict[str, str] | None = None) -> str:
    """The one sentence of a command that must be refused and must write nothing."""
    before = sorted(folder.rglob("*"))
    ended = run(*arguments, env=env)
    assert ended.returncode == 2, ended.stderr
    assert sorted(folder.rglob("*")) == before
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    return lines[0]


def test_a_session_leaves_its_four_files(tmp_path):
    folder = simulated_session(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == [
        "frames.tsv.gz",
        "journal.jsonl",
        "session.json",
    ]
    record = json.loads((folder / "session.json").read_text())
    assert record["format"] == 1
    assert (record["participant"], record["session"], record["pilot"]) == ("T001", 1, True)
    assert record["simulated"] == "published-human"
    assert len(record["plan"]["phases"]) == 7
    assert record["plan"]["seed"] == read_session(folder).plan.seed
    with (tmp_path / "data" / "participants.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [(row["participant"], row["order_number"], row["simulated"]) for row in rows] == [
        ("T001", "1", "1")
    ]
    with gzip.open(folder / "frames.tsv.gz", "rt") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert {row["simulated"] for row in rows} == {"1"}


def test_two_hundred_and_twenty_trials_without_a_screen(tmp_path):
    full = write_placeholders(tmp_path / "stimuli", counted_clips(36, 24))
    ended = run(STUDY, "--simulate", "data", "--stimuli", full, "--data", tmp_path / "data")
    assert ended.returncode == 0, ended.stderr
    folder = tmp_path / "data" / "sessions" / "sim01_01"
    events = [entry.event for entry in read_journal(folder / "journal.jsonl").entries]
    trials = [event for event in events if isinstance(event, TrialFinished)]
    assert len(trials) == 220
    with gzip.open(folder / "frames.tsv.gz", "rt") as file:
        flips = Counter(int(row["trial_seq"]) for row in csv.DictReader(file, delimiter="\t"))
    assert flips == {trial.trial_seq: trial.flips for trial in trials}
    assert min(flips.values()) > 10


def test_the_journal_itself_says_who_simulated(tmp_path):
    first = read_journal(simulated_session(tmp_path) / "journal.jsonl").entries[0]
    assert first.event == SessionStarted("published-human")


def test_one_seed_does_not_make_one_participant_of_two(stimuli, tmp_path):
    given = (PILOT, "--simulate", "data", "--stimuli", stimuli, "--data", tmp_path, "--seed", 5)
    did = []
    for code in ("A", "B"):
        assert run_here(*given, "--participant", code).exit_code == 0
        events = [
            entry.event
            for entry in read_journal(tmp_path / "sessions" / f"{code}_01" / "journal.jsonl").entries
        ]
        times = {e.time_to_choose_s for e in events if isinstance(e, TrialFinished)}
        answers = [tuple(e.answers.values()) for e in events if isinstance(e, Answers)]
        order = [e.clip_id for e in events if isinstance(e, TrialFinished)]
        did.append((times, answers, order))
    assert not did[0][0] & did[1][0]
    assert did[0][1] != did[1][1]
    assert did[0][2] != did[1][2]


def test_order_numbers_count_within_a_kind_of_participant(stimuli, tmp_path):
    for _ in range(2):
        assert run(PILOT, "--simulate", "data", "--stimuli", stimuli, "--data", tmp_path).returncode == 0
    with (tmp_path / "participants.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [(r["participant"], r["order_number"]) for r in rows] == [("simpilot01", "1"), ("simpilot02", "2")]


def test_the_same_seed_gives_the_same_plan_and_no_seed_another(stimuli, tmp_path):
    plans = []
    for name, seed in (("a", ["--seed", 5]), ("b", ["--seed", 5]), ("c", [])):
        given = (PILOT, "--simulate", "data", "--stimuli", stimuli, "--participant", "P1", *seed)
        assert run(*given, "--data", tmp_path / name).returncode == 0
        plans.append(
            json.loads((tmp_path / name / "sessions" / "P1_01" / "session.json").read_text())["plan"]
        )
    assert plans[0] == plans[1]
    assert plans[0] != plans[2]
    assert plans[2]["seed"].bit_length() > 64


@pytest.mark.parametrize("code", ["Jane Doe", "a_b", "", "-x", "x" * 21, "../up", "ü1"])
def test_what_is_no_participant_code_is_refused(stimuli, tmp_path, code):
    said = refused(
        tmp_path, PILOT, "--simulate", "data", "--stimuli", stimuli, "--data", tmp_path, "--participant", code
    )
    assert said.startswith("--participant: found")
    assert "letters, digits and hyphens" in said


def test_a_session_that_exists_already_is_refused(tmp_path):
    folder = simulated_session(tmp_path)
    given = (PILOT, "--simulate", "data", "--stimuli", tmp_path / "stimuli", "--data", tmp_path / "data")
    said = refused(tmp_path, *given, "--participant", "T001")
    assert str(folder) in said
    assert "--resume" in said
    assert "--session 2" in said
    assert run(*given, "--participant", "T001", "--session", 2).returncode == 0


def test_a_finished_session_and_an_unknown_one_cannot_be_resumed(tmp_path):
    simulated_session(tmp_path)
    given = (
        PILOT,
        "--simulate",
        "data",
        "--stimuli",
        tmp_path / "stimuli",
        "--data",
        tmp_path / "data",
        "--resume",
    )
    assert "no unfinished session of T001" in refused(tmp_path, *given, "--participant", "T001")
    assert "no unfinished session of T002" in refused(tmp_path, *given, "--participant", "T002")


def test_a_code_of_one_kind_is_not_taken_for_another(tmp_path):
    simulated_session(tmp_path)
    given = (PILOT, "--stimuli", tmp_path / "stimuli", "--data", tmp_path / "data", "--participant", "T001")
    said = refused(tmp_path, *given, "--session", 2, "--windowed")
    assert "registered" in said
    assert "simulated pilot participant, not a pilot participant" in said


def test_a_person_needs_a_code_and_confirmed_consent(stimuli, tmp_path):
    full = write_placeholders(tmp_path / "stimuli", counted_clips(36, 24))
    data = tmp_path / "data"
    confirmed = (STUDY, "--stimuli", full, "--data", data, "--consent-confirmed")
    assert refused(tmp_path, *confirmed).startswith("--participant: missing")
    said = refused(tmp_path, STUDY, "--stimuli", full, "--data", data, "--participant", "P001")
    assert said.startswith("--consent-confirmed: missing")


def test_missing_empty_and_too_small_stimulus_sets_are_refused(stimuli, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    data = tmp_path / "data"
    assert "there is no stimulus set" in refused(
        tmp_path, PILOT, "--simulate", "data", "--stimuli", tmp_path / "no", "--data", data
    )
    assert str(empty) in refused(tmp_path, PILOT, "--simulate", "data", "--stimuli", empty, "--data", data)
    said = refused(tmp_path, STUDY, "--simulate", "data", "--stimuli", stimuli, "--data", data)
    assert "asks for 18 test clips of JumpingJack, but the set holds 4" in said


def test_a_changed_and_a_missing_clip_are_refused(tmp_path):
    root = write_noise_clips(tmp_path / "stimuli", 4, 3)
    clips = sorted((root / "afd5" / "Swing").glob("*.mkv"))
    given = (PILOT, "--simulate", "visual", "--windowed", "--stimuli", root, "--data", tmp_path / "data")
    for clip in clips:
        clip.write_bytes(clip.read_bytes()[:-1] + b"\0")
    said = refused(tmp_path, *given)
    assert re.search(r"afd5/Swing/v_Swing_g\d\d_c01\.mkv: sha256 is", said)
    assert "python -m stimuli verify" in said
    for clip in clips:
        clip.unlink()
    assert re.search(r"afd5/Swing/v_Swing_g\d\d_c01\.mkv: missing", refused(tmp_path, *given))


def test_a_clip_that_is_no_video_is_refused(tmp_path):
    root = write_placeholders(tmp_path / "stimuli", counted_clips(4, 3))
    given = (PILOT, "--simulate", "visual", "--windowed", "--stimuli", root, "--data", tmp_path / "data")
    assert ".mkv" in refused(tmp_path, *given)


def test_a_clip_cut_short_before_its_checksum_was_taken_is_refused(tmp_path):
    # Given a set whose manifest holds the checksums of clips that end half way
    root = write_noise_clips(tmp_path / "stimuli", 4, 3)
    clips = []
    for clip in read_stimulus_set(root).clips:
        if clip.action == "Swing":
            path = root / clip.path
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
            clips.append(replace(clip, sha256=hashlib.sha256(path.read_bytes()).hexdigest()))
        else:
            clips.append(clip)
    write_manifest(root, clips)
    given = (PILOT, "--simulate", "visual", "--windowed", "--stimuli", root, "--data", tmp_path / "data")
    said = refused_here(tmp_path, *given)
    assert re.search(r"v_Swing_g\d\d_c01\.mkv", said)
    assert "is cut short: it holds" in said


def test_no_display_is_said_in_one_sentence(tmp_path):
    root = write_noise_clips(tmp_path / "stimuli", 4, 3)
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    given = (PILOT, "--simulate", "visual", "--stimuli", root, "--data", tmp_path / "data")
    assert "display" in refused(tmp_path, *given, env=env).lower()


def test_a_folder_that_cannot_be_written_is_refused(stimuli, tmp_path):
    file = tmp_path / "data"
    file.write_text("not a folder")
    said = refused(tmp_path, PILOT, "--simulate", "data", "--stimuli", stimuli, "--data", file)
    assert str(file) in said


def test_options_of_simulations_are_refused_with_a_person(stimuli, tmp_path):
    given = (PILOT, "--stimuli", stimuli, "--data", tmp_path)
    assert refused(tmp_path, *given, "--speed", "3").startswith(
        "--speed: allowed with --simulate visual only"
    )
    assert refused(tmp_path, *given, "--observer", "x.yaml").startswith(
        "--observer: allowed in simulations only"
    )


@pytest.mark.parametrize(
    "option", [("--gamma-table", "x.csv"), ("--distance-cm", "60"), ("--photodiode",), ("--input", "x11")]
)
def test_options_of_a_screen_are_refused_where_there_is_none(stimuli, tmp_path, option):
    given = (PILOT, "--simulate", "data", "--stimuli", stimuli, "--data", tmp_path)
    assert refused_here(tmp_path, *given, *option).startswith(f"{option[0]}: allowed with a screen only")


def test_a_resumed_session_says_so_with_the_gap_and_keeps_its_plan(tmp_path):
    folder = simulated_session(tmp_path)
    whole = read_session(folder)
    journal = folder / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:20]) + lines[20][:-9])
    time.sleep(0.01)
    given = (PILOT, "--simulate", "data", "--stimuli", tmp_path / "stimuli", "--data", tmp_path / "data")
    assert run(*given, "--participant", "T001", "--resume").returncode == 0
    entries = read_journal(journal).entries
    resumed = next(entry.event for entry in entries if entry.event.kind == "resumed")
    assert resumed.damage == ("line 21: the record is cut off",)
    assert read_session(folder) == whole
    assert entries[-1].event.kind == "session_finished"
