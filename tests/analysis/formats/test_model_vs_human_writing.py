"""What is written in the form of model-vs-human comes back as it was."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

from analysis.__main__ import main
from analysis.collection import Allowed, collect
from analysis.errors import AnalysisError
from analysis.formats.csv_file import header_of
from analysis.formats.model_vs_human import COLUMNS
from analysis.formats.model_vs_human_writing import write_model_vs_human
from tests.analysis.comparison.predicted import model, people

SAME = ["session", "condition", "trial", "action", "response", "correct", "time_to_choose"]


def read_back(folder: Path) -> pd.DataFrame:
    return collect([folder], Allowed(), "model-vs-human").whole_table


def trials() -> pd.DataFrame:
    both = pd.concat([people(2), model("net", {"AFD5": 0.8}).assign(time_to_choose=None)], ignore_index=True)
    whole: pd.DataFrame = both.assign(session=1, attention_check=0)
    return whole


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    ordered: pd.DataFrame = table.sort_values(["observer", "condition", "trial"], ignore_index=True)
    return ordered


def test_the_published_data_come_back_whole(real_data: Path, tmp_path: Path) -> None:
    given = collect([real_data / "model-vs-human" / "edge"], Allowed()).whole_table
    written = write_model_vs_human(given, tmp_path / "edge")
    assert len(written.files) == 13
    assert written.files[3].name == "edge_subject-04_session_1.csv"
    assert written.remarks == ()
    assert header_of(written.files[0]) == COLUMNS
    pd.testing.assert_frame_equal(read_back(tmp_path / "edge"), given)


def test_trials_of_a_study_come_back_with_their_answers_and_items(tmp_path: Path) -> None:
    given = trials()
    given.loc[3, ["response", "time_to_choose"]] = None
    given.loc[3, "correct"] = 0
    written = write_model_vs_human(given, tmp_path / "afd")
    called = given["observer"].where(given["observer"] == "net", "subject-" + given["observer"])
    again, whole = in_order(read_back(tmp_path / "afd")), in_order(given.assign(observer=called))
    assert len(again) == len(whole) == written.trials
    assert again["response"].isna().sum() == 1
    for column in SAME:
        given_of, found = (
            table[column].astype(object).where(table[column].notna(), None) for table in (whole, again)
        )
        assert found.tolist() == given_of.tolist(), column
    # The names of items are others, and as many.
    pairs = pd.DataFrame({"old": whole["clip_id"], "new": again["clip_id"]}).drop_duplicates()
    assert pairs["old"].is_unique
    assert pairs["new"].is_unique
    assert set(again["observer_kind"]) == {"human", "model"}
    assert again["observer"].str.startswith("subject-").sum() == 360
    assert "subject- stands before the codes of 2 people" in written.remarks[0]


def test_sessions_missing_responses_and_names_with_underscores_come_back(tmp_path: Path) -> None:
    # Given two sessions of everybody, the second without some responses, and clips named in three ways,
    first = trials()
    first = first[first["condition"] == "AFD5"].reset_index(drop=True)
    clips = dict(zip(first["clip_id"].unique(), ("AFD5/n01_a_b", "AFD5/n02_c", "AFD5/v_d_g01"), strict=False))
    first["clip_id"] = first["clip_id"].replace(clips)
    second = first.assign(session=2)
    silent = second.index[second["observer"] != "net"][::7]
    second.loc[silent, ["response", "time_to_choose"]] = None
    second.loc[silent, "correct"] = 0
    # when both are written and read,
    given = pd.concat([first, second], ignore_index=True)
    written = write_model_vs_human(given, tmp_path / "afd")
    again = read_back(tmp_path / "afd")
    # then every session has its file, what was missing is missing, and the clips have names of their own.
    assert len(written.files) == 6
    assert again.groupby("session").size().to_dict() == {1: len(first), 2: len(second)}
    of_second = again[(again["session"] == 2) & again["response"].isna()]
    assert len(of_second) == len(silent)
    assert of_second["time_to_choose"].isna().all()
    assert (of_second["correct"] == 0).all()
    assert again["clip_id"].nunique() == given["clip_id"].nunique()
    assert {"AFD5/n01-a-b", "AFD5/n02_c", "AFD5/v-d-g01"} <= set(again["clip_id"])
    right = again.groupby(["observer", "session"])["correct"].sum().tolist()
    assert sorted(right) == sorted(given.groupby(["observer", "session"])["correct"].sum())


def test_trainings_are_left_out_and_told(tmp_path: Path) -> None:
    given = trials()
    given.loc[:4, "phase"] = "training"
    written = write_model_vs_human(given, tmp_path / "afd")
    assert written.trials == len(given) - 5
    assert "5 trials of trainings" in written.remarks[0]


@pytest.mark.parametrize(
    ("column", "old", "new", "said"),
    [
        ("observer", "net", "subject-net", "the model subject-net would be read as a person"),
        ("action", None, "na", "action 'na' would be read back as another one"),
        ("phase", None, "training", "there is no test trial to write"),
    ],
)
def test_what_would_come_back_as_something_else_is_refused(
    tmp_path: Path, column: str, old: str | None, new: str, said: str
) -> None:
    given = trials()
    given[column] = new if old is None else given[column].replace(old, new)
    with pytest.raises(AnalysisError, match=said):
        write_model_vs_human(given, tmp_path / "afd")
    assert not (tmp_path / "afd").exists()


def test_two_clips_that_would_share_a_name_are_refused(tmp_path: Path) -> None:
    given = trials()
    clips = given["clip_id"].unique()
    given["clip_id"] = given["clip_id"].replace({clips[0]: "UCF5/a_b", clips[1]: "UCF5/a-b"})
    with pytest.raises(AnalysisError, match="UCF5/a_b and UCF5/a-b would both be called a-b in UCF5"):
        write_model_vs_human(given, tmp_path / "afd")


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(AnalysisError, match="is not empty"):
        write_model_vs_human(trials(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_the_command_line_writes_it(
    real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edge, out = real_data / "model-vs-human" / "edge", tmp_path / "again"
    monkeypatch.setattr(
        sys, "argv", ["analysis", "trials", str(edge), "--as", "model-vs-human", "-o", str(out)]
    )
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    assert "2080 test trials in 13 files" in capsys.readouterr().out
