"""Slides written in Markdown: text from ``protocols/slides/<language>/<name>.md`` -> slides with places for
clips.

A line ``---`` parts two slides. A slide has one heading (``# ...``), paragraphs, points (``- ...``) and
clips: ``![caption](clip:CONDITION/Action)`` shows a clip of that action that is in no trial,
``clip:CONDITION/*`` one of every action.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLIP = re.compile(
    r"!\[(?P<caption>[^\]]*)\]\(clip:(?P<condition>[A-Za-z0-9-]+)/(?P<action>[A-Za-z0-9-]+|\*)\)"
)


@dataclass(frozen=True)
class ClipPlace:
    """Where a clip belongs; ``action`` is ``*`` for one of every action."""

    condition: str
    action: str
    caption: str


@dataclass(frozen=True)
class SlideText:
    """One slide as it was written; clips are still places, not yet clips of a set."""

    heading: str
    paragraphs: tuple[str, ...]
    clips: tuple[ClipPlace, ...]


def parse_slides(markdown: str) -> tuple[SlideText, ...]:
    """The slides of one Markdown file.

    Raises
    ------
    ValueError
        One sentence with the line number, where a slide has no heading or holds something other than text
        and clips.
    """
    slides: list[SlideText] = []
    start = 1
    for block in re.split(r"^---[ \t]*$", markdown, flags=re.MULTILINE):
        if block.strip():
            slides.append(_parse_slide(block, start))
        start += block.count("\n")
    if not slides:
        raise ValueError("line 1: no slide found, at least one with a heading (# ...) is needed")
    return tuple(slides)


def _parse_slide(block: str, first_line: int) -> SlideText:
    headings: list[str] = []
    paragraphs: list[list[str]] = []
    clips: list[ClipPlace] = []
    paragraph_is_open = False
    for number, raw in enumerate(block.split("\n"), start=first_line):
        line = raw.strip()
        if line.startswith("#"):
            headings.append(_heading(line, number))
        elif line.startswith("!["):
            clips.append(_clip_place(line, number))
        elif line.startswith("- "):
            paragraphs.append(["•  " + line[2:].strip()])
        elif line and paragraph_is_open:
            paragraphs[-1].append(line)
        elif line:
            paragraphs.append([line])
        paragraph_is_open = bool(line) and not line.startswith(("#", "!["))
    if len(headings) != 1:
        raise ValueError(
            f"line {first_line}: found {len(headings)} headings (# ...) on one slide, allowed is one; "
            "part slides with a line ---"
        )
    return SlideText(headings[0], tuple(" ".join(lines) for lines in paragraphs), tuple(clips))


def _heading(line: str, number: int) -> str:
    if not line.startswith("# "):
        raise ValueError(
            f"line {number}: {line[:80]!r} is not allowed; a heading begins with one # and a space"
        )
    return line[2:].strip()


def _clip_place(line: str, number: int) -> ClipPlace:
    match = _CLIP.fullmatch(line)
    if match is None:
        raise ValueError(
            f"line {number}: {line[:80]!r} is no clip; allowed is ![caption](clip:CONDITION/Action)"
        )
    return ClipPlace(match["condition"], match["action"], match["caption"])
