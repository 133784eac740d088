"""Where a network runs, by the name that the command line takes."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING, Literal

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import torch

DeviceName = Literal["auto", "cpu", "cuda"]
Precision = Literal["fp32", "bf16"]

MOST_THREADS = 16


def require_torch(purpose: str) -> None:
    """Raises AnalysisError, which says what to install, where torch cannot be imported."""
    try:
        import torch  # noqa: F401 - to see whether it can be
    except ImportError as error:
        raise AnalysisError(
            f"{purpose} needs torch, which cannot be imported ({error}); install the optional packages: pip "
            f'install -c constraints.txt -e ".[models]"'
        ) from error


def chosen_device(name: DeviceName) -> torch.device:
    """The device of that name; ``auto`` is CUDA where there is one, else the CPU.

    Raises AnalysisError where CUDA was asked for and torch has none.
    """
    import torch

    if name == "cpu" or (name == "auto" and not torch.cuda.is_available()):
        return torch.device("cpu")
    if not torch.cuda.is_available():
        why = (
            "no GPU with a working driver was found"
            if torch.version.cuda
            else f"this torch ({torch.__version__}) was built without it"
        )
        raise AnalysisError(f"--device cuda: there is no CUDA here ({why}); use --device cpu, or auto")
    return torch.device("cuda", torch.cuda.current_device())


def reading_threads(device_type: str, processes: int = 1) -> int:
    """How many threads read clips where nothing was said, in each of so many processes: on a CPU one, which
    the network leaves room for; for a GPU, which waits for them, one a core, at most `MOST_THREADS`.
    """
    if device_type == "cpu":
        return 1
    return max(1, min((os.cpu_count() or 1) // processes, MOST_THREADS))


def device_title(device: torch.device) -> str:
    """What a person calls the device: the GPU's name, or the kind of processor and torch's threads on it."""
    import torch

    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    kind = platform.processor() or platform.machine()
    threads = torch.get_num_threads()
    return f"{kind} CPU, {threads} thread{'s' * (threads != 1)}"
