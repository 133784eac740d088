"""``python -m analysis plan-study``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import AnalysisError

SMALL = ("--participants", "5,10", "--trials", "45,90", "--studies", "20")


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    from typer.testing import CliRunner

    from analysis.__main__ import app

    return lambda *arguments: CliRunner().invoke(app, ["plan-study", *map(str, arguments)])


def test_it_writes_a_table_a_figure_and_sentences(plan, tmp_path: Path) -> None:
    done = plan("-o", tmp_path / "out", *SMALL)
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "plan.png",
        "plan.svg",
        "plan.tsv",
        "plan.txt",
    ]
    table = pd.read_csv(tmp_path / "out" / "plan.tsv", sep="\t")
    assert table["question"].unique().tolist() == ["kappa", "accuracy", "difference", "par"]
    assert len(table) == 16
    assert (tmp_path / "out" / "plan.txt").read_text() == done.stdout
    assert done.stdout.splitlines()[0].startswith("To tell a kappa of 0.3 between people and a model from 0")
    assert "differences between people and clips are assumed" in done.stdout


def test_the_same_seed_writes_the_same_files(plan, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert plan("-o", tmp_path / name, "--question", "kappa", *SMALL).exit_code == 0
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_pilot_takes_the_place_of_the_published_study(plan, make_session, recipe, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        make_session(replace(recipe, participant=f"P00{number}", seed=number))
    arguments = (tmp_path / "data", "-o", tmp_path / "out", "--question", "accuracy", *SMALL)
    assert "nothing is left to analyse" in str(plan(*arguments).exception)
    done = plan(*arguments, "--allow-simulated", "--value", "0.5")
    assert done.exit_code == 0, done.output
    assert "a pilot of 3 simulated participants with 60 test trials" in done.stdout
    assert "from 0.5 with a power of 80%" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--expected", "0.3"), "--expected and --value belong to one question"),
        (("--participants", "5;10"), "--participants is '5;10'; allowed are whole numbers with commas"),
        (("--trials", "3"), "--trials: found 3; allowed are whole numbers from 10"),
        (("--condition", "AFD9"), "the published study has no AFD9"),
        (("--question", "kappa", "--expected", "0.999", "--model-accuracy", "0.5"), "is not possible"),
        (("--power", "80"), "--power is 80; allowed is more than 0 and less than 1"),
    ],
)
def test_bad_input_is_one_sentence_and_writes_nothing(
    plan, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    done = plan("-o", tmp_path / "out", *arguments)
    assert isinstance(done.exception, AnalysisError)
    assert sentence in str(done.exception)
    assert not (tmp_path / "out").exists()


def test_from_the_command_line_that_is_exit_code_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from analysis.__main__ import main

    arguments = ["analysis", "plan-study", "-o", str(tmp_path / "out"), "--power", "2"]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as end:
        main()
    written = capsys.readouterr()
    assert (end.value.code, written.out) == (2, "")
    assert written.err.strip() == "--power is 2; allowed is more than 0 and less than 1, as 0.8"
