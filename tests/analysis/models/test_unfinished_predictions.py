from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.models.answering import Job
from analysis.models.predicting import wanted_of
from analysis.models.unfinished_predictions import unfinished_path, unfinished_predictions

WANTED = {"model": "e2s-x3d", "weights": "abc"}
FIRST = np.array([[0.1, 0.9], [0.7, 0.3]], dtype=np.float32)


class Kill(Exception):
    """Stands for the end of the process."""


def killed_after_a_batch(table: Path) -> None:
    def run() -> None:
        with unfinished_predictions(table, WANTED) as unfinished:
            unfinished.add(["a", "b"], FIRST)
            raise Kill

    with pytest.raises(Kill):
        run()


def test_answers_of_a_killed_run_are_read_back_bit_for_bit(tmp_path: Path) -> None:
    table = tmp_path / "out" / "e2s.tsv"
    killed_after_a_batch(table)
    with unfinished_predictions(table, WANTED) as unfinished:
        assert list(unfinished.answers) == ["a", "b"]
        assert np.stack(list(unfinished.answers.values())).tobytes() == FIRST.tobytes()
        unfinished.add(["c"], FIRST[:1])
    assert list(table.parent.iterdir()) == [], "a good end leaves nothing behind"


@pytest.mark.parametrize(
    ("line", "spoilt"),
    [
        (0, b"[]"),
        (0, b"[" * 50_000),
        (1, b'{"clips": ["a"], "answers": [[1' + b"0" * 400 + b", 0]]}"),
        (1, b'{"clips": ["a"], "answers": ["x"]}'),
        (1, b'{"clips": ["a", "b"], "answers": [[0, 1], [1]]}'),
        (1, b'{"clips": ["a"], "answers": [1]}'),
        (1, b"[]"),
    ],
)
def test_a_line_that_is_none_is_refused(tmp_path: Path, line: int, spoilt: bytes) -> None:
    table = tmp_path / "e2s.tsv"
    killed_after_a_batch(table)
    kept = unfinished_path(table)
    lines = kept.read_bytes().splitlines()
    lines[line] = spoilt
    kept.write_bytes(b"\n".join(lines) + b"\n")

    def go_on() -> None:
        with unfinished_predictions(table, WANTED):
            pass

    with pytest.raises(AnalysisError, match=r"cannot be read .*remove it to begin anew"):
        go_on()


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_line_that_was_cut_short_counts_for_nothing(tmp_path: Path, cut: int) -> None:
    table = tmp_path / "e2s.tsv"
    killed_after_a_batch(table)
    kept = unfinished_path(table)
    kept.write_bytes(kept.read_bytes()[:-cut])

    def go_on() -> None:
        with unfinished_predictions(table, WANTED) as unfinished:
            assert unfinished.answers == {}
            unfinished.add(["c"], FIRST[:1])
            raise Kill

    with pytest.raises(Kill):
        go_on()
    with unfinished_predictions(table, WANTED) as unfinished:
        assert list(unfinished.answers) == ["c"]


def test_answers_to_another_question_are_neither_used_nor_lost(tmp_path: Path) -> None:
    table = tmp_path / "e2s.tsv"
    killed_after_a_batch(table)
    before = unfinished_path(table).read_bytes()
    with (
        pytest.raises(AnalysisError, match=r"answers to 2 clips, but with weights abc instead of xyz"),
        unfinished_predictions(table, WANTED | {"weights": "xyz"}),
    ):
        pass
    assert unfinished_path(table).read_bytes() == before


def test_a_run_that_finished_nothing_leaves_nothing(tmp_path: Path) -> None:
    table = tmp_path / "e2s.tsv"
    with pytest.raises(Kill), unfinished_predictions(table, WANTED):
        raise Kill
    assert list(tmp_path.iterdir()) == []


def test_two_runs_into_one_table_are_refused(tmp_path: Path) -> None:
    table = tmp_path / "e2s.tsv"
    with (
        unfinished_predictions(table, WANTED),
        pytest.raises(AnalysisError, match="another process predicts into"),
        unfinished_predictions(table, WANTED),
    ):
        pass


def test_another_file_of_flow_weights_makes_another_run(tmp_path: Path) -> None:
    weights, identities = tmp_path / "raft.pth", []
    for content in (b"one", b"another"):
        weights.write_bytes(content)
        job = Job(tmp_path, ("A", "B"), "x3d-m-flow", flow="raft-small", flow_weights=weights)
        identities.append(wanted_of(job, (), ""))
    differing = [name for name in identities[0] if identities[0][name] != identities[1][name]]
    assert differing == ["flow"]


@pytest.mark.parametrize(
    "change",
    [
        {"model": "x3d-s"},
        {"weights_sha256": "def"},
        {"actions": ("B", "A")},
        {"flow": "farneback"},
        {"views": 2},
        {"batch": 16},
        {"device": "cpu"},
        {"precision": "bf16"},
        {"compiled": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_answers_depend_on_makes_another_run(change: dict[str, Any]) -> None:
    job = Job(Path("set"), ("A", "B"), "x3d-m", weights_sha256="abc")
    before, after = wanted_of(job, (), "0"), wanted_of(replace(job, **change), (), "0")
    assert len([name for name in before if before[name] != after[name]]) == 1
    assert wanted_of(replace(job, threads=4), (), "0") == before
    assert wanted_of(job, (), "1") != before
