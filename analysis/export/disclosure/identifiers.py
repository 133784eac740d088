"""Every value of the source that could lead back to a person: what a leak scan looks for.

Read from the files themselves, not from the records made of them: a field that the program does not know,
which somebody added, is looked at too.
"""

from __future__ import annotations

import csv
import getpass
import hashlib
import io
import itertools
import json
import re
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from analysis.export.disclosure.remarks import cleaned, scan_remarks
from analysis.export.disclosure.spellings import date_spellings, dates_in_code
from analysis.export.disclosure.text_identifiers import (
    Found,
    in_field,
    in_text,
    in_texts,
    of_host,
    of_moment,
    of_path,
)
from experiment.journal import JOURNAL_NAME

_SESSION = "session.json"
_PERSONAL_COLUMN = re.compile(
    r"(?:(?:first|last|family|given|full|sur|vor|nach|nick)[ _-]?)?name|e?[ _-]?mail.*|phone.*|tele[fp]h?on.*"
    r"|birth.*|date[ _-]of[ _-]birth|geburt.*|address.*|adresse.*|street.*|stra(?:ss|ß)e.*|matriculation.*"
    r"|matrikel.*|student[ _-]?(?:id|number)|initials|initialen",
    re.IGNORECASE,
)
_EQUIPMENT = (
    ("display", "screen_name"),
    ("display", "renderer"),
    ("machine", "processor"),
    ("machine", "system"),
)
_CODE_COLUMNS = ("participant", "participant_id", "observer", "subj", "UserID")
_CODE = "participant code"
_UNNAMED = {"", "none", "virtual", "unknown", "n/a", "not installed"}
_WORD_LENGTH = 6
"""Words of remarks from this length on are looked for one by one."""


@dataclass(frozen=True)
class Identifier:
    """A value that must not be found in a data set, what it is, and the file of the source it stands in."""

    value: str
    kind: str
    source: str


def identifying_values(data: Sequence[Path], published_remarks: Iterable[str] = ()) -> tuple[Identifier, ...]:
    """Every identifying value of data folders, session folders and tables, each once by value and kind.

    - participant codes, their parts that read like names, and the days that they may mean;
    - folder names of sessions, absolute paths, user names in them, and their other parts;
    - every date and clock time, in the usual spellings, also those of the files themselves;
    - host and user names, serial numbers, network addresses, also of this machine;
    - names, addresses, birthdays and the like from columns that are called so, of any table there;
    - what is known of screen and machine; the commit of the program, which bounds the time;
    - seeds and order numbers, which make a plan, and the hashes of the session's files;
    - remarks, what in them looks like a name or number, and their longer words; not those of
      ``published_remarks``, which a person has passed.

    Raises
    ------
    OSError
        Where a file of the source cannot be read.
    """
    found: dict[tuple[str, str], Identifier] = {}
    passed = _words(published_remarks)
    for kind, text, source in _all(data):
        value = text.strip()
        if kind.startswith("remark") and _words([value]) <= passed:
            continue
        if value.casefold() not in _UNNAMED:
            found.setdefault((value.casefold(), kind), Identifier(value, kind, source))
    return tuple(found.values())


def codes_not_among(identifiers: Iterable[Identifier], codes: Iterable[str]) -> tuple[str, ...]:
    """The participant codes that are not looked for, in order; words like ``none`` never are."""
    looked_for = {each.value.casefold() for each in identifiers if each.kind == _CODE} | _UNNAMED
    return tuple(sorted({code for code in codes if code.strip().casefold() not in looked_for}))


def _all(data: Sequence[Path]) -> Found:
    for path in data:
        for spelled in dict.fromkeys((path.absolute(), path.resolve())):
            yield from of_path(str(spelled), str(path))
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if not file.is_file():
                continue
            where = str(file)
            yield from of_moment(datetime.fromtimestamp(file.stat().st_mtime, timezone.utc), where)
            if file.name == _SESSION:
                yield from _of_session(file)
            elif file.name == JOURNAL_NAME:
                yield from _of_journal(file)
            elif file.suffix in (".tsv", ".csv"):
                yield from _of_table(file)
    yield from _of_this_machine()


def _of_this_machine() -> Found:
    here = "this machine"
    yield "host name", socket.gethostname(), here
    yield from of_host("host name", socket.gethostname(), here)
    # A process in a container may run for a user that has no name and no home.
    with suppress(KeyError, OSError, ImportError, RuntimeError):
        yield "user name", getpass.getuser(), here
    with suppress(KeyError, OSError, RuntimeError):
        yield from of_path(str(Path.home()), here)


def _of_session(file: Path) -> Found:
    content = file.read_bytes()
    where = str(file)
    yield "hash of a session file", hashlib.sha256(content).hexdigest(), where
    yield "session folder", file.parent.name, where
    try:
        record = _mapping(json.loads(content))
    except (ValueError, RecursionError):
        return
    plan = _mapping(record.get("plan"))
    yield from _of_code(str(record.get("participant", plan.get("participant", ""))), where)
    for name in ("seed", "order_number"):
        if name in plan:
            yield name.replace("_", " "), str(plan[name]), where
    if isinstance(plan.get("seed"), int):
        yield "seed", f"{plan['seed']:x}", where
    commit = str(record.get("commit", ""))
    for length in (40, 12, 7):
        if len(commit) >= length and set(commit[:length]) != {"0"}:
            yield "commit", commit[:length], where
    for part, field in _EQUIPMENT:
        yield "equipment", str(_mapping(record.get(part)).get(field, "")), where
    # What the participant saw is the same for everyone; the rest is looked through text by text.
    rest = {
        **record,
        "plan": {name: value for name, value in plan.items() if name not in ("phases", "words")},
    }
    yield from in_texts(rest, where)


def _of_journal(file: Path) -> Found:
    where = str(file)
    content = file.read_bytes()
    yield "hash of a session file", hashlib.sha256(content).hexdigest(), where
    text_items = _free_text_items(file.with_name(_SESSION)) if b'"kind":"answers"' in content else None
    for line in content.splitlines():
        # The trials are most of a journal, and hold numbers and names of clips alone.
        if b'"kind":"trial' in line or b'"kind":"phase' in line:
            continue
        try:
            entry = _mapping(json.loads(line))
        except (ValueError, RecursionError):
            yield from in_text(line.decode("utf-8", "replace"), where)
            continue
        payload = _mapping(entry.get("payload"))
        for item, answer in _mapping(payload.get("answers")).items():
            if text_items is None or item in text_items:
                yield from _of_remark(str(answer), where)
        yield from in_texts(payload, where)


def _free_text_items(session: Path) -> set[str] | None:
    """The questions of a session that have no options; None where that is not known."""
    try:
        phases = json.loads(session.read_bytes())["plan"]["phases"]
        pages = [page for phase in phases for page in phase.get("pages", ())]
        return {item["name"] for page in pages for item in page["items"] if not item.get("options")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _of_table(file: Path) -> Found:
    where = str(file)
    lines = io.StringIO(_text_of_table(file.read_bytes()), newline="")
    begin = lines.readline()
    if begin.casefold().startswith("sep="):  # a line for Excel alone
        begin = lines.readline()
    mark = _delimiter(begin, usual="\t" if file.suffix == ".tsv" else ",")
    seen: set[tuple[str, str]] = set()
    for row in csv.DictReader(itertools.chain([begin], lines), restkey="", delimiter=mark):
        for column, value in _cells(row):
            if (column, value) in seen:
                continue
            seen.add((column, value))
            if column in _CODE_COLUMNS:
                yield from _of_code(value, where)
            elif column == "order_number":
                yield "order number", value, where
            elif _PERSONAL_COLUMN.fullmatch(column.strip()):
                yield f"personal data (column {column.strip()})", value, where
            elif not value.replace(".", "").isdigit():
                yield from in_text(value, where)
                yield from in_field(column, value, where)


def _text_of_table(content: bytes) -> str:
    """Excel writes tables in the code page of western Windows where UTF-8 was not asked for."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _delimiter(header: str, usual: str) -> str:
    """What parts the header into most fields: Excel writes semicolons where the comma is decimal."""
    return max((usual, ";", ",", "\t"), key=lambda mark: len(next(csv.reader([header], delimiter=mark), [])))


def _cells(row: Mapping[str, str | list[str] | None]) -> Iterator[tuple[str, str]]:
    """Column and value of every field, also of those that the header has no name for (column ``""``)."""
    for column, value in row.items():
        for cell in value if isinstance(value, list) else [value]:
            if cell is not None:
                yield column, cell


def _of_code(code: str, where: str) -> Found:
    yield _CODE, code, where
    for part in re.split(r"[-_\s]|\d+", code):
        if len(part) >= 4:
            yield "part of a participant code", part, where
    for day in dates_in_code(code):
        for spelling in date_spellings(day):
            yield "date in a participant code", spelling, where


def _of_remark(text: str, where: str) -> Found:
    text = cleaned(text)
    if not text:
        return
    yield "remark", text, where
    for finding in scan_remarks({"": text}):
        if len(finding.found) >= 4:
            yield "remark, what looks identifying", finding.found, where
    for word in re.findall(rf"[^\W_]{{{_WORD_LENGTH},}}", text):
        yield "remark, a longer word", word, where


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _words(texts: Iterable[str]) -> set[str]:
    return {word.casefold() for text in texts for word in re.findall(r"\w+", text)}
