"""The order of trials within a phase: random, with a limit to how often an action may follow itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

import numpy as np

DRAWS = 1000
"""Random orders tried before one is built step by step."""


class NoSuchOrder(Exception):
    """``count`` of ``trials`` trials are of ``action``: too many to part them."""

    def __init__(self, action: str, count: int, trials: int) -> None:
        super().__init__(f"{count} of {trials} trials are of {action}")
        self.action, self.count, self.trials = action, count, trials


def longest_run(actions: Sequence[str]) -> int:
    """The largest number of neighbours that are all the same: 2 for A, B, B, A."""
    return max((sum(1 for _ in run) for _, run in groupby(actions)), default=0)


def random_order(
    actions: Sequence[str], generator: np.random.Generator, most_in_a_row: int | None = None
) -> list[int]:
    """A random order of trials, as indices into ``actions``, with no longer run of an action than allowed.

    Orders are drawn until one is allowed, which makes every allowed order equally likely. Of 20 000 random
    orders of 18 trials of each of 5 actions, 64 % had at most 3 in a row, 7 % at most 2 and none at most 1.
    Where none of ``DRAWS`` is allowed, one is built from its first trial on: among the actions that leave the
    rest possible, one is drawn in proportion to the trials it has left. Every allowed order can then come,
    but not all equally often: with 2 trials of each of 3 actions and none twice in a row, the 30 orders come
    0.8 to 1.7 times as often as they should.

    Raises
    ------
    NoSuchOrder
        Where there is no allowed order: an action with c of n trials needs c <= most_in_a_row * (n - c + 1).
    """
    order: list[int] = generator.permutation(len(actions)).tolist()
    if most_in_a_row is None:
        return order
    counts = Counter(actions)
    for action, count in counts.items():
        if count > most_in_a_row * (len(actions) - count + 1):
            raise NoSuchOrder(action, count, len(actions))
    for _ in range(DRAWS):
        if longest_run([actions[index] for index in order]) <= most_in_a_row:
            return order
        order = generator.permutation(len(actions)).tolist()
    places: dict[str, list[int]] = {action: [] for action in counts}
    for index in order:
        places[actions[index]].append(index)
    return [places[action].pop() for action in _built(counts, generator, most_in_a_row)]


def _built(counts: Counter[str], generator: np.random.Generator, most_in_a_row: int) -> list[str]:
    left = dict(counts)
    built: list[str] = []
    run = 0
    for _ in range(counts.total()):
        possible = []
        for action, count in left.items():
            longer = run + 1 if built and action == built[-1] else 1
            rest = left | {action: count - 1}
            if count and longer <= most_in_a_row and _can_go_on(rest, action, longer, most_in_a_row):
                possible.append(action)
        weights = np.array([left[action] for action in possible], dtype=float)
        chosen = possible[generator.choice(len(possible), p=weights / weights.sum())]
        run = run + 1 if built and chosen == built[-1] else 1
        built.append(chosen)
        left[chosen] -= 1
    return built


def _can_go_on(left: dict[str, int], last: str, run: int, most_in_a_row: int) -> bool:
    """Whether the trials left can follow ``run`` trials of ``last``: others must be enough to part them."""
    total = sum(left.values())
    for action, count in left.items():
        others = total - count
        room = most_in_a_row * others + (most_in_a_row - run if action == last else most_in_a_row)
        if count > room:
            return False
    return True


def spread_out(
    order: Sequence[int], actions: Sequence[str], checks: int, generator: np.random.Generator
) -> list[int]:
    """The same order of actions, with the last ``checks`` of the trials spread over it.

    One is put into each of ``checks`` equal parts, at a random place among the trials of its own action, so
    that nobody can count on the next, and none comes twice in a row but by chance at a border. Where a part
    holds no trial of an action that has a check left, the checks left over stay where the order has them.

    Parameters
    ----------
    order
        Indices into ``actions``.
    checks
        How many of the last entries of ``actions`` are attention checks.
    """
    result = list(order)
    left = list(range(len(actions) - checks, len(actions)))
    settled: set[int] = set()
    for part in range(checks):
        begin, end = part * len(result) // checks, (part + 1) * len(result) // checks
        wanted = {actions[check] for check in left}
        places = [place for place in range(begin, end) if actions[result[place]] in wanted]
        places = [place for place in places if result[place] not in settled]
        if not places:
            continue
        place = places[generator.integers(len(places))]
        check = next(check for check in left if actions[check] == actions[result[place]])
        other = result.index(check)
        result[place], result[other] = result[other], result[place]
        left.remove(check)
        settled.add(check)
    return result
