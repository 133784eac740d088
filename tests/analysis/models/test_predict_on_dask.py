"""The same answers from a Dask cluster as from this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

pytest.importorskip("torch")
pytest.importorskip("distributed", reason="needs the extra cluster")

from distributed import LocalCluster

from analysis.__main__ import app
from analysis.models.predictions import read_record
from analysis.tables import read_table
from stimuli.manifest import StimulusSet
from tests.analysis.models.small_set import small_set, weights_of

MODEL = "x3d-xs-112"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A scheduler and two worker processes on this machine."""
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[StimulusSet, tuple[object, ...]]:
    """A set, and the options that name it and weights for it."""
    folder = tmp_path_factory.mktemp("dask")
    stimuli = small_set(folder / "set")
    weights = weights_of(MODEL, folder / "x3d.safetensors", stimuli)
    return stimuli, ("--stimuli", stimuli.root, "--weights", weights, "--batch", 1)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["predict", MODEL, *map(str, arguments)])


def test_a_cluster_gives_the_same_answers_and_its_errors_are_sentences(
    cluster: Any, tmp_path: Path, asked: tuple[StimulusSet, tuple[object, ...]]
) -> None:
    stimuli, options = asked
    assert run(*options, "-o", tmp_path / "here.tsv").exit_code == 0
    there = run(*options, "-o", tmp_path / "there.tsv", "--dask", cluster.scheduler_address)
    assert there.exit_code == 0, there.exception

    tables = [read_table(tmp_path / name) for name in ("here.tsv", "there.tsv")]
    assert tables[0]["clip_id"].tolist() == tables[1]["clip_id"].tolist()
    assert np.allclose(tables[0]["p_Swing"], tables[1]["p_Swing"], atol=2e-6)
    record = read_record(tmp_path / "there.tsv")
    assert record is not None
    assert record.computing.clips == 8
    assert record.computing.device.startswith("Dask, ")

    # Given a clip that the workers cannot read
    broken = stimuli.path_of(next(clip for clip in stimuli.clips if clip.split == "test"))
    broken.write_bytes(b"")
    failed = run(*options, "-o", tmp_path / "failed.tsv", "--dask", cluster.scheduler_address)
    assert str(broken) in str(failed.exception)
    assert not (tmp_path / "failed.tsv").exists()


def test_a_scheduler_that_does_not_answer_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[StimulusSet, tuple[object, ...]]
) -> None:
    monkeypatch.setattr("stimuli.dask_workers.CONNECT_S", 1)
    result = run(*asked[1], "-o", tmp_path / "p.tsv", "--dask", "tcp://127.0.0.1:9")
    assert "No Dask scheduler answers at tcp://127.0.0.1:9" in str(result.exception)
