"""Every value of the source that could lead back to a person: what a leak scan looks for.

Read from the files themselves, not from the records made of them: a field that the program does not know,
which somebody added, is looked at too.
"""

from __future__ import annotations

import csv
import getpass
import hashlib
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
from analysis.export.disclosure.spellings import (
    clock_spellings,
    date_spellings,
    dates_in_code,
    epoch_spellings,
    in_zones,
)
from experiment.journal import JOURNAL_NAME

_SESSION = "session.json"
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_PATH = re.compile(
    r"(?:(?<![\w/.:])/(?:[^\s/\"'<>|:;,]+/?)+|\b[A-Za-z]:[\\/][^\"<>|;,]+|\\\\[^\s\"<>|;,]+|~[\w-]*/\S+)"
)
_ADDRESS = re.compile(
    r"[^\s@<>\"',;]+@[^\s@<>\"',;]+\.\w+|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"
)
_NAMING_KEY = re.compile(
    r"(?:^|_)(?P<kind>host|node|user|login|owner|serial|uuid|mac|ip|operator|experimenter|name_of)(?:$|_|name|id)",
    re.IGNORECASE,
)
_PERSONAL_COLUMN = re.compile(
    r"(?:(?:first|last|family|given|full|sur|vor|nach|nick)[ _-]?)?name|e?[ _-]?mail.*|phone.*|tele[fp]h?on.*"
    r"|birth.*|date[ _-]of[ _-]birth|geburt.*|address.*|adresse.*|street.*|stra(?:ss|ß)e.*|matriculation.*"
    r"|matrikel.*|student[ _-]?(?:id|number)|initials|initialen",
    re.IGNORECASE,
)
_HOMES = {"home", "users", "user", "usr"}
_COMMON_PARTS = {
    "home",
    "users",
    "mnt",
    "media",
    "data",
    "work",
    "root",
    "opt",
    "srv",
    "var",
    "tmp",
    "usr",
    "private",
}
_EQUIPMENT = (
    ("display", "screen_name"),
    ("display", "renderer"),
    ("machine", "processor"),
    ("machine", "system"),
)
_CODE_COLUMNS = ("participant", "participant_id", "observer", "subj", "UserID")
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


_Found = Iterator[tuple[str, str, str]]
"""Kind, value, file."""


def _all(data: Sequence[Path]) -> _Found:
    for path in data:
        yield from _of_path(str(path.absolute()), str(path))
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if not file.is_file():
                continue
            where = str(file)
            yield from _of_moment(datetime.fromtimestamp(file.stat().st_mtime, timezone.utc), where)
            if file.name == _SESSION:
                yield from _of_session(file)
            elif file.name == JOURNAL_NAME:
                yield from _of_journal(file)
            elif file.suffix in (".tsv", ".csv"):
                yield from _of_table(file)
    yield from _of_this_machine()


def _of_this_machine() -> _Found:
    here = "this machine"
    yield "host name", socket.gethostname(), here
    # A process in a container may run for a user that has no name and no home.
    with suppress(KeyError, OSError, ImportError, RuntimeError):
        yield "user name", getpass.getuser(), here
    with suppress(KeyError, OSError, RuntimeError):
        yield from _of_path(str(Path.home()), here)


def _of_session(file: Path) -> _Found:
    content = file.read_bytes()
    where = str(file)
    yield "hash of a session file", hashlib.sha256(content).hexdigest(), where
    yield "session folder", file.parent.name, where
    try:
        record = json.loads(content)
    except ValueError:
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
    yield from _of_texts(rest, where)


def _of_journal(file: Path) -> _Found:
    where = str(file)
    content = file.read_bytes()
    yield "hash of a session file", hashlib.sha256(content).hexdigest(), where
    text_items = _free_text_items(file.with_name(_SESSION)) if b'"kind":"answers"' in content else None
    for line in content.splitlines():
        # The trials are most of a journal, and hold numbers and names of clips alone.
        if b'"kind":"trial' in line or b'"kind":"phase' in line:
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            yield from _of_text(line.decode("utf-8", "replace"), where)
            continue
        payload = _mapping(entry.get("payload"))
        for item, answer in _mapping(payload.get("answers")).items():
            if text_items is None or item in text_items:
                yield from _of_remark(str(answer), where)
        yield from _of_texts(payload, where)


def _free_text_items(session: Path) -> set[str] | None:
    """The questions of a session that have no options; None where that is not known."""
    try:
        phases = json.loads(session.read_bytes())["plan"]["phases"]
        pages = [page for phase in phases for page in phase.get("pages", ())]
        return {item["name"] for page in pages for item in page["items"] if not item.get("options")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _of_table(file: Path) -> _Found:
    where = str(file)
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        seen: set[tuple[str, str]] = set()
        for row in csv.DictReader(lines, delimiter="\t" if file.suffix == ".tsv" else ","):
            for column, value in row.items():
                if not isinstance(value, str) or (column, value) in seen:
                    continue
                seen.add((column, value))
                if column in _CODE_COLUMNS:
                    yield from _of_code(value, where)
                elif column == "order_number":
                    yield "order number", value, where
                elif _PERSONAL_COLUMN.fullmatch(str(column)):
                    yield f"personal data (column {column})", value, where
                elif not value.replace(".", "").isdigit():
                    yield from _of_text(value, where)
                    yield from _of_key(str(column), value, where)


def _of_code(code: str, where: str) -> _Found:
    yield "participant code", code, where
    for part in re.split(r"[-_\s]|\d+", code):
        if len(part) >= 4:
            yield "part of a participant code", part, where
    for day in dates_in_code(code):
        for spelling in date_spellings(day):
            yield "date in a participant code", spelling, where


def _of_remark(text: str, where: str) -> _Found:
    text = cleaned(text)
    if not text:
        return
    yield "remark", text, where
    for finding in scan_remarks({"": text}):
        if len(finding.found) >= 4:
            yield "remark, what looks identifying", finding.found, where
    for word in re.findall(rf"[^\W_]{{{_WORD_LENGTH},}}", text):
        yield "remark, a longer word", word, where


def _of_texts(value: Any, where: str) -> _Found:
    """Every text within a JSON value, and what its keys say about it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, str | int) and not isinstance(inner, bool):
                yield from _of_key(str(key), str(inner), where)
            yield from _of_texts(inner, where)
    elif isinstance(value, list):
        for inner in value:
            yield from _of_texts(inner, where)
    elif isinstance(value, str):
        yield from _of_text(value, where)


def _of_key(key: str, value: str, where: str) -> _Found:
    # "hostName", "HOST_NAME" and "host-name" are one key.
    key = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).replace("-", "_")
    if named := _NAMING_KEY.search(key):
        yield f"{named['kind'].lower()} (field {key})", value, where


def _of_text(text: str, where: str) -> _Found:
    for found in _MOMENT.findall(text):
        moment = _moment(found)
        if moment is not None:
            yield from _of_moment(moment, where, clock="T" in found or ":" in found)
    for found in _PATH.findall(text):
        yield from _of_path(found, where)
    for found in _ADDRESS.findall(text):
        yield "address", found, where


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None


def _of_moment(moment: datetime, where: str, *, clock: bool = True) -> _Found:
    for written in in_zones(moment):
        for spelling in date_spellings(written.date()):
            yield "date", spelling, where
        if clock:
            for spelling in clock_spellings(written):
                yield "clock time", spelling, where
    if clock:
        for spelling in epoch_spellings(moment):
            yield "date", spelling, where


def _of_path(path: str, where: str) -> _Found:
    yield "path", path, where
    parts = [part for part in re.split(r"[\\/]+", path) if part]
    for place, part in enumerate(parts):
        if place and parts[place - 1].lower() in _HOMES:
            yield "user name", part, where
        elif len(part) >= 4 and part.lower() not in _COMMON_PARTS:
            yield "part of a path", part, where


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _words(texts: Iterable[str]) -> set[str]:
    return {word.casefold() for text in texts for word in re.findall(r"\w+", text)}
