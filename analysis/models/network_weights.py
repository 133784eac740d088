"""Weights of networks, in and out.

Ours are .safetensors files with a card beside them. Files that torch saved (.pt, .pth, .pyth) are read, too,
such as the published Kinetics weights, which keep their entries under `model_state`. No file is allowed to
run code, and no weight is loaded into a network that it was not made for.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.models.devices import require_torch
from analysis.models.model_card import Card, card_path, read_card
from stimuli.durable import write_durably
from stimuli.errors import StimulusError, reason_of
from stimuli.manifest import file_sha256
from stimuli.weights_file import read_tensors

if TYPE_CHECKING:
    import torch
    from torch import nn

    Tensors = dict[str, torch.Tensor]

WEIGHTS_SUFFIX = ".safetensors"
# Put before every name by torch.compile and by training on several GPUs.
WRAPPED_NAMES = ("_orig_mod.", "module.")
# How many batches a normalisation has seen: of no consequence for what a trained network answers.
COUNTER = "num_batches_tracked"


@dataclass(frozen=True)
class WeightsFile:
    """A file that was loaded. `new_entries` are those that were not taken from it: the classifier that was
    made anew for another number of classes, as (name, ...); else ().
    """

    path: Path
    sha256: str
    card: Card | None
    new_entries: tuple[str, ...] = ()


def load_weights(
    network: nn.Module, path: Path, *, classes: int, new_classifier: bool = False
) -> WeightsFile:
    """Put the weights of a file into `network`, which answers with `classes` classes, by name.

    With `new_classifier`, a file for another number of classes is welcome too: the entries that depend on
    that number keep the values that `network` has, and the rest is loaded; so fine-tuning begins.

    Raises AnalysisError, before anything is changed, where the file cannot be read, holds code or damaged
    values, belongs to another network, or answers with another number of classes.
    """
    require_torch("Reading weights")
    try:
        found = _plain_names(read_tensors(path))
        sha256 = file_sha256(path)
    except StimulusError as error:
        raise AnalysisError(str(error)) from error
    except OSError as error:
        raise AnalysisError(f"The weights {path} cannot be read: {reason_of(error)}") from error
    card = read_card(path, sha256)
    wanted = {name: tensor for name, tensor in network.state_dict().items() if not name.endswith(COUNTER)}
    _refuse_other_names(path, wanted, found)
    _refuse_other_numbers(path, wanted, found)
    _refuse_damage(path, {name: found[name] for name in wanted})
    differing = [name for name in wanted if wanted[name].shape != found[name].shape]
    if differing:
        held = _classes_of(wanted, found, differing, classes)
        if held is None:
            name = differing[0]
            raise AnalysisError(
                f"{path} holds the weights of another network: {name} has the shape "
                f"{tuple(found[name].shape)} where {tuple(wanted[name].shape)} is needed"
            )
        if not new_classifier:
            raise AnalysisError(
                f"{path} answers with {held} classes where {classes} are needed; training can start from it, "
                f"with a new classifier, but it cannot answer as it is"
            )
    known = {name: tensor for name, tensor in found.items() if name not in differing}
    network.load_state_dict(known, strict=False)
    return WeightsFile(path, sha256, card, tuple(differing))


def refuse_other_purpose(weights: WeightsFile, *, model: str, actions: Sequence[str]) -> None:
    """Raises AnalysisError where the card says that the weights are of another model or for other actions.

    Members of a family have the same parameters at different sizes, and outputs have no names: only the card
    tells. Weights without a card pass.
    """
    card = weights.card
    if card is None:
        return
    if card.model != model:
        raise AnalysisError(f"{weights.path} was trained as {card.model}, not as {model}; name that model")
    if card.actions != tuple(actions):
        raise AnalysisError(
            f"{weights.path} answers with {', '.join(card.actions)}, in this order; the clips show "
            f"{', '.join(actions)}"
        )


def save_weights(network: nn.Module, path: Path, card: Card) -> Card:
    """Write the weights as .safetensors and the card beside them; returns the card with the file's sha256.

    The card is written first, so that no weights stand without one. Raises AnalysisError where a file cannot
    be written, or `path` has another suffix.
    """
    from safetensors.torch import save

    if path.suffix != WEIGHTS_SUFFIX:
        raise AnalysisError(f"{path}: weights are saved as {WEIGHTS_SUFFIX}")
    content = save(_state(network), metadata={"format": "pt"})
    complete = card.model_copy(update={"weights_sha256": hashlib.sha256(content).hexdigest()})
    _write(card_path(path), (complete.model_dump_json(indent=1) + "\n").encode())
    _write(path, content)
    return complete


def export_model_state(network: nn.Module, path: Path) -> None:
    """Write the weights in the form of the published files, for other programs: torch's format, the entries
    under `model_state`. Raises AnalysisError where the file cannot be written.
    """
    import torch

    content = io.BytesIO()
    torch.save({"model_state": _state(network)}, content)
    _write(path, content.getvalue())


def _state(network: nn.Module) -> Tensors:
    """On the CPU, each in memory of its own in the usual order: what a file can hold."""
    plain = _plain_names(network.state_dict())
    return {name: tensor.detach().cpu().contiguous().clone() for name, tensor in plain.items()}


def _plain_names(tensors: Tensors) -> Tensors:
    for prefix in WRAPPED_NAMES:
        if all(name.startswith(prefix) for name in tensors):
            tensors = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
    return tensors


def _refuse_other_names(path: Path, wanted: Tensors, found: Tensors) -> None:
    missing = [name for name in wanted if name not in found]
    unknown = [name for name in found if name not in wanted and not name.endswith(COUNTER)]
    if not missing and not unknown:
        return
    told = []
    if missing:
        told.append(f"{len(missing)} of {len(wanted)} entries are missing, such as {missing[0]}")
    if unknown:
        told.append(f"{len(unknown)} belong elsewhere, such as {unknown[0]}")
    raise AnalysisError(f"{path} holds the weights of another network: {', and '.join(told)}")


def _refuse_other_numbers(path: Path, wanted: Tensors, found: Tensors) -> None:
    """Whole numbers and complex ones would be turned into others without a word."""
    for name, tensor in wanted.items():
        if tensor.is_floating_point() and not found[name].is_floating_point():
            raise AnalysisError(
                f"{path} holds no weights that can be used: {name} has numbers of the type "
                f"{str(found[name].dtype).removeprefix('torch.')}; floating-point ones are needed"
            )


def _refuse_damage(path: Path, tensors: Tensors) -> None:
    import torch

    for name, tensor in tensors.items():
        if not bool(torch.isfinite(tensor).all()):
            raise AnalysisError(
                f"{path} holds damaged weights: {name} has values that are not finite numbers"
            )


def _classes_of(wanted: Tensors, found: Tensors, differing: Sequence[str], classes: int) -> int | None:
    """How many classes the file answers with, where that alone makes the `differing` shapes differ.

    Every length that differs must be a multiple of `classes`, and the same multiple of one other number. A
    classifier has a bias, so one of the entries is a vector. None where another network explains it.
    """
    numbers = set()
    for name in differing:
        ours, theirs = wanted[name].shape, found[name].shape
        if len(ours) != len(theirs):
            return None
        for our, their in zip(ours, theirs, strict=True):
            if our == their:
                continue
            times, rest = divmod(our, classes)
            if rest or times == 0 or their % times:
                return None
            numbers.add(their // times)
    if len(numbers) != 1 or not any(wanted[name].dim() == 1 for name in differing):
        return None
    return int(numbers.pop())


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, content)
    except OSError as error:
        raise AnalysisError(f"{path} could not be written ({reason_of(error)})") from error
