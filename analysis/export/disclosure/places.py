"""The places of a file where a value can stand: names, cells, JSON values, texts, what is packed in it."""

from __future__ import annotations

import gzip
import html
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from analysis.export.disclosure.tokens import MEASURE

NUMBER = "number"
_TABLES = (".tsv", ".csv")
_PNG = b"\x89PNG\r\n\x1a\n"
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_EARLIEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Place:
    """A text and where it stands. ``is_field`` says that the text is all of a field, ``column`` names that of
    a table, ``kind`` is ``number`` for a JSON number. ``leaks`` says what the place itself gives away.
    """

    name: str
    text: str
    is_field: bool = False
    column: str = ""
    kind: str = "text"
    leaks: str = ""


def places_in(name: str, content: bytes) -> Iterator[Place]:
    """All places of a file, its name first; equal cells of a column are one place."""
    yield Place("name", name)
    for part in PurePosixPath(name).name.split("_"):
        yield Place("name", part.partition(".")[0], is_field=True)
    yield from _content(name, content)


def _content(name: str, content: bytes) -> Iterator[Place]:
    if content.startswith(_GZIP):
        yield from _gzip(name, content)
    elif content.startswith(_PNG):
        yield from _png(content)
    elif content.startswith(_ZIP):
        yield from _zip(content)
    else:
        text = _text(content)
        suffix = PurePosixPath(name).suffix.lower()
        if suffix in _TABLES:
            yield from _table(text, "\t" if suffix == ".tsv" else ",")
        elif suffix == ".json":
            yield from _json(text)
        else:
            yield from _lines(text)


def _text(content: bytes) -> str:
    """The content as text; what is written with two bytes a sign becomes readable, too."""
    if b"\x00" in content:
        content = content.replace(b"\x00", b"")
    return content.decode("utf-8", "replace")


def _lines(text: str) -> Iterator[Place]:
    # Values that run over the end of a line are found, too: words count, not what stands between them.
    yield Place("text", text)
    if "%" in text and (plain := unquote(text)) != text:
        yield Place("text, percent signs undone", plain)
    if "&" in text and (plain := html.unescape(text)) != text:
        yield Place("text, entities undone", plain)
    for word in set(text.split()):
        yield Place("text", word, is_field=True)


def _table(text: str, separator: str) -> Iterator[Place]:
    lines = text.lstrip("\ufeff").splitlines()
    columns = lines[0].split(separator) if lines else []
    for column in columns:
        yield Place("heading", column, is_field=True)
    rows = [line.split(separator) for line in lines[1:]]
    for place in range(max((len(row) for row in rows), default=0)):
        column = columns[place] if place < len(columns) else f"column {place + 1}"
        for cell in {row[place] for row in rows if place < len(row)}:
            if MEASURE.fullmatch(cell):
                continue
            yield Place(f"column {column}", cell.strip('"'), is_field=True, column=column)


def _json(text: str) -> Iterator[Place]:
    try:
        value = json.loads(text)
    except ValueError:
        yield from _lines(text)
        return
    yield from _json_value(value, "")


def _json_value(value: Any, path: str) -> Iterator[Place]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield Place(f"key in {path or 'the file'}", key, is_field=True)
            yield from _json_value(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from _json_value(inner, path)
    elif isinstance(value, str):
        yield Place(f"value of {path}", value, is_field=True)
    elif value is not None and not isinstance(value, bool):
        yield Place(f"value of {path}", repr(value), is_field=True, kind=NUMBER)


def _gzip(name: str, content: bytes) -> Iterator[Place]:
    """The head of every member, and what is packed."""
    if struct.unpack("<I", content[4:8])[0]:
        yield Place("head of gzip", "", leaks="when it was packed")
    if content[3] & 0b11000:
        # A name or comment follows the ten bytes of the head (and an extra field, which is read with them).
        yield Place("head of gzip", _text(content[10:1034].replace(b"\x00", b" ")))
    try:
        inner = gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        yield Place("gzip", "", leaks="something packed that cannot be read")
        return
    yield from _content(name.removesuffix(".gz"), inner)


def _zip(content: bytes) -> Iterator[Place]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield Place("comment of zip", _text(archive.comment))
            for info in archive.infolist():
                if info.date_time != _EARLIEST_ZIP_DATE:
                    yield Place("zip", "", leaks="when it was packed")
                yield Place("comment of zip", _text(info.comment + b" " + info.extra))
                yield from places_in(info.filename, archive.read(info))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        yield Place("zip", "", leaks="something packed that cannot be read")


def _png(content: bytes) -> Iterator[Place]:
    """The parts of a picture that hold text or a time."""
    start = len(_PNG)
    while start + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[start : start + 8])
        data = content[start + 8 : start + 8 + length]
        start += length + 12
        name = f"PNG {kind.decode('latin-1')}"
        if kind == b"tIME":
            yield Place(name, "", leaks="when it was drawn")
        elif kind == b"zTXt":
            keyword, _, packed = data.partition(b"\x00")
            yield from _lines(_text(keyword + b" " + _unpacked(packed[1:])))
        elif kind == b"iTXt":
            keyword, _, rest = data.partition(b"\x00")
            _, _, text = rest[2:].partition(b"\x00")
            _, _, text = text.partition(b"\x00")
            yield from _lines(_text(keyword + b" " + (_unpacked(text) if rest[:1] == b"\x01" else text)))
        elif kind in (b"tEXt", b"eXIf"):
            yield from _lines(_text(data.replace(b"\x00", b" ")))
    if trailing := content[start:]:
        yield from _lines(_text(trailing))


def _unpacked(packed: bytes) -> bytes:
    try:
        return zlib.decompress(packed)
    except zlib.error:
        return packed
