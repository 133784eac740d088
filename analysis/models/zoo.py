"""Every network by name: what it is called in the study, what it is shown, and how it is built."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.errors import AnalysisError
from analysis.models.optional_packages import require_pytorchvideo
from analysis.models.spec import ModelSpec
from analysis.models.zoo_ours import OURS
from analysis.models.zoo_pytorchvideo import PYTORCHVIDEO
from analysis.models.zoo_torchvision import TORCHVISION

# The rows of the study's table 4.1, in its order.
TABLE_4_1 = (
    "resnet50",
    "i3d",
    "two-stream",
    "c2d",
    "r2plus1d",
    "slow",
    "fast",
    "slowfast",
    "i3d-of",
    "x3d-xs",
    "x3d-s",
    "x3d-m",
    "mvit",
    "e2s-x3d",
)
_ALL = {spec.name: spec for spec in (*OURS, *TORCHVISION, *PYTORCHVIDEO)}
MODELS: Mapping[str, ModelSpec] = {name: _ALL[name] for name in TABLE_4_1} | _ALL
"""Every network: first the study's, then variants, controls, networks for a CPU and peers."""


def model_spec(name: str) -> ModelSpec:
    """The network called `name`.

    Raises AnalysisError, with the names that there are, for another name, and where the network is taken from
    pytorchvideo and that is not installed.
    """
    try:
        spec = MODELS[name]
    except KeyError:
        names = ", ".join(MODELS)
        raise AnalysisError(f"There is no model called {name!r}; there are: {names}") from None
    if spec.origin == "pytorchvideo":
        require_pytorchvideo(spec.title)
    return spec
