"""The lab guide quotes what the program says, and has an answer to all that it says to an assistant."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
GUIDE = (REPOSITORY / "docs" / "lab-guide.md").read_text("utf-8")
SOURCES = [*(REPOSITORY / "experiment").rglob("*.py"), *(REPOSITORY / "stimuli").glob("disk.py")]

# What stops or ends a session of a person, whose experimenter has written neither protocol nor program.
MET_BY_ASSISTANTS = (
    "append_only.py",
    "choices.py",
    "display_store.py",
    "disk.py",
    "footage.py",
    "found_screens.py",
    "opening.py",
    "participants.py",
    "preflight.py",
    "psychopy_window.py",
    "session_store.py",
    "start.py",
    "start_process.py",
)
# Options of rehearsals and of tests, and what is said under another name in the guide.
NOT_FOR_ASSISTANTS = (
    "--speed: allowed with",
    "--observer: allowed in",
    "…: allowed with a screen only",
    "A window of … x … px does not fit",
    "does not hold what its manifest says",
    "to stand equally large, its size must be",
    "the free space of its disk cannot be read",
    "The timing check was stopped",
)
RAISED = ("InputRefused", "SessionBroken", "SessionStopped", "StimulusError", "said_when_display_is_lost")


def text_of(node: ast.AST) -> str:
    """A text of the program with … in place of what it is told with."""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def said(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr | ast.Constant) and (text := text_of(node)):
                yield text


def sentences_for_assistants() -> Iterator[str]:
    for path in (path for path in SOURCES if path.name in MET_BY_ASSISTANTS):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in RAISED:
                yield text_of(node.args[0]) if node.args else ""


def quoted() -> list[str]:
    """What stands in back quotes in the first column of the tables of what goes wrong."""
    rows = GUIDE[GUIDE.index("## When something goes wrong") :].splitlines()
    first = [row.split(" | ")[0] for row in rows if row.startswith("| ")]
    return [quote for cell in first for quote in re.findall(r"`([^`]+)`", cell) if " " in quote]


def is_part(quote: str, sentence: str) -> bool:
    pieces = [re.escape(piece.strip()) for piece in quote.split("…") if piece.strip()]
    return re.search(".*".join(pieces), sentence, re.DOTALL) is not None


def test_what_the_guide_quotes_is_what_the_program_says():
    texts = list(said(SOURCES))
    # A check's name and its finding are joined when the session is refused.
    unknown = [
        quote
        for quote in quoted()
        if not any(
            is_part(re.sub(r"^(refresh rate|display size|battery): ", "", quote), text) for text in texts
        )
    ]
    assert unknown == []


def test_the_guide_answers_every_sentence_that_an_assistant_may_meet():
    quotes = quoted()
    unanswered = [
        sentence
        for sentence in sentences_for_assistants()
        # Nothing but names and another error's text: the guide has a row for what names a file.
        if re.search(r"[a-z]{3} [a-z]{2}", sentence)
        and not any(known in sentence for known in NOT_FOR_ASSISTANTS)
        and not any(is_part(quote, sentence) for quote in quotes)
    ]
    assert unanswered == []
