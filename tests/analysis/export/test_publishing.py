"""A data set is there whole or not at all, and its files tell no time."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.export.key_file import refuse_key_place
from analysis.export.publishing import CONSTANT_TIME_S, publish, refuse_unusable, unfinished_before
from analysis.export.reporting import put_aside, report_path

FILES = {"README": b"a text", "sub-x/beh/sub-x_beh.tsv": b"trial\n1\n"}


def test_all_files_are_there_and_bear_one_time(tmp_path: Path) -> None:
    out = tmp_path / "shared" / "out"
    publish(FILES, out, lambda _: None)
    found = {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert found == FILES
    assert {path.stat().st_mtime for path in [out, *out.rglob("*")]} == {CONSTANT_TIME_S}
    assert [path.name for path in out.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/../../x", "a//x", "a\\x", ".."])
def test_nothing_is_written_outside_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(AnalysisError, match="is no name of a file in a data set; nothing was written"):
        publish({**FILES, name: b""}, tmp_path / "shared" / "out", lambda _: None)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    publish(FILES, tmp_path / "out", lambda _: None)
    assert (tmp_path / "out" / "README").exists()


def test_what_a_check_finds_leaves_nothing(tmp_path: Path) -> None:
    seen: list[str] = []

    def check(folder: Path) -> None:
        # When the check runs, everything is as it will be, but under a name that nobody takes for the export
        seen.append(folder.name)
        assert {path.stat().st_mtime for path in [folder, *folder.rglob("*")]} == {CONSTANT_TIME_S}
        assert (folder / "README").exists()
        raise AnalysisError("a leak")

    with pytest.raises(AnalysisError, match="a leak"):
        publish(FILES, tmp_path / "out", check)
    assert list(tmp_path.iterdir()) == []
    assert seen[0].startswith(".")
    assert seen[0].endswith(".unfinished")


_EXPORT_THAT_WAITS = """
import sys, time
from pathlib import Path
from analysis.export.publishing import publish
publish({"README": b"a text"}, Path(sys.argv[1]), lambda _: (print("checked", flush=True), time.sleep(60)))
"""


def test_what_a_killed_export_left_is_found_again(tmp_path: Path) -> None:
    # Given an export that is killed while it is checked
    out = tmp_path / "out"
    command = [sys.executable, "-c", _EXPORT_THAT_WAITS, str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"checked\n"
        process.send_signal(signal.SIGKILL)
    # Then there is no export, and what there is is known as half of one
    (left,) = tmp_path.iterdir()
    (tmp_path / ".other.00000000.unfinished").mkdir()
    assert unfinished_before(out) == (left,)
    assert unfinished_before(tmp_path / "nowhere" / "out") == ()
    # And the next one does not mind it
    publish(FILES, out, lambda _: None)
    assert (out / "README").read_bytes() == FILES["README"]


def test_an_empty_working_folder_can_be_exported_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    publish(FILES, Path(), lambda _: None)
    monkeypatch.chdir(tmp_path)
    assert (tmp_path / "here" / "README").exists()
    assert report_path(Path("here")) == tmp_path / "disclosure_report.html"


def test_the_report_of_another_export_is_kept(tmp_path: Path) -> None:
    report = tmp_path / "disclosure_report.html"
    assert put_aside(report) == ()
    for number in (1, 2):
        report.write_text(f"report {number}")
        assert put_aside(report) == (tmp_path / f"disclosure_report.{number}.html",)
    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == ["report 1", "report 2"]


@pytest.mark.parametrize("made", ["file", "filled", "link"])
def test_a_place_with_something_in_it_is_refused(tmp_path: Path, made: str) -> None:
    out = tmp_path / "out"
    if made == "file":
        out.write_text("x")
    elif made == "filled":
        out.mkdir()
        (out / "x").write_text("x")
    else:
        (tmp_path / "other").mkdir()
        out.symlink_to(tmp_path / "other")
    with pytest.raises(AnalysisError, match="new or an empty folder"):
        refuse_unusable(out, ())


def test_nothing_is_written_into_the_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "link").symlink_to(data)
    for inside in (data / "out", data / "x" / ".." / "out", tmp_path / "link" / "out", data):
        with pytest.raises(AnalysisError, match="nothing is written into the data"):
            refuse_unusable(inside, (data,))
    refuse_unusable(tmp_path / "data-out", (data,))


def test_nothing_is_written_beside_a_session_folder(tmp_path: Path) -> None:
    # Given a session folder, which lies in a data folder
    session = tmp_path / "data" / "sessions" / "P001_01"
    session.mkdir(parents=True)
    (session / "session.json").write_text("{}")
    # Then that data folder is no place for an export or a key
    with pytest.raises(AnalysisError, match="nothing is written into the data"):
        refuse_unusable(tmp_path / "data" / "out", (session,))
    with pytest.raises(AnalysisError, match="nothing is written into the data"):
        refuse_key_place(tmp_path / "data" / "key", tmp_path / "out", (session,))
    refuse_unusable(tmp_path / "out", (session,))
