"""Trial orders are random, keep to the limit of equal actions in a row, and are refused where none can."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiment.trial_order import NoSuchOrder, _built, longest_run, random_order, spread_out

COUNTS = st.lists(st.integers(0, 4), min_size=1, max_size=3)


def actions_of(counts: list[int]) -> list[str]:
    return [action for action, count in zip("ABCDEFGHI", counts, strict=False) for _ in range(count)]


def allowed_orders(actions: list[str], limit: int) -> set[tuple[str, ...]]:
    return {order for order in permutations(actions) if longest_run(order) <= limit}


@settings(max_examples=200)
@given(
    counts=st.lists(st.integers(0, 20), min_size=1, max_size=9),
    limit=st.none() | st.integers(1, 5),
    seed=st.integers(0, 2**32),
)
def test_an_order_holds_every_trial_once_and_keeps_to_the_limit(counts, limit, seed):
    actions = actions_of(counts)
    # An action is in the way where its trials fill more runs than the others can part.
    in_the_way = {
        action
        for action in actions
        if limit is not None and actions.count(action) > limit * (len(actions) - actions.count(action) + 1)
    }
    if in_the_way:
        with pytest.raises(NoSuchOrder) as refused:
            random_order(actions, np.random.default_rng(seed), limit)
        assert refused.value.action in in_the_way
        assert refused.value.count == actions.count(refused.value.action)
        return
    order = random_order(actions, np.random.default_rng(seed), limit)
    assert sorted(order) == list(range(len(actions)))
    if limit is not None:
        assert longest_run([actions[index] for index in order]) <= limit


@settings(max_examples=150, deadline=None)
@given(
    counts=COUNTS.filter(lambda counts: 0 < sum(counts) <= 7),
    limit=st.integers(1, 3),
    seed=st.integers(0, 99),
)
def test_an_order_is_refused_only_where_there_is_none(counts, limit, seed):
    actions = actions_of(counts)
    allowed = allowed_orders(actions, limit)
    if not allowed:
        with pytest.raises(NoSuchOrder):
            random_order(actions, np.random.default_rng(seed), limit)
        return
    order = random_order(actions, np.random.default_rng(seed), limit)
    assert tuple(actions[index] for index in order) in allowed
    # One that is built step by step never comes to a dead end either.
    assert tuple(_built(Counter(actions), np.random.default_rng(seed), limit)) in allowed


def test_drawn_orders_are_equally_likely_and_built_ones_all_possible():
    actions = actions_of([2, 2, 2])
    allowed = allowed_orders(actions, 1)
    rng = np.random.default_rng(1)
    drawn = Counter(tuple(actions[i] for i in random_order(actions, rng, 1)) for _ in range(6000))
    assert set(drawn) == allowed
    assert len(allowed) == 30
    # 200 of each expected, with a standard deviation of 14
    assert all(130 < count < 270 for count in drawn.values())
    built = Counter(tuple(_built(Counter(actions), rng, 1)) for _ in range(3000))
    assert set(built) == allowed


def test_without_a_limit_the_order_is_the_generators_permutation():
    actions = actions_of([6, 6, 6])
    expected = np.random.default_rng(7).permutation(18).tolist()
    assert random_order(actions, np.random.default_rng(7)) == expected
    assert random_order(actions, np.random.default_rng(7), 18) == expected


@settings(max_examples=200)
@given(
    counts=st.lists(st.integers(1, 12), min_size=2, max_size=6),
    checks=st.integers(0, 8),
    seed=st.integers(0, 2**32),
)
def test_spreading_checks_moves_no_action(counts, checks, seed):
    rng = np.random.default_rng(seed)
    items = actions_of(counts)
    actions = items + [items[i] for i in rng.integers(len(items), size=checks)]
    order = random_order(actions, rng)
    spread = spread_out(order, actions, checks, rng)
    assert sorted(spread) == sorted(order)
    assert [actions[index] for index in spread] == [actions[index] for index in order]


def test_checks_come_one_in_each_part_of_a_phase():
    # Given 90 trials and 5 checks, one of each action
    actions = actions_of([18] * 5) + list("ABCDE")
    for seed in range(20):
        rng = np.random.default_rng(seed)
        spread = spread_out(random_order(actions, rng, 3), actions, 5, rng)
        places = [place for place, index in enumerate(spread) if index >= 90]
        # Then each fifth of the phase has one
        assert [place // 19 for place in places] == [0, 1, 2, 3, 4]
