"""The files of a report are replaced all together or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.report.replacing import ASIDE, replace_files
from tests.experiment.full_disks import small_disk

EARLIER = {"report.html": b"earlier", "tables/trials.tsv": b"earlier", "tables/models.tsv": b"earlier"}
LATER = dict.fromkeys(("report.html", "tables/trials.tsv", "figures/overview.svg"), 40000 * b"later")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_files_take_the_place_of_others_and_leave_those_that_are_nobodys(tmp_path: Path) -> None:
    replace_files(tmp_path / "out", EARLIER)
    (tmp_path / "out" / "tables" / "mine.tsv").write_bytes(b"by hand")
    replace_files(tmp_path / "out", LATER, ["tables/models.tsv", "tables/gone.tsv"])
    assert contents(tmp_path / "out") == LATER | {"tables/mine.tsv": b"by hand"}
    assert not (tmp_path / "out" / ASIDE).exists()


def test_a_disk_that_fills_leaves_all_as_it_was(tmp_path: Path) -> None:
    with small_disk(tmp_path, 1_000) as disk:
        if disk is None:
            pytest.skip("a small disk cannot be mounted here")
        # Given earlier files, and room for two of three later ones
        replace_files(tmp_path / "out", EARLIER)
        room = shutil.disk_usage(tmp_path).free
        (tmp_path / "ballast").write_bytes(b"x" * (room - 500_000))
        # When these are written, then it is told, and nothing has changed
        with pytest.raises(AnalysisError, match=r"out could not be written \(No space left on device\)"):
            replace_files(tmp_path / "out", LATER, ["tables/models.tsv"])
        assert contents(tmp_path / "out") == EARLIER
        # And of a new folder nothing is left
        with pytest.raises(AnalysisError, match="No space left"):
            replace_files(tmp_path / "new" / "out", LATER)
        assert not (tmp_path / "new").exists()


def test_what_a_kill_left_goes_with_the_next_files(tmp_path: Path) -> None:
    left = tmp_path / "out" / ASIDE / "figures" / "overview.svg"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half of a fi")
    replace_files(tmp_path / "out", EARLIER)
    assert contents(tmp_path / "out") == EARLIER
