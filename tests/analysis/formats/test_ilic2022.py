"""The CSV of the published program, made by hand with everything that is peculiar about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.collection import Allowed, collect
from analysis.errors import AnalysisError
from analysis.tables import table_bytes

# Warm-up on clips of the test list with the mark at the right label (once chosen, once not), the test on
# clips of the training list, classes of unequal number, another frame rate, a class that was never shown, an
# answer slower than 30 s, a clock that loses its fraction on the hour, and the folder of a person's computer.
RUN = Path(__file__).with_name("published_program_run.csv").read_text(encoding="utf-8")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The file of one run, in the folder that the program makes for it."""
    folder = tmp_path / "output" / "2022-03-01 14:05:00"
    folder.mkdir(parents=True)
    path = folder / "07.csv"
    path.write_text(RUN, encoding="utf-8")
    return path


def test_every_peculiarity_is_read_rightly(run: Path, tmp_path: Path) -> None:
    collection = collect([tmp_path / "output"], Allowed())
    table = collection.table
    columns = ["condition", "phase", "trial", "clip_id", "group", "split", "action", "response", "correct"]
    expected = """
        UCF5 training 1 UCF5/v_Swing_g03_c02 3 test Swing Swing 1
        UCF5 training 2 UCF5/v_PullUps_g01_c04 1 test PullUps JumpingJack 0
        UCF5 test 1 UCF5/v_Swing_g25_c01 25 train Swing Swing 1
        UCF5 test 2 UCF5/v_Swing_g08_c03 8 train Swing Swing 1
        UCF5 test 3 UCF5/v_PullUps_g19_c01 19 train PullUps PushUps 0
        AFD5 training 1 AFD5/v_Lunges_g05_c01 5 test Lunges Lunges 1
        AFD5 test 1 AFD5/v_Lunges_g24_c01 24 train Lunges Lunges 1
    """
    assert table[columns].astype(str).agg(" ".join, axis="columns").tolist() == [
        line.strip() for line in expected.strip().splitlines()
    ]
    assert table["time_to_choose"].tolist() == [4.25, 2.5, 1.75, 1.5, 41.125, 6.0, 9.5]
    assert table["onset"].tolist() == [0.0, 5.5, 9.5, 12.5, 14.5, 58.5, 66.5]
    assert table["loops"].isna().all(), "the speed was changed under way, so loops are not known"
    assert set(table["menu_order"]) == {"JumpingJack|Lunges|PullUps|PushUps|Swing"}
    assert table["source_clip_id"].dropna().tolist() == ["UCF5/v_Lunges_g05_c01", "UCF5/v_Lunges_g24_c01"]
    assert set(table["observer"]) == {"07"}, "a code is a text: its zero stays"
    assert collection.actions == ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")


def test_nothing_of_the_persons_computer_or_day_gets_into_the_table(run: Path, tmp_path: Path) -> None:
    written = table_bytes(collect([tmp_path / "output"], Allowed()).table).decode()
    for trace in ("/home", "somebody", "2022", "14:05", "C:", ".avi"):
        assert trace not in written


def test_a_reader_is_told_what_the_data_cannot_say(run: Path) -> None:
    warnings = collect([run], Allowed()).warnings
    assert any("times begin before the window opens" in warning for warning in warnings)
    assert any(warning.startswith("2 right answers were stored as wrong") for warning in warnings)
    assert any("different numbers of trials: 1 (1 times), 3 (1 times)" in warning for warning in warnings)


def test_an_answer_stored_as_right_that_is_wrong_is_told(run: Path) -> None:
    run.write_text(RUN.replace("PushUps,0,18.37", "PushUps,1,18.37"), encoding="utf-8")
    collection = collect([run], Allowed())
    assert collection.table["correct"].tolist() == [1, 0, 1, 1, 0, 1, 1]
    assert any("stored as right that are not" in w and "line 6" in w for w in collection.warnings)


def test_a_run_that_broke_off_is_unfinished_and_the_next_one_has_the_next_number(run: Path) -> None:
    early = run.parent.parent / "2022-03-01 13:00:00" / "07.csv"
    early.parent.mkdir()
    early.write_text(
        "\n".join(RUN.splitlines()[:4]).replace("2022-03-01 14", "2022-03-01 13"), encoding="utf-8"
    )
    collection = collect([run.parent.parent], Allowed())
    assert [session.name for session in collection.sessions] == ["07_02"]
    assert [(out.session, out.reasons) for out in collection.left_out] == [("07_01", ("unfinished",))]
    assert len(collect([run.parent.parent], Allowed(unfinished=True)).sessions) == 2


def test_a_copy_of_a_run_counts_once(run: Path) -> None:
    run.with_name("copy of 07.csv").write_text(RUN, encoding="utf-8")
    assert len(collect([run.parent], Allowed()).table) == 7


def test_several_people_in_one_joined_file_are_told_apart(run: Path) -> None:
    run.write_text(RUN + RUN.replace(",07,", ",Ada L.,"), encoding="utf-8")
    collection = collect([run], Allowed())
    assert [session.observer for session in collection.sessions] == ["07", "Ada L."]


def test_other_names_of_the_same_videos_are_the_same_condition(run: Path) -> None:
    run.write_text(RUN.replace(",afd5,", ",ucf5af,"), encoding="utf-8")
    assert collect([run], Allowed()).conditions == ("UCF5", "AFD5")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",1.75,", ",-1.75,", r"line 4: Duration is '-1.75'; allowed is a number of seconds above 0"),
        (",1.75,", ",inf,", r"line 4: Duration is 'inf'"),
        (",1.75,", ",1750,", r"line 4: Duration is 1750 s, but StartTime and EndTime lie 1.75 s apart"),
        (",1.75,", ",,", r"line 4: Duration is empty"),
        (
            ",07,0,/home/somebody/data/ucf5/Swing/v_Swing_g25",
            ",07,2,x/v_Swing_g25",
            r"line 4: Trainmode is 2",
        ),
        ("2022-03-01 14:05:11,", "yesterday,", r"line 4: StartTime is 'yesterday'"),
        ("v_Swing_g08_c03", "v_Swing_g25_c01", r"line 5: v_Swing_g25_c01 .* twice, first in line 4"),
        (
            "/home/somebody/data/ucf5/Swing/v_Swing_g25_c01.avi",
            "/home/some",
            r"line 4: VideoPath is '/home/some'",
        ),
        (",VideoPath", ",Video", r"the column VideoPath is missing"),
        ("3,Swing,Swing,1", "3,Swing,1", r"line 5: found 12 fields, and the header has 13"),
        ("3,Swing,Swing,1", "3,,Swing,1", r"line 5: GroundTruth is empty"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(run: Path, old: str, new: str, said: str) -> None:
    assert old in RUN
    run.write_text(RUN.replace(old, new), encoding="utf-8")
    with pytest.raises(AnalysisError, match=said) as error:
        collect([run], Allowed(), "ilic2022")
    assert str(run) in str(error.value)
