"""The command line of the analysis, run in the process of a test, which saves the seconds of its imports."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from analysis.__main__ import main


class Done(NamedTuple):
    code: int
    stdout: str
    stderr: str


Run = Callable[..., Done]
"""Arguments, which become texts -> what came of them."""


def run_here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["analysis", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        written = capsys.readouterr()
        return Done(int(end.value.code or 0), written.out, written.err)

    return run
