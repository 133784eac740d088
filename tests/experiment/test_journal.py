"""What a journal promises: a record is whole or reported, and what is intact stays usable."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiment.errors import SessionBroken
from experiment.journal import Entry, Journal, format_line, parse_line, read_journal
from experiment.records import (
    Answers,
    Paused,
    PhaseStarted,
    Press,
    SessionStarted,
    TrialFinished,
    TrialStarted,
)

SECONDS = st.floats(0, 1e5, allow_nan=False).map(lambda value: round(value, 6))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
EVENTS = st.one_of(
    st.just(SessionStarted()),
    st.builds(PhaseStarted, st.integers(0, 9), st.sampled_from(["training", "test"]), st.none() | TEXT),
    st.builds(TrialStarted, st.integers(0, 9), st.integers(1, 99), st.integers(1, 9), TEXT),
    st.builds(Answers, st.integers(0, 9), TEXT, st.dictionaries(TEXT, TEXT, max_size=4)),
    st.builds(
        Paused,
        st.integers(0, 9),
        st.none() | st.integers(1, 9),
        SECONDS,
        st.sampled_from(["continue", "stop"]),
    ),
)


def finished_trial(number: int) -> TrialFinished:
    presses = (Press("Lunges", 1.5, "key"), Press("Swing", 2.25, "mouse"))
    return TrialFinished(
        1,
        number,
        1,
        4,
        "UCF5/v_Swing_g08_c01",
        "Swing",
        "Lunges",
        False,
        1.5,
        0.75,
        12.5,
        presses,
        0,
        90,
        0,
        16.7,
        0.1,
        "key",
    )


def journal_of(folder: Path, events: int = 4) -> Path:
    with Journal(folder / "journal.jsonl") as journal:
        journal.append(SessionStarted(), 0.0)
        for number in range(1, events):
            journal.append(finished_trial(number), float(number))
    return folder / "journal.jsonl"


def test_a_record_is_on_the_disk_when_append_returns(tmp_path, monkeypatch):
    path = journal_of(tmp_path)
    synced: list[tuple[int, int]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        synced.append((os.fstat(descriptor).st_ino, os.fstat(descriptor).st_size))

    with Journal(path) as journal:
        monkeypatch.setattr(os, "fsync", fsync)
        for number in (1, 2):
            journal.append(finished_trial(number), float(number))
            assert len(synced) == number
            assert synced[-1] == (path.stat().st_ino, path.stat().st_size)


@given(EVENTS, SECONDS, st.integers(0, 10**6))
def test_a_line_gives_back_what_was_written(event, t_s, seq):
    entry = Entry(seq, t_s, event)
    line = format_line(entry)
    assert line.count(b"\n") == 1
    assert parse_line(line) == entry


def test_a_journal_torn_at_any_byte_of_its_last_record_keeps_all_others(tmp_path):
    path = journal_of(tmp_path)
    content = path.read_bytes()
    last = content.rstrip(b"\n").rfind(b"\n") + 1
    for length in range(last, len(content)):
        path.write_bytes(content[:length])
        reading = read_journal(path)
        assert [entry.seq for entry in reading.entries] == [0, 1, 2]
        assert reading.whole_bytes == last
        assert len(reading.damage) == (0 if length == last else 1)
        with Journal(path) as journal:
            journal.append(finished_trial(3), 3.0)
        assert path.read_bytes() == content


def test_the_torn_end_is_kept_beside_the_journal(tmp_path):
    path = journal_of(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[:-7])
    Journal(path).close()
    torn = (tmp_path / "journal.torn-1").read_bytes()
    assert path.read_bytes() + torn == content[:-7]


@settings(max_examples=200)
@given(place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_a_flipped_bit_never_passes_unnoticed(tmp_path_factory, place, bit):
    path = journal_of(tmp_path_factory.mktemp("journal"))
    content = bytearray(path.read_bytes())
    whole = read_journal(path).entries
    content[place % len(content)] ^= 1 << bit
    path.write_bytes(content)
    reading = read_journal(path)
    assert reading.damage
    assert all(entry in whole for entry in reading.entries)
    assert len(reading.entries) >= len(whole) - 2


def test_a_record_written_twice_counts_once(tmp_path):
    path = journal_of(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], lines[1], *lines[2:]]))
    reading = read_journal(path)
    assert [entry.seq for entry in reading.entries] == [0, 1, 2, 3]
    assert [str(damage) for damage in reading.damage] == ["line 3: record 1 stands in the journal twice"]


def test_a_record_that_is_gone_is_missed(tmp_path):
    path = journal_of(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], *lines[2:]]))
    assert [str(damage) for damage in read_journal(path).damage] == [
        "line 2: 1 record(s) before record 2 are missing"
    ]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_a_full_disk_is_told_and_leaves_whole_records(tmp_path, monkeypatch):
    path = journal_of(tmp_path)
    before = path.read_bytes()
    journal = Journal(path)
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(journal, "_file", _FullDisk(journal._file, full))
        with pytest.raises(SessionBroken, match="No space left"):
            journal.append(finished_trial(9), 9.0)
    assert path.read_bytes() == before


class _FullDisk:
    """A file whose writes go to a device that is always full."""

    def __init__(self, file, full) -> None:
        self._file, self._full = file, full

    def write(self, line: bytes) -> int:
        self._file.write(line[:10])  # a part gets through before the disk is full
        return self._full.write(line)

    def __getattr__(self, name: str):
        return getattr(self._file, name)
