"""Networks in tests: one thread each, since the suite runs a process per core."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Threads that wait for one another on a busy machine cost more than they bring."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)


@pytest.fixture(scope="module")
def tiny_networks() -> Iterator[None]:
    """The networks of `tiny_training` are in the zoo."""
    from analysis.models import zoo
    from tests.analysis.models import tiny_training

    with pytest.MonkeyPatch.context() as changed:
        for spec in tiny_training.SPECS:
            changed.setitem(zoo.MODELS, spec.name, spec)  # type: ignore[arg-type]
        yield
