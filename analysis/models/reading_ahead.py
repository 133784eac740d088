"""The next clips are decoded in other threads while the network looks at the ones before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def read_ahead(
    read: Callable[[Item], Result], items: Iterable[Item], threads: int, ahead: int
) -> Iterator[Result]:
    """``read(item)`` for every item, in order, by so many threads and at most ``ahead`` items early.

    Decoding and flow estimation leave Python alone while they work, so that threads do for them; unlike
    processes they start at once, share the cache of flows and also work within a worker of a cluster. An
    exception of ``read`` comes up when its item's turn has come.
    """
    remaining = iter(items)
    begun: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="decode") as pool:
        try:
            for item in remaining:
                begun.append(pool.submit(read, item))
                if len(begun) > ahead:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for future in begun:
                future.cancel()
