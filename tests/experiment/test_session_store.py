"""Sessions are made whole or not at all, whoever starts at the same time and whenever a start is killed."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from experiment import start
from experiment.session_store import read_session, read_session_journal, sessions_of
from tests.experiment.material import counted_clips, write_placeholders
from tests.experiment.sessions import PILOT, REPOSITORY, command, run_here


@pytest.fixture(scope="module")
def stimuli(tmp_path_factory) -> Path:
    """Enough clips for the pilot, without pictures."""
    return write_placeholders(tmp_path_factory.mktemp("set"), counted_clips(4, 3))


def rows_of(data: Path) -> list[tuple[str, str]]:
    """Codes and order numbers of the register."""
    path = data / "participants.tsv"
    with path.open(encoding="utf-8") as file:
        return [(row["participant"], row["order_number"]) for row in csv.DictReader(file, delimiter="\t")]


def test_six_sessions_started_at_once_get_a_seat_each(stimuli, tmp_path):
    given = command(PILOT, "--simulate", "data", "--stimuli", stimuli, "--data", tmp_path)
    started = [subprocess.Popen(given, stderr=subprocess.PIPE, text=True) for _ in range(6)]
    for process in started:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    rows = rows_of(tmp_path)
    assert len({code for code, _ in rows}) == 6
    assert [int(order) for _, order in rows] == [1, 2, 3, 4, 5, 6]
    folders = {path.name: path for path in (tmp_path / "sessions").iterdir()}
    assert set(folders) == {f"{code}_01" for code, _ in rows}
    for code, order in rows:
        assert read_session(folders[f"{code}_01"]).plan.order_number == int(order)
        entries = read_session_journal(folders[f"{code}_01"]).entries
        assert entries[-1].event.kind == "session_finished"


@pytest.mark.parametrize(
    ("codes", "got"),
    [
        (
            (["--participant", "P001"], ["--participant", "P002"]),
            ("P001", "P002"),
        ),  # both planned as number 1
        (([], []), ("simpilot01", "simpilot02")),  # both planned under the first free code
    ],
)
def test_who_is_created_between_planning_and_creation_keeps_the_seat(
    stimuli, tmp_path, monkeypatch, codes, got
):
    # Given another session that is planned, created and played while this one's window opens
    given = (PILOT, "--simulate", "data", "--stimuli", stimuli, "--data", tmp_path)
    open_ports = start.open_ports

    @contextmanager
    def slowly(*arguments) -> Iterator[start.Ports]:
        monkeypatch.setattr(start, "open_ports", open_ports)
        assert run_here(*given, *codes[0]).exit_code == 0
        with open_ports(*arguments) as ports:
            yield ports

    monkeypatch.setattr(start, "open_ports", slowly)
    assert run_here(*given, *codes[1]).exit_code == 0
    # Then this one takes the next seat, in its plan as in the register
    assert rows_of(tmp_path) == [(got[0], "1"), (got[1], "2")]
    assert read_session(tmp_path / "sessions" / f"{got[1]}_01").plan.order_number == 2


def test_leftovers_of_a_killed_start_are_no_session_and_go_with_the_next_start(stimuli, tmp_path):
    sessions = tmp_path / "sessions"
    for name in (".P1_01-k2x9", ".P1_01-zz", ".P1_02-aa", ".P11_01-bb"):
        (sessions / name).mkdir(parents=True)
        (sessions / name / "session.json").write_text("{}", "utf-8")
    assert sessions_of(tmp_path, "P1") == ()
    given = ("--stimuli", stimuli, "--data", tmp_path, "--participant", "P1")
    ended = run_here(*given, "--simulate", "data", "--resume")
    assert "no unfinished session of P1 was found; sessions there: none" in ended.stderr
    assert run_here(PILOT, *given, "--simulate", "data").exit_code == 0
    # Those of other sessions may be starts that are under way.
    assert sorted(path.name for path in sessions.iterdir()) == [".P11_01-bb", ".P1_02-aa", "P1_01"]
    assert sessions_of(tmp_path, "P1") == (1,)


KILLED_AT = """
import os, signal, sys
from experiment import session_store
from experiment.cli import app

def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def killed_at_journal(path, content, write=session_store.write_durably):
    write(path, content)
    if path.name == "journal.jsonl":
        killed()

def killed_once_registered(*arguments, register=session_store.register):
    register(*arguments)
    killed()

name, stand_in = {
    "session.json": ("write_durably", killed),
    "journal": ("write_durably", killed_at_journal),
    "registration": ("register", killed),
    "renaming": ("register", killed_once_registered),
}[sys.argv.pop(1)]
setattr(session_store, name, stand_in)
app()
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX signal")
@pytest.mark.parametrize("before", ["session.json", "journal", "registration", "renaming"])
def test_a_start_killed_half_way_leaves_no_session_and_can_be_made_again(stimuli, tmp_path, before):
    """There is never a session without its row. A row without a session may stay behind, where the kill came
    between the two; it keeps its code and order number, and the next start with the code takes it up.
    """
    given = [PILOT, "--simulate", "data", "--stimuli", stimuli, "--data", tmp_path, "--participant", "P1"]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT, before, *map(str, given)], cwd=REPOSITORY, check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    assert sessions_of(tmp_path, "P1") == ()
    assert (tmp_path / "participants.tsv").exists() == (before == "renaming")
    again = run_here(*given)
    assert again.exit_code == 0, again.stderr
    assert rows_of(tmp_path) == [("P1", "1")]
    assert [path.name for path in (tmp_path / "sessions").iterdir()] == ["P1_01"]


def test_a_disk_that_fails_half_way_leaves_nothing(stimuli, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("experiment.session_store.register", full)
    given = (PILOT, "--simulate", "data", "--stimuli", stimuli, "--data", tmp_path, "--participant", "P1")
    ended = run_here(*given)
    assert ended.exit_code == 2
    assert "the session cannot be written there (No space left on device); nothing was" in ended.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not list((tmp_path / "sessions").iterdir())
