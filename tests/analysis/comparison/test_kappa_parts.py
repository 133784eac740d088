"""What the spread of a mean kappa is put together from, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.comparison.kappa_parts import (
    Part,
    centred,
    how_drawn,
    spread_of_parts,
    variance_without_draws,
)


@pytest.mark.parametrize(
    ("pulls", "df"),
    [
        ([1, -1, 1, -1], 3),  # all alike: one less than there are
        ([1, -1, 0, 0], 2),  # 2 squared over 2
        ([3, -1, -1, -1], 144 / 84),  # one outweighs the others
        ([0, 0, 0, 0], 3),  # nobody pulls
        ([1], 1),
    ],
)
def test_things_that_outweigh_others_leave_fewer_degrees_of_freedom(pulls: list[float], df: float) -> None:
    assert Part(np.ones(1), np.array(pulls, dtype=float)[:, None]).df[0] == pytest.approx(df)


def test_the_degrees_of_freedom_of_a_sum_are_satterthwaites() -> None:
    """Variances of 2 and 1 with 3 and 2: 9 over 4 / 3 + 1 / 2."""
    people = Part(np.array([2.0]), np.array([[1.0], [-1], [1], [-1]]))
    groups = Part(np.array([1.0]), np.array([[1.0], [-1], [0]]))
    found = spread_of_parts(np.array([0.3]), people, groups)
    assert (found.variance[0], found.df[0]) == pytest.approx((3, 9 / (4 / 3 + 1 / 2)))


def test_where_nothing_varies_or_a_part_cannot_be_told_there_is_no_interval() -> None:
    pulls = np.array([[1.0, 1.0], [-1.0, -1.0]])
    found = spread_of_parts(
        np.zeros(2), Part(np.array([0.0, 1.0]), pulls), Part(np.array([0.0, np.nan]), pulls)
    )
    assert (found.variance[0], found.df[0]) == (0, np.inf)
    assert np.isnan(found.variance[1])


def test_groups_are_centred_within_actions_and_one_that_is_alone_varies_nothing() -> None:
    stratum = np.array([0, 0, 1])
    pulls = centred(np.array([[3.0], [1.0], [5.0]]), stratum)
    assert pulls.ravel().tolist() == [1, -1, 0]
    # Of two groups one is drawn: the variance is 2 / 1 times the sum of squares.
    assert variance_without_draws(pulls, stratum)[0] == 4


@pytest.mark.parametrize(
    ("people", "groups", "said"),
    [
        (5, [0, 0], "crossed bootstrap over people and clip groups"),
        (5, [0, 1], "bootstrap over people (there is one clip group)"),
        (1, [0, 0], "bootstrap over clip groups (there is one participant"),
        (0, [0, 0], "bootstrap over clip groups (models fixed)"),
        (1, [0], "not computed: there is one clip group, and no two people"),
    ],
)
def test_what_is_chance_is_said(people: int, groups: list[int], said: str) -> None:
    assert how_drawn(people, np.array(groups)).startswith(said)
