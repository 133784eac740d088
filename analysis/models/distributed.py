"""Several processes, one for each GPU, that train one network together; `torchrun` starts them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import torch
    from torch import nn


@dataclass(frozen=True)
class Processes:
    """How many there are, and which of them this is, from 0; the first writes and speaks for all."""

    count: int = 1
    rank: int = 0
    local_rank: int = 0

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    def share(self, items: list[int]) -> list[int]:
        """This process' part: every `count`-th, from its own number on."""
        return items[self.rank :: self.count]

    def sums(self, values: list[float], device: torch.device) -> list[float]:
        """Each value added up over all processes."""
        if self.count == 1:
            return values
        import torch

        added = torch.tensor(values, dtype=torch.float64, device=device)
        torch.distributed.all_reduce(added)
        found: list[float] = added.tolist()
        return found

    def wait(self) -> None:
        """Until all are here."""
        if self.count > 1:
            import torch

            torch.distributed.barrier()

    def joined(self, network: nn.Module, device: torch.device) -> nn.Module:
        """The network whose gradients are the mean over all processes."""
        if self.count == 1:
            return network
        from torch.nn.parallel import DistributedDataParallel

        return DistributedDataParallel(network, device_ids=[device.index] if device.type == "cuda" else None)

    def align_buffers(self, network: nn.Module) -> None:
        """Give every process the running means of the first, which are those that are saved."""
        if self.count > 1:
            import torch

            for buffer in network.buffers():
                torch.distributed.broadcast(buffer, src=0)


@contextmanager
def processes_here(device_type: str) -> Iterator[Processes]:
    """The processes that `torchrun` started, connected; one alone without it.

    Over NCCL for "cuda", over Gloo for "cpu". Raises AnalysisError for more processes than GPUs.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Processes()
        return
    import torch

    local_rank = int(os.environ["LOCAL_RANK"])
    if device_type == "cuda":
        if local_rank >= torch.cuda.device_count():
            raise AnalysisError(
                f"torchrun started more processes than there are GPUs ({torch.cuda.device_count()}); set "
                f"--nproc-per-node to that number"
            )
        torch.cuda.set_device(local_rank)
    torch.distributed.init_process_group("nccl" if device_type == "cuda" else "gloo")
    try:
        yield Processes(count, int(os.environ["RANK"]), local_rank)
    finally:
        torch.distributed.destroy_process_group()
