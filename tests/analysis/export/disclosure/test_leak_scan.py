"""A scan finds what was planted, in every place where something can stand, and says where it cannot tell."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
import zlib
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from PIL import Image, PngImagePlugin

from analysis.export.disclosure.identifiers import Identifier
from analysis.export.disclosure.leak_scan import LeakScan, scan_folder
from analysis.export.disclosure.tokens import tokens

NAME = "Mustermann"
IDENTIFIERS = (
    Identifier(NAME, "participant code", "participants.tsv"),
    Identifier("2026-11-21", "date", "session.json"),
    Identifier("06:36", "clock time", "session.json"),
    Identifier("/home/erika/study data", "path", "session.json"),
    Identifier("1042", "participant code", "participants.tsv"),
    Identifier("7", "order number", "participants.tsv"),
    Identifier("P1", "participant code", "participants.tsv"),
    Identifier("swing", "host name", "session.json"),
)


def packed_png() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", f"drawn by {NAME}", zip=True)
    notes.add_itxt("Comment", "n/a")
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "png", pnginfo=notes)
    return file.getvalue()


def named_gzip() -> bytes:
    file = io.BytesIO()
    with gzip.GzipFile(f"{NAME}.tsv", "wb", fileobj=file, mtime=0) as packed:
        packed.write(b"a\tb\n1\t2\n")
    return file.getvalue()


def packed_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("notes.txt"), f"by {NAME}")
    return file.getvalue()


CHANNELS: dict[str, tuple[str, bytes]] = {
    "the name of a file": (f"sub-{NAME}_beh.tsv", b""),
    "the name of a folder": (f"{NAME}/beh.tsv", b""),
    "a heading of a table": ("a.tsv", f"a\t{NAME}\n1\t2\n".encode()),
    "a cell of a table": ("a.tsv", f"a\tb\n1\t{NAME}\n".encode()),
    "a key of JSON": ("a.json", json.dumps({"a": {NAME: 1}}).encode()),
    "a value of JSON": ("a.json", json.dumps({"a": [{"b": f"by {NAME}, 2026"}]}).encode()),
    "a value of JSON in escapes": ("a.json", b'{"a": "M\\u0075stermann"}'),
    "JSON that is broken": ("a.json", f'{{"a": "{NAME}'.encode()),
    "a text": ("README", f"thanks to {NAME.upper()}!".encode()),
    "a text in capitals and small letters": ("README", b"mUSTERmANN_01"),
    "a longer word": ("README", f"xx{NAME}xx".encode()),
    "a link in a text": ("README", b"https://example.org/%4Dustermann"),
    "an entity in a page": ("a.html", b"&#77;ustermann"),
    "a text of two bytes a sign": ("a.txt", NAME.encode("utf-16")),
    "a link in JSON": ("a.json", b'{"a": "https://example.org/%4Dustermann"}'),
    "an entity in a cell": ("a.tsv", b"a\nM&#117;stermann\n"),
    "signs that nobody sees": ("README", "Muster\u00admann, Muster\u200bmann".encode()),
    "letters of full width": ("README", "".join(chr(ord(c) + 0xFEE0) for c in NAME).encode()),
    "a packed table": ("a.tsv.gz", gzip.compress(f"a\n{NAME}\n".encode(), mtime=0)),
    "the head of a packed file": ("a.tsv.gz", named_gzip()),
    "a packed file of packed files": ("a.zip", packed_zip()),
    "a packed text of a picture": ("a.png", packed_png()),
    "what follows a picture": ("a.png", packed_png().replace(zlib.compress(b"x"), b"") + NAME.encode()),
}


def scanned(folder: Path, name: str, content: bytes, vocabulary: tuple[str, ...] = ()) -> LeakScan:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return scan_folder(folder, IDENTIFIERS, vocabulary=vocabulary)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_name_is_found_in(channel, tmp_path) -> None:
    found = scanned(tmp_path, *CHANNELS[channel])
    assert {leak.kind for leak in found.leaks} == {"participant code"}
    assert all(NAME not in leak.place for leak in found.leaks if leak.place != "name")


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-21",
        "2026/11/21",
        "2026_11_21",
        "on 2026-11-21T06:36:51.123Z",
        "2026-11-21T06:36:51+01:00",
        "(2026.11.21)",
    ],
)
def test_a_date_is_found_whatever_stands_between_its_parts(written, tmp_path) -> None:
    found = scanned(tmp_path, "README", written.encode())
    assert "date" in {leak.kind for leak in found.leaks}


def test_a_clock_time_is_found_with_seconds_and_two_numbers_are_none(tmp_path) -> None:
    found = scanned(tmp_path, "a.tsv", b"a\n06:36:51.5\n")
    assert [leak.kind for leak in found.leaks] == ["clock time"]
    assert not scanned(tmp_path, "a.tsv", b"a\n06 36\n").leaks


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("name", ["a.txt", "a.tsv", "a.json"])
def test_letters_beyond_ascii_are_found_in_every_usual_encoding(encoding, name, tmp_path) -> None:
    (tmp_path / name).write_bytes('"by Müßig"'.encode(encoding))
    assert scan_folder(tmp_path, (Identifier("Müßig", "remark", "journal.jsonl"),)).leaks


def test_hebrew_is_found_in_two_bytes_a_sign(tmp_path) -> None:
    (tmp_path / "a.txt").write_bytes("by דנה כהן".encode("utf-16"))
    assert scan_folder(tmp_path, (Identifier("דנה כהן", "remark", "journal.jsonl"),)).leaks


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sub-P1_beh.tsv", b"a\n1\n"),
        ("sub-P1/beh.tsv", b"a\n1\n"),
        ("a.tsv", b"a\nsub-P1\n"),
        ("a.tsv", b"a\nP2|P1\n"),
        ("README", b'by "P1",'),
        ("a.json", b'{"a": "sub-P1"}'),
    ],
)
def test_a_short_code_is_found_as_a_label_and_in_a_list(name, content, tmp_path) -> None:
    assert {leak.kind for leak in scanned(tmp_path, name, content).leaks} == {"participant code"}


@pytest.mark.parametrize(
    ("name", "content"), [("a.json", b'{"trial": 19900512}'), ("a.tsv", b"trial\n19900512\n")]
)
def test_a_long_number_is_no_count(name, content, tmp_path) -> None:
    (tmp_path / name).write_bytes(content)
    found = scan_folder(tmp_path, (Identifier("19900512", "date in a participant code", ""),))
    assert [leak.kind for leak in found.leaks] == ["date in a participant code"]


@pytest.mark.parametrize(
    "content", [b"\x1f\x8babc", b"BZh91AY", b"\xfd7zXZ\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!"]
)
def test_what_is_packed_and_cannot_be_read_is_a_leak(content, tmp_path) -> None:
    assert "packed" in scanned(tmp_path, "a.bin", content).leaks[0].kind


def test_a_path_is_found_with_other_separators_and_part_of_it_is_another_value(tmp_path) -> None:
    assert scanned(tmp_path, "README", rb"C:\home\Erika\study data\x").leaks
    assert not scanned(tmp_path, "README", b"home, data").leaks


def test_a_code_of_digits_is_not_found_within_numbers_and_hashes(tmp_path) -> None:
    text = b"0.1042 10421 3fa1042bc 1042.25 -17.1042"
    found = scanned(tmp_path, "README", text)
    assert not found.leaks
    assert [leak.kind for leak in scanned(tmp_path, "README", b"see 1042!").leaks] == ["participant code"]


def test_a_short_code_is_found_where_it_is_a_field_and_nowhere_else(tmp_path) -> None:
    assert not scanned(tmp_path, "a.json", b'{"a": "xP1x", "b": "HP1-3"}').leaks
    assert [leak.place for leak in scanned(tmp_path, "a.json", b'{"a": {"b": "p1"}}').leaks] == [
        "value of a.b"
    ]
    assert scanned(tmp_path, "a.tsv", b"who\nP1\n").leaks
    (tmp_path / "a.tsv").unlink()
    (tmp_path / "a.json").unlink()
    assert scanned(tmp_path, "sub_P1_beh.tsv", b"").leaks


def test_an_order_number_among_numbers_that_count_is_ambiguous(tmp_path) -> None:
    found = scanned(tmp_path, "a.tsv", b"trial\tdrawn\n7\t7\n")
    assert [leak.place for leak in found.leaks] == ["column drawn"]
    assert [str(leak) for leak in found.ambiguous] == [
        "a.tsv, column trial: order number (a number among numbers that count something)"
    ]


def test_a_host_that_is_called_like_an_action_is_ambiguous_not_passed_over(tmp_path) -> None:
    found = scanned(tmp_path, "a.tsv", b"action\nSwing\n", vocabulary=("Swing", "PushUps"))
    assert not found.leaks
    assert [str(leak) for leak in found.ambiguous] == [
        "a.tsv, column action: host name (also a word of the data set)"
    ]


def test_times_that_files_carry_are_found(tmp_path) -> None:
    packed = scanned(tmp_path, "a.gz", gzip.compress(b"x", mtime=1_700_000_000))
    assert [leak.kind for leak in packed.leaks] == ["when it was packed"]
    (tmp_path / "a.gz").unlink()
    (tmp_path / "README").write_text("nothing")
    os.utime(tmp_path / "README", (0, 1_700_000_000))
    assert scan_folder(tmp_path, (), file_time_s=0).leaks
    os.utime(tmp_path / "README", (0, 0))
    assert not scan_folder(tmp_path, (), file_time_s=0).leaks


def test_a_link_is_a_leak(tmp_path) -> None:
    (tmp_path / "a").symlink_to("/home")
    assert [leak.kind for leak in scan_folder(tmp_path, ()).leaks] == ["a link to another place"]


def test_what_cannot_be_unpacked_is_not_passed(tmp_path) -> None:
    found = scanned(tmp_path, "a.gz", gzip.compress(b"x" * 100, mtime=0)[:-12])
    assert [leak.kind for leak in found.leaks] == ["something packed that cannot be read"]


def test_a_clean_folder_has_no_leak_and_its_size_is_told(tmp_path) -> None:
    found = scanned(tmp_path, "a.tsv", b"action\ttime\nSwing\t0.5\n", vocabulary=("Swing",))
    assert (found.leaks, found.files, found.bytes_read) == ((), 1, 22)
    assert found.identifiers == len(IDENTIFIERS)


@given(
    name=st.from_regex(r"[A-Za-z][A-Za-z0-9]{5,11}", fullmatch=True),
    before=st.text(alphabet=" ,;.!?-_/\n\"'", min_size=1, max_size=3),
    after=st.text(alphabet=" ,;.!?-_/\n\"'", min_size=1, max_size=3),
)
@settings(max_examples=60)
def test_a_word_is_found_between_any_signs(name, before, after, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("scan")
    (folder / "README").write_text(f"some{before}{name.swapcase()}{after}text")
    assert scan_folder(folder, (Identifier(name, "code", ""),)).leaks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T06:36:51Z", ["2026", "11", "21", "06:36", "06:36:51"]),
        ("0.1042 and 21.11.2026", ["0.1042", "and", "21", "11", "2026"]),
        ("1700000000.25", ["1700000000", "1700000000.25"]),
        ("Straße_1", ["strasse", "1"]),
    ],
)
def test_texts_are_words_and_numbers(text, expected) -> None:
    assert tokens(text) == expected
