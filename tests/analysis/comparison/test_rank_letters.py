"""Letters and sentences of an order that claims no more than is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparison.rank_letters import order_sentence, shared_letters


def test_of_three_the_first_is_ahead_of_the_last_alone() -> None:
    ahead = np.zeros((3, 3), dtype=bool)
    ahead[0, 2] = True
    letters = shared_letters(ahead)
    assert letters == ["a", "ab", "b"]
    said = order_sentence(("x", "y", "z"), "AFD5", ahead, letters)
    assert said == "AFD5: x errs more like people than z; no other two models can be told apart"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (False, "no two of the 3 models can be told apart, so there is no ranking"),
        (True, "from most to least human-like, x, y, z"),
    ],
)
def test_an_order_is_claimed_where_all_are_told_apart(told: bool, said: str) -> None:
    ahead = np.triu(np.full((3, 3), told), 1)
    assert order_sentence(("x", "y", "z"), "AFD5", ahead, shared_letters(ahead)).endswith(said)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7).flatmap(lambda n: st.lists(st.booleans(), min_size=n * n, max_size=n * n)))
def test_models_share_a_letter_just_where_neither_is_ahead(flat: list[bool]) -> None:
    count = round(len(flat) ** 0.5)
    ahead = np.triu(np.array(flat, dtype=np.bool_).reshape(count, count), 1)
    letters = shared_letters(ahead)
    for one in range(count):
        assert letters[one]
        for other in range(one + 1, count):
            assert bool(set(letters[one]) & set(letters[other])) == (not ahead[one, other])
