"""Identifying values within texts and fields of any file: moments, paths, addresses, hosts and users by their
keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from analysis.export.disclosure.spellings import (
    clock_spellings,
    date_spellings,
    epoch_spellings,
    in_zones,
)

Found = Iterator[tuple[str, str, str]]
"""Kind, value, file."""

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_PATH = re.compile(
    r"(?:(?<![\w/.:])/(?:[^\s/\"'<>|:;,]+/?)+|\b[A-Za-z]:[\\/][^\"<>|;,]+|\\\\[^\s\"<>|;,]+|~[\w-]*/\S+)"
)
_WHOLE_PATH = re.compile(r"(?:/|~|[A-Za-z]:[\\/]|\\\\)[^\n]{1,400}")
_ADDRESS = re.compile(
    # No address is longer; without a bound, a long text without one takes a time that grows with its square.
    r"[^\s@<>\"',;]{1,254}@[^\s@<>\"',;]{1,254}\.\w+|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"
)
_NAMING_KEY = re.compile(
    r"(?:^|_)(?P<kind>host|node|user|login|owner|serial|uuid|mac|ip|operator|experimenter|name_of)(?:$|_|name|id)",
    re.IGNORECASE,
)
_HOST_KEYS = {"host", "node"}
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


def in_texts(value: Any, where: str) -> Found:
    """Every text within a JSON value, and what its keys say about it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, str | int) and not isinstance(inner, bool):
                yield from in_field(str(key), str(inner), where)
            yield from in_texts(inner, where)
    elif isinstance(value, list):
        for inner in value:
            yield from in_texts(inner, where)
    elif isinstance(value, str):
        yield from in_text(value, where)


def in_field(key: str, value: str, where: str) -> Found:
    """The value of a field whose name says that it names a host, a user or a device."""
    # "hostName", "HOST_NAME" and "host-name" are one key.
    key = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).replace("-", "_")
    if named := _NAMING_KEY.search(key):
        kind = f"{named['kind'].lower()} (field {key})"
        yield kind, value, where
        if named["kind"].lower() in _HOST_KEYS:
            yield from of_host(kind, value, where)


def of_host(kind: str, name: str, where: str) -> Found:
    """The own name of a computer without its domain: ``lab-pc-17`` of ``lab-pc-17.example.org``."""
    own, _, domain = name.partition(".")
    if domain and len(own) >= 4 and not own.isdigit():
        yield kind, own, where


def in_text(text: str, where: str) -> Found:
    """Moments, absolute paths and addresses in a text."""
    for found in _MOMENT.findall(text):
        moment = _moment(found)
        if moment is not None:
            yield from of_moment(moment, where, clock="T" in found or ":" in found)
    # All of a text that begins like a path is one, blanks included.
    for found in [text] if _WHOLE_PATH.fullmatch(text) else _PATH.findall(text):
        yield from of_path(found, where)
    for found in _ADDRESS.findall(text):
        yield "address", found, where


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None


def of_moment(moment: datetime, where: str, *, clock: bool = True) -> Found:
    """A moment in the usual spellings; of a date without a ``clock`` the day alone."""
    for written in in_zones(moment):
        for spelling in date_spellings(written.date()):
            yield "date", spelling, where
        if clock:
            for spelling in clock_spellings(written):
                yield "clock time", spelling, where
    if clock:
        for spelling in epoch_spellings(moment):
            yield "date", spelling, where


def of_path(path: str, where: str) -> Found:
    """A path, the user's name in it, and its other parts unless they are short or on every computer."""
    yield "path", path, where
    parts = [part for part in re.split(r"[\\/]+", path) if part]
    for place, part in enumerate(parts):
        if place and parts[place - 1].lower() in _HOMES:
            yield "user name", part, where
        elif len(part) >= 4 and part.lower() not in _COMMON_PARTS:
            yield "part of a path", part, where
