"""RAFT: flow that a network refines step by step over all pairs of pixels (Teed and Deng, ECCV 2020)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from stimuli.errors import StimulusError, reason_of
from stimuli.flow import Flow, FlowName, FlowRecipe, Frame
from stimuli.manifest import file_sha256
from stimuli.raft_weights import RaftName, load_raft, raft_weights_file
from stimuli.torchvision_import import require_torchvision

if TYPE_CHECKING:
    import torch

SMALLEST_SIDE_PX = 16
# Features are an eighth of the frame's size, and the pyramid over them is four levels high.
STRIDE_PX, NETWORK_SIDE_PX = 8, 128
# One batch on a GPU: 16 pairs of 320x240, about 1 GB. It depends on the frames and not on the memory that
# happens to be free, since another size of batch rounds differently.
GPU_BATCH_PX, LARGEST_BATCH = 16 * 320 * 240, 16


class RaftFlow:
    """Flow by RAFT as torchvision builds it, of frames of any size from 16x16.

    A side that the network cannot take is padded by repeating the border, as the original program does, and
    the flow cropped. Frames with a side below 128 pixels are enlarged by the smallest whole factor that is
    enough.

    On a CPU one pair is worked on at a time, by one thread: larger batches are no faster there and round
    differently, and so would other numbers of threads, while a set must not depend on how it was built. A
    GPU is used where there is one; its results differ from a CPU's by rounding.
    """

    def __init__(self, network: torch.nn.Module, recipe: FlowRecipe, device: str) -> None:
        self.name: FlowName = recipe.name
        self._network = network.to(device).eval()
        self._recipe = recipe
        self._device = device

    @classmethod
    def of(cls, recipe: FlowRecipe, device: str | None = None) -> RaftFlow:
        """The network of the recipe on `device` ("cpu" or "cuda"; None: a GPU where there is one).

        Raises StimulusError as `load_raft` and `checked_weights`.
        """
        network = load_raft(_raft_name(recipe), checked_weights(recipe)[0])
        return cls(network, recipe, device or cls.device_here())

    @staticmethod
    def device_here() -> str:
        """ "cuda" where there is such a GPU, else "cpu". Raises StimulusError without torch."""
        require_torchvision("RAFT flow")
        import torch

        return "cuda" if torch.cuda.is_available() else "cpu"

    def flows(self, frames: Iterable[Frame]) -> Iterator[Flow]:
        """As `FlowEstimator.flows`. Raises ValueError for frames below 16x16 or of different sizes, and
        StimulusError when the GPU's memory does not do.
        """
        remaining = iter(frames)
        held = list(itertools.islice(remaining, 1))
        while held and (new := list(itertools.islice(remaining, self._batch(held[0])))):
            held += new
            yield from self._estimate(np.stack(held))
            held = held[-1:]

    def _batch(self, frame: Frame) -> int:
        height, width = frame.shape[:2]
        if min(height, width) < SMALLEST_SIDE_PX:
            raise ValueError(f"Frames of {width}x{height} pixels are too small for RAFT flow.")
        if self._device == "cpu":
            return 1
        pixels = height * width * self._enlargement(height, width) ** 2
        return int(np.clip(GPU_BATCH_PX // pixels, 1, LARGEST_BATCH))

    def _enlargement(self, height: int, width: int) -> int:
        return max(self._recipe.upsample, math.ceil(NETWORK_SIDE_PX / min(height, width)))

    def _estimate(self, frames: npt.NDArray[np.uint8]) -> Flow:
        """Flow (N-1, H, W, 2) of frames (N, H, W, 3)."""
        import torch
        from torch.nn.functional import avg_pool2d, interpolate, pad

        height, width = frames.shape[1:3]
        factor = self._enlargement(height, width)
        down, right = ((-side * factor) % STRIDE_PX for side in (height, width))
        top, left = down // 2, right // 2
        try:
            with torch.inference_mode(), _repeatable():
                # The original network maps 0..255 to -1..1 itself, torchvision's wants it done.
                images = torch.from_numpy(frames).to(self._device).permute(0, 3, 1, 2)
                images = 2 * (images.float() / 255) - 1
                if factor > 1:
                    images = interpolate(images, scale_factor=factor, mode="bilinear")
                images = pad(images, (left, right - left, top, down - top), mode="replicate")
                steps = self._network(images[:-1], images[1:], num_flow_updates=self._recipe.iterations)
                flow = steps[-1][:, :, top : top + height * factor, left : left + width * factor]
                if factor > 1:
                    flow = avg_pool2d(flow, factor) / factor
                result: Flow = flow.permute(0, 2, 3, 1).contiguous().cpu().numpy()
        except torch.OutOfMemoryError as error:
            raise StimulusError(
                f"The GPU's memory is too small for RAFT flow of {width}x{height} pixels enlarged {factor}"
                " times; set CUDA_VISIBLE_DEVICES= (empty) to use the CPU, or fewer workers."
            ) from error
        return result


def checked_weights(recipe: FlowRecipe) -> tuple[Path, str]:
    """The file of a RAFT recipe's weights, downloaded where it names none, and its sha256.

    Raises StimulusError as `raft_weights_file`, when the file cannot be read, and when it is no longer
    the one that the recipe was made with.
    """
    file = recipe.weights or raft_weights_file(_raft_name(recipe))
    try:
        sha256 = file_sha256(file)
    except OSError as error:
        raise StimulusError(f"The weights {file} cannot be read: {reason_of(error)}.") from error
    if recipe.weights_sha256 not in (None, sha256):
        raise StimulusError(
            f"The weights {file} are not those that were used: their sha256 is {sha256} instead of"
            f" {recipe.weights_sha256}."
        )
    return file, sha256


def usable_weights(recipe: FlowRecipe) -> str:
    """The sha256 of a RAFT recipe's weights. Raises StimulusError as `checked_weights` and `load_raft`."""
    file, sha256 = checked_weights(recipe)
    load_raft(_raft_name(recipe), file)
    return sha256


def _raft_name(recipe: FlowRecipe) -> RaftName:
    if recipe.name == "raft-small" or recipe.name == "raft-large":
        return recipe.name
    raise StimulusError(f"The flow {recipe.name} is not made by RAFT.")


@contextmanager
def _repeatable() -> Iterator[None]:
    """One thread on the CPU, on the GPU methods that always round alike; as before when done."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.backends.cudnn.flags(benchmark=False, deterministic=True, allow_tf32=False):
            yield
    finally:
        torch.set_num_threads(threads)
