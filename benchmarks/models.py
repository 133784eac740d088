"""X3D-M and E2S-X3D as this project runs them, beside pytorchvideo's eager fp32 on the same device.

Both get the same weights and the same looks at drawn clips, which lie on the device, and take turns. On a
GPU ours is bf16 and compiled; the aim there is 2.5 times the clips per second with the same first answer on
99.5 % of clips. On a CPU sizes are small, ours is fp32, and the aim is to be no slower. Beside that stand the
same from pinned memory of the host (GPU), and ours made ready in other ways.

The classifiers are fitted to the drawn clips, so that answers are as clear as those of a trained network.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from analysis.models.devices import Precision, chosen_device, device_title
from analysis.models.flops import multiply_adds
from analysis.models.inputs import ClipReader
from analysis.models.network_runner import NetworkRunner, folded, network_runner
from analysis.models.reading_ahead import read_ahead
from analysis.models.spec import ModelSpec
from analysis.models.zoo import model_spec
from benchmarks._ceilings import Ceilings, bytes_moved, measured_ceilings, synchronised
from benchmarks._reference_networks import pair, with_trained_heads
from stimuli.build import build_synthetic
from stimuli.clip import Clip
from stimuli.manifest import StimulusSet, read_stimulus_set

NAMES = ("x3d-m", "e2s-x3d")
SEED = 0
LEAST_GPU_RATIO, LEAST_SAME = 2.5, 0.995


@dataclass(frozen=True)
class Size:
    """How much is done: clips of each action, noisy copies of each look, looks at a time, rounds of both."""

    clips_per_action: int
    copies: int
    batch: int
    rounds: int


@dataclass(frozen=True)
class Way:
    """Of making ours ready: how clips lie in memory, compiled or not, whether cuDNN tries its algorithms."""

    channels_last: bool
    compiled: bool
    search: bool = False

    def __str__(self) -> str:
        layout = "channels last" if self.channels_last else "contiguous"
        return layout + ", compiled" * self.compiled + ", cuDNN searches" * self.search


WAYS = {
    "cpu": (Way(True, False),),
    "cuda": (Way(False, True), Way(True, False), Way(True, True, search=True)),
}
"""Besides the one that `predict` takes."""
SIZES = {"cpu": Size(2, 1, 1, 5), "cuda": Size(5, 20, 64, 20)}


@dataclass(frozen=True)
class Looks:
    """Streams (looks, C, T, H, W), and the action of each look by its number."""

    streams: list[torch.Tensor]
    labels: np.ndarray[tuple[int], np.dtype[np.int64]]


def looks_at(stimuli: StimulusSet, spec: ModelSpec, copies: int) -> Looks:
    """Every RGB clip, so many times; several copies differ in a little noise."""
    reader = ClipReader(stimuli, spec.streams)
    clips = [clip for clip in stimuli.clips if clip.condition == "UCF5"]
    actions = sorted({clip.action for clip in clips})
    seen = [reader.views(clip)[0] for clip in clips]
    streams = [torch.from_numpy(np.stack(arrays)) for arrays in zip(*seen, strict=True)]
    torch.manual_seed(SEED)
    streams = [stream.repeat_interleave(copies, dim=0) for stream in streams]
    if copies > 1:
        streams = [stream + 0.1 * torch.randn_like(stream) for stream in streams]
    labels = np.repeat([actions.index(clip.action) for clip in clips], copies)
    return Looks(streams, labels)


def batches(looks: Looks, size: int) -> Iterator[list[torch.Tensor]]:
    for start in range(0, len(looks.labels), size):
        yield [stream[start : start + size] for stream in looks.streams]


class Eager:
    """pytorchvideo's network as it comes: fp32, one operation after the other."""

    def __init__(self, network: nn.Module, device: torch.device) -> None:
        self._network = network.to(device).eval()
        self._device = device

    @torch.inference_mode()
    def probabilities(
        self, streams: Sequence[torch.Tensor]
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        logits = self._network(*[stream.to(self._device) for stream in streams])
        return torch.softmax(logits, dim=1).cpu().numpy()


def seconds_for(answer: Eager | NetworkRunner, streams: list[torch.Tensor], device: torch.device) -> float:
    synchronised(device)
    begun_s = time.perf_counter()
    answer.probabilities(streams)
    synchronised(device)
    return time.perf_counter() - begun_s


def turns(
    ours: NetworkRunner,
    theirs: Eager,
    streams: tuple[list[torch.Tensor], list[torch.Tensor]],
    device: torch.device,
    rounds: int,
) -> list[tuple[float, float]]:
    """Seconds of both for what each is given, in turns, after one that is not counted."""
    times = [
        (seconds_for(ours, streams[0], device), seconds_for(theirs, streams[1], device))
        for _ in range(rounds + 1)
    ]
    return times[1:]


def in_other_ways(
    network: nn.Module, precision: Precision, streams: list[torch.Tensor], device: torch.device, size: Size
) -> dict[str, float]:
    """Clips per second of ours, made ready in each of `WAYS`."""
    found = {}
    for way in WAYS[device.type]:
        torch.backends.cudnn.benchmark = way.search
        runner = network_runner(
            network, device, precision, size.batch, compiled=way.compiled, channels_last=way.channels_last
        )
        for _ in range(3):  # compiling, and recording CUDA graphs
            runner.probabilities(streams)
        times = [seconds_for(runner, streams, device) for _ in range(size.rounds)]
        found[str(way)] = round(len(streams[0]) / statistics.median(times), 2)
    torch.backends.cudnn.benchmark = False
    return found


def compared(spec: ModelSpec, stimuli: StimulusSet, device: torch.device, size: Size) -> dict[str, object]:
    """Speed of both in turn, and how often they agree."""
    on_gpu = device.type == "cuda"
    precision: Precision = "bf16" if on_gpu else "fp32"
    looks = looks_at(stimuli, spec, size.copies)
    ours, theirs = pair(spec, SEED)
    with_trained_heads(theirs.to(device), looks.streams, looks.labels)
    ours.load_state_dict(theirs.state_dict())
    # Of what is computed: normalisation, which counts for papers, is folded away.
    one_look = [stream[:1] for stream in looks.streams]
    cost, moved = multiply_adds(folded(ours), *one_look), bytes_moved(folded(ours), one_look)
    runner = network_runner(ours, device, precision, size.batch, compiled=on_gpu)
    eager = Eager(theirs, device)
    answers = [
        np.concatenate([answer.probabilities(batch) for batch in batches(looks, size.batch)])
        for answer in (runner, eager)
    ]
    timed = next(batches(looks, size.batch))
    count = len(timed[0])
    on_device = [stream.to(device) for stream in timed]
    times = turns(runner, eager, (on_device, on_device), device, size.rounds)
    ratios = [their_s / our_s for our_s, their_s in times]
    from_host: dict[str, float] = {}
    if on_gpu:
        pinned = [stream.pin_memory() for stream in timed]
        as_predicted = [stream.bfloat16().pin_memory() for stream in timed]
        of_host = turns(runner, eager, (as_predicted, pinned), device, size.rounds)
        from_host["ratio_from_host"] = round(
            statistics.median(their_s / our_s for our_s, their_s in of_host), 3
        )
    ceilings = measured_ceilings(device, torch.bfloat16 if on_gpu else torch.float32)
    clips_per_s = count / statistics.median(our_s for our_s, _ in times)
    return {
        "clips_per_s": round(clips_per_s, 2),
        "pytorchvideo_clips_per_s": round(count / statistics.median(their_s for _, their_s in times), 2),
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in sorted(ratios)],
        **from_host,
        "in_other_ways": in_other_ways(ours, precision, on_device, device, size),
        "clips": len(looks.labels),
        "same_first_answer": float(np.mean(answers[0].argmax(1) == answers[1].argmax(1))),
        "largest_difference": float(np.abs(answers[0] - answers[1]).max()),
        "right_of_pytorchvideo": float(np.mean(answers[1].argmax(1) == looks.labels)),
        "precision": precision,
        "batch": count,
        "ceilings": {name: round(value, 1) for name, value in asdict(ceilings).items()},
        **shares(ceilings, clips_per_s, cost, moved // (2 if on_gpu else 1)),
    }


def shares(ceilings: Ceilings, clips_per_s: float, cost: int, moved: int) -> dict[str, float]:
    """Of the device's ceilings; `memory_share` takes every layer to read and write its tensors once."""
    return {
        "gflops_per_clip": round(cost / 1e9, 3),
        "matrix_share": round(clips_per_s * cost / 1e9 / ceilings.matrix_gflops, 3),
        "mb_per_clip": round(moved / 1e6, 1),
        "memory_share": round(clips_per_s * moved / 1e9 / ceilings.memory_gb_s, 3),
    }


def reading(stimuli: StimulusSet, spec: ModelSpec, threads: int) -> dict[str, float]:
    """Clips decoded, and their flow read, in a second, by so many threads, in each condition; and what one
    takes of a core's time, which a busy machine changes less.
    """
    found: dict[str, float] = {}
    for condition in ("UCF5", "AFD5"):
        clips = [clip for clip in stimuli.clips if clip.condition == condition]
        readers = [ClipReader(stimuli, spec.streams) for _ in clips]

        def read(pair: tuple[ClipReader, Clip]) -> None:
            pair[0].views(pair[1])

        begun_s, spent_s = time.perf_counter(), time.process_time()
        for _ in read_ahead(read, zip(readers, clips, strict=True), threads, threads):
            pass
        found[condition] = round(len(clips) / (time.perf_counter() - begun_s), 2)
        found[f"{condition}_core_ms"] = round(1e3 * (time.process_time() - spent_s) / len(clips), 1)
    return found


def bottleneck(clips_per_s: float, read_per_s: dict[str, float]) -> str:
    slowest = min(read_per_s["UCF5"], read_per_s["AFD5"])
    if slowest < clips_per_s:
        return f"reading clips ({slowest} a second with these threads, the network {clips_per_s})"
    return f"the network ({clips_per_s} clips a second, reading {slowest})"


def left_to_measure(device: torch.device) -> str:
    if device.type == "cuda":
        return "nothing"
    return (
        f"on a GPU: bf16 and compiled against eager fp32 (wanted: {LEAST_GPU_RATIO} times the clips per "
        f"second, the same first answer on {LEAST_SAME:.1%} of clips), the shares of its ceilings, and "
        f"reading by one thread per core beside it"
    )


def main() -> None:
    device = chosen_device("auto")
    size, threads = SIZES[device.type], torch.get_num_threads()
    result: dict[str, object] = {"device": device_title(device), "torch": torch.__version__}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "set"
        build_synthetic(root, size.clips_per_action, SEED)
        stimuli = read_stimulus_set(root)
        for name in NAMES:
            spec = model_spec(name)
            figures = compared(spec, stimuli, device, size)
            read_per_s = reading(stimuli, spec, threads)
            figures["read_clips_per_s"] = {**read_per_s, "threads": threads}
            figures["bottleneck"] = bottleneck(float(str(figures["clips_per_s"])), read_per_s)
            result[name] = figures
            print(f"{name}: {figures}", flush=True)
    result["left_to_measure"] = left_to_measure(device)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
