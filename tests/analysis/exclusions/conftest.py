"""Rules as a test writes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.exclusions import RuleSet, read_rules


@pytest.fixture
def rules(tmp_path: Path) -> Callable[[str], RuleSet]:
    """Rules from the lines below ``rules:``."""

    def read(lines: str) -> RuleSet:
        path = tmp_path / "rules.yaml"
        path.write_text(f"format: 1\nrules:\n{lines}", encoding="utf-8")
        return read_rules(path)

    return read
