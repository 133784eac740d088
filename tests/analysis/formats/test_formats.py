"""Telling and reading the forms that data come in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.collection import Allowed, collect
from analysis.errors import AnalysisError
from analysis.formats import DataFormat
from analysis.tables import write_table

PICTURES = (
    "subj,session,trial,rt,object_response,category,condition,imagename\n"
    "subject-01,1,1,0.5,oven,oven,0,0001_edg_s01_0_oven_00_oven10.png\n"
)
PUBLISHED = (
    ",GroundTruth,Prediction,Correct,Fps,NumberOfFrames,Modality,Duration,StartTime,EndTime,UserID,Trainmode,"
    "VideoPath\n"
    "0,Swing,Swing,1,25.0,162,ucf5,4.25,2022-03-01 14:05:01.5,2022-03-01 14:05:05.75,07,0,"
    "data/ucf5/Swing/v_Swing_g13_c02.avi\n"
)


def write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_the_form_is_told_by_folder_and_columns(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, simulated=""))
    data = tmp_path / "data"
    table = tmp_path / "trials.tsv"
    write_table(collect([data], Allowed()).table, table)
    pictures = write(tmp_path / "edge" / "edge_subject-01_session_1.csv", PICTURES)
    published = write(tmp_path / "output" / "2022-03-01 14:05:00" / "07.csv", PUBLISHED)
    for path, observer in (
        (data, "P001"),
        (table, "P001"),
        (pictures, "subject-01"),
        (pictures.parent, "subject-01"),
        (published, "07"),
        (published.parent, "07"),
        (published.parents[1], "07"),
    ):
        (session,) = collect([path], Allowed()).sessions
        assert session.observer == observer


def test_several_forms_make_one_table(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, simulated=""))
    pictures = write(tmp_path / "edge" / "a.csv", PICTURES)
    published = write(tmp_path / "07.csv", PUBLISHED)
    collection = collect([tmp_path / "data", pictures, published, pictures.parent], Allowed())
    assert [session.observer for session in collection.sessions] == ["07", "P001", "subject-01"]
    assert collection.conditions == ("UCF5", "AFD5", "0")
    assert len(collection.table) == 62


def test_a_named_form_is_taken_at_its_word(make_session, recipe, tmp_path) -> None:
    make_session(replace(recipe, simulated=""))
    pictures = write(tmp_path / "data" / "edge.csv", PICTURES)
    named: list[tuple[DataFormat, str]] = [("sessions", "P001"), ("model-vs-human", "subject-01")]
    for form, observer in named:
        (session,) = collect([tmp_path / "data"], Allowed(), form).sessions
        assert session.observer == observer
    with pytest.raises(AnalysisError, match=r"edge\.csv: the column GroundTruth, .* is missing"):
        collect([pictures], Allowed(), "ilic2022")
    with pytest.raises(AnalysisError, match=r"there is no dataset_description\.json"):
        collect([tmp_path / "data"], Allowed(), "export")
    with pytest.raises(AnalysisError, match="no CSV file was found here; --format ilic2022"):
        collect([tmp_path / "data" / "sessions" / "P001_01"], Allowed(), "ilic2022")


def test_a_folder_of_several_forms_asks_which(make_session, recipe, tmp_path) -> None:
    make_session(recipe)
    write(tmp_path / "data" / "edge.csv", PICTURES)
    with pytest.raises(AnalysisError, match=r"several forms \(sessions, model-vs-human\); say which by --f"):
        collect([tmp_path / "data"], Allowed(simulated=True))
    write(tmp_path / "csv" / "edge.csv", PICTURES)
    write(tmp_path / "csv" / "07.csv", PUBLISHED)
    with pytest.raises(AnalysisError, match=r"several forms \(ilic2022, model-vs-human\)"):
        collect([tmp_path / "csv"], Allowed())


def test_other_csv_files_beside_the_data_are_passed_over_aloud(tmp_path) -> None:
    write(tmp_path / "edge" / "edge.csv", PICTURES)
    write(tmp_path / "edge" / "prices.csv", "item,price\ntea,2\n")
    write(tmp_path / "edge" / ".hidden" / "a.csv", PUBLISHED)
    collection = collect([tmp_path / "edge"], Allowed())
    assert len(collection.table) == 1
    assert any("1 CSV files of no known form" in warning for warning in collection.warnings)


def test_files_of_no_known_form_are_named_with_what_is_known(tmp_path) -> None:
    strange = write(tmp_path / "prices" / "prices.csv", "item,price\ntea,2\n")
    with pytest.raises(AnalysisError, match="found the columns item, price; known forms are trial tables"):
        collect([strange], Allowed())
    with pytest.raises(AnalysisError, match=r"no session was found here.*prices\.csv\) are of no form"):
        collect([strange.parent], Allowed())
    (tmp_path / "photo.png").write_bytes(bytes(range(256)))
    with pytest.raises(AnalysisError, match="found no line of column names"):
        collect([tmp_path / "photo.png"], Allowed())
    with pytest.raises(AnalysisError, match="found no line of column names"):
        collect([write(tmp_path / "empty.tsv", "")], Allowed())


def test_a_form_is_told_although_a_column_is_missing(tmp_path) -> None:
    short = write(tmp_path / "07.csv", PUBLISHED.replace("Trainmode", "Mode"))
    with pytest.raises(AnalysisError, match="the column Trainmode is missing; found"):
        collect([short], Allowed())


def test_the_marks_that_spreadsheets_leave_are_no_hindrance(tmp_path) -> None:
    """A byte order mark, Windows line ends, quotation marks, an empty line at the end, a joined header."""
    path = tmp_path / "edge.csv"
    header, line = PICTURES.splitlines()
    second = line.replace("1,1,0.5", '1,2,"0.75"').replace("oven10", "oven11")
    path.write_bytes(("\ufeff" + "\r\n".join([header.upper(), line, "", header, second, ""])).encode())
    table = collect([path], Allowed()).table
    assert table["time_to_choose"].tolist() == [0.5, 0.75]


def test_text_that_is_not_utf8_is_named_with_its_line(tmp_path) -> None:
    path = tmp_path / "edge.csv"
    path.write_bytes(PICTURES.replace("oven,oven", "öven,öven").encode("latin-1"))
    with pytest.raises(AnalysisError, match=r"edge\.csv, line 2: found the byte 0xf6, which is not UTF-8"):
        collect([path], Allowed())


def test_the_same_condition_with_other_actions_to_choose_from_is_refused(
    make_session, recipe, tmp_path
) -> None:
    make_session(replace(recipe, simulated=""))
    table = collect([tmp_path / "data"], Allowed()).table
    other = table.assign(observer="P002", menu_order="Swing|Lunges|PullUps|PushUps|JumpingJack|Skiing")
    write_table(other, tmp_path / "other.tsv")
    with pytest.raises(AnalysisError, match=r"P001_01 chose among .* and P002_01 among .*Skiing.*apart"):
        collect([tmp_path / "data", tmp_path / "other.tsv"], Allowed())
    # in another condition it does not meet them
    renamed = other.assign(condition="KTH6")
    write_table(renamed, tmp_path / "other.tsv")
    assert len(collect([tmp_path / "data", tmp_path / "other.tsv"], Allowed()).sessions) == 2
