"""Timing per session, and clicks that look like slips."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analysis.collection import Allowed, collect
from analysis.measures.accidental_clicks import accidental_click_table, accidental_clicks
from analysis.measures.quality import session_timing
from analysis.session_quality import session_quality
from analysis.tables import write_table
from experiment.journal import Journal
from experiment.records import DisplayRecord, HeldUp, InputChanged, Resumed


def shown(**columns: object) -> pd.DataFrame:
    """Four trials: two of session 1, one of session 2, one of another person."""
    table = pd.DataFrame(
        {
            "observer": ["P002", "P002", "P002", "P001"],
            "session": [1, 1, 2, 1],
            "clip_id": ["a", "b", "a", "a"],
            "flips": [100, 300, 50, 60],
            "dropped_frames": [1, 5, 0, 3],
            "interval_ms": [16.0, 18.0, 16.5, 16.7],
            "interval_sd_ms": [0.5, 1.5, 0.1, 0.2],
            "early_presses": [0, 2, 0, 1],
        }
    )
    return table.assign(**columns).astype(
        {"flips": "Int64", "dropped_frames": "Int64", "early_presses": "Int64", "session": "Int64"}
    )


def test_each_session_has_its_share_of_late_flips_and_its_spread() -> None:
    first = session_timing(shown()).iloc[0]
    assert (first["session"], first["trials"], first["flips"], first["dropped_frames"]) == (
        "P002_01",
        2,
        400,
        6,
    )
    assert first["dropped_share"] == 6 / 400
    assert first["late_per_trial"] == 3
    assert (first["interval_ms"], first["interval_sd_ms"]) == (17.0, 1.0)
    assert first["worst_interval_sd_ms"] == 1.5
    assert first["early_presses"] == 2
    assert session_timing(shown())["session"].tolist() == ["P002_01", "P002_02", "P001_01"]


def test_what_is_not_known_of_a_session_stays_empty_and_in_its_row() -> None:
    unknown = session_timing(shown(flips=[pd.NA, 300, pd.NA, 60], dropped_frames=[1, 5, 0, pd.NA]))
    assert unknown["dropped_share"].round(6).fillna(-1).tolist() == [0.016667, -1, -1]
    assert unknown["flips"].fillna(-1).tolist() == [300, -1, 60]
    assert unknown["late_per_trial"].fillna(-1).tolist() == [3, 0, -1]


def test_the_folder_adds_display_input_and_interruptions(make_session, recipe, tmp_path) -> None:
    folder = make_session(replace(recipe, simulated=""))
    display = DisplayRecord("virtual", (1280, 800), 60.0, "virtual", False, "none", "observer")
    with Journal(folder / "journal.jsonl") as journal:
        for event in (
            Resumed(gap_s=12.5, damage=(), display=display),
            Resumed(gap_s=3.0, damage=(), display=display),
            HeldUp(duration_s=4.0, reason="the disk is full"),
            InputChanged("event time", "poll time", "the queue was lost"),
        ):
            journal.append(event, 9999.0)
    make_session(replace(recipe, participant="P002", simulated=""))
    collection = collect([tmp_path / "data"], Allowed(unfinished=True))
    first, second = session_quality(collection.sessions).to_dict("records")
    assert (first["session"], first["refresh_hz"], first["response_source"]) == ("P001_01", 60.0, "observer")
    assert first["shown_hz"] == pytest.approx(59.9988, abs=1e-4)
    assert (first["resumed"], first["longest_gap_s"], first["held_up_s"]) == (2, 12.5, 4.0)
    assert first["input_changes"] == "event time to poll time (the queue was lost)"
    assert (second["resumed"], second["longest_gap_s"], second["held_up_s"]) == (0, 0.0, 0.0)
    # A table knows the flips, but not the display.
    write_table(collection.table, tmp_path / "trials.tsv")
    of_table = session_quality(collect([tmp_path / "trials.tsv"], Allowed(unfinished=True)).sessions)
    assert of_table["dropped_share"].tolist() == [0.0, 0.0]
    assert of_table["response_source"].isna().all()


def answers(times: list[float], **columns: object) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "observer": "P001",
            "session": 1,
            "condition": "AFD5",
            "phase": "test",
            "trial": range(1, len(times) + 1),
            "clip_id": "clip",
            "action": "Swing",
            "response": "Lunges",
            "correct": 0,
            "time_to_choose": times,
            "loops": [time / 4 for time in times],
        }
    )
    return table.assign(**columns)


def test_a_slip_is_wrong_among_the_fastest_percent_and_before_half_a_loop() -> None:
    # given 200 answers, of which the first percentile lies between the second and the third (Hyndman-Fan 7)
    times = [0.1, 0.2, 0.3, *[2.0 + number / 100 for number in range(197)]]
    assert accidental_click_table(answers(times))["trial"].tolist() == [1, 2]
    # when the first was right, the second has no response, or half of the clip was over: it is none
    right = answers(times)
    right.loc[0, ["correct", "response"]] = [1, "Swing"]
    right.loc[1, "response"] = None
    assert accidental_click_table(right).empty
    assert accidental_click_table(answers(times, loops=0.5)).empty


def test_of_few_answers_the_fastest_may_be_a_slip() -> None:
    assert accidental_click_table(answers([3.0, 0.2, 1.0]))["trial"].tolist() == [2]


def test_conditions_have_their_own_fastest() -> None:
    quick, slow = answers([0.1, 0.2]), answers([1.0, 1.1], condition="UCF5")
    both = pd.concat([quick, slow], ignore_index=True)
    assert accidental_click_table(both)[["condition", "time_to_choose"]].to_numpy().tolist() == [
        ["AFD5", 0.1],
        ["UCF5", 1.0],
    ]


def test_training_has_its_own_fastest() -> None:
    both = pd.concat([answers([0.1, 0.2]), answers([1.0, 1.1], phase="training")], ignore_index=True)
    assert accidental_click_table(both)["phase"].tolist() == ["test", "training"]


def test_without_loops_a_slip_cannot_be_told() -> None:
    flags = accidental_clicks(answers([0.1, 5.0], loops=None))
    assert flags.isna().tolist() == [True, False], "of what is not among the fastest it can be told"
