"""Flows that are kept on disk come back bit for bit or are estimated again, and no disk is filled."""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from stimuli import flow_cache
from stimuli.flow import Flow
from stimuli.flow_cache import SUFFIX, FlowCache, _Writer


def some_flows(count: int, seed: int = 0) -> list[Flow]:
    return list(np.random.default_rng(seed).normal(0, 3, (count, 9, 7, 2)).astype(np.float32))


class Source:
    """Flows that count how often they were asked for."""

    def __init__(self, flows: list[Flow]) -> None:
        self.kept = flows
        self.calls = 0

    def __call__(self) -> Iterator[Flow]:
        self.calls += 1
        return iter(self.kept)


@given(
    flow=arrays.arrays(
        np.float32, st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(2)), elements=st.floats(width=32)
    )
)
def test_every_value_is_kept_bit_for_bit(tmp_path_factory: pytest.TempPathFactory, flow: Flow) -> None:
    cache = FlowCache(tmp_path_factory.mktemp("cache"), spared_bytes=0)
    list(cache.flows("key", 1, lambda: iter([flow])))
    never = Source([])
    (read,) = cache.flows("key", 1, never)
    assert never.calls == 0
    assert np.array_equal(read.view(np.uint32), flow.view(np.uint32))


def spoil_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def claim_method(number: int, path: Path, *, flags: int = 0) -> None:
    """Let the first member say that it was packed by this method of zip files, or is encrypted."""
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    for place in (6, directory + 8):
        content[place : place + 4] = struct.pack("<HH", flags, number)
    path.write_bytes(bytes(content))


def put_in(path: Path, name: str, content: bytes) -> None:
    """Let a flow of this name and content be the first of five."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in (name, "1_1_1", "2_1_1", "3_1_1", "4_1_1"):
            archive.writestr(each, content)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "encrypted": lambda path: claim_method(8, path, flags=1),
    "packed by LZMA": lambda path: claim_method(14, path),
    "packed by nobody": lambda path: claim_method(77, path),
    "an endless size": lambda path: put_in(path, f"0_{10**30}_1", bytes(8)),
    "a huge size": lambda path: put_in(path, "0_100000_100000", bytes(8)),
    "a size below nothing": lambda path: put_in(path, "0_-1_-1", bytes(8)),
    "another size": lambda path: put_in(path, "0_9_7", bytes(8 * 9 * 8)),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-30]),
    "empty": lambda path: path.write_bytes(b""),
    "a bit flipped": spoil_middle,
    "something else": lambda path: path.write_bytes(b"PK" + bytes(500)),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_is_never_passed_on(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    cache, source = FlowCache(tmp_path, spared_bytes=0), Source(some_flows(5))
    list(cache.flows("key", 5, source))
    damage(tmp_path / f"key{SUFFIX}")
    assert np.array_equal(list(cache.flows("key", 5, source)), source.kept)
    assert source.calls == 2
    assert not list(tmp_path.glob("*.part"))


def test_a_clip_of_another_length_is_estimated_again(tmp_path: Path) -> None:
    cache, source = FlowCache(tmp_path, spared_bytes=0), Source(some_flows(5))
    list(cache.flows("key", 5, source))
    longer = Source(some_flows(6))
    assert np.array_equal(list(cache.flows("key", 6, longer)), longer.kept)


def test_what_was_not_read_to_its_end_is_not_kept(tmp_path: Path) -> None:
    cache = FlowCache(tmp_path, spared_bytes=0)
    reading = cache.flows("key", 5, Source(some_flows(5)))
    next(reading)
    del reading
    assert list(tmp_path.iterdir()) == []


def test_what_was_used_last_stays(tmp_path: Path) -> None:
    # given room for two clips and a half
    roomy = FlowCache(tmp_path, spared_bytes=0)
    list(roomy.flows("first", 5, Source(some_flows(5))))
    size = (tmp_path / f"first{SUFFIX}").stat().st_size
    tight = replace(roomy, largest_bytes=size * 5 // 2)
    list(tight.flows("second", 5, Source(some_flows(5))))
    # when the older one is read and a third comes
    for index, name in enumerate(("first", "second")):
        os.utime(tmp_path / f"{name}{SUFFIX}", (index, index))
    list(tight.flows("first", 5, Source([])))
    list(tight.flows("third", 5, Source(some_flows(5))))
    # then the one that nobody read has gone
    assert {path.name for path in tmp_path.iterdir()} == {f"first{SUFFIX}", f"third{SUFFIX}"}


def test_a_disk_that_fills_up_does_no_harm(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full, a disk without room")
    source = Source(some_flows(40))

    def full(folder: Path) -> _Writer:
        writer = _Writer(folder)
        os.dup2(os.open("/dev/full", os.O_WRONLY), writer._file.fileno())
        return writer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow_cache, "_Writer", full)
        assert np.array_equal(list(FlowCache(tmp_path, spared_bytes=0).flows("key", 40, source)), source.kept)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("spared", [0, 1 << 62])
def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path, spared: int) -> None:
    # given a file where the folder should be, or a disk that is too full
    folder = tmp_path / "cache"
    if spared == 0:
        folder.write_text("in the way", encoding="utf-8")
    source = Source(some_flows(3))
    assert np.array_equal(list(FlowCache(folder, spared_bytes=spared).flows("key", 3, source)), source.kept)
    assert not list(tmp_path.glob(f"**/*{SUFFIX}"))
