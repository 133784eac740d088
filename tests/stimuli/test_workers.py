"""Work in one process or in several comes to the same."""

from __future__ import annotations

import os
import signal

import pytest

from stimuli.workers import Killed, outcomes


def test_every_item_has_its_outcome() -> None:
    for workers in (1, 2):
        assert dict(outcomes(abs, [-3, 2, -1], workers)) == {0: 3, 1: 2, 2: 1}


def test_an_error_ends_the_run() -> None:
    for workers in (1, 2):
        with pytest.raises(ValueError, match="invalid literal"):
            list(outcomes(int, ["1", "two", "3"], workers))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that kills")
def test_an_item_whose_process_dies_is_found_out() -> None:
    # Given one item of seven that kills the process which works on it
    items = [0, 1, 2, 3, 4, 5, 6]

    assert dict(outcomes(die_of_three, items, 2)) == {
        item: Killed() if item == 3 else 10 * item for item in items
    }


def die_of_three(item: int) -> int:
    if item == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return 10 * item
