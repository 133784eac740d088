"""Bad input through the command line: a report where it can be made, else one sentence and exit 2."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stimuli.tsv import EMPTY

ACTIONS = ("JumpingJack", "Lunges", "PullUps", "PushUps", "Swing")
MAY_BE_EMPTY = [
    "onset",
    "loops",
    "dropped_frames",
    "menu_order",
    "input",
    "split",
    "group",
    "flips",
    "interval_ms",
    "interval_sd_ms",
    "early_presses",
    "source_clip_id",
]
PICTURES = (
    "subj,session,trial,rt,object_response,category,condition,imagename\n"
    "subject-01,1,1,0.5,oven,oven,0,0001_edg_s01_0_oven_00_oven10.png\n"
    "subject-01,1,2,0.7,cat,dog,0,0002_edg_s01_0_dog_00_dog2.png\n"
)


@pytest.fixture
def table(analysis, make_session, recipe, tmp_path) -> Path:
    """The trial table of one person."""
    make_session(replace(recipe, simulated=""))
    path = tmp_path / "trials.tsv"
    assert analysis("trials", tmp_path / "data", "-o", path).code == 0
    return path


def spoil(path: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    read = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    change(read).to_csv(path, sep="\t", index=False)


def set_cell(column: str, value: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(trials: pd.DataFrame) -> pd.DataFrame:
        trials.loc[4, column] = value
        return trials

    return change


REFUSED = {
    "an infinite time": (set_cell("time_to_choose", "inf"), "line 6: time_to_choose is 'inf'"),
    "a time that is no number": (set_cell("time_to_choose", "nan"), "line 6: time_to_choose is 'nan'"),
    "a negative time": (set_cell("time_to_choose", "-2.5"), "line 6: time_to_choose is '-2.5'"),
    "a number as Python writes it": (set_cell("session", "1_000"), "line 6: session is '1_000'; allowed is"),
    "no time at all": (set_cell("onset", "noon"), "line 6: onset is 'noon'; allowed is a number of seconds"),
    "a negative loop": (set_cell("loops", "-1"), "line 6: loops is '-1'"),
    "a missing column": (lambda trials: trials.drop(columns="clip_id"), "this one is without clip_id"),
    "an unknown column": (lambda trials: trials.assign(mood="good"), "with the unknown column mood"),
    "a trial twice": (lambda trials: pd.concat([trials, trials.iloc[[4]]]), "stands in the table twice"),
    "a text with a control character": (set_cell("response", "Swi\x00ng"), "line 6: response is"),
    "no trials": (lambda trials: trials.iloc[:0], "nothing is left to analyse"),
}


@pytest.mark.parametrize("command", ["trials", "report"])
@pytest.mark.parametrize(("change", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_a_table_that_cannot_be_right_is_refused(analysis, table, tmp_path, command, change, said) -> None:
    spoil(table, change)
    done = analysis(command, table, "-o", tmp_path / "out")
    assert done.code == 2
    assert done.stderr.count("\n") == 1
    assert str(table) in done.stderr
    assert said in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PICTURES.replace("oven,oven", "öven,öven").encode("latin-1"), "line 2: found the byte 0xf6"),
        (PICTURES.encode("utf-16"), "line 1: found the byte 0xff, which is not UTF-8"),
        (PICTURES.replace(",rt,", ",time,").encode(), "the column rt is missing"),
        (PICTURES.replace("0.5", "-0.5").encode(), "line 2: rt is '-0.5'"),
        (PICTURES.replace("0.5", "1e999").encode(), "line 2: rt is '1e999'"),
        ((PICTURES + PICTURES.splitlines()[1]).encode(), "stands in the table twice"),
        (b"", "known forms are"),
        (b"\x00" * 500, "known forms are"),
    ],
)
def test_a_csv_file_that_cannot_be_right_is_refused(analysis, tmp_path, content, said) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    done = analysis("report", path, "-o", tmp_path / "out")
    assert done.code == 2
    assert done.stderr.count("\n") == 1
    assert str(path) in done.stderr
    assert said in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_table_in_another_encoding_is_refused(analysis, table, tmp_path) -> None:
    table.write_bytes(table.read_bytes().replace(b"P001", "Pö01".encode("latin-1")))
    done = analysis("report", table, "-o", tmp_path / "out")
    assert (done.code, done.stderr.count("\n")) == (2, 1)
    assert "utf-8" in done.stderr.lower()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda lines: [*lines, lines[4].rpartition(b"\t")[0]],
            "line 62: found 28 fields, and the header has 29",
        ),
        (lambda lines: [*lines[:-1], lines[-1][:40]], "line 61: found"),
        (lambda lines: [*lines, lines[4] + b"\tmore"], "line 62: found 30 fields"),
        (
            lambda lines: [line + b"\t" + line.split(b"\t")[0] for line in lines],
            "observer stands there twice",
        ),
        (lambda lines: [*lines[:9], lines[9].replace(b"P001", b"P\xe91")], "line 10: found the byte 0xe9"),
    ],
    ids=["a short line", "a line cut off", "a long line", "a column twice", "another encoding"],
)
def test_a_table_that_was_damaged_is_told_with_its_line(analysis, table, tmp_path, change, said) -> None:
    table.write_bytes(b"\n".join(change(table.read_bytes().splitlines())) + b"\n")
    done = analysis("report", table, "-o", tmp_path / "out")
    assert (done.code, done.stderr.count("\n")) == (2, 1)
    assert str(table) in done.stderr
    assert said in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_empty_folder_holds_no_session(analysis, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    done = analysis("report", tmp_path / "empty", "-o", tmp_path / "out")
    assert (done.code, done.stderr.count("\n")) == (2, 1)
    assert "no session was found here" in done.stderr


def test_models_alone_make_a_table_but_no_report(analysis, tmp_path) -> None:
    path = tmp_path / "vgg.csv"
    path.write_text(PICTURES.replace("subject-01", "vgg").replace("0.5", "NaN").replace("0.7", "NaN"))
    assert analysis("trials", path, "-o", tmp_path / "trials.tsv").code == 0
    done = analysis("report", path, "-o", tmp_path / "out")
    assert (done.code, done.stderr.count("\n")) == (2, 1)
    assert "found models only (vgg)" in done.stderr


def test_two_format_versions_are_refused_with_the_one_that_is_strange(
    analysis, make_session, recipe, tmp_path
) -> None:
    make_session(replace(recipe, simulated=""))
    other = make_session(replace(recipe, simulated="", participant="P002")) / "session.json"
    other.write_text(json.dumps(json.loads(other.read_bytes()) | {"format": 2}), encoding="utf-8")
    done = analysis("report", tmp_path / "data", "-o", tmp_path / "out")
    assert (done.code, done.stderr.count("\n")) == (2, 1)
    assert f"{other}, field format: found 2, and this version of the program reads 1" in done.stderr


def test_rules_that_are_wrong_are_told_before_anything_else(analysis, tmp_path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("format: 1\nrules:\n- {rule: too-fast}\n", encoding="utf-8")
    for given, said in (
        (rules, "rule 1 (too-fast): needs below_s"),
        (tmp_path / "none.yml", "cannot be read"),
    ):
        done = analysis("report", tmp_path / "nowhere", "-o", tmp_path / "out", "--exclusions", given)
        assert (done.code, done.stderr.count("\n")) == (2, 1)
        assert str(given) in done.stderr
        assert said in done.stderr


def test_rules_that_leave_nobody_are_told(analysis, table, tmp_path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("format: 1\nrules:\n- {rule: minimum-trials, at_least: 1000}\n", encoding="utf-8")
    done = analysis("report", table, "-o", tmp_path / "out", "--exclusions", rules)
    assert (done.code, done.stderr.count("\n")) == (2, 1)
    assert rules.name in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("command", "output"), [("report", "."), ("trials", "tables/trials.tsv")])
def test_a_table_is_not_replaced_by_what_is_made_of_it(analysis, table, tmp_path, command, output) -> None:
    """The table that is written leaves out what does not count: pilots would be lost."""
    given = tmp_path / "out" / "tables" / "trials.tsv"
    given.parent.mkdir(parents=True)
    given.write_bytes(table.read_bytes())
    done = analysis(command, given, "-o", tmp_path / "out" / output)
    assert (done.code, done.stderr.count("\n")) == (2, 1)
    assert "would replace it; choose another place to write" in done.stderr
    assert given.read_bytes() == table.read_bytes()
    assert [path.name for path in (tmp_path / "out").rglob("*")] == ["tables", "trials.tsv"]


@pytest.mark.parametrize("command", ["report", "trials"])
def test_a_place_that_cannot_be_written_is_told_before_anything_is_computed(
    analysis, tmp_path, command
) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    done = analysis(command, tmp_path / "nowhere", "-o", tmp_path / "file" / "out")
    assert (done.code, done.stderr.count("\n")) == (2, 1)
    assert f"cannot be written: {tmp_path / 'file'} is a file" in done.stderr


def test_nothing_is_written_into_the_folder_of_a_session(analysis, make_session, recipe, tmp_path) -> None:
    folder = make_session(replace(recipe, simulated=""))
    before = sorted(folder.rglob("*"))
    for output in (folder, folder / "report"):
        done = analysis("report", tmp_path / "data", "-o", output)
        assert (done.code, done.stderr.count("\n")) == (2, 1)
        assert f"{output} lies in the folder of a session" in done.stderr
    assert sorted(folder.rglob("*")) == before


def summary_of(folder: Path) -> dict[str, dict[str, dict[str, object]]]:
    content: dict[str, dict[str, dict[str, object]]] = json.loads((folder / "summary.json").read_bytes())
    assert (folder / "report.html").stat().st_size > 10_000
    return content


def test_one_participant_one_action_never_chosen_one_never_wrong(
    analysis, make_session, recipe, tmp_path
) -> None:
    """Swing is never chosen, JumpingJack never missed, there is one person alone, and a table in which all
    is empty that may be.
    """

    def choose(condition: str, action: str, rng: np.random.Generator) -> str:
        return {"JumpingJack": "JumpingJack", "Swing": "Lunges"}.get(action, str(rng.choice(ACTIONS[:4])))

    make_session(replace(recipe, simulated="", answer=choose))
    table = tmp_path / "trials.tsv"
    assert analysis("trials", tmp_path / "data", "-o", table).code == 0
    spoil(table, lambda trials: trials.assign(**dict.fromkeys(MAY_BE_EMPTY, EMPTY)))
    done = analysis("report", table, "-o", tmp_path / "out", "--exclusions", "none")
    assert done.code == 0, done.stderr
    by_action = summary_of(tmp_path / "out")["conditions"]["AFD5"]["by_action"]
    assert isinstance(by_action, dict)
    assert by_action["Swing"]["mean"] == 0
    assert by_action["JumpingJack"]["mean"] == 1


def test_protocols_are_pooled_aloud_also_where_nobody_answered_in_time(
    analysis, make_session, recipe, tmp_path
) -> None:
    """One person saw a second condition, with a time limit that ended every trial: no times, all wrong."""

    def choose(condition: str, action: str, rng: np.random.Generator) -> str | None:
        return action if condition == "UCF5" else None

    make_session(replace(recipe, simulated="", answer=choose))
    path = make_session(replace(recipe, simulated="", participant="P002", conditions=("UCF5",)))
    record = json.loads((path / "session.json").read_bytes())
    record["protocol"] |= {"name": "own", "sha256": "d" * 64}
    (path / "session.json").write_text(json.dumps(record), encoding="utf-8")
    done = analysis("report", tmp_path / "data", "-o", tmp_path / "out", "--exclusions", "none")
    assert done.code == 0, done.stderr
    assert "sessions of different protocols are pooled (afd5, own)" in done.stderr
    conditions = summary_of(tmp_path / "out")["conditions"]
    assert (conditions["UCF5"]["observers"], conditions["AFD5"]["observers"]) == (2, 1)
    accuracy, times = conditions["AFD5"]["accuracy"], conditions["AFD5"]["time_to_choose"]
    assert isinstance(accuracy, dict)
    assert isinstance(times, dict)
    assert (accuracy["mean"], times["median"]) == (0, None)


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")
def test_pipes_and_devices_in_the_place_of_data_are_refused(analysis, make_session, recipe, tmp_path) -> None:
    session = make_session(recipe)
    os.mkfifo(tmp_path / "pipe.tsv")
    done = analysis("trials", tmp_path / "pipe.tsv", "-o", tmp_path / "out.tsv")
    assert (done.code, done.stderr.count("\n")) == (2, 1)
    assert "pipe.tsv cannot be read (it is a device or a pipe" in done.stderr
    for name in ("session.json", "journal.jsonl"):
        kept = (session / name).read_bytes()
        (session / name).unlink()
        (session / name).symlink_to("/dev/zero")
        done = analysis("trials", tmp_path / "data", "-o", tmp_path / "out.tsv")
        assert (done.code, done.stderr.count("\n")) == (2, 1)
        assert f"{name} cannot be read (it is a device or a pipe" in done.stderr
        (session / name).unlink()
        (session / name).write_bytes(kept)


def test_what_a_file_says_reaches_the_terminal_on_one_line_and_as_text(
    analysis, make_session, recipe, tmp_path
) -> None:
    session = make_session(recipe)
    record = json.loads((session / "session.json").read_bytes())
    record["plan"]["words"]["a\nb\x1b[2J"] = ""
    (session / "session.json").write_text(json.dumps(record), encoding="utf-8")
    done = analysis("trials", tmp_path / "data", "-o", tmp_path / "out.tsv")
    assert (done.code, done.stderr.count("\n")) == (2, 1)
    assert "this is no session record (plan.words.a b [2J: " in done.stderr


def test_two_protocols_with_different_menus_are_refused(analysis, table, tmp_path) -> None:
    other = tmp_path / "other.tsv"
    other.write_text(table.read_text(encoding="utf-8").replace("P001", "P002"), encoding="utf-8")
    spoil(other, lambda trials: trials.assign(menu_order=trials["menu_order"] + "|Skiing"))
    done = analysis("report", table, other, "-o", tmp_path / "out")
    assert (done.code, done.stderr.count("\n")) == (2, 1)
    assert "P001_01 chose among" in done.stderr
    assert "Skiing, Swing; analyse them apart" in done.stderr


def test_pictures_of_another_benchmark_make_a_report(analysis, tmp_path) -> None:
    """No menu, no loops, no onset, no groups, no training: what needs them is left out.

    There are too few trials for the recommended rules, which nobody has asked for: none are applied.
    """
    rng = np.random.default_rng(3)
    header = PICTURES.splitlines()[0]
    for subject in ("subject-01", "subject-02", "vgg"):
        lines = [header]
        for trial in range(1, 10):
            shown = ("oven", "dog", "cat")[trial % 3]
            chosen = shown if rng.random() < 0.7 else "na" if rng.random() < 0.2 else "dog"
            time = "NaN" if chosen == "na" or subject == "vgg" else f"{rng.gamma(4, 0.2):.4f}"
            lines.append(f"{subject},1,{trial},{time},{chosen},{shown},0,{trial:04d}_x_00_{shown}{trial}.png")
        (tmp_path / f"edge_{subject}_session_1.csv").write_text("\n".join(lines), encoding="utf-8")
    done = analysis("report", tmp_path, "-o", tmp_path / "out")
    assert done.code == 0, done.stderr
    assert "the recommended rules of exclusion would leave no test trial" in done.stderr
    assert summary_of(tmp_path / "out")["conditions"]["0"]["observers"] == 2
    assert analysis("report", tmp_path, "-o", tmp_path / "new", "--exclusions", "recommended").code == 2
