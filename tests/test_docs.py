"""The documents: links lead somewhere, commands are understood, paths exist; `make docs-check` runs them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.test_help import understood

REPOSITORY = Path(__file__).resolve().parent.parent
PAGES = [
    path
    for path in (
        REPOSITORY / "README.md",
        REPOSITORY / "CONTRIBUTING.md",
        *(REPOSITORY / "docs").glob("*.md"),
    )
    # Written by a program, and about a machine.
    if path.name != "benchmarks.md"
]
FENCED = re.compile(r"^```\S*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OURS = re.compile(r"(\.venv/\w+/)?python (-m (stimuli|analysis) |run_session)")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """The names of a page's headings in links to it: small letters, hyphens for blanks, no other signs."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands_in(page: Path) -> list[list[str]]:
    """The words after the interpreter of every command of ours in a block, lines that were broken joined."""
    blocks = [re.sub(r"[\\`]\n\s*", "", block) for block in FENCED.findall(page.read_text("utf-8"))]
    lines = [line.replace("\\", "/").strip() for block in blocks for line in block.splitlines()]
    # What a shell fills in is told by a shell alone.
    ours = [line for line in lines if OURS.match(line)]
    return [shlex.split(line, comments=True)[1:] for line in ours if "$" not in line and "..." not in line]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in LINK.findall(re.sub(r"`[^`\n]+`", "", FENCED.sub("", page.read_text("utf-8")))):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_are_understood(page):
    for words in commands_in(page):
        understood(words)


def test_there_are_commands_of_every_program():
    named = {" ".join(words[:2]) for page in PAGES for words in commands_in(page)}
    assert {"-m stimuli", "-m analysis"} <= named
    assert any(name.startswith("run_session.py") for name in named)


def test_paths_in_the_map_of_the_code_exist():
    text = (REPOSITORY / "docs" / "how-it-works.md").read_text("utf-8")
    paths = re.findall(r"`((?:analysis|benchmarks|experiment|protocols|stimuli|tests)/[\w/.-]*)`", text)
    assert len(paths) > 40
    assert [path for path in paths if not (REPOSITORY / path).exists()] == []
