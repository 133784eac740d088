"""The same work as `stimuli.workers`, on a Dask cluster that shares a disk with this machine."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from stimuli.errors import StimulusError
from stimuli.workers import Killed

if TYPE_CHECKING:
    from distributed import Client

Item = TypeVar("Item")
Result = TypeVar("Result")

CONNECT_S = 10
FIRST_WORKER_S = 60


def outcomes_on_dask(
    function: Callable[[Item], Result], items: Sequence[Item], address: str, shared: Path
) -> Iterator[tuple[int, Result | Killed]]:
    """As `stimuli.workers.outcomes`, through the executor of the scheduler at `address`.

    Dask itself tries an item again whose worker died, three times by default. Raises StimulusError when
    distributed is not installed, the scheduler does not answer, no worker comes within a minute, or a worker
    cannot import this package or does not see the folder `shared` as this machine does.
    """
    with _connected(address) as client:
        _check_workers(client, address, shared)
        from distributed import KilledWorker

        executor: Executor = client.get_executor(pure=False)  # type: ignore[no-untyped-call]  # of Dask
        with executor:
            futures = {executor.submit(function, item): index for index, item in enumerate(items)}
            try:
                for future in as_completed(futures):
                    killed = isinstance(future.exception(), KilledWorker)
                    yield futures[future], Killed() if killed else future.result()
            finally:
                for future in futures:
                    future.cancel()


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        from distributed import Client
    except ImportError:
        raise StimulusError(
            "--dask needs the package distributed; install it with pip install -e .[cluster] -c"
            " constraints.txt."
        ) from None
    try:
        client = Client(address, timeout=CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]  # of Dask
    except (OSError, ValueError) as error:
        raise StimulusError(
            f"No Dask scheduler answers at {address}; start one, or give the address it printed, such as"
            " tcp://host:8786."
        ) from error
    with client:
        yield client


def _check_workers(client: Client, address: str, shared: Path) -> None:
    try:
        client.wait_for_workers(1, timeout=FIRST_WORKER_S)
    except TimeoutError as error:
        raise StimulusError(
            f"The Dask scheduler at {address} got no worker within {FIRST_WORKER_S} s; start some."
        ) from error
    token = shared / f".seen-{uuid.uuid4().hex}"
    token.touch()
    try:
        sees = client.run(_is_file, str(token))
    except ImportError as error:
        raise StimulusError(
            f"The workers of {address} cannot import this package ({error}); start them in an environment"
            " where it is installed."
        ) from error
    finally:
        token.unlink(missing_ok=True)
    blind = sorted(worker for worker, seen in sees.items() if not seen)
    if blind:
        raise StimulusError(
            f"{len(blind)} of {len(sees)} workers of {address} do not see {shared} (the first is {blind[0]});"
            " use a folder on a disk that all machines share under one name."
        )


def _is_file(path: str) -> bool:
    return Path(path).is_file()
