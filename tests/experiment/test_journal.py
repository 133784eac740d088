"""What a journal promises: a record is whole or reported, and what is intact stays usable."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from experiment.journal import Entry, Journal, JournalReading, format_line, parse_line, read_journal
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


@pytest.fixture(scope="module")
def journal(tmp_path_factory) -> Path:
    """A journal of twelve records; its content is put back by whoever changes it."""
    return journal_of(tmp_path_factory.mktemp("journal"), events=12)


@pytest.fixture(scope="module")
def content(journal) -> bytes:
    return journal.read_bytes()


def reading_of(journal: Path, changed: bytes) -> JournalReading:
    journal.write_bytes(changed)
    return read_journal(journal)


def lines_of(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


def seqs(reading: JournalReading) -> list[int]:
    return [entry.seq for entry in reading.entries]


def whole(content: bytes) -> tuple[Entry, ...]:
    return tuple(parse_line(line) for line in lines_of(content))


@settings(max_examples=400)
@given(place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_a_flipped_bit_is_named_by_its_line_and_everything_before_it_is_exact(journal, content, place, bit):
    place %= len(content)
    line = content[:place].count(b"\n") + 1
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    reading = reading_of(journal, bytes(changed))
    assert reading.damage[0].line == line
    assert reading.entries[: line - 1] == whole(content)[: line - 1]
    # A flipped line end takes the following record with it; every other one stays, exact and in its place.
    assert set(reading.entries) <= set(whole(content))
    assert 1 <= len(whole(content)) - len(reading.entries) <= 2
    assert seqs(reading) == sorted(seqs(reading))
    assert reading.after_damage == len([seq for seq in seqs(reading) if seq >= line - 1])


@given(length=st.integers(0, 10**6))
def test_a_journal_cut_off_anywhere_is_one_of_an_earlier_moment_or_names_its_torn_line(
    journal, content, length
):
    length %= len(content)
    reading = reading_of(journal, content[:length])
    lines = content[:length].count(b"\n")
    assert reading.entries == whole(content)[:lines]
    torn = not content[:length].endswith(b"\n") and length > 0
    assert [str(damage) for damage in reading.damage] == (
        [f"line {lines + 1}: the record is cut off"] if torn else []
    )
    assert reading.after_damage == 0


@given(place=st.integers(0, 11), at=st.integers(0, 11))
def test_a_record_written_twice_counts_once_and_is_named(journal, content, place, at):
    # Given a copy of a line, put behind the line or anywhere after it
    lines = lines_of(content)
    at = max(at, place) + 1
    reading = reading_of(journal, b"".join([*lines[:at], lines[place], *lines[at:]]))
    assert reading.entries == whole(content)
    assert [str(damage) for damage in reading.damage] == [
        f"line {at + 1}: record {place} stands in the journal twice"
    ]


@given(place=st.integers(0, 10), count=st.integers(1, 5))
def test_records_that_are_gone_are_missed_where_they_stood(journal, content, place, count):
    # Given some lines taken out, the last one left
    lines = lines_of(content)
    gone = min(count, 11 - place)
    reading = reading_of(journal, b"".join([*lines[:place], *lines[place + gone :]]))
    assert seqs(reading) == [*range(place), *range(place + gone, 12)]
    assert [str(damage) for damage in reading.damage] == [
        f"line {place + 1}: {gone} record(s) before record {place + gone} are missing"
    ]
    assert reading.after_damage == 12 - place - gone - 1


def test_the_loss_of_the_last_lines_is_the_journal_of_an_earlier_moment(journal, content):
    # Nothing in the journal tells this from a session that was killed then.
    reading = reading_of(journal, b"".join(lines_of(content)[:7]))
    assert (seqs(reading), reading.damage) == ([*range(7)], ())


@given(first=st.integers(0, 11), second=st.integers(0, 11))
def test_swapped_lines_are_named_and_their_records_put_back_in_order(journal, content, first, second):
    assume(first < second)
    lines = lines_of(content)
    lines[first], lines[second] = lines[second], lines[first]
    reading = reading_of(journal, b"".join(lines))
    assert reading.entries == whole(content)
    # The one that came too early stands there at its old place; all that follow up to the other are late.
    late = range(first + 1, second + 1)
    assert [damage.line for damage in reading.damage] == [place + 1 for place in late]
    assert all(f"stands after record {second}" in damage.reason for damage in reading.damage)


def test_two_contents_under_one_number_are_told_apart_from_a_copy(journal, content):
    other = format_line(Entry(3, 99.0, SessionStarted("somebody else")))
    lines = lines_of(content)
    reading = reading_of(journal, b"".join([*lines[:4], other, *lines[4:]]))
    assert reading.entries == whole(content)
    assert [str(damage) for damage in reading.damage] == [
        "line 5: record 3 stands in the journal twice with another content; the first counts"
    ]


def test_sound_records_after_a_damaged_one_are_used_but_never_unnoticed(journal, content):
    lines = lines_of(content)
    lines[4] = lines[4].replace(b"Swing", b"Lunge", 1)
    reading = reading_of(journal, b"".join(lines))
    assert seqs(reading) == [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11]
    assert reading.remarks == (
        "line 5: the checksum does not match the record",
        "7 sound record(s) after line 5 were kept and are used",
    )
    # The damaged line stays where it is, the next record goes behind the last one.
    before = journal.read_bytes()
    with Journal(journal) as again:
        assert again.append(SessionStarted(), 99.0).seq == 12
    assert journal.read_bytes()[: len(before)] == before


@pytest.mark.parametrize(
    "spoilt",
    [
        (b'"t_s":99.0', b'"t_s":1e999'),
        (b'"t_s":99.0', b'"t_s":NaN'),
        (b'"seq":0', b'"seq":1e999'),
        (b'"seq":0', b'"seq":-1'),
        (b'"payload":{', b'"payload":{"deep":' + b"[" * 50_000 + b"]" * 50_000 + b","),
    ],
)
def test_numbers_that_are_none_and_endless_depth_are_damage(spoilt):
    covered = format_line(Entry(0, 99.0, SessionStarted())).partition(b',"crc32"')[0].replace(*spoilt)
    line = covered + f',"crc32":"{zlib.crc32(covered):08x}"}}'.encode()
    with pytest.raises(ValueError, match="the record is not of this format"):
        parse_line(line)


@given(noise=st.binary(max_size=300))
def test_what_is_no_journal_is_damage_and_no_error(journal, noise):
    reading = reading_of(journal, noise)
    assert reading.entries == ()
    assert bool(reading.damage) == bool(noise)
