"""A key is for its owner, away from the data set, and whole or not there."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.export.key_file import refuse_key_place, write_key


def test_a_key_is_for_its_owner_alone_and_never_written_over(tmp_path: Path) -> None:
    key = tmp_path / "key.tsv"
    write_key(key, {"P2": "aaaaaa", "P1": "bbbbbb"})
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_text() == "participant_id\tparticipant_code\nsub-aaaaaa\tP2\nsub-bbbbbb\tP1\n"
    with pytest.raises(AnalysisError, match="never written over"):
        refuse_key_place(key, tmp_path / "out", ())
    with pytest.raises(AnalysisError, match="cannot be written"):
        write_key(key, {})


def test_a_key_lies_neither_in_the_data_set_nor_in_the_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(AnalysisError, match="nothing is written into the data"):
        refuse_key_place(data / "key", tmp_path / "out", (data,))
    with pytest.raises(AnalysisError, match="out; a key must not travel with the data set"):
        refuse_key_place(tmp_path / "out" / "key", tmp_path / "out", (data,))


def test_half_a_key_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    key = tmp_path / "key.tsv"
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AnalysisError, match=r"key\.tsv: the key cannot be written \(No space left"):
        write_key(key, {"P1": "aaaaaa"})
    assert list(tmp_path.iterdir()) == []
