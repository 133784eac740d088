from __future__ import annotations

import os
from pathlib import Path

import pytest

from analysis.collection import Allowed, collect
from analysis.errors import AnalysisError
from analysis.formats.model_vs_human import picture_of
from analysis.tables import write_table

HEADER = "subj,session,trial,rt,object_response,category,condition,imagename\n"
PERSON = HEADER + (
    "subject-01,1,1,0.5,oven,oven,0,0001_edg_s01_0_oven_00_oven10.png\n"
    "subject-01,1,2,NaN,na,dog,0,0002_edg_s01_0_dog_00_dog2.png\n"
    "subject-01,1,3,1.25,cat,dog,0,0003_edg_s01_0_dog_00_dog5.png\n"
)
NETWORK = HEADER + (
    "vgg,1,1,NaN,dog,dog,0,0001_edg_dnn_0_dog_00_dog5.png\n"
    "vgg,1,2,NaN,dog,oven,0,0002_edg_dnn_0_oven_00_oven10.png\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "edge"
    data.mkdir()
    (data / "edge_subject-01_session_1.csv").write_text(PERSON, encoding="utf-8")
    (data / "edge_vgg_session_1.csv").write_text(NETWORK, encoding="utf-8")
    return data


@pytest.fixture(scope="session")
def edge() -> Path:
    root = os.environ.get("AFD_TEST_DATA")
    if not root:
        pytest.skip("AFD_TEST_DATA names no folder with the real data")
    return Path(root) / "model-vs-human" / "edge"


@pytest.mark.parametrize(
    ("imagename", "picture"),
    [
        ("0001_edg_s01_0_oven_00_oven10.png", "oven10"),
        ("0001_edg_dnn_0_airplane_00_airplane1.png", "airplane1"),
        ("0005_cop_s03_c10_bear_10_n02132136_1234.png", "n02132136_1234"),
        ("oven10.png", "oven10"),
    ],
)
def test_a_picture_has_one_name_for_everybody(imagename: str, picture: str) -> None:
    assert picture_of(imagename) == picture


def test_a_missing_response_is_a_wrong_one_without_a_time(folder: Path) -> None:
    table = collect([folder], Allowed()).table
    assert table["response"].fillna("-").tolist() == ["oven", "-", "cat"]
    assert table["correct"].tolist() == [1, 0, 0]
    assert table["time_to_choose"].fillna(-1).tolist() == [0.5, -1, 1.25]
    assert set(table["condition"]) == {"0"}, "a condition is a text"
    assert set(table["phase"]) == {"test"}


def test_networks_are_kept_apart_and_share_the_clips(folder: Path, tmp_path: Path) -> None:
    collection = collect([folder], Allowed())
    assert set(collection.table["observer_kind"]) == {"human"}
    assert collection.model_names == ("vgg",)
    whole = collection.whole_table
    assert whole[whole["observer"] == "vgg"]["time_to_choose"].isna().all()
    assert set(whole[whole["observer"] == "vgg"]["clip_id"]) <= set(collection.table["clip_id"])
    # and they come back from a table
    write_table(whole, tmp_path / "trials.tsv")
    again = collect([tmp_path / "trials.tsv"], Allowed())
    assert again.model_names == ("vgg",)
    assert len(again.table) == 3


def test_a_person_whose_code_does_not_say_so_is_told_by_times(folder: Path) -> None:
    (folder / "ada.csv").write_text(PERSON.replace("subject-01", "ada"), encoding="utf-8")
    assert {session.observer for session in collect([folder], Allowed()).sessions} == {"subject-01", "ada"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("0.5", "-0.5", "line 2: rt is '-0.5'; allowed is a number of seconds above 0, or nothing"),
        ("0.5", "inf", "line 2: rt is 'inf'"),
        ("0.5", "fast", "line 2: rt is 'fast'"),
        ("NaN,na", "0.7,na", "line 3: time_to_choose is 0.7, but there is no response"),
        ("subject-01,1,3", "subject-01,1,x", "line 4: trial is 'x'; allowed is a whole number from 1"),
        ("subject-01,1,3", "subject-01,0,3", "line 4: session is '0'"),
        ("1,3,1.25,cat,dog,0,0003_edg_s01_0_dog_00_dog5", "1,2,1.25,cat,dog,0,dog2", "stands in the table"),
        ("condition", "state", "the column condition is missing"),
        (",", ";", "the fields are to be separated by commas"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(folder: Path, old: str, new: str, said: str) -> None:
    path = folder / "edge_subject-01_session_1.csv"
    path.write_text(PERSON.replace(old, new), encoding="utf-8")
    with pytest.raises(AnalysisError, match=said) as error:
        collect([folder], Allowed(), "model-vs-human")
    assert str(path) in str(error.value)


def test_the_real_data_give_the_known_numbers(edge: Path) -> None:
    collection = collect([edge], Allowed())
    table = collection.table
    accuracy = table.groupby("observer")["correct"].mean()
    assert accuracy["subject-01"] == 0.89375
    assert accuracy["subject-02"] == 0.9375
    assert accuracy["subject-09"] == 0.6125
    medians = table.groupby("correct")["time_to_choose"].median()
    assert medians[1] == pytest.approx(0.771008, abs=5e-7)
    assert medians[0] == pytest.approx(0.985763, abs=5e-7)
    assert collection.model_names == ("alexnet", "googlenet", "vgg")
    assert collection.whole_table.groupby("clip_id")["observer"].nunique().unique().tolist() == [13]
