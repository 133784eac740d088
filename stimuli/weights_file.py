"""Reading a file of network weights without running any code that may be in it."""

from __future__ import annotations

import tarfile
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from stimuli.errors import StimulusError, reason_of
from stimuli.whole_file import check_regular

if TYPE_CHECKING:
    import torch

# Checkpoints of training programs keep the weights under one of these.
WRAPPERS = ("model", "state_dict", "model_state")


def read_tensors(file: Path) -> dict[str, torch.Tensor]:
    """The named tensors of a .safetensors file, or of one that torch saved (.pt, .pth, .pyth), on the CPU.

    A checkpoint that keeps them under `model_state`, `state_dict` or `model` beside other things is opened.
    Raises StimulusError, naming the file, when it cannot be read, is cut short, is no checkpoint, or holds
    anything but tensors.
    """
    import torch

    loaded = _load(file)
    for wrapper in WRAPPERS:
        if isinstance(loaded, Mapping) and isinstance(loaded.get(wrapper), Mapping):
            loaded = loaded[wrapper]
    if not isinstance(loaded, Mapping) or not loaded:
        raise StimulusError(f"{file} is no file of weights: there are no named tensors in it.")
    for key, value in loaded.items():
        if not isinstance(key, str) or not isinstance(value, torch.Tensor):
            raise StimulusError(
                f"{file} is no file of weights: {key!r} in it is a {type(value).__name__}, not a tensor."
            )
    return dict(loaded)


def _load(file: Path) -> object:
    import pickle

    import torch

    try:
        check_regular(file)
        if file.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(file)
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                if any(part.compress_type != zipfile.ZIP_STORED for part in archive.infolist()):
                    # torch never packs, and 200 kB can be packed that fill 200 MB and more.
                    raise ValueError("its parts are packed, and torch saves them as they are")
        elif _is_tar(file):
            # torch makes a folder for what it would unpack, before it refuses.
            raise ValueError("it is a tar archive, the oldest form of torch; save the weights anew")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of old formats: what matters is whether it loads
            loaded: object = torch.load(file, map_location="cpu", weights_only=True)
        return loaded
    except OSError as error:
        raise StimulusError(f"The weights {file} cannot be read: {reason_of(error)}.") from error
    except pickle.UnpicklingError as error:
        raise StimulusError(
            f"{file} was not loaded: it is no checkpoint, or it holds Python objects besides tensors, which"
            " can run code; save the network's state_dict() alone."
        ) from error
    except Exception as error:  # what a damaged file makes a reader raise is open-ended
        raise StimulusError(
            f"{file} is damaged, cut short or no file of weights: {_first_line(error)}."
        ) from error


def _is_tar(file: Path) -> bool:
    """Whether torch would take it for one; zeros alone are an empty archive."""
    try:
        with tarfile.open(file, mode="r:"):
            return True
    except tarfile.TarError:
        return False


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__
