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
_GZIP_HEAD = 10
_ZIP = b"PK\x03\x04"
_PACKED = (b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x28\xb5\x2f\xfd")
"""How files begin that bzip2, xz, 7-Zip, RAR and Zstandard packed."""
_BOM = b"\xff\xfe"
_SUBJECT = "sub-"
_AROUND_WORDS = "\"'.,;:!?()[]{}<>="
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
    for part in PurePosixPath(name).parts:
        for entity in part.split("_"):
            yield from _field("name", entity.partition(".")[0])
    yield from _content(name, content)


def _field(name: str, text: str, column: str = "") -> Iterator[Place]:
    """A field, what follows its ``sub-``, its parts between vertical bars, and its text undone."""
    parts = text.split("|") if "|" in text else []
    for part in dict.fromkeys((text, text.removeprefix(_SUBJECT), *parts)):
        yield Place(name, part, is_field=True, column=column)
    yield from _undone(name, text)


def _undone(name: str, text: str) -> Iterator[Place]:
    """What percent signs and entities stand for."""
    if "%" in text and (plain := unquote(text)) != text:
        yield Place(f"{name}, percent signs undone", plain)
    if "&" in text and (plain := html.unescape(text)) != text:
        yield Place(f"{name}, entities undone", plain)


def _content(name: str, content: bytes) -> Iterator[Place]:
    if content.startswith(_GZIP):
        yield from _gzip(name, content)
    elif content.startswith(_PNG):
        yield from _png(content)
    elif content.startswith(_ZIP):
        yield from _zip(content)
    elif content.startswith(_PACKED):
        yield Place("the file", "", leaks="something packed that is not read")
    else:
        suffix = PurePosixPath(name).suffix.lower()
        for text in _readings(content):
            if suffix in _TABLES:
                yield from _table(text, "\t" if suffix == ".tsv" else ",")
            elif suffix == ".json":
                yield from _json(text)
            else:
                yield from _lines(text)


def _readings(content: bytes) -> Iterator[str]:
    """The content as text. What is no UTF-8, or has two or four bytes a sign, is read in all usual ways."""
    try:
        yield content.decode("utf-8")
    except UnicodeDecodeError:
        yield _text(content)
        yield content.decode("cp1252", "replace")
        for unicode in ("utf-16-le", "utf-16-be"):
            yield content.removeprefix(_BOM).removeprefix(_BOM[::-1]).decode(unicode, "replace")
        return
    if b"\x00" in content:
        yield _text(content)
        for unicode in ("utf-16-le", "utf-16-be"):
            yield content.decode(unicode, "replace")


def _text(content: bytes) -> str:
    """The content as text, whatever stands between its letters."""
    return content.replace(b"\x00", b"").decode("utf-8", "replace")


def _lines(text: str) -> Iterator[Place]:
    # Values that run over the end of a line are found, too: words count, not what stands between them.
    yield Place("text", text)
    yield from _undone("text", text)
    for word in set(text.split()):
        yield from _field("text", word.strip(_AROUND_WORDS))


def _table(text: str, separator: str) -> Iterator[Place]:
    lines = text.lstrip("\ufeff").splitlines()
    columns = lines[0].split(separator) if lines else []
    for column in columns:
        yield from _field("heading", column)
    rows = [line.split(separator) for line in lines[1:]]
    for place in range(max((len(row) for row in rows), default=0)):
        column = columns[place] if place < len(columns) else f"column {place + 1}"
        for cell in {row[place] for row in rows if place < len(row)}:
            if MEASURE.fullmatch(cell):
                continue
            yield from _field(f"column {column}", cell.strip('"'), column)


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
            yield from _field(f"key in {path or 'the file'}", key)
            yield from _json_value(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from _json_value(inner, path)
    elif isinstance(value, str):
        yield from _field(f"value of {path}", value)
    elif value is not None and not isinstance(value, bool):
        yield Place(f"value of {path}", repr(value), is_field=True, kind=NUMBER)


def _gzip(name: str, content: bytes) -> Iterator[Place]:
    """The head of every member, and what is packed."""
    if len(content) < _GZIP_HEAD:
        yield Place("gzip", "", leaks="something packed that cannot be read")
        return
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
