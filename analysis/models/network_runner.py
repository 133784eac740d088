"""A trained network made ready to answer, on its device and in its precision."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from analysis.errors import AnalysisError
from analysis.models.devices import Precision
from analysis.models.memory_layout import CLIPS, lay_out_channels_last

Floats = NDArray[np.float32]


@dataclass
class NetworkRunner:
    """Answers for many looks at clips; ``largest_batch`` is halved when the GPU runs out of memory."""

    device: torch.device
    precision: Precision
    largest_batch: int
    compiled: bool
    channels_last: bool
    _network: Callable[..., torch.Tensor]
    _say: Callable[[str], None]
    _halved: bool = field(default=False)

    @property
    def memory_format(self) -> str:
        """What torch calls the order of a clip's numbers in memory; for the record."""
        return "channels_last_3d" if self.channels_last else "contiguous"

    @property
    def _dtype(self) -> torch.dtype:
        return torch.bfloat16 if self.precision == "bf16" else torch.float32

    def gathered(self, looks: Sequence[Sequence[Floats]]) -> list[torch.Tensor]:
        """Looks, each of one array (C, T, H, W) per stream, as ``probabilities`` takes them fastest: a tensor
        (looks, C, T, H, W) per stream in the network's precision and, for a GPU, in memory that it reads by
        itself. May run in another thread while the network works.
        """
        streams = []
        for arrays in zip(*looks, strict=True):
            shape = (len(arrays), *arrays[0].shape)
            stream = torch.empty(shape, dtype=self._dtype, pin_memory=self.device.type == "cuda")
            for place, array in zip(stream, arrays, strict=True):
                place.copy_(torch.from_numpy(array))
            streams.append(stream)
        return streams

    def probabilities(self, streams: Sequence[torch.Tensor]) -> Floats:
        """(looks, classes), each row adding up to 1, for one tensor (looks, C, T, H, W) per stream.

        Raises
        ------
        AnalysisError
            Where the network answers with something that is no number, or the GPU has no room for one look.
        """
        parts: list[Floats] = []
        start, looks = 0, len(streams[0])
        while start < looks:
            stop = min(start + self.largest_batch, looks)
            # A compiled network is always given full batches.
            given = self.largest_batch if self.compiled else stop - start
            try:
                found = self._answers([stream[start:stop] for stream in streams])
            except torch.OutOfMemoryError as error:
                if given == 1:
                    raise AnalysisError(
                        f"{self.device} has no memory for a single clip; use --device cpu, or a GPU with "
                        f"more memory"
                    ) from error
                found = None
            if found is None:
                # Not before here: as long as there is the error, there are the tensors that it tells of.
                self._halve(given)
                continue
            parts.append(found)
            start = stop
        answers: Floats = np.concatenate(parts)
        if not np.isfinite(answers).all():
            raise AnalysisError(
                f"the network's answer is no number in {self.precision} for "
                f"{int((~np.isfinite(answers).all(axis=1)).sum())} of {looks} looks; are its weights whole?"
            )
        return answers

    @torch.inference_mode()
    def _answers(self, streams: list[torch.Tensor]) -> Floats:
        looks = len(streams[0])
        ready = [self._ready(stream) for stream in streams]
        logits = self._network(*ready)[:looks].float()
        answers: Floats = torch.softmax(logits, dim=1).cpu().numpy()
        return answers

    def _ready(self, stream: torch.Tensor) -> torch.Tensor:
        moved = stream.to(self.device, self._dtype, non_blocking=True)
        if self.compiled and len(moved) < self.largest_batch:
            # A compiled network is compiled anew for every other size of batch.
            filling = moved.new_zeros((self.largest_batch - len(moved), *moved.shape[1:]))
            moved = torch.cat([moved, filling])
        return moved.contiguous(memory_format=CLIPS) if self.channels_last and moved.ndim == 5 else moved

    def _halve(self, looks: int) -> None:
        torch.cuda.empty_cache()
        self.largest_batch = looks // 2
        if not self._halved:
            self._halved = True
            self._say(
                f"out of GPU memory with {looks} looks at a time; smaller batches are used from here on"
            )


def network_runner(
    network: nn.Module,
    device: torch.device,
    precision: Precision,
    largest_batch: int,
    *,
    fold: bool = True,
    compiled: bool = False,
    channels_last: bool | None = None,
    say: Callable[[str], None] = lambda sentence: print(f"note: {sentence}", file=sys.stderr),
) -> NetworkRunner:
    """``network`` made ready; it is copied, not changed.

    With ``fold``, batch normalisation goes into the convolutions before it, which changes answers by rounding
    alone (docs/models.md, "Speed"); only for networks whose flow does not depend on what they see. In bf16
    the weights are bf16 too on a GPU where nothing is left of it; elsewhere torch casts operation by
    operation, so that means and variances stay in fp32. The classifiers of folded networks are fp32 in any
    case. ``channels_last`` None leaves the layout of clips to the device.
    """
    channels_last = device.type == "cuda" if channels_last is None else channels_last
    ready = copy.deepcopy(network).eval()
    ready = (folded(ready) if fold else ready).to(device)
    if channels_last:
        lay_out_channels_last(ready)
    if precision == "bf16":
        ready = _in_bf16(ready, device, exact_classifiers=fold)
    mode = "reduce-overhead" if device.type == "cuda" else "default"
    answering = torch.compile(ready, mode=mode, dynamic=False) if compiled else ready
    return NetworkRunner(device, precision, largest_batch, compiled, channels_last, answering, say)


def folded(network: nn.Module) -> nn.Module:
    """A copy of a network in evaluation mode, batch normalisation folded into the convolutions before it."""
    from torch.fx.experimental.optimization import fuse

    return fuse(network)


def _in_bf16(network: nn.Module, device: torch.device, *, exact_classifiers: bool) -> nn.Module:
    normalised = any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in network.modules())
    # On a CPU torch has no average over windows in bf16.
    whole = device.type == "cuda" and not normalised
    ready = network.to(torch.bfloat16) if whole else _Autocast(network, device)
    if exact_classifiers:
        for name, module in list(ready.named_modules()):
            if isinstance(module, nn.Linear):
                ready.set_submodule(name, _ExactLinear(module, device))
    return ready


class _ExactLinear(nn.Module):
    """A linear layer that computes in fp32. Logits in bf16 have steps of 1/32 between 4 and 8, so that two
    actions are soon alike; of the time of a clip, a classifier takes next to nothing.
    """

    def __init__(self, linear: nn.Linear, device: torch.device) -> None:
        super().__init__()
        self.linear = linear.float()
        self.kind = device.type

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        with torch.autocast(self.kind, enabled=False):
            logits: torch.Tensor = self.linear(features.float())
        return logits


class _Autocast(nn.Module):
    def __init__(self, network: nn.Module, device: torch.device) -> None:
        super().__init__()
        self.network = network
        self.kind = device.type

    def forward(self, *streams: torch.Tensor) -> torch.Tensor:
        with torch.autocast(self.kind, torch.bfloat16):
            answer: torch.Tensor = self.network(*streams)
        return answer
