"""Spoilt files of formats that carry checksums or are packed: spoilt within, and whole again outside."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable

from hypothesis import strategies as st

from tests.strategies import Spoil, json_bytes, spoilt_bytes, spoilt_text, spoilt_tree, strange_texts


def _spoilt_lines(line_of: Callable[[object], bytes]) -> Spoil:
    @st.composite
    def spoilt(draw: st.DrawFn, original: bytes) -> bytes:
        if draw(st.integers(0, 3)) == 0:
            return draw(spoilt_text(original))
        lines = original.splitlines(keepends=True)
        for _ in range(draw(st.integers(1, 3))):
            place = draw(st.integers(0, len(lines) - 1))
            match draw(st.integers(0, 7)):
                case 0:
                    lines.insert(draw(st.integers(0, len(lines))), lines[place])
                case 1:
                    lines.append(lines.pop(place))
                case 2 if len(lines) > 1:
                    del lines[place]
                case _:
                    # A line break in a text would be one in the file.
                    before = original.splitlines()[draw(st.integers(0, original.count(b"\n") - 1))]
                    tree = draw(spoilt_tree(json.loads(before)))
                    lines[place] = line_of(tree).replace(b"\n", b" ").strip() + b"\n"
        return b"".join(lines)

    return spoilt


def _with_checksum(tree: object) -> bytes:
    """A line of a journal with the checksum that fits it."""
    fields = tree if isinstance(tree, dict) else {"x": tree}
    covered = json_bytes({name: value for name, value in fields.items() if name != "crc32"})[:-1]
    return covered + f',"crc32":"{zlib.crc32(covered):08x}"}}'.encode()


spoilt_json_lines = _spoilt_lines(json_bytes)
"""A line of JSON after the other: changed, doubled, moved or taken out; or spoilt as any text."""
spoilt_journal = _spoilt_lines(_with_checksum)
"""The same with the right checksums of a session's journal."""


@st.composite
def spoilt_gzip(draw: st.DrawFn, original: bytes) -> bytes:
    """A gzip file spoilt as it is, or its content spoilt and packed again, in one or many members."""
    if draw(st.booleans()):
        return draw(spoilt_bytes(original))
    content = draw(spoilt_text(gzip.decompress(original)))
    return gzip.compress(content, mtime=0) * draw(st.sampled_from((1, 1, 3)))


@st.composite
def spoilt_zip(draw: st.DrawFn, original: bytes) -> bytes:
    """A zip file spoilt as it is, or its members renamed, spoilt or left out and packed again."""
    if draw(st.booleans()):
        return draw(spoilt_bytes(original))
    made, names = io.BytesIO(), set()
    with zipfile.ZipFile(io.BytesIO(original)) as archive, zipfile.ZipFile(made, "w") as changed:
        for member in archive.namelist():
            content = archive.read(member)
            name = member
            match draw(st.integers(0, 5)):
                case 0:
                    name = draw(
                        strange_texts() | st.sampled_from(("1_2_3", "0_99999_99999", "0_0_0", "0_-1_-1"))
                    )
                case 1:
                    content = draw(spoilt_bytes(content))
                case 2:
                    continue
            packed = draw(st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA)))
            name = name[:1000].encode("utf-8", "replace").decode() or "x"
            if name not in names:
                names.add(name)
                changed.writestr(zipfile.ZipInfo(name), content, packed)
    return made.getvalue()


@st.composite
def spoilt_safetensors(draw: st.DrawFn, original: bytes) -> bytes:
    """A file of named tensors with a spoilt head of the right length, or spoilt bytes."""
    if draw(st.booleans()):
        return draw(spoilt_bytes(original))
    (length,) = struct.unpack("<Q", original[:8])
    head = json_bytes(draw(spoilt_tree(json.loads(original[8 : 8 + length]))))
    return struct.pack("<Q", len(head)) + head + original[8 + length :]
