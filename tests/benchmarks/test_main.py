from __future__ import annotations

import pytest

from benchmarks.__main__ import main


def test_a_benchmark_that_is_not_there_is_named_beside_those_that_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["speed"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("There is no benchmark speed; there are analysis, appearance_free, ")
