from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.collection import Allowed, collect
from analysis.errors import AnalysisError
from analysis.report.findings import gather
from analysis.tables import write_table
from experiment.journal import Journal, parse_line
from experiment.records import TrialFinished

ALL_OF_THEM = Allowed(simulated=True, pilot=True, unfinished=True)


def test_a_session_becomes_one_row_a_trial_in_the_order_of_its_plan(make_session, recipe) -> None:
    folder = make_session(replace(recipe, simulated=""))
    table = collect([folder], Allowed()).table
    assert len(table) == 2 * 5 * (2 + 4)
    blocks = table[["condition", "phase"]].drop_duplicates().apply(tuple, axis="columns").tolist()
    assert blocks == [("UCF5", "training"), ("UCF5", "test"), ("AFD5", "training"), ("AFD5", "test")]
    assert table["onset"].is_monotonic_increasing
    first = table.iloc[0]
    assert (first["observer"], first["observer_kind"], first["session"], first["trial"]) == (
        "P001",
        "human",
        1,
        1,
    )
    assert first["menu_order"] == "JumpingJack|Lunges|PullUps|PushUps|Swing"
    assert pd.isna(first["confirmed_at"])
    assert pd.isna(first["source_clip_id"])
    noise = table[table["condition"] == "AFD5"].iloc[0]
    assert noise["source_clip_id"] == noise["clip_id"].replace("AFD5/", "UCF5/")


def test_data_may_be_a_data_folder_its_sessions_folder_a_session_or_a_table(
    make_session, recipe, tmp_path
) -> None:
    folder = make_session(recipe)
    data = tmp_path / "data"
    expected = collect([data], ALL_OF_THEM)
    write_table(expected.table, tmp_path / "trials.tsv")
    for path in (data / "sessions", folder, tmp_path / "trials.tsv"):
        found = collect([path], ALL_OF_THEM)
        pd.testing.assert_frame_equal(found.table, expected.table)
        assert (found.actions, found.conditions) == (expected.actions, expected.conditions)


def test_each_condition_has_the_actions_that_it_offered(make_session, recipe, tmp_path) -> None:
    """Five in ordinary video, two in the other: guesses are right in one of five, and in one of two."""
    make_session(recipe)
    table = collect([tmp_path / "data"], ALL_OF_THEM).table
    two = table["action"].isin(["Lunges", "Swing"]) & table["response"].isin(["Lunges", "Swing"])
    table = table[two | (table["condition"] == "UCF5")]
    narrow = table["condition"] == "AFD5"
    for menu in ("Swing|Lunges", None):
        # when no menu is known, those that were shown or answered stand in
        write_table(table.assign(menu_order=table["menu_order"].mask(narrow, menu)), tmp_path / "trials.tsv")
        collection = collect([tmp_path / "trials.tsv"], ALL_OF_THEM)
        assert collection.actions_in("UCF5") == collection.actions
        assert collection.actions_in("AFD5") == ("Lunges", "Swing")
    chances = {summary.condition: summary.chance for summary in gather(collection).conditions}
    assert chances == {"UCF5": 0.2, "AFD5": 0.5}


def test_an_answer_without_a_menu_adds_no_action_to_a_condition_with_menus(
    make_session, recipe, tmp_path
) -> None:
    make_session(recipe)
    table = collect([tmp_path / "data"], ALL_OF_THEM).table
    last = table.index == table.index[-1]
    path = tmp_path / "trials.tsv"
    write_table(
        table.assign(
            menu_order=table["menu_order"].mask(last, None),
            response=table["response"].mask(last, "Lunge"),
            correct=table["correct"].mask(last, 0),
        ),
        path,
    )
    condition = table["condition"].iloc[-1]
    with pytest.raises(
        AnalysisError, match=rf"{path}: in {condition}, .* without a menu .* answer Lunge; the menus"
    ):
        collect([path], ALL_OF_THEM)


def test_who_left_during_the_training_is_no_participant_of_the_test(make_session, recipe, tmp_path) -> None:
    make_session(recipe)
    make_session(replace(recipe, participant="P002", seed=2))
    table = collect([tmp_path / "data"], ALL_OF_THEM).table
    write_table(
        table[(table["observer"] == "P001") | (table["phase"] == "training")], tmp_path / "trials.tsv"
    )
    findings = gather(collect([tmp_path / "trials.tsv"], ALL_OF_THEM))
    assert (findings.observers, findings.sessions) == (1, 1)
    assert findings.headline.set_index("number").loc["participants", "value"] == 1


def test_what_a_killed_start_left_is_no_session(make_session, recipe, tmp_path) -> None:
    """A session is written in a hidden folder beside its own, which a kill can leave behind."""
    folder = make_session(recipe)
    left = folder.with_name(f".{folder.name}-k2j8x1")
    shutil.copytree(make_session(replace(recipe, session=2, seed=9)), left)
    shutil.rmtree(folder.with_name("P001_02"))
    record = json.loads((left / "session.json").read_bytes()) | {"session": 1}
    (left / "session.json").write_text(json.dumps(record), encoding="utf-8")
    (left / "journal.jsonl").write_bytes(b"")
    for data in (tmp_path / "data", tmp_path / "data" / "sessions"):
        collection = collect([data], ALL_OF_THEM)
        assert [session.origin for session in collection.sessions] == [str(folder)]
        assert collection.left_out == ()
    shutil.rmtree(folder)
    with pytest.raises(AnalysisError, match="no session was found here"):
        collect([tmp_path / "data"], ALL_OF_THEM)


def test_a_session_met_several_times_counts_once(make_session, recipe, tmp_path) -> None:
    folder = make_session(recipe)
    table = collect([folder], ALL_OF_THEM).table
    write_table(table, tmp_path / "trials.tsv")
    shutil.copytree(tmp_path / "data", tmp_path / "copy")
    paths = [tmp_path / "trials.tsv", folder, tmp_path / "data", tmp_path / "copy", tmp_path / "trials.tsv"]
    for order in (paths, paths[::-1]):
        again = collect(order, ALL_OF_THEM)
        pd.testing.assert_frame_equal(again.table, table)
        assert len(again.details) == 1


def test_of_two_copies_the_fuller_counts(make_session, recipe, tmp_path) -> None:
    folder = make_session(recipe)
    copy = tmp_path / "early" / folder.name
    shutil.copytree(folder, copy)
    lines = (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (copy / "journal.jsonl").write_bytes(b"".join(lines[:20]))
    for order in ([copy, folder], [folder, copy]):
        collection = collect(order, ALL_OF_THEM)
        assert len(collection.table) == 60
        assert collection.sessions[0].finished


def test_two_sessions_of_one_name_are_refused(make_session, recipe, tmp_path) -> None:
    one = make_session(recipe)
    moved = tmp_path / "elsewhere"
    shutil.move(one, moved)
    other = make_session(replace(recipe, seed=2))
    with pytest.raises(AnalysisError, match="two different sessions are both called P001_01") as error:
        collect([moved, other], ALL_OF_THEM)
    assert str(moved) in str(error.value)
    assert str(other) in str(error.value)


@pytest.mark.parametrize(
    ("kind", "allowed", "flags"),
    [
        ({"simulated": "published"}, Allowed(simulated=True), "--allow-simulated"),
        ({"simulated": "", "pilot": True}, Allowed(pilot=True), "--allow-pilot"),
        ({"simulated": "", "finished": False}, Allowed(unfinished=True), "--allow-unfinished"),
        (
            {"simulated": "published", "pilot": True},
            Allowed(simulated=True, pilot=True),
            "--allow-simulated --allow-pilot",
        ),
    ],
)
def test_what_is_left_out_is_counted_with_the_option_that_includes_it(
    make_session, recipe, tmp_path, kind, allowed, flags
) -> None:
    make_session(replace(recipe, simulated=""))
    make_session(replace(recipe, participant="P002", **kind))
    without = collect([tmp_path / "data"], Allowed())
    assert [session.name for session in without.sessions] == ["P001_01"]
    assert [left_out.session for left_out in without.left_out] == ["P002_01"]
    assert without.left_out_sentence().startswith("left out 1 of 2 sessions")
    assert f"({flags})" in without.left_out_sentence()
    with_it = collect([tmp_path / "data"], allowed)
    assert len(with_it.sessions) == 2
    assert with_it.left_out_sentence() == ""


def test_nothing_left_says_which_option_would_help(make_session, recipe, tmp_path) -> None:
    make_session(recipe)
    make_session(replace(recipe, participant="P002", pilot=True))
    with pytest.raises(AnalysisError, match="nothing is left to analyse; left out 2 of 2 sessions") as error:
        collect([tmp_path / "data"], Allowed())
    assert "1 simulated (--allow-simulated)" in str(error.value)
    assert "1 simulated and pilot (--allow-simulated --allow-pilot)" in str(error.value)


def _spoil(folder: Path, number: int, change: Callable[[bytes], bytes]) -> None:
    journal = folder / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[number] = change(lines[number])
    journal.write_bytes(b"".join(lines))


def test_a_damaged_journal_gives_its_intact_records_and_a_warning(make_session, recipe) -> None:
    folder = make_session(recipe)
    lines = (folder / "journal.jsonl").read_bytes().splitlines()
    number = next(n for n, line in enumerate(lines) if isinstance(parse_line(line).event, TrialFinished))
    _spoil(folder, number, lambda line: line.replace(b'"correct":', b'"korrekt":'))
    collection = collect([folder], ALL_OF_THEM)
    assert len(collection.table) == 59
    (warning,) = collection.warnings
    assert str(folder) in warning
    assert f"line {number + 1}: the checksum does not match" in warning


def test_a_torn_last_record_leaves_the_session_unfinished(make_session, recipe) -> None:
    folder = make_session(recipe)
    journal = folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-9])
    collection = collect([folder], ALL_OF_THEM)
    assert (len(collection.table), collection.sessions[0].finished) == (60, False)
    assert "cut off" in collection.warnings[0]


def test_a_trial_shown_again_has_one_row_that_says_so(make_session, recipe) -> None:
    """The second showing of a trial whose first was cut off carries attempt 2."""
    folder = make_session(replace(recipe, finished=False))
    journal = folder / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    last = max(n for n, line in enumerate(lines) if isinstance(parse_line(line).event, TrialFinished))
    finished = parse_line(lines[last])
    journal.write_bytes(b"".join(lines[:last]))
    with Journal(journal) as again:
        again.append(replace(finished.event, attempt=2), finished.t_s + 5)
        again.append(replace(finished.event, attempt=3), finished.t_s + 9)
    collection = collect([folder], ALL_OF_THEM)
    assert len(collection.table) == 60
    assert collection.table["attempt"].value_counts().to_dict() == {1: 59, 2: 1}
    assert "the first answer counts" in collection.warnings[0]


def test_a_session_that_was_never_begun_is_unfinished_and_empty(make_session, recipe, tmp_path) -> None:
    make_session(recipe)
    (make_session(replace(recipe, participant="P002")) / "journal.jsonl").unlink()
    collection = collect([tmp_path / "data"], Allowed(simulated=True))
    assert [left_out.reasons for left_out in collection.left_out] == [("unfinished",)]
    with pytest.raises(AnalysisError, match="the sessions hold no finished trial"):
        collect([tmp_path / "data" / "sessions" / "P002_01"], ALL_OF_THEM)


def test_a_broken_session_record_is_named_with_its_field(make_session, recipe) -> None:
    path = make_session(recipe) / "session.json"
    record = json.loads(path.read_bytes())
    record["plan"]["seed"] = "tomorrow"
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(AnalysisError, match=r"session\.json: this is no session record \(plan\.seed: "):
        collect([path.parent], ALL_OF_THEM)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(AnalysisError, match=r"session\.json: this is no session record"):
        collect([path.parent], ALL_OF_THEM)
    path.unlink()
    with pytest.raises(AnalysisError, match=r"session\.json cannot be read"):
        collect([path.parent], ALL_OF_THEM)


def test_a_session_record_of_another_version_says_so_whatever_else_it_holds(make_session, recipe) -> None:
    path = make_session(recipe) / "session.json"
    path.write_text(json.dumps({"format": 99, "plan": "elsewhere"}), encoding="utf-8")
    with pytest.raises(AnalysisError, match="field format: found 99, and this version of the program reads"):
        collect([path.parent], ALL_OF_THEM)


def test_a_journal_of_another_session_is_refused(make_session, recipe) -> None:
    one = make_session(recipe)
    other = make_session(replace(recipe, participant="P002", seed=9))
    shutil.copy(other / "journal.jsonl", one / "journal.jsonl")
    with pytest.raises(AnalysisError, match=r"journal\.jsonl, record \d+: .* do not belong together"):
        collect([one], ALL_OF_THEM)


def test_a_code_that_is_a_person_in_one_session_and_simulated_in_another_is_refused(
    make_session, recipe, tmp_path
) -> None:
    make_session(replace(recipe, simulated=""))
    make_session(replace(recipe, session=2))
    with pytest.raises(AnalysisError, match="P001 is human in one and simulated in the other"):
        collect([tmp_path / "data"], ALL_OF_THEM)


def test_pooling_unlike_sessions_is_said(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, simulated=""))
    make_session(replace(recipe, participant="P002", pilot=True))
    warnings = " ".join(collect([tmp_path / "data"], ALL_OF_THEM).warnings)
    assert "people and of simulated participants are pooled (1 human, 1 simulated)" in warnings
    assert "pilot sessions (1) are pooled with sessions of the study (1)" in warnings
    assert "different protocols are pooled (afd5, pilot)" in warnings


@pytest.mark.parametrize(
    ("changes", "pooled"),
    [
        ({"language": "de"}, ["sessions in different languages are pooled (de, en)"]),
        ({"test_items": "same"}, ["sessions of different protocols are pooled (afd5)"]),
        (
            {"language": "de", "test_items": "same"},
            [
                "sessions of different protocols are pooled (afd5)",
                "sessions in different languages are pooled (de, en)",
            ],
        ),
    ],
)
def test_a_protocol_in_another_language_is_no_other_protocol(
    make_session, recipe, tmp_path, changes, pooled
) -> None:
    make_session(recipe)
    record = make_session(replace(recipe, participant="P002")) / "session.json"
    content = json.loads(record.read_bytes())
    # The hash of a protocol covers its texts.
    content["protocol"] |= {"sha256": "d" * 64, "test_items": changes.get("test_items", "fewest-shared")}
    record.write_text(json.dumps(content | {"language": changes.get("language", "en")}))
    assert list(collect([tmp_path / "data"], ALL_OF_THEM).warnings) == pooled


def test_conditions_keep_the_order_of_the_protocol(make_session, recipe) -> None:
    folder = make_session(replace(recipe, conditions=("AFD5", "UCF5")))
    assert collect([folder], ALL_OF_THEM).conditions == ("AFD5", "UCF5")


def test_paths_that_hold_nothing_are_named(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="no session was found here"):
        collect([tmp_path], Allowed())
    with pytest.raises(AnalysisError, match="does not exist"):
        collect([tmp_path / "nowhere"], Allowed())
    (tmp_path / "trials.tsv").write_text("", encoding="utf-8")
    with pytest.raises(AnalysisError, match="is a file; --format sessions"):
        collect([tmp_path / "trials.tsv"], Allowed(), "sessions")
