from __future__ import annotations

import threading

import pytest

from analysis.models.reading_ahead import read_ahead


def test_results_come_in_order_whoever_is_faster() -> None:
    slow = threading.Event()

    def read(number: int) -> int:
        if number == 0:
            slow.wait(5)
        elif number == 2:
            slow.set()
        return 10 * number

    assert list(read_ahead(read, range(5), threads=3, ahead=3)) == [0, 10, 20, 30, 40]


def test_no_more_is_read_ahead_than_was_allowed() -> None:
    begun: list[int] = []

    def read(number: int) -> int:
        begun.append(number)
        return number

    results = read_ahead(read, iter(range(100)), threads=2, ahead=4)
    assert next(results) == 0
    assert len(begun) <= 5
    results.close()
    assert len(begun) <= 5


def test_an_error_comes_up_in_its_turn_and_ends_the_reading() -> None:
    def read(number: int) -> int:
        if number == 2:
            raise ValueError("clip 2 is damaged")
        return number

    results = read_ahead(read, iter(range(1000)), threads=1, ahead=5)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ValueError, match="clip 2"):
        next(results)
