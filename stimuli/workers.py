"""The same function for many items, in this process or in several, with the same results."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Killed:
    """The outcome of an item whose process died over it, twice or alone."""


def default_workers() -> int:
    """One process a core, four at most: each holds some 150 MB."""
    return min(os.cpu_count() or 1, 4)


def outcomes(
    function: Callable[[Item], Result], items: Sequence[Item], workers: int
) -> Iterator[tuple[int, Result | Killed]]:
    """Each item's index with `function(item)`, as they are done.

    One worker is this process itself; for more, `function` must be importable. When a process dies (killed,
    out of memory, a crash in a library), the items that were in work are done once more, each alone in a
    process of its own, and the outcome of one that dies again is `Killed`. An exception of `function` ends
    the run; what had not begun never begins.
    """
    if workers <= 1 or len(items) <= 1:
        for index, item in enumerate(items):
            yield index, function(item)
        return
    waiting = deque(range(len(items)))
    while waiting:
        suspects: list[int] = []
        yield from _until_broken(function, items, workers, waiting, suspects)
        for index in suspects:
            yield index, _alone(function, items[index])


def _until_broken(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    workers: int,
    waiting: deque[int],
    suspects: list[int],
) -> Iterator[tuple[int, Result]]:
    """Take from `waiting` until it is empty or a process dies; then `suspects` are what was in work."""
    begun: dict[Future[Result], int] = {}
    pool = _pool(min(workers, len(waiting)))
    try:
        while (waiting or begun) and not suspects:
            # One more than there are workers, so that none waits for us; few, since they are all suspects.
            while waiting and len(begun) <= workers:
                future = pool.submit(function, items[waiting[0]])
                begun[future] = waiting.popleft()
            for future in wait(begun, return_when=FIRST_COMPLETED).done:
                if isinstance(future.exception(), BrokenProcessPool):
                    suspects.append(begun.pop(future))
                else:
                    yield begun.pop(future), future.result()
    except BrokenProcessPool:
        pass  # noticed in handing out the next item, which still waits
    finally:
        pool.shutdown(cancel_futures=True)
    for future, index in begun.items():
        if future.cancelled() or future.exception() is not None:
            suspects.append(index)
        else:
            yield index, future.result()


def _alone(function: Callable[[Item], Result], item: Item) -> Result | Killed:
    with _pool(1) as pool:
        try:
            return pool.submit(function, item).result()
        except BrokenProcessPool:
            return Killed()


def _pool(workers: int) -> ProcessPoolExecutor:
    # Started afresh instead of forked: the threads of OpenCV and FFmpeg do not survive a fork.
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """A build that is killed must not leave processes behind that go on writing."""
    parent = multiprocessing.parent_process()
    # Ctrl-C reaches all processes of a terminal; the clip in work is finished, then the parent ends the pool.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait_for_its_end() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=wait_for_its_end, daemon=True).start()
