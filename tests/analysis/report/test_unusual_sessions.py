"""What a report tells of trials and sessions that did not go as usual."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.collection import collect
from analysis.report import write_report
from analysis.sessions import read_sessions
from analysis.tables import read_table, write_table
from experiment.journal import JOURNAL_NAME, Journal, read_journal
from experiment.records import HeldUp, Resumed, TrialFinished
from tests.analysis.report.reading import ALL_OF_THEM, page_of, summary_of


def test_frames_that_were_late_are_counted_and_explained(make_session, recipe, tmp_path) -> None:
    table = collect([make_session(recipe)], ALL_OF_THEM).table
    late = tmp_path / "trials.tsv"
    write_table(table.assign(dropped_frames=[3, 1, *[0] * (len(table) - 2)]), late)
    write_report(collect([late], ALL_OF_THEM), tmp_path / "out")
    assert "4, in 2 of 60 trials, training included" in page_of(tmp_path / "out").text
    quality = summary_of(tmp_path / "out")["quality"]
    assert (quality["dropped_frames"], quality["trials_with_dropped_frames"]) == (4, 2)


def test_interruptions_are_told_with_their_gaps(make_session, recipe, tmp_path) -> None:
    # Given a session that was resumed twice and once waited for room on the disk, and one that ran through
    folder = make_session(recipe)
    make_session(replace(recipe, participant="P002"))
    with Journal(folder / "journal.jsonl") as journal:
        for gap_s in (750.0, 90.0):
            journal.append(Resumed(gap_s, (), read_sessions([folder])[0].details.record.display), 9000.0)
        journal.append(HeldUp(30.0, "No space left on device"), 9001.0)
    write_report(collect([tmp_path / "data"], ALL_OF_THEM), tmp_path / "out")
    said = page_of(tmp_path / "out").text
    assert "1 of 2 sessions, after an interruption: P001_01 after 12.5 min, 1.5 min." in said
    assert "P001_01 for 0.5 min, waiting for room on the disk" in said
    quality = summary_of(tmp_path / "out")["quality"]
    assert quality["resumed_sessions"] == 1
    assert quality["interruptions"] == [{"session": "P001_01", "gaps_s": [750.0, 90.0], "held_up_s": 30.0}]


def test_presses_within_the_minimum_viewing_time_are_told(make_session, recipe, tmp_path) -> None:
    # Given a session with three presses that came too soon in its first trial
    folder = make_session(recipe)
    entries = read_journal(folder / JOURNAL_NAME).entries
    (folder / JOURNAL_NAME).unlink()
    first = next(entry.seq for entry in entries if isinstance(entry.event, TrialFinished))
    with Journal(folder / JOURNAL_NAME) as journal:
        for entry in entries:
            event = entry.event
            journal.append(replace(event, too_soon_presses=3) if entry.seq == first else event, entry.t_s)
    # When its report is made, then page, summary and table tell them
    write_report(collect([tmp_path / "data"], ALL_OF_THEM), tmp_path / "report")
    assert "3 presses within the minimum viewing time" in page_of(tmp_path / "report").text
    assert summary_of(tmp_path / "report")["quality"]["too_soon_presses"] == 3
    timing = pd.read_csv(tmp_path / "report" / "tables" / "timing.tsv", sep="\t")
    assert list(timing["too_soon_presses"]) == [3]


def test_attention_checks_are_counted_by_themselves_and_in_no_accuracy(
    make_session, recipe, tmp_path
) -> None:
    # Given that all five checks at the end of each test are failed, and all else is right
    given = replace(recipe, attention_checks=5, test_per_action=4)
    asked = {"UCF5": 0, "AFD5": 0}

    def answer(condition: str, action: str, _: np.random.Generator) -> str:
        asked[condition] += 1
        is_check = asked[condition] > 10 + 15
        return "Lunges" if is_check and action != "Lunges" else "Swing" if is_check else action

    make_session(replace(given, answer=answer))
    write_report(collect([tmp_path / "data"], ALL_OF_THEM), tmp_path / "out")
    summary = summary_of(tmp_path / "out")
    for condition in summary["conditions"].values():
        assert (condition["trials"], condition["accuracy"]["mean"]) == (15, 1.0)
        assert condition["time_to_choose"]["trials"] == 15
    checks = {"shown": 10, "passed": 0}
    assert summary["quality"]["attention_checks"] == {**checks, "by_observer": {"P001": checks}}
    assert (
        "0 of 10 passed; they count in no accuracy. P001 failed 10 of 10." in page_of(tmp_path / "out").text
    )
    # Their rows are in the trial table
    table = read_table(tmp_path / "out" / "tables" / "trials.tsv")
    assert table["attention_check"].sum() == 10
    counted = pd.read_csv(tmp_path / "out" / "tables" / "attention_checks.tsv", sep="\t")
    assert counted[["condition", "failed"]].to_numpy().tolist() == [["UCF5", 5], ["AFD5", 5]]


def test_trials_that_a_time_limit_ended_are_said_and_drawn(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, answer=lambda _, action, __: None if action == "Swing" else action))
    write_report(collect([tmp_path / "data"], ALL_OF_THEM), tmp_path / "out")
    summary, text = summary_of(tmp_path / "out"), page_of(tmp_path / "out").text
    assert summary["quality"]["unanswered_test_trials"] == 8
    assert "8 of 40 test trials, ended by the time limit; they count as wrong and have no time" in text
    assert "trials without a response are in no column" in text
    condition = summary["conditions"]["AFD5"]
    assert condition["accuracy"]["mean"] == 0.8
    assert condition["by_action"]["Swing"]["mean"] == 0
    assert condition["confusion"]["actions"] == ["JumpingJack", "Lunges", "PullUps", "PushUps", "Swing"]
    assert condition["time_to_choose"]["by_action"]["Swing"]["median"] is None


def test_nobody_answered_in_time(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, answer=lambda *_: None))
    write_report(collect([tmp_path / "data"], ALL_OF_THEM), tmp_path / "out")
    summary = summary_of(tmp_path / "out")
    assert summary["conditions"]["UCF5"]["accuracy"]["mean"] == 0
    assert summary["conditions"]["UCF5"]["time_to_choose"]["median"] is None
