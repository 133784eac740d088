"""Networks in tests: one thread each, since the suite runs a process per core."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Threads that wait for one another on a busy machine cost more than they bring."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)
