"""The commands of docs/models.md that take too long to be run are at least commands that there are."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from analysis.__main__ import app

STUB = f"""#!{sys.executable}
import json, sys
with open("asked.jsonl", "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> list[list[str]]:
    """The arguments of every call of Python, when the shell reads the page's unmarked blocks of commands."""
    folder = tmp_path_factory.mktemp("documented")
    (folder / ".venv" / "bin").mkdir(parents=True)
    python = folder / ".venv" / "bin" / "python"
    python.write_text(STUB)
    python.chmod(0o755)
    page = (repository / "docs" / "models.md").read_text(encoding="utf-8")
    blocks = [block for block in re.findall(r"```text\n(.*?)```", page, re.DOTALL) if "python -m" in block]
    for block in blocks:
        subprocess.run(["bash", "-euc", block], cwd=folder, check=True)
    return [json.loads(line) for line in (folder / "asked.jsonl").read_text().splitlines()]


def test_every_command_of_the_analysis_is_understood(asked: list[list[str]]) -> None:
    commands: Any = typer.main.get_command(app)
    of_analysis = [arguments[2:] for arguments in asked if arguments[:2] == ["-m", "analysis"]]
    for name, *arguments in of_analysis:
        commands.commands[name].make_context(name, arguments)  # ends with an error where it is not
    assert {name for name, *_ in of_analysis} >= {"train", "predict", "control"}
    assert len([name for name, *_ in of_analysis if name == "train"]) >= 6


def test_kept_predictions_are_those_that_the_commands_write(asked: list[list[str]], repository: Path) -> None:
    folder = repository / "analysis" / "reference" / "predictions"
    kept = {file.name for file in folder.glob("*.tsv")}
    written = {word for arguments in asked for word in arguments if word.endswith(".tsv")}
    assert kept <= written
    trained = {
        (arguments[3], arguments[arguments.index("--condition") + 1]): arguments
        for arguments in asked
        if arguments[:3] == ["-m", "analysis", "train"] and "--learning-rate" in arguments
    }
    for name in kept:
        card = json.loads((folder / name).with_suffix(".card.json").read_text())
        arguments = trained[card["model"], card["conditions"][0]]
        for option in ("learning-rate", "batch", "stage-epochs"):
            told = float(arguments[arguments.index(f"--{option}") + 1])
            assert told == card["configuration"][option.replace("-", "_")]
        assert float(arguments[arguments.index("--epochs") + 1]) == card["metrics"]["epochs"]
