"""Weights of RAFT: torchvision's, or from a file in torchvision's layout or the original authors'."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from stimuli.errors import StimulusError
from stimuli.torchvision_import import require_torchvision
from stimuli.weights_file import read_tensors

if TYPE_CHECKING:
    import torch

RaftName = Literal["raft-small", "raft-large"]

# From the layout of the original authors' files to that of torchvision. The first that matches is applied.
RENAMED = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"^([fc]net)\.conv1\.", r"\1.convnormrelu.0."),
        (r"^([fc]net)\.norm1\.", r"\1.convnormrelu.1."),
        (r"^([fc]net)\.conv2\.", r"\1.conv."),
        (r"^([fc]net\.layer\d\.\d)\.conv(\d)\.", r"\1.convnormrelu\2.0."),
        (r"^([fc]net\.layer\d\.\d)\.norm(\d)\.", r"\1.convnormrelu\2.1."),
        (r"^update_block\.encoder\.convc(\d)\.", r"update_block.motion_encoder.convcorr\1.0."),
        (r"^update_block\.encoder\.convf(\d)\.", r"update_block.motion_encoder.convflow\1.0."),
        (r"^update_block\.encoder\.conv\.", "update_block.motion_encoder.conv.0."),
        (r"^update_block\.gru\.conv([zrq])\.", r"update_block.recurrent_block.convgru1.conv\1."),
        (r"^update_block\.gru\.conv([zrq])(\d)\.", r"update_block.recurrent_block.convgru\2.conv\1."),
        (r"^update_block\.mask\.0\.", "mask_predictor.convrelu.0."),
        (r"^update_block\.mask\.2\.", "mask_predictor.conv."),
    )
)
ENCODERS = {"fnet": "feature_encoder", "cnet": "context_encoder"}
# The original network holds the norm of a block's shortcut twice: under this name and as downsample.1.
HELD_TWICE = re.compile(r"^[fc]net\.layer\d\.\d\.norm[34]\.")
COUNTER = "num_batches_tracked"  # of no consequence for what a trained network answers


def load_raft(name: RaftName, file: Path) -> torch.nn.Module:
    """The network with the weights of `file`, in evaluation mode, on the CPU.

    Raises StimulusError, naming the file, when it cannot be read, is cut short, is no checkpoint, holds
    anything but tensors, or holds the weights of another network.
    """
    require_torchvision("RAFT flow")
    import torch

    wanted = _shapes(name)
    weights = torchvision_layout(read_tensors(file))
    found = {key: tuple(tensor.shape) for key, tensor in weights.items() if not key.endswith(COUNTER)}
    if found != wanted:
        raise StimulusError(f"{file} holds no weights of {name}: {_difference(name, wanted, found)}.")
    for key in wanted:
        if not bool(torch.isfinite(weights[key]).all()):
            raise StimulusError(f"{file} holds damaged weights: {key} has values that are not numbers.")
    network = _network(name)
    network.load_state_dict({key: weights[key].float() for key in wanted}, strict=False)
    return network.eval()


def torchvision_layout(weights: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The same tensors under torchvision's names; those that have them already keep them."""
    renamed = {}
    for key, tensor in weights.items():
        short = key.removeprefix("module.")
        if HELD_TWICE.match(short):
            continue
        for pattern, replacement in RENAMED:
            if pattern.match(short):
                short = pattern.sub(replacement, short)
                break
        encoder, dot, rest = short.partition(".")
        renamed[ENCODERS.get(encoder, encoder) + dot + rest] = tensor
    return renamed


def raft_weights_file(name: RaftName) -> Path:
    """Where torchvision's copy of the original authors' weights lies on this machine; downloaded when new.

    raft-small: trained on FlyingChairs and FlyingThings3D; raft-large: then also on Sintel, KITTI and HD1K,
    as in the study. Raises StimulusError when they cannot be downloaded, and says where to put the file.
    """
    require_torchvision("RAFT flow")
    import torch
    from torchvision.models.optical_flow import Raft_Large_Weights, Raft_Small_Weights

    url: str = Raft_Small_Weights.C_T_V1.url if name == "raft-small" else Raft_Large_Weights.C_T_SKHT_V1.url
    file = Path(torch.hub.get_dir()) / "checkpoints" / url.rpartition("/")[2]
    if not file.exists():
        digits = file.stem.rpartition("-")[2]  # the file's name ends with the beginning of its sha256
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            torch.hub.download_url_to_file(url, str(file), hash_prefix=digits, progress=False)
        except (OSError, RuntimeError) as error:
            raise StimulusError(
                f"The weights of {name} could not be downloaded ({error}). Fetch {url} on another machine and"
                f" put it at {file}, or name a file of weights."
            ) from error
    return file


def _network(name: RaftName) -> torch.nn.Module:
    from torchvision.models.optical_flow import raft_large, raft_small

    network: torch.nn.Module = raft_small() if name == "raft-small" else raft_large()
    return network


def _shapes(name: RaftName) -> dict[str, tuple[int, ...]]:
    import torch

    with torch.device("meta"):
        state = _network(name).state_dict()
    return {key: tuple(tensor.shape) for key, tensor in state.items() if not key.endswith(COUNTER)}


def _difference(name: RaftName, wanted: dict[str, tuple[int, ...]], found: dict[str, tuple[int, ...]]) -> str:
    other: RaftName = "raft-large" if name == "raft-small" else "raft-small"
    if found == _shapes(other):
        return f"these are the weights of {other}"
    if missing := sorted(wanted.keys() - found.keys()):
        return f"{len(missing)} of {len(wanted)} tensors are missing, such as {missing[0]}"
    if extra := sorted(found.keys() - wanted.keys()):
        return f"{len(extra)} tensors belong to another network, such as {extra[0]}"
    key = next(key for key in wanted if wanted[key] != found[key])
    return f"{key} has the shape {found[key]} instead of {wanted[key]}"
