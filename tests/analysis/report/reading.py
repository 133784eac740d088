"""Reading a report back."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

from analysis.collection import Allowed

ALL_OF_THEM = Allowed(simulated=True, pilot=True, unfinished=True)


class Page(HTMLParser):
    """The text of a page, and what it links to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.text = ""
        self.feed(text)
        self.text = re.sub(r"\s+", " ", self.text)

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(folder: Path) -> Page:
    return Page((folder / "report.html").read_text(encoding="utf-8"))


def summary_of(folder: Path) -> dict:
    return json.loads((folder / "summary.json").read_bytes())
