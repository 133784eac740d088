"""Orders are balanced over participants, and one factor does not hang on another."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiment.counterbalance import balanced_square, rows_for


@pytest.mark.parametrize("size", range(1, 10))
def test_everything_stands_at_each_place_and_after_each_other_equally_often(size):
    rows = balanced_square(size)
    assert len(rows) == (size if size % 2 == 0 or size == 1 else 2 * size)
    assert all(sorted(row) == list(range(size)) for row in rows)
    # The halves are Latin squares by themselves,
    for half in range(0, len(rows), size):
        for column in zip(*rows[half : half + size], strict=True):
            assert sorted(column) == list(range(size))
    # and each follows each other equally often.
    after = Counter(pair for row in rows for pair in pairwise(row))
    assert set(after.values()) <= {len(rows) // size}
    assert len(after) == size * (size - 1)


def test_the_square_for_five_begins_as_williams_does():
    assert balanced_square(5)[:2] == ((0, 1, 4, 2, 3), (1, 2, 0, 3, 4))
    assert balanced_square(5)[5] == (3, 2, 4, 1, 0)
    assert balanced_square(2) == ((0, 1), (1, 0))


@given(sizes=st.lists(st.sampled_from([1, 2, 3, 4, 5, 6, 10]), min_size=1, max_size=3))
def test_each_combination_of_rows_comes_once_over_the_product_of_the_sizes(sizes):
    turns = Counter(rows_for(number, sizes) for number in range(1, prod(sizes) + 1))
    assert turns == Counter(product(*map(range, sizes)))


@given(number=st.integers(1, 500), size=st.integers(1, 20))
def test_the_first_factor_goes_row_by_row(number, size):
    assert rows_for(number, [size, 2])[0] == (number - 1) % size


def test_condition_order_does_not_hang_on_the_list_of_clips():
    assert [rows_for(number, (2, 2)) for number in (1, 2, 3, 4)] == [(0, 0), (1, 1), (0, 1), (1, 0)]
