"""The same set from a Dask cluster as from this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stimuli.build import Work, build_clips
from stimuli.errors import StimulusError

distributed = pytest.importorskip("distributed", reason="needs the extra cluster")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A scheduler and two worker processes on this machine."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_cluster_makes_the_same_bytes(
    cluster: Any, clip_folder: Path, tmp_path: Path, write_clip: Callable[..., Path]
) -> None:
    # Given a clip that fails among others
    (clip_folder / "Swing" / "v_Swing_g02_c01.mkv").write_bytes(b"")
    seen: list[tuple[str, int, int]] = []

    here = build_clips(clip_folder, tmp_path / "here", seed=1)
    there = build_clips(
        clip_folder,
        tmp_path / "there",
        seed=1,
        work=Work(dask=cluster.scheduler_address, on_progress=lambda *at: seen.append(at)),
    )

    assert contents(tmp_path / "here") == contents(tmp_path / "there")
    assert there.failed == here.failed
    assert sorted(seen) == [("build", done, 4) for done in (1, 2, 3, 4)]


def test_workers_that_do_not_see_the_folder_are_named(
    cluster: Any, clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given workers to which the folder is what another machine's would be: nothing
    monkeypatch.setattr("stimuli.dask_workers._is_file", blind)

    with pytest.raises(StimulusError, match=r"2 of 2 workers of tcp://.* do not see .*\.set\.unfinished"):
        build_clips(clip_folder, tmp_path / "set", seed=1, work=Work(dask=cluster.scheduler_address))

    assert [path.name for path in tmp_path.iterdir()] == ["clips"]


def blind(path: str) -> bool:
    return False


def test_a_scheduler_that_does_not_answer_is_named(
    clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stimuli.dask_workers.CONNECT_S", 1)
    for address in ("tcp://127.0.0.1:9", "nowhere"):
        with pytest.raises(StimulusError, match=f"No Dask scheduler answers at {address}"):
            build_clips(clip_folder, tmp_path / "set", seed=1, work=Work(dask=address))
