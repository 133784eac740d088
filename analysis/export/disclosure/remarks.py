"""What in a remark may give somebody away, and the file in which a person passes remarks.

No program can tell that a text is harmless: what is found here helps the person who reads it, and nothing is
published that no person has passed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import AnalysisError
from stimuli.errors import reason_of
from stimuli.whole_file import check_regular

_URL = r"(?:https?://|www\.)\S+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,9}\.(?:com|org|net|edu|gov|info|io|eu|de|at|ch|uk|fr|it|es)\b\S*"
_TITLES = r"(?:[Mm]y name is|[Ii]ch hei(?:ß|ss)e|[Mm]ein Name ist|Mr|Mrs|Ms|Dr|Prof|Herr|Frau|Signed|Gez)\.?"
_KINDS = {
    "e-mail": re.compile(r"[^\s@<>\"'(),;]{1,254}@[^\s@<>\"'(),;]{1,254}\.\w+"),
    "URL": re.compile(_URL),
    "account": re.compile(r"(?<!\w)@\w{2,}"),
    "phone": re.compile(r"(?<![\w.])\+?\(?\d[\d\s()/.-]{5,}\d"),
    "number": re.compile(r"\d[\d.,:/-]*"),
    "name": re.compile(rf"(?<=\b){_TITLES}\s+\w+(?:\s+[A-ZÄÖÜ]\w+)?"),
}
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"(?:^|[.!?:;…]|\n)\W*$")
_TITLE_LENGTH = 4
_CASELESS = "script without capitals"
_JOINERS = "\u200c\u200d"
_COLUMNS = ("key", "publish", "text", "found", "remark")


@dataclass(frozen=True)
class RemarkFinding:
    """Something in a remark that may identify somebody: ``found`` stands at ``start:end`` of the cleaned
    remark. ``kind`` is name, e-mail, account, phone, URL, number, or ``script without capitals``, in which
    names cannot be told from other words.
    """

    observer: str
    kind: str
    found: str
    start: int
    end: int


@dataclass(frozen=True)
class ReviewedRemarks:
    """What a person decided: ``texts`` to publish by observer, how many were refused, how many are open."""

    texts: Mapping[str, str]
    refused: int
    undecided: int


def cleaned(remark: str) -> str:
    """A remark in one form of Unicode, without invisible marks that turn the direction of writing or hide in
    words; emoji and letters of every script stay.
    """
    text = unicodedata.normalize("NFC", remark.replace("\r\n", "\n"))
    return "".join(
        sign
        for sign in text
        if sign in _JOINERS or sign in "\n\t" or unicodedata.category(sign) not in ("Cf", "Cc")
    ).strip()


def scan_remarks(remarks: Mapping[str, str]) -> tuple[RemarkFinding, ...]:
    """What may identify somebody in remarks by observer, each place once, in the order of the text.

    Capitalised words count as names unless they begin a sentence: that finds nouns in German, too, and
    misses a name in small letters. It is better to look at ten words too many.
    """
    found: list[RemarkFinding] = []
    for observer, remark in remarks.items():
        text = cleaned(remark)
        taken = [False] * len(text)
        places = [(kind, m.start(), m.end()) for kind, form in _KINDS.items() for m in form.finditer(text)]
        places += [("name", start, end) for start, end in _capitalised(text)]
        places += [(_CASELESS, start, end) for start, end in _caseless(text)]
        of_this = []
        for kind, start, end in places:
            if not any(taken[start:end]):
                taken[start:end] = [True] * (end - start)
                of_this.append(RemarkFinding(observer, kind, text[start:end], start, end))
        found += sorted(of_this, key=lambda finding: finding.start)
    return tuple(found)


def redacted(remark: str) -> str:
    """The cleaned remark with every finding replaced by its kind: "[name] said hello"."""
    text = cleaned(remark)
    for finding in reversed(scan_remarks({"": remark})):
        text = f"{text[: finding.start]}[{finding.kind}]{text[finding.end :]}"
    return text


def _capitalised(text: str) -> list[tuple[int, int]]:
    """Words with a capital, neighbours together; single ones at the beginning of a sentence are left out."""
    runs: list[tuple[int, int, int]] = []
    for word in _WORD.finditer(text):
        if not word[0][0].isupper() or (len(word[0]) == 1):
            continue
        # A full stop between two names belongs to an initial or a title: "E. Huber", "Dr. Huber".
        stop = r"\.?" if runs and runs[-1][1] - runs[-1][0] <= _TITLE_LENGTH else ""
        if runs and re.fullmatch(f"{stop} *", text[runs[-1][1] : word.start()]):
            runs[-1] = (runs[-1][0], word.end(), runs[-1][2] + 1)
        else:
            runs.append((word.start(), word.end(), 1))
    return [(start, end) for start, end, words in runs if words > 1 or not _SENTENCE_END.search(text[:start])]


def _caseless(text: str) -> list[tuple[int, int]]:
    """Runs of words in a script without capital letters (Arabic, Hebrew, Chinese ...)."""
    runs: list[tuple[int, int]] = []
    for word in _WORD.finditer(text):
        if not any(unicodedata.category(sign) == "Lo" for sign in word[0]):
            continue
        if runs and not _WORD.search(text[runs[-1][1] : word.start()]):
            runs[-1] = (runs[-1][0], word.end())
        else:
            runs.append((word.start(), word.end()))
    return runs


def remark_key(remark: str) -> str:
    """What names a remark in the review file: it tells nothing of who wrote it."""
    return hashlib.sha256(cleaned(remark).encode()).hexdigest()[:16]


def write_review(path: Path, remarks: Mapping[str, str]) -> int:
    """Write the file in which a person passes remarks, and return how many are undecided.

    One row per remark, in an order that says nothing of who wrote it. ``publish`` is to be filled with
    ``yes`` or ``no``; ``text`` is what would be published and may be edited, and holds at first the remark
    with every finding replaced by its kind. Decisions in a file that is there already are kept, also those
    on remarks of another study. The file holds what people wrote: only its owner may read it.

    Raises
    ------
    AnalysisError
        Where the file is there and cannot be read, or cannot be written.
    """
    known = _rows(path) if path.exists() else {}
    rows = {}
    for remark in remarks.values():
        text = cleaned(remark)
        if text:
            found = "; ".join(f"{each.kind}: {each.found}" for each in scan_remarks({"": remark}))
            fresh = dict(zip(_COLUMNS, (remark_key(remark), "", redacted(remark), found, text), strict=True))
            rows[remark_key(remark)] = known.get(remark_key(remark), fresh)
    content = io.StringIO()
    writer = csv.DictWriter(content, _COLUMNS, delimiter="\t", lineterminator="\n")
    writer.writeheader()
    everything = {**known, **rows}
    writer.writerows(everything[key] for key in sorted(everything))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(content.getvalue())
    except OSError as error:
        raise AnalysisError(f"{path}: the remarks to review cannot be written ({reason_of(error)})") from None
    return sum(not row["publish"].strip() for row in rows.values())


def read_review(path: Path, remarks: Mapping[str, str]) -> ReviewedRemarks:
    """What a person decided about these remarks; one that is in no row is undecided.

    Raises
    ------
    AnalysisError
        Where the file cannot be read, or a decision is neither ``yes`` nor ``no``.
    """
    rows = _rows(path)
    texts: dict[str, str] = {}
    refused = undecided = 0
    for observer, remark in remarks.items():
        if not cleaned(remark):
            continue
        row = rows.get(remark_key(remark))
        decision = row["publish"].strip().lower() if row else ""
        if row is not None and decision == "yes":
            texts[observer] = cleaned(row["text"])
        elif decision == "no":
            refused += 1
        else:
            undecided += 1
    return ReviewedRemarks(texts, refused, undecided)


def _rows(path: Path) -> dict[str, dict[str, str]]:
    try:
        check_regular(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t")
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AnalysisError(f"{path}: the reviewed remarks cannot be read ({error})") from None
    found = {}
    for number, row in enumerate(rows, start=1):
        if row.keys() != set(_COLUMNS) or any(row[name] is None for name in _COLUMNS):
            raise AnalysisError(f"{path}, row {number}: the columns must be {', '.join(_COLUMNS)}")
        decision = row["publish"].strip().lower()
        if decision not in ("", "yes", "no"):
            raise AnalysisError(
                f"{path}, row {number}: publish is {row['publish']!r}; allowed are yes and no"
            )
        if decision == "yes" and not cleaned(row["text"]):
            raise AnalysisError(f"{path}, row {number}: publish is yes, but text is empty; write no instead")
        found[row["key"].strip()] = row
    return found
