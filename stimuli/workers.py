"""The same function for many items, in this process or in several, with the same results."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from stimuli.errors import StimulusError

Item = TypeVar("Item")
Result = TypeVar("Result")


def default_workers() -> int:
    """One process a core, four at most: each holds some 150 MB."""
    return min(os.cpu_count() or 1, 4)


def run_each(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    workers: int,
    on_done: Callable[[int, int], None],
) -> list[Result]:
    """`function(item)` for every item, results in the order of the items, however many processes work on it.

    `on_done(done, total)` is called after each. The first exception ends the run; what had not begun never
    begins. With more than one worker, `function` must be importable. Raises StimulusError when a process
    dies.
    """
    if workers <= 1 or len(items) <= 1:
        results = []
        for done, item in enumerate(items, start=1):
            results.append(function(item))
            on_done(done, len(items))
        return results
    # Started afresh instead of forked: the threads of OpenCV and FFmpeg do not survive a fork.
    pool = ProcessPoolExecutor(
        min(workers, len(items)), multiprocessing.get_context("spawn"), initializer=_end_with_parent
    )
    try:
        futures = [pool.submit(function, item) for item in items]
        for done, future in enumerate(as_completed(futures), start=1):
            future.result()
            on_done(done, len(items))
        return [future.result() for future in futures]
    except BrokenProcessPool as error:
        raise StimulusError("A worker process was killed; if memory is short, try --workers 1.") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """A build that is killed must not leave processes behind that go on writing."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
