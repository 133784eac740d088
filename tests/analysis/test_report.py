from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.collection import Allowed, collect
from analysis.errors import AnalysisError
from analysis.report import write_report
from analysis.report.findings import gather
from analysis.report.page import render_page
from analysis.report.result_tables import result_tables
from analysis.report.summary_json import summary_json
from analysis.sessions import read_sessions
from analysis.tables import read_table, write_table
from experiment.journal import JOURNAL_NAME, Journal, read_journal
from experiment.records import HeldUp, Resumed, TrialFinished
from tests.analysis.conftest import write_session

ALL_OF_THEM = Allowed(simulated=True, pilot=True, unfinished=True)


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.text = ""
        self.feed(text)
        self.text = re.sub(r"\s+", " ", self.text)

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(folder: Path) -> _Page:
    return _Page((folder / "report.html").read_text(encoding="utf-8"))


def summary_of(folder: Path) -> dict:
    return json.loads((folder / "summary.json").read_bytes())


@pytest.fixture(scope="module")
def study_report(study_data, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_report(collect([study_data], ALL_OF_THEM), folder)
    return folder


FIGURES = [
    "choices_AFD5",
    "choices_UCF5",
    "clips_AFD5",
    "clips_UCF5",
    "drop_UCF5_AFD5",
    "learning",
    "overview_AFD5",
    "overview_UCF5",
    "participants_AFD5",
    "participants_UCF5",
    "quantiles_AFD5",
    "quantiles_UCF5",
    "speed_accuracy",
    "timing",
    "within_participants",
]


def test_the_folder_holds_the_files_of_a_report(study_report: Path) -> None:
    files = sorted(str(path.relative_to(study_report)) for path in study_report.rglob("*") if path.is_file())
    # Those without a questionnaire: these sessions have none.
    assert sorted(path.stem for path in (study_report / "figures").glob("*.svg")) == FIGURES
    assert sorted(path.stem for path in (study_report / "figures").glob("*.png")) == FIGURES
    assert {path.stem for path in (study_report / "tables").glob("*.tsv")} >= {
        "headline",
        "accuracy",
        "accuracy_drop",
        "confusion",
        "choice_times",
        "exclusions",
        "timing",
        "trials",
    }
    assert summary_of(study_report)["provenance"]["files"] == files


def test_the_page_needs_no_other_file_and_no_network(study_report: Path) -> None:
    page = page_of(study_report)
    pictures = [link for link in page.links if link.startswith("data:image/svg+xml;base64,")]
    downloads = [link for link in page.links if link.startswith("data:text/tab-separated-values")]
    inside = [link for link in page.links if link.startswith("#")]
    assert len(pictures) == len(FIGURES)
    assert len(downloads) >= len(FIGURES)
    assert len(pictures) + len(downloads) + len(inside) == len(page.links)
    assert "http" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", (study_report / "report.html").read_text())


def test_the_page_opens_with_the_answer(study_report: Path) -> None:
    summary = summary_of(study_report)
    colour, noise = (100 * summary["conditions"][name]["accuracy"]["mean"] for name in ("UCF5", "AFD5"))
    opening = page_of(study_report).text.partition("Headline numbers")[0]
    assert "These data are simulated" in opening
    assert "10 participants (simulated) answered 1 800 test trials" in opening
    assert f"{colour:.1f} %" in opening
    assert f"{noise:.1f} %" in opening
    assert f"drops by {100 * summary['drops'][0]['mean']:.1f} percentage points" in opening


def test_the_summary_has_the_shape_that_is_fixed_for_it(study_report: Path) -> None:
    summary = summary_of(study_report)
    assert summary["format"] == 1
    assert list(summary["conditions"]) == ["UCF5", "AFD5"]
    for condition in summary["conditions"].values():
        assert (condition["trials"], condition["observers"]) == (900, 10)
        assert condition["accuracy"].keys() >= {"mean", "low", "high"}
        assert condition["accuracy"]["method"] == "crossed bootstrap over participants and clip groups"
        assert list(condition["by_action"]) == ["JumpingJack", "Lunges", "PullUps", "PushUps", "Swing"]
        assert len(condition["by_observer"]) == 10
        assert condition["confusion"]["actions"] == list(condition["by_action"])
        counts = condition["confusion"]["counts"]
        assert [sum(row) for row in counts] == [180] * 5
        right = sum(counts[place][place] for place in range(5))
        assert right / 900 == pytest.approx(condition["accuracy"]["mean"])
        times = condition["time_to_choose"]
        assert times.keys() >= {"median", "q1", "q3", "by_action", "correct", "wrong"}
        assert times["q1"] < times["median"] < times["q3"]
        assert times["correct"]["trials"] + times["wrong"]["trials"] == 900
    assert summary["models"] == {}
    assert list(summary["agreement"]) == ["UCF5", "AFD5"]
    for agreement in summary["agreement"].values():
        (among_people,) = agreement["means"]
        assert (among_people["kind"], among_people["pairs"]) == ("human-human", 45)
        assert len(agreement["pairs"]) == 45
    assert summary["quality"]["sessions"] == 10
    assert summary["quality"]["dropped_frames"] == 0
    provenance = summary["provenance"]
    assert (provenance["simulated"], provenance["pilot"]) == (True, False)
    assert provenance["protocols"] == [{"name": "afd5", "sha256": "a" * 64}]
    assert provenance["manifests_sha256"] == ["c" * 64]
    table = (study_report / "tables" / "trials.tsv").read_bytes()
    assert provenance["trial_table_sha256"] == hashlib.sha256(table).hexdigest()


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


def test_published_values_stand_beside_ours_and_are_marked(study_report: Path) -> None:
    text = page_of(study_report).text
    assert "Beside the published study" in text
    assert "98.9 %" in text
    assert "89.8 %" in text
    assert "Ilic, Pock, Wildes" in text


def test_every_table_says_that_the_data_are_simulated(study_report: Path) -> None:
    for path in (study_report / "tables").iterdir():
        table = pd.read_csv(path, sep="\t", keep_default_na=False)
        assert set(table["observer_kind"]) == {"simulated"}, path
        assert set(table["pilot"]) == {0}, path


def test_a_report_of_the_reports_own_table_has_the_same_numbers(study_report: Path, tmp_path: Path) -> None:
    table = study_report / "tables" / "trials.tsv"
    assert len(read_table(table)) == 2200
    write_report(collect([table], ALL_OF_THEM), tmp_path)
    one, other = summary_of(study_report), summary_of(tmp_path)
    assert other["conditions"] == one["conditions"]
    assert other["provenance"]["trial_table_sha256"] == one["provenance"]["trial_table_sha256"]
    assert "is not on record" in page_of(tmp_path).text


def test_the_same_data_give_the_same_files(study_data, study_report: Path, tmp_path: Path) -> None:
    write_report(collect([study_data], ALL_OF_THEM), tmp_path)
    for path in (file for file in study_report.rglob("*") if file.is_file()):
        assert (tmp_path / path.relative_to(study_report)).read_bytes() == path.read_bytes(), path


@pytest.mark.parametrize("participants", [1, 3])
def test_few_participants_are_told_what_their_interval_is_worth(
    make_session, recipe, tmp_path, participants
) -> None:
    for number in range(1, participants + 1):
        make_session(replace(recipe, participant=f"P{number:03d}", seed=number))
    write_report(collect([tmp_path / "data"], ALL_OF_THEM), tmp_path / "out")
    assert ("nothing about other people" in page_of(tmp_path / "out").text) == (participants == 1)
    crossed = "crossed bootstrap over participants and clip groups"
    methods = {1: {"wilson"}, 3: {"wilson", crossed}}[participants]
    found = {
        condition["accuracy"]["method"] for condition in summary_of(tmp_path / "out")["conditions"].values()
    }
    assert found <= methods


def test_one_condition_of_ones_own_has_no_drop_and_nothing_published(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, conditions=("Shuffled frames",), answer=lambda _, action, __: action))
    write_report(collect([tmp_path / "data"], ALL_OF_THEM), tmp_path / "out")
    summary, page = summary_of(tmp_path / "out"), page_of(tmp_path / "out")
    assert list(summary["conditions"]) == ["Shuffled frames"]
    assert summary["drops"] == []
    assert "Drop," not in page.text
    assert "the drop" not in page.text.lower()
    assert "Beside the published study" not in page.text
    assert "diamonds" not in page.text
    assert (tmp_path / "out" / "figures" / "overview_Shuffled_frames.svg").exists()


def test_a_rise_is_told_as_a_rise_with_its_own_interval(make_session, recipe, tmp_path) -> None:
    """20 of 20 right after 12 of 20: a rise of 40 points."""
    wrong = {"Lunges": "Swing", "PullUps": "Swing"}
    given = replace(recipe, test_per_action=4)

    def answer(condition: str, action: str, _: np.random.Generator) -> str:
        return wrong.get(action, action) if condition == "UCF5" else action

    make_session(replace(given, answer=answer))
    findings = gather(collect([tmp_path / "data"], ALL_OF_THEM))
    text = _Page(render_page(findings, result_tables(findings), [])).text
    row = findings.pairs[0].drop.iloc[0]
    assert row["drop"] == pytest.approx(-0.4)
    assert "accuracy rises by 40.0 percentage points" in text
    low, high = (f"{-100 * row[bound]:.1f}" for bound in ("high", "low"))
    assert f"interval of the rise {low} to {high}" in text


def test_an_action_never_answered_wrong_has_no_time_of_wrong_answers(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, answer=lambda _, action, __: action))
    findings = gather(collect([tmp_path / "data"], ALL_OF_THEM))
    times = json.loads(summary_json(findings, []))["conditions"]["UCF5"]["time_to_choose"]
    nothing = dict.fromkeys(("median", "low", "high", "q1", "q3"))
    assert times["wrong"] == {"trials": 0, **nothing}
    assert times["by_action"]["Swing"]["wrong"]["median"] is None


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("fewest-shared", "confounded with clip difficulty: the conditions differ"),
        ("same", "memory may"),
        ("independent", "People cannot be compared clip by clip"),
        ("swapped", "Here they come in 1, 0 sessions, so that some of the confound remains"),
    ],
)
def test_the_page_says_how_test_clips_were_chosen_and_what_that_confounds(
    make_session, recipe, tmp_path, choice, said
) -> None:
    make_session(replace(recipe, test_items=choice))
    findings = gather(collect([tmp_path / "data"], ALL_OF_THEM))
    text = _Page(render_page(findings, result_tables(findings), [])).text
    assert f"Test clips: {choice}." in text
    assert said in text
    assert json.loads(summary_json(findings, []))["provenance"]["test_items"] == [choice]


def test_a_report_made_again_replaces_its_own_files_and_no_others(make_session, recipe, tmp_path) -> None:
    out, one = tmp_path / "out", make_session(recipe)
    write_report(collect([one], ALL_OF_THEM), out)
    (out / "figures" / "mine.svg").write_text("drawn by hand", encoding="utf-8")
    other = write_session(tmp_path / "second", replace(recipe, conditions=("UCF5",)))
    write_report(collect([other], ALL_OF_THEM), out)
    names = {path.name for path in (out / "figures").iterdir()}
    assert {"mine.svg", "overview_UCF5.png", "overview_UCF5.svg"} <= names
    assert not [name for name in names if "AFD5" in name]
    assert list(summary_of(out)["conditions"]) == ["UCF5"]


def test_text_from_the_data_stays_text(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, test_items="<script>alert(1)</script>"))
    findings = gather(collect([tmp_path / "data"], ALL_OF_THEM))
    assert "<script>alert" not in render_page(findings, result_tables(findings), [])


def test_training_alone_makes_no_report(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, test_per_action=0))
    with pytest.raises(AnalysisError, match="training trials only"):
        write_report(collect([tmp_path / "data"], ALL_OF_THEM), tmp_path / "out")
    assert not (tmp_path / "out").exists()


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


def test_three_conditions_have_a_drop_from_each_to_each_later_one(make_session, recipe, tmp_path) -> None:
    for number in (1, 2):
        make_session(
            replace(
                recipe,
                participant=f"P{number:03d}",
                conditions=("UCF5", "AFD5", "Gray5"),
                answer=lambda _, action, rng: action if rng.random() < 0.9 else "Swing",
            )
        )
    write_report(collect([tmp_path / "data"], ALL_OF_THEM), tmp_path / "out")
    summary = summary_of(tmp_path / "out")
    assert list(summary["conditions"]) == ["UCF5", "AFD5", "Gray5"]
    assert [(drop["from"], drop["to"]) for drop in summary["drops"]] == [
        ("UCF5", "AFD5"),
        ("UCF5", "Gray5"),
        ("AFD5", "Gray5"),
    ]
    assert (tmp_path / "out" / "figures" / "overview_Gray5.png").exists()
