"""The one way to torchvision: it is optional, and some installations of it need a hand to be imported.

torchvision's wheels on the package index are built for CUDA. Beside a CPU-only torch their compiled operators
do not load, and the import stops because it describes two of them, `nms` and `qnms`, that were never
declared. Models, transforms and RAFT use neither; declaring both is enough.
"""

from __future__ import annotations

import functools
import importlib
from typing import Any

from stimuli.errors import StimulusError

MISSING_OPERATORS = ("nms", "qnms")
SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
INSTALL = 'pip install -c constraints.txt -e ".[models]"'


@functools.cache
def require_torchvision(purpose: str) -> None:
    """Make sure that `import torch` and `import torchvision` succeed from here on.

    `purpose` begins the message, as in "RAFT flow". Raises StimulusError when one of them is not installed,
    or when they do not go together.
    """
    try:
        import torch
    except ImportError as error:
        raise StimulusError(
            f"{purpose} needs torch, which cannot be imported ({error}); {_ADVICE}"
        ) from error
    try:
        _import_torchvision()
    except ImportError as error:
        raise StimulusError(
            f"{purpose} needs torchvision, which cannot be imported ({error}); {_ADVICE}"
        ) from error
    except RuntimeError as error:
        raise StimulusError(
            f"{purpose} needs a torchvision that fits torch {torch.__version__} ({error}); {_ADVICE}"
        ) from error


_ADVICE = f"install the optional packages: {INSTALL}."
_declared: list[object] = []  # torch forgets a declaration when its library object is gone


def _import_torchvision() -> None:
    """Import it; where that fails for want of the two operators, declare them and import it again."""
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        _declare_operators()
        importlib.import_module("torchvision")


def _declare_operators() -> None:
    import torch

    make_library: Any = torch.library.Library  # untyped in torch, absent without it
    library = make_library("torchvision", "FRAGMENT")
    for name in MISSING_OPERATORS:
        if not hasattr(torch.ops.torchvision, name):
            library.define(name + SCHEMA)
    _declared.append(library)
