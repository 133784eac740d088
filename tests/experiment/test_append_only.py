"""What a file that is only appended to promises: a piece is there as a whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiment import append_only
from experiment.append_only import AppendOnlyFile
from experiment.errors import NotWritten, SessionBroken
from tests.experiment.full_disks import limited_files, small_disk

PIECES = st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=5)


def log(path: Path) -> AppendOnlyFile:
    return AppendOnlyFile(path, path.stat().st_size if path.exists() else 0, "log")


def taken(file: AppendOnlyFile, piece: bytes) -> bool:
    """Whether the disk took a piece."""
    try:
        file.append(piece)
    except NotWritten:
        return False
    return True


class FullAt:
    """In the place of ``os.write``: lets so many bytes through, then fails so many times."""

    def __init__(self, room: int, failures: int) -> None:
        self.room, self.failures = room, failures

    def __call__(self, descriptor: int, data: bytes, write=os.write) -> int:
        if not self.failures:
            return write(descriptor, data)
        through = bytes(data)[: self.room]
        if through:
            self.room -= len(through)
            return write(descriptor, through)
        self.failures -= 1
        raise OSError(errno.ENOSPC, "No space left on device")


@given(pieces=PIECES, room=st.integers(0, 100), failures=st.integers(1, 4))
def test_a_disk_that_is_full_after_any_byte_leaves_whole_pieces_and_takes_the_same_one_later(
    tmp_path_factory, pieces, room, failures
):
    path = tmp_path_factory.mktemp("full") / "log"
    file = log(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(append_only.os, "write", FullAt(room, failures))
        for number, piece in enumerate(pieces):
            while not taken(file, piece):
                assert path.read_bytes() == b"".join(pieces[:number])
    assert path.read_bytes() == b"".join(pieces)
    assert file.length == len(b"".join(pieces))


def test_half_a_piece_that_could_not_even_be_cut_off_goes_with_the_next_attempt(tmp_path, monkeypatch):
    file = log(tmp_path / "log")
    file.append(b"first\n")

    class Stubborn(append_only.FileIO):
        def truncate(self, *_):
            raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(append_only, "FileIO", Stubborn)
        patch.setattr(append_only.os, "write", FullAt(3, 1))
        file.close()
        with pytest.raises(NotWritten):
            file.append(b"second\n")
        assert (tmp_path / "log").read_bytes() == b"first\nsec"
    file.append(b"second\n")
    assert (tmp_path / "log").read_bytes() == b"first\nsecond\n"


@pytest.mark.skipif(os.name != "posix", reason="limits and mounts of POSIX")
@pytest.mark.parametrize("kind", ["a small disk", "a limit on files"])
def test_a_disk_that_is_really_full(tmp_path, kind):
    with small_disk(tmp_path, 64) if kind == "a small disk" else limited_files(tmp_path) as disk:
        if disk is None:
            pytest.skip("mounting a disk needs the rights of the administrator")
        piece = b"0123456789" * 30 + b"\n"
        file = log(disk.folder / "log")
        file.append(piece)
        disk.fill()
        written = 1
        while taken(file, piece):
            written += 1
            assert written < 100
        assert (disk.folder / "log").read_bytes() == piece * written
        disk.make_room()
        file.append(piece)
        assert (disk.folder / "log").read_bytes() == piece * (written + 1)


def test_a_file_that_is_gone_is_not_written_to_and_is_found_again(tmp_path):
    # Given a drive that is pulled out and put in again
    path, elsewhere = tmp_path / "log", tmp_path / "elsewhere"
    file = log(path)
    file.append(b"first\n")
    path.rename(elsewhere)
    with pytest.raises(NotWritten, match="No such file"):
        file.append(b"second\n")
    elsewhere.rename(path)
    file.append(b"second\n")
    assert path.read_bytes() == b"first\nsecond\n"


def test_another_file_in_its_place_is_not_appended_to(tmp_path):
    path = tmp_path / "log"
    file = log(path)
    file.append(b"first\n")
    path.unlink()
    path.write_bytes(b"x")
    with pytest.raises(NotWritten, match="it has 1 bytes where 6 had been written"):
        file.append(b"second\n")
    assert path.read_bytes() == b"x"


def test_where_a_torn_end_cannot_be_kept_nothing_is_changed(tmp_path, monkeypatch):
    path = tmp_path / "log"
    path.write_bytes(b"whole\ntor")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(append_only.os, "fsync", full)
        with pytest.raises(SessionBroken, match=r"its torn end cannot be set aside \(No space left"):
            AppendOnlyFile(path, 6, "log")
    assert path.read_bytes() == b"whole\ntor"
    assert [entry.name for entry in tmp_path.iterdir()] == ["log"]
    AppendOnlyFile(path, 6, "log")
    assert (path.read_bytes(), (tmp_path / "log.torn-1").read_bytes()) == (b"whole\n", b"tor")


@pytest.mark.skipif(os.name != "posix", reason="folders are synced on POSIX alone")
def test_a_new_file_is_in_its_folder_for_good(tmp_path, monkeypatch):
    synced: list[int] = []
    monkeypatch.setattr(
        append_only.os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino)
    )
    log(tmp_path / "log")
    assert synced == [tmp_path.stat().st_ino]
