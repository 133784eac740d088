"""The help of every command has examples that its own options understand, and fits 80 columns."""

from __future__ import annotations

import re
import shlex

import pytest
import typer
from typer.testing import CliRunner

import analysis.__main__
import experiment.cli
import stimuli.__main__

PROGRAMS = {
    "run_session.py": experiment.cli.app,
    "-m stimuli": stimuli.__main__.app,
    "-m analysis": analysis.__main__.app,
}


def command_lines(command, words: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The words after the program that name each command, groups of commands included."""
    inner = getattr(command, "commands", {})
    return [words, *(line for name, each in inner.items() for line in command_lines(each, (*words, name)))]


COMMANDS = [
    (program, words)
    for program, app in PROGRAMS.items()
    for words in command_lines(typer.main.get_command(app))
]


def help_of(program: str, words: tuple[str, ...]) -> str:
    shown = CliRunner().invoke(
        PROGRAMS[program], [*words, "--help"], env={"COLUMNS": "80"}, terminal_width=80
    )
    assert shown.exit_code == 0, shown.output
    return shown.output


def examples_in(text: str) -> list[list[str]]:
    """The commands below lines that end in a colon, lines that were broken joined again."""
    joined = re.sub(r" \\\n +", " ", text)
    return [shlex.split(line) for line in joined.splitlines() if line.startswith("    python ")]


@pytest.mark.parametrize(("program", "words"), COMMANDS)
def test_help_shows_an_example_and_fits_80_columns(program, words):
    text = help_of(program, words)
    assert examples_in(text)
    assert [line for line in text.splitlines() if len(line) > 80] == []
    # Neither the name of an option nor the sentence on a command is cut short.
    assert not re.search(r"…|\w\.\.\.$", text, re.MULTILINE)


@pytest.mark.parametrize(("program", "words"), COMMANDS)
def test_the_examples_are_understood(program, words):
    for _, *example in examples_in(help_of(program, words)):
        understood(example)


def understood(words: list[str]) -> None:
    """Read the words after `python` as the command would; an error where one is not known or not allowed."""
    named = next(name for name in PROGRAMS if " ".join(words).startswith(name))
    command, left = typer.main.get_command(PROGRAMS[named]), words[len(named.split()) :]
    while hasattr(command, "commands"):
        command, left = command.commands[left[0]], left[1:]
    command.make_context(named, left)
