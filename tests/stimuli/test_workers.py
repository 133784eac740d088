"""Work in one process or in several comes to the same."""

from __future__ import annotations

import os
import signal

import pytest

from stimuli.errors import StimulusError
from stimuli.workers import run_each


def test_results_keep_the_order_of_the_items() -> None:
    for workers in (1, 2):
        seen: list[tuple[int, int]] = []

        results = run_each(
            abs, [-3, 2, -1], workers, lambda done, total, seen=seen: seen.append((done, total))
        )

        assert results == [3, 2, 1]
        assert seen == [(1, 3), (2, 3), (3, 3)]


def test_the_first_error_ends_the_run() -> None:
    for workers in (1, 2):
        with pytest.raises(ValueError, match="invalid literal"):
            run_each(int, ["1", "two", "3"], workers, lambda *_: None)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that kills")
def test_a_worker_that_dies_is_reported() -> None:
    with pytest.raises(StimulusError, match="worker process was killed"):
        run_each(os._exit, [1, 1], 2, lambda *_: None)
