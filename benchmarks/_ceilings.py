"""What a device can do at most, measured on it: products of large matrices, and copies of large arrays."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

MATRIX_SIDE = {"cuda": 8192, "cpu": 2048}
COPIED_BYTES = {"cuda": 2_000_000_000, "cpu": 200_000_000}
REPEATS = {"cuda": 20, "cpu": 4}


@dataclass(frozen=True)
class Ceilings:
    """`matrix_gflops`: billions of multiply-adds per second; `memory_gb_s`: read and written together."""

    matrix_gflops: float
    memory_gb_s: float


def synchronised(device: torch.device) -> None:
    """Wait until the device has done all it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def seconds(work: Callable[[], object], device: torch.device, repeats: int) -> float:
    """The shortest of three times for `repeats` calls, per call."""
    work()
    times = []
    for _ in range(3):
        synchronised(device)
        begun_s = time.perf_counter()
        for _ in range(repeats):
            work()
        synchronised(device)
        times.append((time.perf_counter() - begun_s) / repeats)
    return min(times)


def measured_ceilings(device: torch.device, dtype: torch.dtype) -> Ceilings:
    """Of this device in this precision, at this moment."""
    side, repeats = MATRIX_SIDE[device.type], REPEATS[device.type]
    one = torch.randn(side, side, device=device, dtype=dtype)
    other = torch.randn(side, side, device=device, dtype=dtype)
    product_s = seconds(lambda: one @ other, device, repeats)
    source = torch.empty(COPIED_BYTES[device.type] // 4, device=device)
    target = torch.empty_like(source)
    copy_s = seconds(lambda: target.copy_(source), device, repeats)
    return Ceilings(side**3 / product_s / 1e9, 2 * 4 * source.numel() / copy_s / 1e9)


def bytes_moved(network: nn.Module, streams: list[torch.Tensor]) -> int:
    """What a network moves when every layer reads its input and weights and writes its output once.

    A compiled network moves less, since it does several layers at once.
    """
    total = 0

    def count(module: nn.Module, inputs: Any, output: Any) -> None:
        nonlocal total
        tensors = [*inputs, output, *module.parameters(recurse=False)]
        known = (each for each in tensors if isinstance(each, torch.Tensor))
        total += sum(each.numel() * each.element_size() for each in known)

    leaves = [module for module in network.modules() if not list(module.children())]
    hooks = [leaf.register_forward_hook(count) for leaf in leaves]
    with torch.inference_mode():
        network(*streams)
    for hook in hooks:
        hook.remove()
    return total
