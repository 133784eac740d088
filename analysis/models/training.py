"""Training a network on the training clips of a stimulus set, as the study does."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from analysis.errors import AnalysisError
from analysis.models.augmentation import strength_at
from analysis.models.distributed import Processes
from analysis.models.memory_layout import CLIPS, lay_out_channels_last
from analysis.models.reading_ahead import read_ahead
from analysis.models.training_data import Batch, TrainingClips
from analysis.models.training_log import EpochRecord, log_path, write_log
from analysis.models.training_plan import TrainingPlan
from analysis.models.training_state import Progress, load_state, save_state, state_path
from stimuli.progress import OnProgress

KEPT_EVERY_S = 120.0
"""How often the state is kept within an epoch."""
AHEAD = 3
"""Batches that are made ready while the network works on one; at least one for each reader."""


@dataclass(frozen=True)
class Machine:
    """Where a training runs and who hears of it; nothing here changes what is learnt, but for rounding.

    `readers`: threads that make batches.
    """

    device: torch.device
    processes: Processes = field(default_factory=Processes)
    readers: int = 1
    on_progress: OnProgress = field(default=lambda *_: None)
    say: Callable[[str], None] = field(default=lambda _: None)


@dataclass(frozen=True)
class Sums:
    """Over clips: cross-entropy, right answers, and how many there were."""

    loss: float = 0.0
    right: float = 0.0
    seen: float = 0.0


class Training:
    """One run over `train`, stopped by `validation`; afterwards the network has the best epoch's weights."""

    def __init__(
        self,
        plan: TrainingPlan,
        network: nn.Module,
        train: TrainingClips,
        validation: TrainingClips,
        machine: Machine,
    ) -> None:
        self._plan = plan
        self._machine = machine
        self._clips = train
        self._validation = validation
        self._network = network.to(machine.device)
        # Halves the time of a step on a CPU too: 47 instead of 98 ms a clip of X3D-XS at 112 px, one thread.
        lay_out_channels_last(self._network)
        self._optimizer = torch.optim.Adam(self._network.parameters(), lr=plan.learning_rate)
        self._joined: Callable[..., torch.Tensor] = self._network
        self._progress = Progress()

    def run(self, weights: Path) -> Progress:
        """Train to the end, or go on where an interrupted run was; `weights` names state and log.

        Raises AnalysisError when the loss is no number, the state cannot be kept or is of another training,
        or the GPU has no room for a single clip.
        """
        path = state_path(weights)
        found = load_state(path, self._plan, self._network, self._optimizer)
        self._progress = found or Progress(largest_part=self._plan.batch)
        if found is not None and self._machine.processes.is_first:
            self._machine.say(
                f"going on with epoch {found.epoch + 1}, of which {found.step} steps were done before"
            )
        joined = self._machine.processes.joined(self._network, self._machine.device)
        self._joined = joined
        while not self._finished():
            begun = time.monotonic(), time.process_time()
            self._train_epoch(joined, path)
            self._end_epoch(begun, path, weights)
        self._network.load_state_dict(self._progress.best)
        return self._progress

    def _finished(self) -> bool:
        at = self._progress
        return at.epoch >= self._plan.epochs or (
            at.best_epoch >= 0 and at.epoch - 1 - at.best_epoch >= self._plan.patience
        )

    def _train_epoch(self, joined: nn.Module, path: Path) -> None:
        at, machine = self._progress, self._machine
        joined.train()
        batches = self._plan.batches(at.epoch, len(self._clips))
        stage = f"epoch {at.epoch + 1}"
        kept_s = time.monotonic()
        for batch in self._read(batches[at.step :]):
            places = batches[at.step]
            torch.manual_seed(self._plan.seed_of_step(at.epoch, at.step, machine.processes.rank))
            sums = self._step(batch, len(places))
            at.loss_sum += sums.loss
            at.right += sums.right
            at.seen += sums.seen
            at.step += 1
            machine.on_progress(stage, min(at.step * self._plan.batch, len(self._clips)), len(self._clips))
            # With several processes each knows only its own part of the sums, so whole epochs are kept.
            alone = machine.processes.count == 1
            if alone and time.monotonic() - kept_s > KEPT_EVERY_S:
                kept_s = time.monotonic()
                self._keep(path)

    def _read(self, batches: Sequence[list[int]]) -> Iterator[Batch]:
        """This process' share of each batch, varied."""
        epoch, share = self._progress.epoch, self._machine.processes.share
        return self._read_ahead(lambda places: self._clips.varied(self._plan, epoch, share(places)), batches)

    def _read_ahead(
        self, make: Callable[[list[int]], Batch], batches: Sequence[list[int]]
    ) -> Iterator[Batch]:
        on_gpu = self._machine.device.type == "cuda"
        ready = (lambda places: make(places).pinned()) if on_gpu else make
        readers = self._machine.readers
        return read_ahead(ready, batches, readers, max(AHEAD, readers))

    def _step(self, batch: Batch, clips_of_all: int) -> Sums:
        """One step of Adam; a batch that does not fit the GPU goes through it in halves."""
        while True:
            self._optimizer.zero_grad(set_to_none=True)
            sums = self._room_for(batch, clips_of_all)
            if sums is None:
                self._halve()
                continue
            if not math.isfinite(sums.loss):
                raise AnalysisError(
                    f"The loss is no number in epoch {self._progress.epoch + 1}; with --precision bf16 try "
                    f"fp32, else a lower learning rate"
                )
            self._optimizer.step()
            return sums

    def _room_for(self, batch: Batch, clips_of_all: int) -> Sums | None:
        """As `_gradients`; None where the GPU's memory did not do. What was in it is free again only when the
        error, which holds on to it, is gone.
        """
        try:
            return self._gradients(batch, clips_of_all)
        except torch.OutOfMemoryError as error:
            at = self._progress
            if self._machine.processes.count > 1 or at.largest_part == 1:
                raise AnalysisError(
                    f"The GPU's memory is too small for {at.largest_part} clips at once; choose a smaller "
                    f"network or --batch, or --device cpu"
                ) from error
            return None

    def _gradients(self, batch: Batch, clips_of_all: int) -> Sums:
        total = Sums()
        part = self._progress.largest_part
        for start in range(0, len(batch), part):
            piece = batch.part(start, start + part)
            with self._autocast():
                logits = self._joined(*self._moved(piece))
            labels = piece.labels.to(self._machine.device, non_blocking=True)
            loss = cross_entropy(logits.float(), labels, reduction="sum")
            # Gradients are averaged over processes, which may have a clip more or less than another.
            (loss * (self._machine.processes.count / clips_of_all)).backward()  # type: ignore[no-untyped-call]  # of torch
            total = _added(total, loss, logits, labels)
        return total

    def _halve(self) -> None:
        at = self._progress
        if at.largest_part >= self._plan.batch:
            self._machine.say(
                "the GPU's memory is too small for the batch: it goes through the network in parts of half "
                "the size or less, and a step still learns from all of it"
            )
        at.largest_part = max(1, min(at.largest_part, self._plan.batch) // 2)
        torch.cuda.empty_cache()

    def _end_epoch(self, begun: tuple[float, float], path: Path, weights: Path) -> None:
        at, machine = self._progress, self._machine
        device, processes = machine.device, machine.processes
        trained = Sums(*processes.sums([at.loss_sum, at.right, at.seen], device))
        found = self._validate()
        seconds, processor_s = time.monotonic() - begun[0], time.process_time() - begun[1]
        at.history.append(
            EpochRecord(
                epoch=at.epoch + 1,
                strength=strength_at(at.epoch, self._plan.stage_epochs),
                train_loss=trained.loss / trained.seen,
                train_accuracy=trained.right / trained.seen,
                validation_loss=found.loss / found.seen,
                validation_accuracy=found.right / found.seen,
                seconds=round(seconds, 2),
                processor_s=round(processor_s, 2),
                clips_per_s=round((trained.seen + found.seen) / seconds, 2),
            )
        )
        if at.best_epoch < 0 or _is_better(at.history[-1], at.history[at.best_epoch]):
            at.best_epoch = at.epoch
            state = self._network.state_dict()
            at.best = {name: value.detach().cpu().clone() for name, value in state.items()}
        at.epoch, at.step = at.epoch + 1, 0
        at.loss_sum = at.right = at.seen = 0.0
        at.seconds += seconds
        if processes.is_first:
            write_log(log_path(weights), at.history)
            self._keep(path)
        processes.wait()

    @torch.inference_mode()
    def _validate(self) -> Sums:
        processes = self._machine.processes
        processes.align_buffers(self._network)
        self._network.eval()
        total = Sums()
        places = processes.share(list(range(len(self._validation))))
        size = max(1, min(self._plan.batch // processes.count, self._progress.largest_part))
        parts = [places[start : start + size] for start in range(0, len(places), size)]
        for batch in self._read_ahead(self._validation.as_tested, parts):
            with self._autocast():
                logits = self._network(*self._moved(batch))
            labels = batch.labels.to(self._machine.device)
            total = _added(total, cross_entropy(logits.float(), labels, reduction="sum"), logits, labels)
        return Sums(*processes.sums([total.loss, total.right, total.seen], self._machine.device))

    def _keep(self, path: Path) -> None:
        save_state(path, self._plan, self._progress, self._network, self._optimizer)

    def _moved(self, batch: Batch) -> list[torch.Tensor]:
        device = self._machine.device
        return [stream.to(device, memory_format=CLIPS, non_blocking=True) for stream in batch.streams]

    def _autocast(self) -> torch.autocast:
        return torch.autocast(
            self._machine.device.type, torch.bfloat16, enabled=self._plan.precision == "bf16"
        )


def _is_better(one: EpochRecord, other: EpochRecord) -> bool:
    """More right; of two alike, the lower loss. The loss alone would not do: a network that learns from few
    clips soon is too sure of its mistakes, and its loss rises while more and more is right.
    """
    if one.validation_accuracy != other.validation_accuracy:
        return one.validation_accuracy > other.validation_accuracy
    return one.validation_loss < other.validation_loss


def _added(total: Sums, loss: torch.Tensor, logits: torch.Tensor, labels: torch.Tensor) -> Sums:
    right = (logits.detach().argmax(dim=1) == labels).sum()
    return Sums(total.loss + loss.item(), total.right + right.item(), total.seen + len(labels))
