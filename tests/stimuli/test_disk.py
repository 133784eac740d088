"""Room on a disk, before anything is written there."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from stimuli import disk
from stimuli.disk import free_bytes
from stimuli.errors import StimulusError
from stimuli.size_estimate import check_disk


def test_a_folder_yet_to_be_made_has_the_room_of_the_disk_it_will_be_on(tmp_path, monkeypatch):
    # given disks that tell how much is free, when a folder three levels below one that exists is asked for
    asked = []
    told = SimpleNamespace(disk_usage=lambda folder: asked.append(folder) or SimpleNamespace(free=7))
    monkeypatch.setattr(disk, "shutil", told)
    assert free_bytes(tmp_path / "a" / "b" / "c") == 7
    # then it is its nearest part that exists whose disk was read
    assert asked == [tmp_path]


def test_a_real_disk_has_room(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert 0 < free_bytes(Path("data")) <= shutil.disk_usage(tmp_path).total


@pytest.mark.parametrize("check", [free_bytes, lambda folder: check_disk(folder, 2, 1)], ids=["free", "set"])
def test_a_drive_that_is_not_there_is_refused_in_one_sentence(check, monkeypatch):
    # given what Windows says of Z:/data where there is no drive Z: neither a path nor its root is a folder
    monkeypatch.setattr(Path, "is_dir", lambda _: False)
    # then the search for a part that exists ends
    with pytest.raises(StimulusError, match=r"data: no part of this path exists; name a folder"):
        check(Path("/drive/data"))


def test_a_disk_that_cannot_be_read_is_refused_in_one_sentence(tmp_path, monkeypatch):
    def unreadable(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(disk, "shutil", SimpleNamespace(disk_usage=unreadable))
    with pytest.raises(StimulusError, match=r"cannot be read \(Permission denied\); name another folder"):
        free_bytes(tmp_path)
