"""Files of weights that are not what torch writes are refused before they are unpacked."""

from __future__ import annotations

import os
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

from stimuli.errors import StimulusError
from stimuli.weights_file import read_tensors

torch = pytest.importorskip("torch", reason="needs torch, which the extra `models` brings")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Weights as torch saves them."""
    torch.save({"model_state": {"conv.weight": torch.zeros(1_000, 1_000)}}, tmp_path / "w.pyth")
    return tmp_path / "w.pyth"


def test_weights_as_torch_saves_them_are_read(saved: Path) -> None:
    assert read_tensors(saved)["conv.weight"].shape == (1_000, 1_000)


def test_a_small_file_that_unpacks_to_very_much_is_refused(saved: Path) -> None:
    packed = saved.with_name("packed.pyth")
    with zipfile.ZipFile(saved) as whole, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in whole.namelist():
            archive.writestr(part, whole.read(part))
    assert packed.stat().st_size < saved.stat().st_size / 100
    with pytest.raises(StimulusError, match=r"packed\.pyth is damaged.*its parts are packed"):
        read_tensors(packed)


@pytest.mark.parametrize("content", [bytes(10_240), b"an archive"], ids=["zeros", "an archive"])
def test_a_tar_archive_is_refused_before_a_folder_is_made_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    """Zeros alone are an empty one."""
    path = tmp_path / "w.pyth"
    path.write_bytes(content)
    if content == b"an archive":
        (tmp_path / "storages").write_bytes(content)
        with tarfile.open(path, "w") as archive:
            archive.add(tmp_path / "storages", "storages")
    monkeypatch.setattr(tempfile, "mkdtemp", lambda *_, **__: pytest.fail("a folder was made"))
    with pytest.raises(StimulusError, match=r"w\.pyth is damaged.*it is a tar archive"):
        read_tensors(path)


@pytest.mark.skipif(os.name != "posix", reason="devices of POSIX")
@pytest.mark.parametrize("name", ["w.pyth", "w.safetensors"])
def test_a_device_in_the_place_of_weights_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to("/dev/zero")
    with pytest.raises(StimulusError, match=f"{name} cannot be read: it is a device or a pipe"):
        read_tensors(tmp_path / name)
