"""Which order whose turn it is: orders balanced over participants by their order number. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, lcm

Rows = tuple[tuple[int, ...], ...]


def balanced_square(size: int) -> Rows:
    """Orders of ``0 .. size-1``, one a row: each stands at each place equally often, and directly after each
    other equally often.

    The design of Williams (1949, Australian Journal of Scientific Research A 2, 149-168). An even ``size``
    needs ``size`` rows, an odd one above 1 ``2 * size``: the second half is the first read backwards, and
    each half is a Latin square by itself. The first row runs 0, 1, n-1, 2, n-2 ...: for 5 that is 0, 1, 4,
    2, 3.
    """
    first = [(place + 1) // 2 if place % 2 else -(place // 2) % size for place in range(size)]
    half = tuple(tuple((start + place) % size for place in first) for start in range(size))
    if size % 2 == 0 or size == 1:
        return half
    return half + tuple(row[::-1] for row in half)


def rows_for(order_number: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """Which row of each of several squares the participant with this order number (from 1) gets.

    ``sizes`` are the numbers of rows. The first square is gone through row by row. A later one as well, but
    where its number of rows has a divisor in common with what comes before, it is moved on by a row from
    time to time: otherwise one factor would hang on the other, as if everyone with an odd number had the
    first menu and the first condition order. Over the first ``product of sizes`` participants each
    combination of rows comes once, and in each block of ``lcm`` of them each square is balanced by itself:
    with sizes 2 and 2 the rows are (0, 0), (1, 1), (0, 1), (1, 0).
    """
    index = order_number - 1
    rows = []
    period = 1
    for size in sizes:
        moved = index // lcm(period, size) % gcd(period, size)
        rows.append((index + moved) % size)
        period *= size
    return tuple(rows)
