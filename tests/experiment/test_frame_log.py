"""What the frame log promises: a trial's flips are on the disk or reported, and damage costs one trial."""

from __future__ import annotations

import gzip
import os
import tracemalloc
from pathlib import Path

import pytest

from experiment.errors import NotWritten
from experiment.frame_log import FRAMES_NAME, Flip, FrameLog
from tests.experiment.full_disks import limited_files


def members(folder: Path, trials: int = 3) -> tuple[Path, list[bytes]]:
    """A frame log of some trials and the bytes of each."""
    path = folder / FRAMES_NAME
    path.touch()
    log = FrameLog(path, simulated=False)
    written: list[bytes] = []
    for trial in range(trials):
        log.append(trial, [Flip(number // 2, trial + number / 60) for number in range(12)])
        written.append(path.read_bytes()[sum(map(len, written)) :])
    assert gzip.decompress(b"".join(written)).count(b"\n") == 12 * trials + 1
    return path, written


def torn_files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("frames.torn-*"))


def test_a_log_torn_at_any_byte_of_its_last_trial_keeps_all_others(tmp_path):
    path, (*whole, last) = members(tmp_path)
    for length in range(len(last)):
        path.write_bytes(b"".join(whole) + last[:length])
        log = FrameLog(path, simulated=False)
        assert path.read_bytes() == b"".join(whole)
        # What was torn is kept beside it, and the log takes further trials.
        assert torn_files(tmp_path) == (["frames.torn-1"] if length else [])
        if length:
            assert (tmp_path / "frames.torn-1").read_bytes() == last[:length]
            (tmp_path / "frames.torn-1").unlink()
        log.append(9, [Flip(0, 9.0)])
        assert gzip.decompress(path.read_bytes()).endswith(b"9\t0\t0\t9.000000\tn/a\t0\n")


def test_a_second_torn_end_does_not_replace_the_first(tmp_path):
    path, (first, second) = members(tmp_path, 2)
    for length in (7, 11):
        path.write_bytes(first + second[:length])
        FrameLog(path, simulated=False)
    assert torn_files(tmp_path) == ["frames.torn-1", "frames.torn-2"]
    assert (tmp_path / "frames.torn-1").read_bytes() == second[:7]


def test_a_flipped_bit_in_the_first_trial_takes_no_later_one_away(tmp_path):
    path, (first, *later) = members(tmp_path)
    for place in range(len(first) * 8):
        spoilt = bytearray(first)
        spoilt[place // 8] ^= 1 << place % 8
        path.write_bytes(bytes(spoilt) + b"".join(later))
        FrameLog(path, simulated=False)
        assert path.read_bytes() == bytes(spoilt) + b"".join(later)
    assert not torn_files(tmp_path)


def test_a_trial_that_unpacks_to_very_much_is_measured_in_little_memory(tmp_path):
    path, written = members(tmp_path, 1)
    bomb = gzip.compress(bytes(100_000_000), mtime=0)
    path.write_bytes(b"".join(written) + bomb + b"torn")
    tracemalloc.start()
    FrameLog(path, simulated=False)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 10_000_000
    assert path.read_bytes() == b"".join(written) + bomb, "whole, if strange"
    assert torn_files(tmp_path) == ["frames.torn-1"]


def test_flips_are_on_the_disk_when_append_returns(tmp_path, monkeypatch):
    path, _ = members(tmp_path)
    synced: list[tuple[int, int]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        synced.append((os.fstat(descriptor).st_ino, os.fstat(descriptor).st_size))

    monkeypatch.setattr(os, "fsync", fsync)
    log = FrameLog(path, simulated=False)
    synced.clear()
    log.append(5, [Flip(0, 1.0)])
    assert synced == [(path.stat().st_ino, path.stat().st_size)]


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_a_trial_that_the_disk_did_not_take_can_be_tried_again(tmp_path):
    path, written = members(tmp_path, 2)
    log = FrameLog(path, simulated=False)
    flips = [Flip(number, number / 60) for number in range(400)]
    with limited_files(tmp_path) as disk:
        disk.fill()
        for _ in range(2):
            with pytest.raises(NotWritten):
                log.append(2, flips)
            assert path.read_bytes() == b"".join(written)
        disk.make_room()
        log.append(2, flips)
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    assert [line.split("\t")[0] for line in lines].count("2") == 400
