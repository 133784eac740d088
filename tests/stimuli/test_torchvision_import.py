"""torchvision is imported beside any torch 2.13, and only touched where it would not import by itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs torch, which the extra `models` brings")

# What a torchvision built for this torch declares when its operators load.
DECLARE_AS_A_MATCHING_BUILD = """
import torch
library = torch.library.Library("torchvision", "DEF")
for name in ("nms", "qnms"):
    library.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
"""
IMPORT = """
from stimuli import torchvision_import
torchvision_import.require_torchvision("this test")
import torchvision.models.optical_flow, torchvision.models.video, torchvision.transforms.v2
"""


def run(repository: Path, program: str, *path_first: Path) -> subprocess.CompletedProcess[str]:
    """A Python of its own, since nothing can be imported for the first time twice."""
    start = f"import sys; sys.path[:0] = {[str(path) for path in path_first]}\n"
    return subprocess.run(
        [sys.executable, "-c", start + program], cwd=repository, capture_output=True, text=True, check=False
    )


def test_it_imports_whatever_the_build_of_torch(repository: Path) -> None:
    finished = run(repository, IMPORT)
    assert finished.returncode == 0, finished.stderr


def test_where_both_builds_match_nothing_is_declared(repository: Path) -> None:
    program = DECLARE_AS_A_MATCHING_BUILD + IMPORT + "assert torchvision_import._declared == []\n"
    finished = run(repository, program)
    assert finished.returncode == 0, finished.stderr


@pytest.mark.parametrize(
    ("module", "content", "said"),
    [
        ("torch", "raise ImportError('no libcudart')", "needs torch, which cannot be imported"),
        ("torchvision", "raise ImportError('no libjpeg')", "needs torchvision, which cannot be imported"),
        (
            "torchvision",
            "raise RuntimeError('built for CUDA 11')",
            "needs a torchvision that fits torch 2",
        ),
    ],
)
def test_what_is_missing_is_said_with_what_to_install(
    repository: Path, tmp_path: Path, module: str, content: str, said: str
) -> None:
    (tmp_path / f"{module}.py").write_text(content, encoding="utf-8")
    finished = run(repository, IMPORT, tmp_path)
    last = finished.stderr.strip().splitlines()[-1]
    assert "StimulusError: this test " + said in last
    assert ".[models]" in last
